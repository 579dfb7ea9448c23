"""Campaigns as their own machinery sees them: what to enrol, what to plan, who looks after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.segment import Segment
from rebook.records.models import Campaign, Stop, TemplateApproval

from .segment_sql import in_segment


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: int
    name: str
    state: str
    segment: dict[str, Any]
    sequence_key: str
    # As frozen at launch; empty for a draft.
    sequence: dict[str, Any]
    purpose: str
    owner_id: int | None
    daily_limit: int
    holdout_percent: int
    launched_at: datetime | None
    paused_at: datetime | None


def _view(row: Campaign) -> CampaignView:
    return CampaignView(
        id=row.pk,
        name=row.name,
        state=row.state,
        segment=row.segment,
        sequence_key=row.sequence_key,
        sequence=row.sequence,
        purpose=row.purpose,
        owner_id=row.owner_id,
        daily_limit=row.daily_limit,
        holdout_percent=row.holdout_percent,
        launched_at=row.launched_at,
        paused_at=row.paused_at,
    )


def campaigns(*, organisation_id: int, states: Sequence[str] = ()) -> list[CampaignView]:
    """Campaigns in these states (none given: all), in the order in which they were launched."""
    rows = Campaign.objects.filter(organisation_id=organisation_id).order_by("launched_at", "pk")
    if states:
        rows = rows.filter(state__in=states)
    return [_view(row) for row in rows]


def campaign(*, organisation_id: int, campaign_id: int, for_update: bool = False) -> CampaignView | None:
    """One campaign, locked until the end of the transaction when ``for_update``; None when there is none."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id)
    row = (rows.select_for_update(no_key=True) if for_update else rows).first()
    return _view(row) if row else None


class StopLine(NamedTuple):
    scope: str
    key: str
    reason: str
    started_at: datetime
    started_by: str


def stops_in_force(*, organisation_id: int) -> list[StopLine]:
    rows = Stop.objects.filter(organisation_id=organisation_id, ended_at__isnull=True).order_by("started_at")
    return [StopLine(row.scope, row.key, row.reason, row.started_at, row.started_by) for row in rows]


def approved(*, organisation_id: int) -> frozenset[tuple[str, str, str]]:
    """(template key, language, content hash) of every sign-off in force."""
    rows = TemplateApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    return frozenset(rows.values_list("template_key", "language", "content_hash"))


class CaseOwner(NamedTuple):
    user_id: int | None
    risk_class: int


def case_owners(*, organisation_id: int, case_ids: Sequence[int]) -> dict[int, CaseOwner]:
    """Whose campaign each case belongs to, and how grave its reason is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, k.owner_id, g.risk_class FROM records_case c
            JOIN records_campaign k ON k.id = c.campaign_id JOIN records_gap g ON g.id = c.gap_id
            WHERE c.organisation_id = %s AND c.id = ANY(%s)
            """,
            [organisation_id, list(case_ids)],
        )
        return {row[0]: CaseOwner(row[1], row[2]) for row in cursor.fetchall()}


def languages_in_segment(
    *, organisation_id: int, segment: dict[str, Any], today: date, now: datetime
) -> set[str]:
    """Primary language tags ("es") of patients whose open gaps the segment takes in; "" where unknown."""
    fits, parameters = in_segment(Segment.from_json(segment), today=today, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT split_part(lower(p.language), '-', 1)
            FROM records_gap g JOIN records_patient p ON p.id = g.patient_id
            WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND {fits}
            """,
            {"org": organisation_id, **parameters},
        )
        return {row[0] for row in cursor.fetchall()}
