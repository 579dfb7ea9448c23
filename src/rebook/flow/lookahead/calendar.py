"""The calendar page: when there is room, what is offered to whom, and what the coming days bring."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.capacity_policy import CapacityPolicy, capacity_policy
from rebook.core.lookahead.goals import Follows, GoalForecast
from rebook.core.lookahead.intervals import Expected
from rebook.core.lookahead.values import CHANNELS, MEASURES
from rebook.core.outreach.day_part import DaysOff
from rebook.flow.common.capacity import staff_minutes
from rebook.records.read import calendar as read
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import capacity as read_capacity
from rebook.records.read import forecasts as read_forecasts

from .days import Site, days_off, sites_of
from .kept_goals import kept_goals

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Place:
    """One site on one day. ``free`` is None where nobody knows the times of the chosen kind of visit.

    ``expected``: by measure, from the newest kept forecast. ``minutes`` are of staff.
    """

    site: Site
    free: int | None
    booked: int
    due: int
    expected: Mapping[str, float]
    minutes: float
    is_off: bool

    @property
    def messages(self) -> float:
        return sum(self.expected.get(name, 0.0) for name in CHANNELS if name != "phone")

    @property
    def is_quiet(self) -> bool:
        """Nothing is there to show."""
        return not (self.free or self.booked or self.due or any(self.expected.values()))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    on: date
    places: tuple[Place, ...]
    # Of all sites, with ranges.
    total: Mapping[str, Expected]
    minutes: float
    is_overloaded: bool

    @property
    def messages(self) -> float:
        """Contacts of all sites that are no call."""
        return sum(self.total[name].expected for name in CHANNELS if name != "phone" and name in self.total)

    @property
    def is_at_rest(self) -> bool:
        """Every desk is closed, and no site has anything of its own to tell."""
        return all(one.is_off and not (one.free or one.booked or one.due) for one in self.places)


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of visit over the window. ``each``: patients to whom each free time is offered."""

    key: str
    free: int | None
    ahead: int | None
    invited: int
    rate: float
    says: str
    per_slot: int


