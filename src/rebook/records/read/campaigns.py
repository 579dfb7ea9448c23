"""Campaigns as their own machinery sees them: what to enrol, what to plan, who looks after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.campaign_resume import Standing
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
    backup_id: int | None = None
    # "recall", "reactivation", or both when empty (R-C144).
    programme: str = ""
    goal_visits: int | None = None
    goal_on: date | None = None
    budget_cents: int | None = None
    rest_days: int | None = None
    # As ``core.outreach.campaign_plan.read_plan`` reads it.
    plan: dict[str, Any] = field(default_factory=dict)
    cloned_from_id: int | None = None
    archived_at: datetime | None = None
    booking_window_days: int = 60
    visit_window_days: int = 120


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
        backup_id=row.backup_id,
        programme=row.programme,
        goal_visits=row.goal_visits,
        goal_on=row.goal_on,
        budget_cents=row.budget_cents,
        rest_days=row.rest_days,
        plan=row.plan,
        cloned_from_id=row.cloned_from_id,
        archived_at=row.archived_at,
        booking_window_days=row.booking_window_days,
        visit_window_days=row.visit_window_days,
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


STANDING = """
SELECT c.id, COALESCE(w.due_at, c.next_step_at), g.rank FROM records_case c
JOIN records_gap g ON g.id = c.gap_id
LEFT JOIN LATERAL (SELECT min(a.due_at) AS due_at FROM records_attempt a
    WHERE a.case_id = c.id AND a.origin = 'campaign' AND a.state IN ('planned', 'deferred')) w ON TRUE
WHERE c.organisation_id = %(org)s AND c.campaign_id = %(campaign)s AND c.arm = 'contact'
  AND c.closed_at IS NULL AND COALESCE(w.due_at, c.next_step_at) IS NOT NULL
"""


def standing(*, organisation_id: int, campaign_id: int) -> list[Standing]:
    """Where every open case stands: when its next contact is to be, the waiting one's or the next step's."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"org": organisation_id, "campaign": campaign_id})
        return list(map(Standing._make, cursor.fetchall()))


class StopLine(NamedTuple):
    scope: str
    key: str
    reason: str
    started_at: datetime
    started_by: str


def stops_in_force(*, organisation_id: int) -> list[StopLine]:
    rows = Stop.objects.filter(organisation_id=organisation_id, ended_at__isnull=True).order_by("started_at")
    return [StopLine(row.scope, row.key, row.reason, row.started_at, row.started_by) for row in rows]


def approved(*, organisation_id: int, now: datetime | None = None) -> frozenset[tuple[str, str, str]]:
    """(template key, language, content hash) of every sign-off in force, at ``now`` not run out."""
    rows = TemplateApproval.objects.filter(organisation_id=organisation_id, revoked_at__isnull=True)
    if now is not None:
        rows = rows.exclude(expires_at__lte=now)
    return frozenset(rows.values_list("template_key", "language", "content_hash"))


class CaseOwner(NamedTuple):
    user_id: int | None
    risk_class: int
    # Place in the plan = step index + shift; the role that each step of it names, "" for the owner.
    step_shift: int = 0
    step_roles: Sequence[str] = ()

    def role_of(self, step_index: int) -> str:
        """Who makes the call of a step, where the plan names somebody else than the campaign's owner."""
        place = step_index + self.step_shift
        return self.step_roles[place] if 0 <= place < len(self.step_roles) else ""


def case_owners(*, organisation_id: int, case_ids: Sequence[int]) -> dict[int, CaseOwner]:
    """Whose campaign each case belongs to, and how grave its reason is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, k.owner_id, g.risk_class, c.step_shift, ARRAY(
                SELECT coalesce(x.step->>'owner_role', '')
                FROM jsonb_array_elements(coalesce(f.content, k.sequence)->'steps')
                    WITH ORDINALITY AS x(step, place) ORDER BY x.place)
            FROM records_case c
            JOIN records_campaign k ON k.id = c.campaign_id JOIN records_gap g ON g.id = c.gap_id
            LEFT JOIN records_campaignsequence f
                ON f.campaign_id = k.id AND f.number = c.sequence_version
            WHERE c.organisation_id = %s AND c.id = ANY(%s)
            """,
            [organisation_id, list(case_ids)],
        )
        return {row[0]: CaseOwner._make(row[1:]) for row in cursor.fetchall()}


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
