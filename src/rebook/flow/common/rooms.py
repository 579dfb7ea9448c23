"""Free times of the coming days, counted by site, kind of visit and day."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.calendars.registry import calendar
from rebook.core.booking import Diary
from rebook.core.calendar import SlotQuery
from rebook.records.read import booking as read
from rebook.records.read.diary import diary


@dataclass(frozen=True, slots=True)
class Rooms:
    """``free``: (location id, visit type, day on that site's clock) -> free times.

    The same hour may serve several kinds of visit: counts of different kinds do not add up. ``known`` are the
    kinds of visit that somebody's hours serve; for any other nobody can say whether there is room, because it
    is given elsewhere or kept in another diary.
    """

    free: dict[tuple[int, str, date], int]
    known: frozenset[str]
    minutes: dict[str, int]

    def of_type(self, visit_type: str, *, until_on: date) -> int | None:
        """Free times of one kind up to a day; None when nobody knows."""
        if visit_type not in self.known:
            return None
        return sum(n for (_, key, on), n in self.free.items() if key == visit_type and on <= until_on)


def count_rooms(*, organisation_id: int, now: datetime, days: int) -> Rooms:
    """Count every kind of visit of the practice from ``now`` on. Two queries and arithmetic."""
    kinds = read.visit_types(organisation_id=organisation_id)
    until = now + timedelta(days=days)
    whole = diary(organisation_id=organisation_id, from_at=now, until_at=until, now=now)
    free: Counter[tuple[int, str, date]] = Counter()
    given: set[str] = set()
    zones = {name: ZoneInfo(name) for name in {one.time_zone for one in whole.hours}}
    for part in _by_practitioner(whole):
        for kind in kinds:
            if all(one.visit_types and kind.key not in one.visit_types for one in part.hours):
                continue
            given.add(kind.key)
            query = SlotQuery(visit_type=kind.key, minutes=kind.minutes, from_at=now, until_at=until)
            for slot in calendar().free_slots(query, diary=part):
                on = slot.starts_at.astimezone(zones[slot.time_zone]).date()
                free[slot.location_id, kind.key, on] += 1
    return Rooms(dict(free), frozenset(given), {kind.key: kind.minutes for kind in kinds})


def _by_practitioner(whole: Diary) -> list[Diary]:
    """One diary each: who is free does not depend on others, and looking through all of them is slow."""
    hours, occupied = defaultdict(list), defaultdict(list)
    for one in whole.hours:
        hours[one.practitioner_id].append(one)
    for taken in whole.occupied:
        occupied[taken.practitioner_id].append(taken)
    return [Diary(tuple(found), tuple(occupied[who])) for who, found in hours.items()]
