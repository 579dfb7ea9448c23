"""Working days of a site, and the part of the day: the plan's own, and the one a patient asks for.

A patient's wish goes before the plan (R-C146, Q-168): what would come at another time waits for theirs.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

DayPart = Literal["any", "morning", "midday", "evening"]

# First instant of each day part on the recipient's clock; a retry takes another part (R-D55).
DAY_PARTS: Mapping[str, time] = {
    "any": time(10, 0),
    "morning": time(9, 0),
    "midday": time(12, 0),
    "evening": time(17, 0),
}
# What patients choose from (``core.words.DAY_PARTS``): from when, and until when it is that part.
WISHED: Mapping[str, tuple[time, time]] = {
    "morning": (time(9, 0), time(12, 0)),
    "afternoon": (time(12, 0), time(17, 0)),
    "evening": (time(17, 0), time(21, 0)),
}
MONDAY_TO_FRIDAY = frozenset(range(5))


class DaysOff(frozenset[date]):
    """Every day on which a site does not work, its free weekdays among them.

    A plain collection of dates is holidays alone: Monday to Friday are then worked on.
    """

    __slots__ = ()


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether staff are at work: by the site's own days where they are known, else Monday to Friday."""
    if isinstance(holidays, DaysOff):
        return day not in holidays
    return day.weekday() in MONDAY_TO_FRIDAY and day not in holidays


def day_after(day: date, count: int, *, business_days: bool, holidays: Collection[date]) -> date:
    """The day ``count`` days later; with ``business_days`` only those that are worked on count."""
    if not business_days:
        return day + timedelta(days=count)
    left = count
    while left > 0 or not is_working_day(day, holidays):
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


def wished_from(at: datetime, *, wish: str, zone: str) -> datetime:
    """``at`` (aware), or the first instant after it that lies in the part of the day wished for, in UTC.

    No wish, and one that is not known, is none.
    """
    if wish not in WISHED:
        return at.astimezone(UTC)
    begins, ends = WISHED[wish]
    local = at.astimezone(ZoneInfo(zone))
    if begins <= local.time() < ends:
        return at.astimezone(UTC)
    day = local.date() if local.time() < begins else local.date() + timedelta(days=1)
    return datetime.combine(day, begins, tzinfo=ZoneInfo(zone)).astimezone(UTC)
