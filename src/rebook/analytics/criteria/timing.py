"""Timings as expressions: what ``core.criteria.timing`` says of one event, for a table of them.

Two times in one expression answer TRUE, FALSE or NULL, as the bounds of both allow.
"""

from datetime import date, datetime
from typing import NamedTuple, TypeAlias

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import MAX, MIN, Own, Steps, Timing, period_of
from rebook.core.criteria.moments import TICK
from rebook.core.criteria.moments import shifted as shifted_moment

_MIN, _MAX = MIN.replace(tzinfo=None), MAX.replace(tzinfo=None)


class Pair(NamedTuple):
    """The earliest and the latest possible instant."""

    at: ir.TimestampValue
    by: ir.TimestampValue


class Stretch(NamedTuple):
    start: Pair
    end: Pair


Instant: TypeAlias = "datetime | ir.TimestampValue"


def constant(moment: Instant, steps: Steps = ()) -> Pair:
    """One exact instant, moved; known now, or an expression known when the query runs."""
    if not isinstance(moment, datetime):
        return shifted(Pair(moment, moment), steps)
    found = ibis.literal(shifted_moment((moment, moment), steps)[0].replace(tzinfo=None), type="timestamp(6)")
    return Pair(found, found)


def day_of(as_of: date | ir.DateValue) -> tuple[Instant, Instant]:
    """The first and the last instant of a day."""
    if isinstance(as_of, date):
        return period_of(as_of)
    first = as_of.cast("timestamp(6)")
    return first, last_of(first)


def last_of(first: ir.TimestampValue) -> ir.TimestampValue:
    """The last instant of the day that begins at ``first``."""
    return first + ibis.interval(hours=23, minutes=59, seconds=59) + ibis.interval(milliseconds=999)


def own_time(rows: ir.Table, own: Own, suffix: str = "") -> Stretch:
    """The time a phrase speaks of, of the event in the columns with ``suffix``."""

    def column(name: str) -> ir.TimestampValue:
        return rows[name + suffix]

    start = Pair(column("starts_at"), column("starts_by"))
    end = Pair(column("ends_at"), column("ends_by"))
    if own == "whole":
        return Stretch(start, end)
    match own:
        case "recorded":
            one = Pair(column("recorded_at"), column("recorded_by"))
        case "starts":
            one = start
        case "ends":
            one = end
        case "latest":
            one = _either(end.by == _MAX, start, end)
        case "earliest":
            one = _either(start.at == _MIN, end, start)
    return Stretch(one, one)


def _either(test: ir.BooleanValue, first: Pair, second: Pair) -> Pair:
    return Pair(ibis.ifelse(test, first.at, second.at), ibis.ifelse(test, first.by, second.by))


def moment(rows: ir.Table, own: Own) -> Pair:
    """One moment of the event; of its whole span the begin."""
    return own_time(rows, own).start


def shifted(pair: Pair, steps: Steps) -> Pair:
    """``pair`` later by every step; "not over" and "before anything" do not move."""
    return Pair(_shift(pair.at, steps), _shift(pair.by, steps)) if steps else pair


def _shift(found: ir.TimestampValue, steps: Steps) -> ir.TimestampValue:
    moved = found
    for amount, unit in steps:
        moved = moved + ibis.interval(**{unit: amount})
    return ibis.ifelse(found.isin([_MIN, _MAX]), found, moved)


def until_open(end: Pair) -> Pair:
    """The last moment before ``end``."""
    tick = ibis.interval(milliseconds=int(TICK.total_seconds() * 1000))
    return Pair(end.at - tick, end.by - tick)


def at_or_before(first: Pair, second: Pair, *, by_day: bool) -> ir.BooleanValue:
    if by_day:
        surely = first.by.date() <= second.at.date()
        surely_not = first.at.date() > second.by.date()
    else:
        surely = first.by <= second.at
        surely_not = first.at > second.by
    return ibis.cases((surely, True), (surely_not, False), else_=ibis.null("boolean"))


def stands(own: Stretch, timing: Timing, target: Stretch) -> ir.BooleanValue:
    """Whether ``own`` stands to ``target`` as the timing says; NULL when that cannot be known."""
    if timing.edge:
        edge = shifted(target.start if timing.edge == "start" else target.end, timing.steps)
        target = Stretch(edge, edge)
    day = timing.by_day

    def no_later(first: Pair, second: Pair) -> ir.BooleanValue:
        return at_or_before(first, second, by_day=day)

    match timing.relation:
        case "during":
            return no_later(target.start, own.start) & no_later(own.end, target.end)
        case "overlaps":
            return no_later(own.start, target.end) & no_later(target.start, own.end)
        case "overlaps after":
            return no_later(own.start, target.end) & ~no_later(own.end, target.end)
        case "same":
            return no_later(own.start, target.start) & no_later(target.start, own.start)
        case "before":
            return ~no_later(target.start, own.end)
        case "after":
            return ~no_later(own.start, target.end)
        case "on or before":
            found = no_later(own.end, target.start)
            if timing.within is None:
                return found
            amount, unit = timing.within
            return found & no_later(shifted(target.start, ((-amount, unit),)), own.end)
        case "on or after":
            found = no_later(target.end, own.start)
            if timing.within is None:
                return found
            return found & no_later(own.start, shifted(target.end, (timing.within,)))


def years_old(birth_on: ir.DateValue, day: ir.DateValue) -> ir.IntegerValue:
    """Completed years on ``day``."""
    not_yet = (day.month() < birth_on.month()) | (
        (day.month() == birth_on.month()) & (day.day() < birth_on.day())
    )
    return day.year() - birth_on.year() - not_yet.cast("int32")
