"""Patient links: made with random tokens of which only the hash stays, and the count of wrong tries."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from rebook.core.booking import TOKEN_BYTES, new_token
from rebook.records.models import LinkStep, PatientLink


def add_link(
    *,
    organisation_id: int,
    patient_id: int,
    case_id: int | None,
    attempt_id: int | None,
    now: datetime,
    expires_at: datetime,
) -> str:
    """Make a link and return its token (22 characters, safe in an address): it can never be read again."""
    token, token_hash = new_token(secrets.token_bytes(TOKEN_BYTES))
    PatientLink.objects.create(
        organisation_id=organisation_id,
        token_hash=token_hash,
        patient_id=patient_id,
        case_id=case_id,
        attempt_id=attempt_id,
        created_at=now,
        expires_at=expires_at,
    )
    return token


@dataclass(frozen=True, slots=True)
class LinkChecks:
    """Wrong tries so far on a link."""

    failed_checks: int
    locked_until: datetime | None


def lock_checks(*, organisation_id: int, link_id: int) -> LinkChecks:
    """Read the count with the row locked, so that tries in parallel count one by one."""
    row = PatientLink.objects.select_for_update(no_key=True).get(organisation_id=organisation_id, pk=link_id)
    return LinkChecks(row.failed_checks, row.locked_until)


def save_checks(*, organisation_id: int, link_id: int, checks: LinkChecks) -> None:
    PatientLink.objects.filter(organisation_id=organisation_id, pk=link_id).update(
        failed_checks=checks.failed_checks, locked_until=checks.locked_until
    )


def mark_opened(*, organisation_id: int, link_id: int, now: datetime) -> None:
    """A person, not a link scanner, used the link for the first time."""
    PatientLink.objects.filter(organisation_id=organisation_id, pk=link_id, opened_at__isnull=True).update(
        opened_at=now
    )


def add_step(*, organisation_id: int, link_id: int, step: str, now: datetime) -> None:
    """Keep the first time that a link got so far; later ones change nothing."""
    row = LinkStep(organisation_id=organisation_id, link_id=link_id, step=step, at=now)
    LinkStep.objects.bulk_create([row], ignore_conflicts=True)
