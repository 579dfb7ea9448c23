"""Who waits for a campaign: those who could come in today, and those who will be able to on a later day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.records.read import enrolment, inflow
from rebook.records.read.campaigns import CampaignView

from .falling_due import Inflow

# Rests and holds that end are looked for once a week.
WEEK = 7


class Waiting(NamedTuple):
    """One patient who waits for the campaign at ``place``, from ``from_day`` on."""

    place: int
    patient_id: int
    location_id: int
    visit_type: str
    risk_class: int
    from_day: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What every question about a practice's campaigns has in common."""

    organisation_id: int
    barring: Sequence[str]
    start_on: date
    days: int
    now: datetime


def waiting(
    asking: Asking,
    campaigns: Sequence[CampaignView],
    plans: Sequence[ContactPlan],
    *,
    known: set[int],
    coming: Inflow,
) -> list[Waiting]:
    """Everybody once, for the first campaign they fit, as at the pass of the day; graver classes first.

    ``known``: who is in a case. Those that events bring stand for others and may be anybody.
    """
    found: list[Waiting] = []
    taken = set(known)
    for place, (campaign, plan) in enumerate(zip(campaigns, plans, strict=True)):
        rest = timedelta(days=plan.rest_days if campaign.rest_days is None else campaign.rest_days)
        asked = _asked(asking, campaign, rest)
        now_rows = enrolment.candidates(**asked, now=asking.now, today=asking.start_on)
        mine = [_row(place, row, 0) for row in now_rows if not row.reason and row.patient_id not in taken]
        taken.update(one.patient_id for one in mine)
        later = [one for one in _let_go(asking, place, asked, now_rows) if one.patient_id not in taken]
        taken.update(one.patient_id for one in later)
        due = [
            one
            for one in _falling_due(asking, place, campaign, coming.by_rule, rest, anybody=False)
            if one.patient_id not in taken
        ]
        taken.update(one.patient_id for one in due)
        found += _once([*mine, *later, *due])
        found += _falling_due(asking, place, campaign, coming.by_event, rest, anybody=True)
    # A stable sort: within a class those who are there already come first, best rank first.
    return sorted(found, key=lambda one: (one.place, -one.risk_class, one.from_day > 0))


def _asked(asking: Asking, campaign: CampaignView, rest: timedelta) -> Mapping[str, Any]:
    return {
        "organisation_id": asking.organisation_id,
        "campaign_id": campaign.id,
        "segment": campaign.segment,
        "purpose": campaign.purpose,
        "rest": rest,
        "barring": asking.barring,
        "programme": campaign.programme,
    }


def _row(place: int, row: enrolment.EnrolmentRow, from_day: int) -> Waiting:
    location = row.location_id or row.home_location_id or 0
    return Waiting(place, row.patient_id, location, row.visit_type, row.risk_class, from_day)


def _let_go(
    asking: Asking, place: int, asked: Mapping[str, Any], now_rows: Sequence[enrolment.EnrolmentRow]
) -> Iterator[Waiting]:
    """Whose rest or hold ends in these days: looked for as if it were a week later, and another."""
    barred = {row.patient_id: row.reason for row in now_rows}
    seen: set[int] = set()
    for day in range(WEEK, asking.days, WEEK):
        later = timedelta(days=day)
        rows = enrolment.candidates(**asked, now=asking.now + later, today=asking.start_on + later)
        for row in rows:
            # Who waits for a visit that is booked comes to it: only rest and hold end by themselves.
            if row.reason or row.patient_id in seen or barred.get(row.patient_id, "hold") != "hold":
                continue
            seen.add(row.patient_id)
            yield _row(place, row, day)


def _falling_due(
    asking: Asking,
    place: int,
    campaign: CampaignView,
    coming: Sequence[inflow.Coming],
    rest: timedelta,
    *,
    anybody: bool,
) -> list[Waiting]:
    if not coming:
        return []
    sites = inflow.taken_in(
        organisation_id=asking.organisation_id,
        coming=coming,
        segment=campaign.segment,
        programme=campaign.programme,
        purpose=campaign.purpose,
        barring=asking.barring,
        rest=rest,
        anybody=anybody,
        now=asking.now,
    )
    return [
        Waiting(
            place, one.patient_id, one.location_id or sites[number] or 0, one.visit_type, one.risk_class,
            (one.from_on - asking.start_on).days,
        )
        for number, one in enumerate(coming)
        if number in sites
    ]  # fmt: skip


def _once(rows: Iterable[Waiting]) -> list[Waiting]:
    """Each patient's first line: the gravest, then the earliest."""
    first: dict[int, Waiting] = {}
    for one in sorted(rows, key=lambda one: (one.from_day > 0, -one.risk_class, one.from_day)):
        first.setdefault(one.patient_id, one)
    return list(first.values())
