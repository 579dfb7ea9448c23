"""The cases that campaigns open, holdout draws, stops and sign-offs."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from rebook.core.outreach.campaign_reentry import GENTLE_VERSION
from rebook.core.outreach.holdout import Assignment
from rebook.records.models import (
    Case,
    Consent,
    HoldoutAssignment,
    Stop,
)


class NewCase(NamedTuple):
    patient_id: int
    gap_id: int
    arm: str
    next_step_at: datetime | None
    # Other gaps that share the contact, and the visit offered when it is not the gap's own (R-C7).
    also_gap_ids: tuple[int, ...] = ()
    visit_type: str = ""
    # Taken in again so many times after a booked visit that was not kept.
    entry: int = 0


def lock_enrolment(*, organisation_id: int) -> None:
    """One enrolment at a time per organisation, until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('enrol'), %s::int)", [organisation_id])


def open_cases(*, organisation_id: int, campaign_id: int, cases: Sequence[NewCase], now: datetime) -> None:
    Case.objects.bulk_create(
        Case(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            patient_id=one.patient_id,
            gap_id=one.gap_id,
            arm=one.arm,
            opened_at=now,
            next_step_at=one.next_step_at,
            also_gap_ids=list(one.also_gap_ids),
            visit_type=one.visit_type,
            entry=one.entry,
            sequence_version=GENTLE_VERSION if one.entry else 0,
        )
        for one in cases
    )


def keep_assignments(
    *, organisation_id: int, cycle: str, assignments: Sequence[Assignment], now: datetime
) -> None:
    """Write down who was drawn into which arm, for the whole cycle (R-F50)."""
    HoldoutAssignment.objects.bulk_create(
        HoldoutAssignment(
            organisation_id=organisation_id,
            unit=one.unit,
            stratum=one.stratum[:120],
            cycle=cycle,
            arm=one.arm,
            assigned_at=now,
        )
        for one in assignments
        if one.is_new
    )


class CaseStep(NamedTuple):
    """Where a case stands after planning; ``next_step_at`` None means that its sequence is exhausted."""

    case_id: int
    step_index: int
    next_step_at: datetime | None


def move_cases(*, organisation_id: int, steps: Sequence[CaseStep]) -> None:
    if not steps:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_case c SET step_index = v.step, next_step_at = v.at
            FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS v(id, step, at)
            WHERE c.id = v.id AND c.organisation_id = %s
            """,
            [
                [one.case_id for one in steps],
                [one.step_index for one in steps],
                [one.next_step_at for one in steps],
                organisation_id,
            ],
        )


def add_stop(*, organisation_id: int, scope: str, key: str, reason: str, actor: str, now: datetime) -> bool:
    """Begin a stop; False when the same one is in force already."""
    _, is_new = Stop.objects.get_or_create(
        organisation_id=organisation_id,
        scope=scope,
        key=key,
        ended_at=None,
        defaults={"reason": reason[:200], "started_at": now, "started_by": actor},
    )
    return is_new


def end_stops(*, organisation_id: int, scope: str, key: str, actor: str, now: datetime) -> int:
    rows = Stop.objects.filter(organisation_id=organisation_id, scope=scope, key=key, ended_at__isnull=True)
    return rows.update(ended_at=now, ended_by=actor)


def revoke_number(*, organisation_id: int, value: str, channel: str, wording: str, now: datetime) -> None:
    """Append the vendor's word that this number wants no more of a channel (R-D22)."""
    Consent.objects.create(
        organisation_id=organisation_id,
        contact_value=value,
        channel=channel,
        purpose="all",
        state="revoked",
        origin="provider",
        way="provider",
        speaker="number_holder",
        evidence_kind="provider",
        wording=wording,
        recorded_by="system",
        at=now,
    )
