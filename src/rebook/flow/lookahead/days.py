"""The days of a plan: when each site may be contacted, and when each step falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebook.accounts.read import LocationView, OrganisationView
from rebook.core.lookahead.steps import one_a_day
from rebook.core.lookahead.values import CHANNELS, NEVER
from rebook.core.outreach.day_part import DaysOff
from rebook.core.outreach.guard_hours import QUIET_CHANNELS, clocks_at, next_open
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import next_step_at
from rebook.flow.common import work_days
from rebook.packs.outreach import guard_policy, plausible_places

# A pass of the day begins in the morning; contacts go out about noon.
PASS_AT, SENT_AT = time(6), time(12)
# How far openings are worked out beyond the days looked at: no step waits longer in practice.
BEYOND = 60


@dataclass(frozen=True, slots=True)
class Site:
    """One site, or 0 for patients of none; hours are those of its place alone."""

    id: int
    name: str
    zone: str
    state: str


def sites_of(house: OrganisationView, locations: Sequence[LocationView]) -> list[Site]:
    """The practice's sites, and "no site" after them."""
    own = [Site(one.id, one.name, one.time_zone or house.time_zone, one.state) for one in locations]
    return [*own, Site(0, "No site", house.time_zone, "")]


def openings(
    house: OrganisationView, sites: Sequence[Site], *, start_on: date, days: int, closed: frozenset[int]
) -> list[list[list[int]]]:
    """[site][channel][day]: the first day from each on on which the channel may be used there.

    By the hours and holidays of the site's own place: a patient may live elsewhere. ``closed`` are weekdays
    on which nothing ever goes out.
    """
    country, _, state = house.jurisdiction.partition("-")
    found = []
    for site in sites:
        keys, zones = plausible_places(
            country=country.upper() or "US", clinic_state=site.state or state.upper(), clinic_zone=site.zone
        )
        years = {start_on.year, (start_on + timedelta(days=days + BEYOND)).year}
        policy = guard_policy(jurisdiction_keys=keys, years=years, on=start_on)
        row = []
        for channel in CHANNELS:
            clocks = (
                clocks_at(
                    policy, kind="call" if channel == "phone" else channel, places=keys, time_zones=zones
                )
                if channel in QUIET_CHANNELS
                else ()
            )
            open_days = []
            for number in range(days + BEYOND):
                on = start_on + timedelta(days=number)
                is_open = on.weekday() not in closed
                if is_open and clocks:
                    begins = datetime.combine(on, time(), tzinfo=ZoneInfo(site.zone)).astimezone(UTC)
                    at = next_open(clocks, begins, margin_minutes=policy.closing_margin_minutes)
                    is_open = at is not None and at.astimezone(ZoneInfo(site.zone)).date() == on
                open_days.append(is_open)
            row.append(_from_each(open_days))
        found.append(row)
    return found


def _from_each(open_days: Sequence[bool]) -> list[int]:
    coming, found = NEVER, []
    for day in reversed(range(len(open_days))):
        coming = day if open_days[day] else coming
        found.append(coming)
    return found[::-1]


def days_off(house: OrganisationView, sites: Sequence[Site], *, on: date) -> dict[int, DaysOff]:
    """By site: holidays, days the practice says it is closed, and weekdays on which nobody is there."""
    opened = work_days.open_days(house, on=on)
    return {
        site.id: work_days.days_off(house, weekdays=opened.of(site.id), state=site.state, year=on.year)
        for site in sites
    }


def due_days(
    plan: ContactPlan, house: OrganisationView, sites: Sequence[Site], *, start_on: date, days: int
) -> tuple[list[list[int]], list[list[list[int]]]]:
    """(first[site][day], next[step][site][day]) by the sequence's own rule, ``next_step_at``."""
    first: list[list[int]] = []
    after: list[list[list[int]]] = [[] for _ in plan.steps]
    plan = one_a_day(plan)
    rests = days_off(house, sites, on=start_on)
    for site in sites:
        off = rests[site.id]
        first.append([_due(plan, 0, site, off, start_on, day, PASS_AT) for day in range(days)])
        for step in range(len(plan.steps)):
            row = [_due(plan, step + 1, site, off, start_on, day, SENT_AT) for day in range(days)]
            after[step].append([max(due, day + 1) for day, due in enumerate(row)])
    return first, after


def _due(plan: ContactPlan, step: int, site: Site, off: DaysOff, start_on: date, day: int, at: time) -> int:
    zone = ZoneInfo(site.zone)
    anchor = datetime.combine(start_on + timedelta(days=day), at, tzinfo=zone)
    due = next_step_at(plan, step_index=step, anchor_at=anchor, zone=site.zone, holidays=off)
    return NEVER if due is None else (due.astimezone(zone).date() - start_on).days