@dataclass(frozen=True, slots=True)
class CampaignRoom:
    id: int
    name: str
    state: str
    left: int | None
    daily_limit: int
    reasons: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything on the page; ``counted_at`` and ``forecast_on`` are None before there was any."""

    from_on: date
    days: tuple[CalendarDay, ...]
    kinds: tuple[KindLine, ...]
    kind: str
    sites: tuple[Site, ...]
    campaigns: tuple[CampaignRoom, ...]
    policy: CapacityPolicy
    minutes_a_day: int | None
    counted_at: datetime | None
    forecast_on: date | None
    goals: tuple[GoalForecast, ...]
    follows: Follows | None


def calendar_page(
    *, organisation_id: int, from_on: date, today: date, now: datetime, kind: str = "", days: int = SHOWN_DAYS
) -> Calendar:
    """The days from ``from_on`` on, from what was last counted and forecast: the same few queries always."""
    house = accounts.organisation(organisation_id=organisation_id)
    zone = ZoneInfo(house.time_zone)
    sites = sites_of(house, accounts.locations(organisation_id=organisation_id))
    policy = capacity_policy(house.settings)
    room = read_capacity.room_count(organisation_id=organisation_id)
    kinds = _kinds(room.types if room else {})
    chosen = kind if kind in {one.key for one in kinds} else _usual(kinds)
    span: dict[str, Any] = {
        "organisation_id": organisation_id,
        "from_at": datetime.combine(from_on, time(), tzinfo=zone),
        "until_at": datetime.combine(from_on + timedelta(days=days), time(), tzinfo=zone),
        "zone": house.time_zone,
    }
    dates = [from_on + timedelta(days=number) for number in range(days)]
    made = read_forecasts.made_on(organisation_id=organisation_id, limit=1)
    said = (
        read_forecasts.said(
            organisation_id=organisation_id, made=made[0], from_on=from_on, until_on=dates[-1]
        )
        if made
        else []
    )
    counts = _Counts(
        free={(place, on): n for place, key, on, n in (room.days if room else ()) if key == chosen},
        is_known=any(one.key == chosen and one.free is not None for one in kinds),
        booked=_sums(one for one in read.booked_by_day(**span) if one.visit_type == chosen or not chosen),
        due=_sums(read.due_by_day(**span)),
        expected=_expected(said),
        totals={(one.meant_on, one.measure): _range(one) for one in said if one.location_id == -1},
    )
    off = days_off(house, sites, on=min(from_on, today))
    goals, follow = kept_goals(
        organisation_id=organisation_id, made=made[0] if made else None, today=today, now=now
    )
    minutes = staff_minutes(organisation_id=organisation_id, policy=policy)
    return Calendar(
        from_on=from_on,
        days=tuple(_day(on, sites, counts, off, policy, minutes) for on in dates),
        kinds=kinds,
        kind=chosen,
        sites=tuple(sites),
        campaigns=_campaigns(organisation_id, today),
        policy=policy,
        minutes_a_day=minutes,
        counted_at=room.counted_at if room else None,
        forecast_on=made[0] if made else None,
        goals=goals,
        follows=follow,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    free: dict[tuple[int, date], int]
    is_known: bool
    booked: dict[tuple[int, date], int]
    due: dict[tuple[int, date], int]
    expected: dict[tuple[int, date], dict[str, float]]
    totals: dict[tuple[date, str], Expected]


def _day(
    on: date,
    sites: list[Site],
    counts: _Counts,
    off: Mapping[int, DaysOff],
    policy: CapacityPolicy,
    minutes: int | None,
) -> CalendarDay:
    places = []
    for site in sites:
        expected = counts.expected.get((site.id, on), {})
        place = Place(
            site=site,
            free=counts.free.get((site.id, on), 0) if counts.is_known and site.id else None,
            booked=counts.booked.get((site.id, on), 0),
            due=counts.due.get((site.id, on), 0),
            expected=expected,
            minutes=_minutes(expected, policy),
            is_off=on in off[site.id],
        )
        # Patients of no site have a line only where there is something to tell.
        if site.id or not place.is_quiet:
            places.append(place)
    total = {name: counts.totals[on, name] for name in MEASURES if (on, name) in counts.totals}
    needed = _minutes({name: one.expected for name, one in total.items()}, policy)
    return CalendarDay(on, tuple(places), total, needed, minutes is not None and needed > minutes)


def _minutes(expected: Mapping[str, float], policy: CapacityPolicy) -> float:
    calls = sum(expected.get(name, 0.0) * policy.minutes_of(name) for name in CHANNELS)
    return calls + expected.get("replies", 0.0) * policy.minutes_per_reply


def _kinds(types: Mapping[str, Any]) -> tuple[KindLine, ...]:
    return tuple(
        KindLine(key, one["free"], one["ahead"], one["invited"], one["rate"], one["says"], one["per_slot"])
        for key, one in sorted(types.items())
        if one["free"] is not None or one["invited"]
    )


def _usual(kinds: tuple[KindLine, ...]) -> str:
    """The kind that most are invited to, else the first."""
    return max(kinds, key=lambda one: (one.free is not None, one.invited)).key if kinds else ""


def _sums(rows: Any) -> dict[tuple[int, date], int]:
    found: dict[tuple[int, date], int] = defaultdict(int)
    for one in rows:
        found[one.location_id, one.on] += one.many
    return found


def _expected(said: list[read_forecasts.Said]) -> dict[tuple[int, date], dict[str, float]]:
    found: dict[tuple[int, date], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in said:
        if one.campaign_id > 0:
            found[one.location_id, one.meant_on][one.measure] += one.expected
    return found


def _range(one: read_forecasts.Said) -> Expected:
    return Expected(one.expected, one.low, one.high)


def _campaigns(organisation_id: int, today: date) -> tuple[CampaignRoom, ...]:
    found = read_capacity.capacity_on(organisation_id=organisation_id, as_of=today)
    running = read_campaigns.campaigns(organisation_id=organisation_id, states=["active"])
    return tuple(
        CampaignRoom(
            one.id,
            one.name,
            found[one.id].state if one.id in found else "",
            found[one.id].left if one.id in found else None,
            one.daily_limit,
            found[one.id].reasons if one.id in found else (),
        )
        for one in running
    )
