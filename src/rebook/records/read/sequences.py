"""The practice's own sequences, the plans that campaigns left behind, and where open cases stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.campaign_reentry import GENTLE_VERSION
from rebook.core.segment import Segment
from rebook.records.models import Campaign, CampaignSequence, PassedStep, SequenceVersion

from .segment_sql import in_segment


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """One version of a sequence of the practice's own; ``content`` is a Sequence as JSON."""

    key: str
    number: int
    state: str
    content: dict[str, Any]
    made_from: str
    created_by: str
    created_at: datetime
    published_by: str
    published_at: datetime | None


def own_versions(*, organisation_id: int, key: str = "") -> list[OwnVersion]:
    """Every version of ``key`` (of all keys without one), newest first within its key."""
    rows = SequenceVersion.objects.filter(organisation_id=organisation_id).order_by("key", "-number")
    if key:
        rows = rows.filter(key=key)
    return [
        OwnVersion(
            row.key,
            row.number,
            row.state,
            row.content,
            row.made_from,
            row.created_by,
            row.created_at,
            row.published_by,
            row.published_at,
        )
        for row in rows
    ]


def former_sequences(*, organisation_id: int) -> dict[tuple[int, int], dict[str, Any]]:
    """(campaign, number) -> the plan that a running campaign ran by before."""
    rows = CampaignSequence.objects.filter(organisation_id=organisation_id, campaign__state="active")
    return {(row.campaign_id, row.number): row.content for row in rows}


class UsingCampaign(NamedTuple):
    """A launched campaign that runs by a sequence, and how many of its cases are open on it."""

    id: int
    name: str
    state: str
    sequence: dict[str, Any]
    open_cases: int


def campaigns_using(*, organisation_id: int, key: str) -> list[UsingCampaign]:
    """Campaigns under way (running or paused) by this key, oldest first."""
    rows = Campaign.objects.filter(
        organisation_id=organisation_id, sequence_key=key, state__in=("active", "paused")
    ).order_by("launched_at", "pk")
    return [
        UsingCampaign(
            row.pk,
            row.name,
            row.state,
            row.sequence,
            row.cases.filter(closed_at__isnull=True, arm="contact", sequence_version=0).count(),
        )
        for row in rows
    ]


class StandingCase(NamedTuple):
    """Where an open case stands in its campaign's plan."""

    id: int
    position: int
    step_shift: int
    risk_class: int
    is_paused: bool
    next_step_at: datetime | None
    opened_at: datetime
    # When the step before went out or will go out; None before the first.
    last_step_at: datetime | None
    time_zone: str
    home_location_id: int | None
    location_id: int | None


_STANDING = """
SELECT c.id, c.step_index + c.step_shift, c.step_shift, g.risk_class, c.paused_at IS NOT NULL, c.next_step_at,
       c.opened_at, last.at, p.time_zone, p.home_location_id, g.location_id
FROM records_case c
JOIN records_gap g ON g.id = c.gap_id
JOIN records_patient p ON p.id = c.patient_id
LEFT JOIN LATERAL (
    SELECT max(coalesce(a.sent_at, a.due_at)) AS at FROM records_attempt a
    WHERE a.case_id = c.id AND a.origin = 'campaign'
      AND a.state NOT IN ('refused', 'expired', 'failed')) last ON true
WHERE c.organisation_id = %s AND c.campaign_id = %s AND c.closed_at IS NULL AND c.arm = 'contact'
  AND c.sequence_version = 0
ORDER BY c.id
"""
# Those that were left on a plan of before; who is taken in again has a calmer one of its own.
_LEFT_BEHIND = _STANDING.replace(
    "p.home_location_id, g.location_id", "p.home_location_id, g.location_id, c.sequence_version"
).replace("c.sequence_version = 0", "c.sequence_version > 0 AND c.sequence_version < %s")


class LeftBehind(NamedTuple):
    """An open case on the plan ``number`` that its campaign ran by before."""

    case: StandingCase
    number: int


def former_plans(*, organisation_id: int, campaign_id: int) -> dict[int, dict[str, Any]]:
    """Number -> the plan that a campaign ran by before."""
    rows = CampaignSequence.objects.filter(organisation_id=organisation_id, campaign_id=campaign_id)
    return dict(rows.values_list("number", "content"))


def left_behind(
    *, organisation_id: int, campaign_id: int, limit: int | None = None, for_update: bool = False
) -> list[LeftBehind]:
    """Open cases on former plans of the campaign, oldest first; ``for_update`` locks them."""
    statement = _LEFT_BEHIND + ("LIMIT %s" if limit else "") + (" FOR UPDATE OF c" if for_update else "")
    asked: list[int] = [organisation_id, campaign_id, GENTLE_VERSION, *([limit] if limit else [])]
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [LeftBehind(StandingCase._make(row[:-1]), row[-1]) for row in cursor.fetchall()]


def standing_cases(*, organisation_id: int, campaign_id: int, for_update: bool = False) -> list[StandingCase]:
    """Open cases on the campaign's present plan, locked until the transaction ends when ``for_update``."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING + ("FOR UPDATE OF c" if for_update else ""), [organisation_id, campaign_id])
        return list(map(StandingCase._make, cursor.fetchall()))


class PassedLine(NamedTuple):
    case_id: int
    step_index: int
    reasons: list[dict[str, str]]
    passed_at: datetime


def passed_steps(*, organisation_id: int, case_ids: Sequence[int]) -> list[PassedLine]:
    """Steps that these cases did not take, and why, in order."""
    rows = PassedStep.objects.filter(organisation_id=organisation_id, case_id__in=list(case_ids))
    return [
        PassedLine(row.case_id, row.step_index, row.reasons, row.passed_at)
        for row in rows.order_by("case_id", "step_index")
    ]


def classes_in_segment(
    *, organisation_id: int, segment: dict[str, Any], today: date, now: datetime
) -> dict[int, int]:
    """Class of risk -> patients with an open gap of it that the segment takes in."""
    fits, parameters = in_segment(Segment.from_json(segment), today=today, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT g.risk_class, count(DISTINCT g.patient_id) FROM records_gap g
            WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND {fits}
            GROUP BY 1 ORDER BY 1
            """,
            {"org": organisation_id, **parameters},
        )
        return {int(risk_class): int(patients) for risk_class, patients in cursor.fetchall()}
