"""Campaigns: made, launched, paused, gone on with, ended, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.records.models import Attempt, Campaign, Case
from rebook.records.rows import as_rows

WAITING = ("planned", "deferred")
# On an attempt that a pause took back before it was sent: the same step may be planned anew.
REPLANNED = "replanned"
ENDED = {"rule": "campaign_ended", "detail": "the campaign was ended"}


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign as a draft. ``plan`` as ``core.outreach.campaign_plan.plan_json`` writes it."""

    name: str
    segment: dict[str, Any]
    sequence_key: str
    owner_id: int | None
    daily_limit: int
    holdout_percent: int
    purpose: str
    booking_window_days: int
    visit_window_days: int
    plan: Mapping[str, Any]
    backup_id: int | None = None
    programme: str = ""
    goal_visits: int | None = None
    goal_on: date | None = None
    budget_cents: int | None = None
    rest_days: int | None = None
    cloned_from_id: int | None = None


def _columns(campaign: NewCampaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in NewCampaign.__slots__} | {"plan": dict(campaign.plan)}


def add_campaign(*, organisation_id: int, campaign: NewCampaign) -> int:
    """A draft; its id. The caller has checked that the name is free."""
    return Campaign.objects.create(organisation_id=organisation_id, **_columns(campaign)).pk


def change_campaign(
    *, organisation_id: int, campaign_id: int, changes: Mapping[str, Any], states: tuple[str, ...]
) -> bool:
    """Write these columns on a campaign in one of these states; False when it is in another."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id, state__in=states)
    return bool(rows.update(**changes))


def change_draft(*, organisation_id: int, campaign_id: int, campaign: NewCampaign) -> bool:
    """Write a draft anew; False when it is none any more."""
    columns = _columns(campaign)
    del columns["cloned_from_id"]
    return change_campaign(
        organisation_id=organisation_id, campaign_id=campaign_id, changes=columns, states=("draft",)
    )


def discard_draft(*, organisation_id: int, campaign_id: int) -> bool:
    """Take a draft away that never took anybody in; False when it is none."""
    rows = Campaign.objects.filter(organisation_id=organisation_id, pk=campaign_id, state="draft")
    gone, _ = rows.filter(cases__isnull=True).delete()
    return gone > 0


def launch_campaign(
    *,
    organisation_id: int,
    campaign_id: int,
    sequence: dict[str, Any],
    plan: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Freeze sequence and plan and go live; False when it is no draft."""
    return change_campaign(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        changes={"state": "active", "sequence": sequence, "plan": dict(plan), "launched_at": now},
        states=("draft",),
    )


def pause_campaign(*, organisation_id: int, campaign_id: int, now: datetime) -> bool:
    return change_campaign(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        changes={"state": "paused", "paused_at": now},
        states=("active",),
    )


def resume_campaign(
    *, organisation_id: int, campaign_id: int, next_at: Mapping[int, datetime], now: datetime
) -> bool:
    """Go on, planned anew; False when it was not paused."""
    changed = change_campaign(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        changes={"state": "active", "paused_at": None},
        states=("paused",),
    )
    if changed:
        plan_anew(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            next_at=next_at,
            why="the campaign was paused; the step is planned anew",
            now=now,
        )
    return bool(changed)


def plan_anew(
    *, organisation_id: int, campaign_id: int, next_at: Mapping[int, datetime], why: str, now: datetime
) -> None:
    """What waited is taken back and its step planned anew when ``next_at`` (by case) says.

    So the words, the channel and the guard's answer are those of that day, and nothing goes out twice: an
    attempt that was ever claimed is left alone.
    """
    taken_back = Attempt.objects.filter(
        organisation_id=organisation_id,
        case__campaign_id=campaign_id,
        origin="campaign",
        state__in=WAITING,
    )
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "rows": as_rows({"id": case_id, "at": at} for case_id, at in next_at.items()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BACK_TO_THE_STEP, parameters)
    taken_back.update(
        state="expired",
        error_code=REPLANNED,
        result_at=now,
        reasons=[{"rule": "replanned", "detail": why}],
    )


# A case whose contact waited goes back to that step; every other keeps its own.
_BACK_TO_THE_STEP = """
UPDATE records_case c SET next_step_at = v.at,
    step_index = COALESCE((
        SELECT min(a.step_index) FROM records_attempt a
        WHERE a.case_id = c.id AND a.origin = 'campaign'
          AND a.state IN ('planned', 'deferred')), c.step_index)
FROM json_to_recordset(%(rows)s::json) AS v(id bigint, at timestamptz)
WHERE c.id = v.id AND c.organisation_id = %(org)s AND c.campaign_id = %(campaign)s AND c.closed_at IS NULL
"""


def archive_campaign(*, organisation_id: int, campaign_id: int, now: datetime) -> bool:
    """End it: nothing more is planned or sent; its open cases end with the next closing."""
    changed = change_campaign(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        changes={"state": "archived", "archived_at": now},
        states=("active", "paused"),
    )
    if not changed:
        return False
    Attempt.objects.filter(
        organisation_id=organisation_id, case__campaign_id=campaign_id, state__in=WAITING
    ).update(state="refused", result_at=now, reasons=[ENDED])
    return True


def reopen_campaign(*, organisation_id: int, campaign_id: int, archived_at: datetime) -> bool:
    """Take the end back: it is paused since then, with what waited at that instant. False when not ended.

    Cases that were closed meanwhile stay closed.
    """
    changed = change_campaign(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        changes={"state": "paused", "paused_at": archived_at, "archived_at": None},
        states=("archived",),
    )
    if not changed:
        return False
    Attempt.objects.filter(
        organisation_id=organisation_id,
        case__campaign_id=campaign_id,
        case__closed_at__isnull=True,
        state="refused",
        result_at=archived_at,
        reasons=[ENDED],
    ).update(state="planned", result_at=None, reasons=[])
    return True


def has_cases(*, organisation_id: int, campaign_id: int) -> bool:
    return Case.objects.filter(organisation_id=organisation_id, campaign_id=campaign_id).exists()
