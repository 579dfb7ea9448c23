"""Which times are free: weekly hours on the location's clock, minus what is taken.

Everything is compared as instants; the location's clock is only asked when its hours begin and end, so a day
of 23 or 25 hours has as much room as it really has.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.core.booking.values import Diary, Occupied, Slot, SlotChoice, WorkingHours

# After something that ends at an odd minute, the next visit starts on a full five minutes.
GRID = timedelta(minutes=5)
_INSTANT = timedelta(microseconds=1)


def working_spans(
    hours: WorkingHours, *, from_at: datetime, until_at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """(start, end) in UTC of every stretch of these hours that touches the given time, in order.

    A start or end that the clock skips on the day it goes forward counts an hour later, as clocks do; one
    that comes twice counts the first time.
    """
    zone = ZoneInfo(hours.time_zone)
    day = max(from_at.astimezone(zone).date(), hours.from_on or date.min)
    last = min(until_at.astimezone(zone).date(), hours.until_on or date.max)
    day += timedelta(days=(hours.weekday - day.weekday()) % 7)
    while day <= last:
        start = datetime.combine(day, hours.starts, tzinfo=zone).astimezone(UTC)
        end = datetime.combine(day, hours.ends, tzinfo=zone).astimezone(UTC)
        if start < end and end > from_at and start < until_at:
            yield start, end
        day += timedelta(days=7)


def free_slots(
    diary: Diary, *, visit_type: str, minutes: int, from_at: datetime, until_at: datetime
) -> tuple[Slot, ...]:
    """Every free time that starts in ``[from_at, until_at)`` and lasts ``minutes``, earliest first.

    A practitioner's free times do not overlap one another: taking all of them fills the day without waste.
    """
    length = timedelta(minutes=minutes)
    found: dict[SlotChoice, Slot] = {}
    for hours in diary.hours:
        if hours.visit_types and visit_type not in hours.visit_types:
            continue
        taken = _of(diary.occupied, hours.practitioner_id)
        for start, end in working_spans(hours, from_at=from_at, until_at=until_at):
            for at, seat in _walk(start, end, length, hours.capacity, _touching(taken, start, end)):
                if from_at <= at < until_at:
                    slot = Slot(
                        practitioner_id=hours.practitioner_id,
                        location_id=hours.location_id,
                        visit_type=visit_type,
                        starts_at=at,
                        ends_at=at + length,
                        seat=seat,
                        time_zone=hours.time_zone,
                    )
                    found.setdefault(slot.choice, slot)
    return tuple(sorted(found.values(), key=lambda slot: (slot.starts_at, slot.practitioner_id)))


def seat_for(diary: Diary, choice: SlotChoice, *, visit_type: str, minutes: int) -> Slot | None:
    """The asked time as a slot with the lowest free seat, or None when it is not (or no longer) free."""
    ends_at = choice.starts_at + timedelta(minutes=minutes)
    for hours in diary.hours:
        if (hours.practitioner_id, hours.location_id) != (choice.practitioner_id, choice.location_id):
            continue
        if hours.visit_types and visit_type not in hours.visit_types:
            continue
        spans = working_spans(hours, from_at=choice.starts_at, until_at=ends_at)
        if not any(start <= choice.starts_at and ends_at <= end for start, end in spans):
            continue
        taken = _touching(_of(diary.occupied, hours.practitioner_id), choice.starts_at, ends_at)
        seat = _free_seat(taken, hours.capacity)
        if seat is not None:
            return Slot(
                practitioner_id=hours.practitioner_id,
                location_id=hours.location_id,
                visit_type=visit_type,
                starts_at=choice.starts_at,
                ends_at=ends_at,
                seat=seat,
                time_zone=hours.time_zone,
            )
    return None


def _walk(
    start: datetime, end: datetime, length: timedelta, capacity: int, taken: list[Occupied]
) -> Iterator[tuple[datetime, int]]:
    at = start
    while at + length <= end:
        blocking = _touching(taken, at, at + length)
        seat = _free_seat(blocking, capacity)
        if seat is not None:
            yield at, seat
            at += length
        else:
            at = _on_grid(min(one.ends_at for one in blocking), start)


def _free_seat(taken: list[Occupied], capacity: int) -> int | None:
    """The lowest seat nobody claimed, while there is one left beside the appointments from elsewhere.

    Everybody who sees the same diary gets the same seat, so two who race for the last one collide in the
    database instead of both getting in.
    """
    claimed = {one.seat for one in taken if one.seat is not None}
    free = [seat for seat in range(capacity) if seat not in claimed]
    elsewhere = [one for one in taken if one.seat is None]
    at_once = max(
        (len(_touching(elsewhere, one.starts_at, one.starts_at + _INSTANT)) for one in elsewhere), default=0
    )
    return free[0] if len(free) > at_once else None


def _of(occupied: Iterable[Occupied], practitioner_id: int) -> list[Occupied]:
    return [one for one in occupied if one.practitioner_id == practitioner_id]


def _touching(taken: Iterable[Occupied], start: datetime, end: datetime) -> list[Occupied]:
    return [one for one in taken if one.starts_at < end and one.ends_at > start]


def _on_grid(at: datetime, start: datetime) -> datetime:
    """The first full five minutes after ``start`` of the hours that is not before ``at``."""
    steps = -((start - at) // GRID)
    return start + steps * GRID
