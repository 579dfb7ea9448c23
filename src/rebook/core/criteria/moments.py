"""Instants that are known only between two bounds, and what may be said of their order.

Answers are three-valued: True, False, or None when the bounds leave it open (a date without a time of day
compared with an instant of that day).
"""

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from .history import MAX, MIN, Span

# Earliest and latest possible.
Pair = tuple[datetime, datetime]
Steps = tuple[tuple[int, str], ...]

LAST_OF_DAY = time(23, 59, 59, 999000)
TICK = timedelta(milliseconds=1)


def whole_day(day: date) -> Pair:
    """From the first to the last instant of ``day`` in UTC."""
    return datetime.combine(day, time(), UTC), datetime.combine(day, LAST_OF_DAY, UTC)


def day_span(first: date, last: date | None = None) -> Span:
    """The span of something that began on ``first`` and ended on ``last``; None: it is not over."""
    begin = whole_day(first)
    end = (MAX, MAX) if last is None else whole_day(last)
    return Span(*begin, *end)


def shifted(pair: Pair, steps: Steps) -> Pair:
    """``pair`` later by every (amount, unit) of ``steps``; unit "days", "months" or "years"."""
    return _shift(pair[0], steps), _shift(pair[1], steps)


def _shift(moment: datetime, steps: Steps) -> datetime:
    if moment in (MIN, MAX):
        return moment
    for amount, unit in steps:
        moment = (
            moment + timedelta(days=amount)
            if unit == "days"
            else months_later(moment, amount * (12 if unit == "years" else 1))
        )
    return moment


def months_later(moment: datetime, months: int) -> datetime:
    """The same day of the month ``months`` later, or the month's last when it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def at_or_before(first: Pair, second: Pair, *, by_day: bool) -> bool | None:
    """Whether ``first`` is not later than ``second``; ``by_day`` looks at calendar dates only."""
    if by_day:
        return _order(
            first[1].date() <= second[0].date(),
            first[0].date() > second[1].date(),
        )
    return _order(first[1] <= second[0], first[0] > second[1])


def before(first: Pair, second: Pair, *, by_day: bool) -> bool | None:
    """Whether ``first`` is earlier than ``second``."""
    return negated(at_or_before(second, first, by_day=by_day))


def _order(surely: bool, surely_not: bool) -> bool | None:
    if surely:
        return True
    return False if surely_not else None


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """True when all are, False when one is not, else not known."""
    found: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            found = None
    return found


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True when one is, False when none is, else not known."""
    found: bool | None = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            found = None
    return found


def age_on(birth_on: date | None, day: date) -> int | None:
    """Completed years on ``day``; None without a birth date. Born on 29 February: older from 1 March."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
