"""Going on after a pause: every case gets a new day, a day's worth at a time (field notes 2.3, 2.14).

A pause is not caught up. What lay ahead keeps its distance from the resumption; what had come due goes
first, most needed first, never more of them on one day than the campaign contacts new patients on a day.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Outside these hours of the practice's clock hardly anything may go out: what falls there would be put off
# in one heap to the next morning, so it is counted for that morning at once.
DAY_BEGINS, DAY_ENDS = time(8), time(20)
MORNING = time(10)


class Standing(NamedTuple):
    """Where a case stood when its campaign was paused: when its next contact was to be (aware)."""

    case_id: int
    due_at: datetime
    # Rank of its gap, 1 first; None after all that have one.
    rank: int | None = None


def spread(
    standing: Iterable[Standing],
    *,
    paused_at: datetime,
    resumed_at: datetime,
    per_day: int,
    zone: ZoneInfo,
) -> dict[int, datetime]:
    """When the next contact of each case is to be, aware and in UTC; never before ``resumed_at``.

    Raises ``ValueError`` when ``per_day`` is below 1 or the pause ends before it began.
    """
    if per_day < 1 or resumed_at < paused_at:
        raise ValueError("a day takes at least one contact, and a pause ends after it began")
    wanted = [(_wanted(one.due_at, paused_at, resumed_at, zone), one) for one in standing]
    wanted.sort(key=lambda pair: (pair[0], pair[1].rank is None, pair[1].rank or 0, pair[1].case_id))
    full: Counter[date] = Counter()
    # The next day with room, from a day that has none: found once, not searched anew for every case.
    onwards: dict[date, date] = {}
    found = {}
    for at, one in wanted:
        local = at.astimezone(zone)
        day = _with_room(local.date(), onwards)
        full[day] += 1
        if full[day] >= per_day:
            onwards[day] = day + timedelta(days=1)
        moved = at if day == local.date() else datetime.combine(day, local.time(), tzinfo=zone)
        found[one.case_id] = moved.astimezone(UTC)
    return found


def _wanted(due_at: datetime, paused_at: datetime, resumed_at: datetime, zone: ZoneInfo) -> datetime:
    at = resumed_at + max(due_at - paused_at, timedelta())
    local = at.astimezone(zone)
    if local.time() < DAY_BEGINS:
        return datetime.combine(local.date(), MORNING, tzinfo=zone)
    if local.time() >= DAY_ENDS:
        return datetime.combine(local.date() + timedelta(days=1), MORNING, tzinfo=zone)
    return at


def _with_room(day: date, onwards: dict[date, date]) -> date:
    passed = []
    while day in onwards:
        passed.append(day)
        day = onwards[day]
    for one in passed:
        onwards[one] = day
    return day
