"""A kept forecast beside what then happened."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.lookahead.changes import BadPlan
from rebook.core.lookahead.compare import NOTHING, Compared, compare
from rebook.core.lookahead.intervals import Expected
from rebook.core.lookahead.values import ALL, MEASURES, SO_FAR
from rebook.records.read import forecasts as read


@dataclass(frozen=True, slots=True)
class DayCompared:
    """One day of one measure: what was said, and what it was."""

    on: date
    said: Expected
    actual: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One forecast. ``until_on`` is the last day that has passed; ``measures`` those with figures."""

    made_on: date
    until_on: date
    measures: tuple[Compared, ...]
    days: dict[str, tuple[DayCompared, ...]]


def forecasts_made(*, organisation_id: int) -> list[date]:
    """The days of which a forecast is kept, newest first."""
    return read.made_on(organisation_id=organisation_id)


def compare_forecast(*, organisation_id: int, made_on: date | None, today: date) -> Comparison | None:
    """The forecast of a day (the oldest of the last 30 days when none is named) against the days since.

    Only days that are over count. None where there is no forecast, or no day of it has passed.
    Raises ``BadPlan`` for a day without a forecast.
    """
    kept = read.made_on(organisation_id=organisation_id)
    if made_on is not None and made_on not in kept:
        raise BadPlan(f"no forecast was made on {made_on}")
    if made_on is None:
        passed = [one for one in kept if today - timedelta(days=30) <= one < today]
        if not passed:
            return None
        made_on = min(passed)
    span = read.span(organisation_id=organisation_id, made=made_on)
    if span is None or span[0] >= today:
        return None
    until = min(span[1], today - timedelta(days=1))
    days = [made_on + timedelta(days=number) for number in range((until - made_on).days + 1)]
    said = read.said(organisation_id=organisation_id, made=made_on)
    zone = accounts.organisation(organisation_id=organisation_id).time_zone
    happened = read.happened(
        organisation_id=organisation_id,
        from_at=_midnight(made_on, zone),
        until_at=_midnight(until + timedelta(days=1), zone),
        zone=zone,
    )
    measures = [_measure(name, said, happened, days) for name in MEASURES]
    shown = [one for one in measures if one[0].total.high > 0 or one[0].actual]
    return Comparison(
        made_on, until, tuple(one for one, _ in shown), {one.measure: days for one, days in shown}
    )


def _measure(
    name: str, said: list[read.Said], happened: list[read.Happened], days: list[date]
) -> tuple[Compared, tuple[DayCompared, ...]]:
    mine = [one for one in said if one.measure == name]
    cells = {
        (one.campaign_id, one.location_id, one.meant_on): _expected(one)
        for one in mine
        if one.campaign_id > 0
    }
    by_day = {one.meant_on: _expected(one) for one in mine if one.location_id == ALL}
    so_far = [one for one in mine if one.location_id == SO_FAR and one.meant_on <= days[-1]]
    total = _expected(max(so_far, key=lambda one: one.meant_on)) if so_far else NOTHING
    actual = {(one.campaign_id, one.location_id, one.on): one.many for one in happened if one.measure == name}
    counts: dict[date, int] = defaultdict(int)
    for (_, _, on), count in actual.items():
        counts[on] += count
    found = compare(name, cells=cells, actual=actual, by_day=by_day, total=total, days=days)
    return found, tuple(DayCompared(on, by_day.get(on, NOTHING), counts[on]) for on in days)


def _expected(one: read.Said) -> Expected:
    return Expected(one.expected, one.low, one.high)


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), tzinfo=ZoneInfo(zone))
