"""The waiting list (R-C132): who wants which kind of visit when, and is there a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.calendars.registry import calendar
from rebook.core.booking import Slot
from rebook.core.calendar import SlotQuery
from rebook.core.words import DAY_PARTS
from rebook.records.read import booking as kinds
from rebook.records.read.diary import diary
from rebook.records.read.pending import PendingView, pending_items
from rebook.records.write import pending as write

KIND = "waiting_list_match"
# A time sooner than this cannot be offered, held and taken; later ones are not "freed".
NOTICE, HORIZON = timedelta(hours=4), timedelta(days=14)
# First moment of each part on the local clock; a part ends where the next begins.
PARTS = (("morning", time(0)), ("afternoon", time(12)), ("evening", time(17)))


class WishRefused(Exception):
    """A wish that cannot be kept: no such patient, visit or part of the day. Trying again does not help."""

    permanent = True
    is_for_people = True


def add_wish(
    *,
    organisation_id: int,
    patient_id: int,
    visit_type: str,
    day_part: str = "",
    by: str,
    today: date,
    now: datetime,
) -> bool:
    """Put a patient on the waiting list; False when they wait for that kind of visit already.

    Raises ``WishRefused``.
    """
    if visit_type not in {one.key for one in kinds.visit_types(organisation_id=organisation_id)}:
        raise WishRefused(f"there is no kind of visit '{visit_type}'")
    if day_part and day_part not in DAY_PARTS:
        raise WishRefused(f"'{day_part}' is none of {', '.join(DAY_PARTS)}")
    with transaction.atomic(durable=True):
        waiting = pending_items(organisation_id=organisation_id, kind=KIND, patient_id=patient_id)
        if any(one.visit_type == visit_type for one in waiting):
            return False
        values = {"kind": KIND, "visit_type": visit_type, "day_part": day_part, "opened_on": today}
        name = f"wish:{patient_id}:{visit_type}:{now:%Y%m%d%H%M%S%f}"
        write.add_item(
            organisation_id=organisation_id, external_id=name, patient_id=patient_id, values=values
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=by,
            action="waiting_list.added",
            subject_kind="patient",
            subject_id=patient_id,
            detail={"visit_type": visit_type},
        )
    return True


def match_wishes(*, organisation_id: int, as_of: date, now: datetime) -> int:
    """Give each open wish, the oldest first, a free time of its own, or take the match back.

    One offer at a time: a time that one wish has is none for the next. Returns how many changed.
    """
    wishes = pending_items(organisation_id=organisation_id, kind=KIND)
    if not wishes:
        return 0
    minutes = {one.key: one.minutes for one in kinds.visit_types(organisation_id=organisation_id)}
    by_type: dict[str, list[PendingView]] = defaultdict(list)
    for one in wishes:
        by_type[one.visit_type].append(one)
    matches: dict[int, date | None] = {}
    taken: set[tuple[int, datetime]] = set()
    for visit_type, waiting in sorted(by_type.items()):
        slots: tuple[Slot, ...] = ()
        if visit_type in minutes:
            slots = _free(organisation_id, visit_type, minutes[visit_type], now)
        for one in waiting:
            slot = _first(one, slots, taken)
            if slot is not None:
                taken.add((slot.practitioner_id, slot.starts_at))
            matches[one.id] = None if slot is None else one.matched_on or as_of
    return write.set_matches(organisation_id=organisation_id, matches=matches)


def _free(organisation_id: int, visit_type: str, minutes: int, now: datetime) -> tuple[Slot, ...]:
    from_at, until_at = now + NOTICE, now + HORIZON
    day = timedelta(days=1)
    known = diary(organisation_id=organisation_id, from_at=from_at - day, until_at=until_at + day, now=now)
    query = SlotQuery(visit_type=visit_type, minutes=minutes, from_at=from_at, until_at=until_at)
    return calendar().free_slots(query, diary=known)


def _first(wish: PendingView, slots: Iterable[Slot], taken: set[tuple[int, datetime]]) -> Slot | None:
    for slot in slots:
        if (slot.practitioner_id, slot.starts_at) in taken:
            continue
        if wish.location_id is not None and wish.location_id != slot.location_id:
            continue
        if not wish.day_part or part_of_day(slot.starts_at, ZoneInfo(slot.time_zone)) == wish.day_part:
            return slot
    return None


def part_of_day(at: datetime, zone: ZoneInfo) -> str:
    """ "morning" before noon, "afternoon" before five, then "evening", on the clock of ``zone``."""
    clock = at.astimezone(zone).time()
    return next(part for part, begins in reversed(PARTS) if clock >= begins)
