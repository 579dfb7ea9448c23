"""Which times are on offer, to staff and to the holder of a link."""

from datetime import datetime, timedelta

from rebook.calendars.registry import calendar
from rebook.core.booking import Slot
from rebook.core.calendar import SlotQuery
from rebook.core.capacity_offers import groups_needed, times_for_place
from rebook.flow.booking.values import TimesOffered
from rebook.records.read import booking as read
from rebook.records.read import capacity as read_capacity
from rebook.records.read.diary import diary
from rebook.records.read.links import LinkView

# Three times are looked for here first: most pages need no more.
_SOON = timedelta(days=14)


def open_slots(
    *,
    organisation_id: int,
    visit_type: str,
    location_id: int | None = None,
    now: datetime,
    days: int = 14,
    from_at: datetime | None = None,
) -> tuple[Slot, ...]:
    """Free times for a kind of visit in the ``days`` after ``from_at`` (now when left out), earliest first.

    For staff too, so a time may start any moment from now on; the notice that patients must give is kept by
    ``times_for_link``. Empty when there is no such kind of visit.
    """
    kinds = {one.key: one for one in read.visit_types(organisation_id=organisation_id)}
    kind = kinds.get(visit_type)
    if kind is None:
        return ()
    start = max(now, from_at or now)
    return _free(
        organisation_id=organisation_id,
        kind=kind,
        location_id=location_id,
        now=now,
        from_at=start,
        until_at=start + timedelta(days=days),
    )


def times_for_link(
    *, link: LinkView, now: datetime, from_at: datetime | None = None, until_at: datetime | None = None
) -> TimesOffered:
    """What the link's page offers: the soonest times, or everything in ``[from_at, until_at)``.

    At the patient's home location where that has room, else anywhere. Never nearer than the notice nor
    further off than the horizon of the practice.
    """
    kind = link.visit_type
    if kind is None or not kind.is_self_bookable:
        return TimesOffered(None, (), (), now)
    earliest, latest = now + link.policy.minimum_notice, now + link.policy.horizon
    start = max(earliest, from_at or earliest)
    ends = [until_at] if until_at else [start + _SOON, latest]
    slots: tuple[Slot, ...] = ()
    for end in ends:
        for location_id in dict.fromkeys((link.home_location_id, None)):
            slots = _free(
                organisation_id=link.organisation_id,
                kind=kind,
                location_id=location_id,
                now=now,
                from_at=start,
                until_at=min(end, latest),
            )
            if slots:
                return TimesOffered(kind, slots, _three(link, kind, slots), latest)
    return TimesOffered(kind, slots, (), latest)


def _three(link: LinkView, kind: read.VisitTypeView, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Three times, other ones for others: each is offered to few patients at once (field note 1)."""
    room = read_capacity.room_of_type(organisation_id=link.organisation_id, visit_type=kind.key) or {}
    groups = groups_needed(invited=room.get("invited", 0), patients_per_slot=room.get("per_slot", 1))
    return times_for_place(slots, place=link.id, groups=groups)


def _free(
    *,
    organisation_id: int,
    kind: read.VisitTypeView,
    location_id: int | None,
    now: datetime,
    from_at: datetime,
    until_at: datetime,
) -> tuple[Slot, ...]:
    if until_at <= from_at:
        return ()
    taken = diary(
        organisation_id=organisation_id,
        # Whole days, so that the times on offer do not shift with the minute at which they are asked for.
        from_at=from_at - timedelta(days=1),
        until_at=until_at + timedelta(days=1),
        now=now,
        location_id=location_id,
    )
    query = SlotQuery(visit_type=kind.key, minutes=kind.minutes, from_at=from_at, until_at=until_at)
    return calendar().free_slots(query, diary=taken)
