"""Campaigns, the cases they open, holdout draws, stops and sign-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from rebook.core.outreach.holdout import Assignment
from rebook.records.models import (
    Attempt,
    Campaign,
    Case,
    Consent,
    HoldoutAssignment,
    Stop,
    TemplateApproval,
)

WAITING = ("planned", "deferred")


@dataclass(frozen=True, slots=True)
class NewCampaign:
    name: str
    segment: dict[str, Any]
    sequence_key: str
    owner_id: int | None
    daily_limit: int
    holdout_percent: int
    purpose: str
    booking_window_days: int
    visit_window_days: int


def add_campaign(*, organisation_id: int, campaign: NewCampaign) -> int:
    """A draft; its id. The caller has checked that the name is free."""
    row = Campaign.objects.create(
        organisation_id=organisation_id,
        name=campaign.name,
        segment=campaign.segment,
        sequence_key=campaign.sequence_key,
        owner_id=campaign.owner_id,
        daily_limit=campaign.daily_limit,
        holdout_percent=campaign.holdout_percent,
        purpose=campaign.purpose,
        booking_window_days=campaign.booking_window_days,
        visit_window_days=campaign.visit_window_days,
    )
    return row.pk


def launch_campaign(
    *, organisation_id: int, campaign_id: int, sequence: dict[str, Any], now: datetime
) -> bool:
    """Freeze the plan and go live; False when it is no draft."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id, state="draft")
    return bool(rows.update(state="active", sequence=sequence, launched_at=now))


def pause_campaign(*, organisation_id: int, campaign_id: int, now: datetime) -> bool:
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id, state="active")
    return bool(rows.update(state="paused", paused_at=now))


def resume_campaign(*, organisation_id: int, campaign_id: int, paused_at: datetime, now: datetime) -> bool:
    """Go on, with every date that lay ahead when it was paused moved by the length of the pause.

    So nothing that would have come due meanwhile goes out in one heap.
    """
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id, state="paused")
    if not rows.update(state="active", paused_at=None):
        return False
    gap = now - paused_at
    Case.objects.filter(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        closed_at__isnull=True,
        next_step_at__gt=paused_at,
    ).update(next_step_at=F("next_step_at") + gap)
    waiting = Attempt.objects.filter(
        organisation_id=organisation_id, case__campaign_id=campaign_id, state__in=WAITING
    )
    waiting.filter(due_at__gt=paused_at).update(due_at=F("due_at") + gap, expires_at=F("expires_at") + gap)
    waiting.filter(due_at__lte=paused_at).update(expires_at=Greatest(F("expires_at") + gap, F("due_at")))
    return True


def archive_campaign(*, organisation_id: int, campaign_id: int, now: datetime) -> bool:
    """End it: nothing more is planned or sent; its open cases end with the next closing."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id).filter(
        state__in=("active", "paused")
    )
    if not rows.update(state="archived"):
        return False
    Attempt.objects.filter(
        organisation_id=organisation_id, case__campaign_id=campaign_id, state__in=WAITING
    ).update(
        state="refused",
        result_at=now,
        reasons=[{"rule": "campaign_ended", "detail": "the campaign was ended"}],
    )
    return True


class NewCase(NamedTuple):
    patient_id: int
    gap_id: int
    arm: str
    next_step_at: datetime | None
    # Other gaps that share the contact, and the visit offered when it is not the gap's own (R-C7).
    also_gap_ids: tuple[int, ...] = ()
    visit_type: str = ""


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
        wording=wording,
        recorded_by="system",
        at=now,
    )


def add_approval(
    *, organisation_id: int, template_key: str, language: str, content_hash: str, actor: str, now: datetime
) -> bool:
    """Sign a text off as it stands; False when it was already."""
    row, is_new = TemplateApproval.objects.get_or_create(
        organisation_id=organisation_id,
        template_key=template_key,
        language=language,
        content_hash=content_hash,
        defaults={"approved_by": actor, "approved_at": now},
    )
    if is_new or row.revoked_at is None:
        return is_new
    row.approved_by, row.approved_at, row.revoked_at = actor, now, None
    row.save(update_fields=["approved_by", "approved_at", "revoked_at"])
    return True


def revoke_approvals(*, organisation_id: int, template_key: str, language: str, now: datetime) -> int:
    return TemplateApproval.objects.filter(
        organisation_id=organisation_id, template_key=template_key, language=language, revoked_at__isnull=True
    ).update(revoked_at=now)
