"""Today's room in one practice: free times, who is invited, what waits, and what staff can do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.booking import visit_type_for
from rebook.core.capacity import URGENT_CLASS, House, Measured, Replies, Room
from rebook.core.capacity_policy import CapacityPolicy, capacity_policy
from rebook.core.measure import MINIMUM_EVENTS
from rebook.records.read import capacity as read
from rebook.records.write import capacity as write

from .rooms import Rooms, count_rooms

# Whoever answers the phone and the inbox day by day.
DESK = frozenset({"front_desk", "coordinator"})
# Fewer matured cases say too little about one practice (R-F72: the first weeks).
ENOUGH_CASES = 100
PRIOR = Measured(0.12, "prior", "stated belief: 10 to 15 % of those contacted book (R-F67)")
# How far the kept count looks ahead: as far as anybody books.
KEPT_DAYS = 60
# R-E39: the gravest replies are seen at once; after an hour nobody did.
URGENT_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Today:
    """The practice's room now, by the policy it set itself."""

    organisation: OrganisationView
    policy: CapacityPolicy
    house: House
    rooms: Rooms


def look_today(*, organisation_id: int, now: datetime, days: int = 0) -> Today:
    """Count what there is; ``days`` looks further than the window of the policy, for the calendar.

    Raises ``core.capacity_policy.CapacitySettingsInvalid``.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    policy = capacity_policy(house.settings)
    rooms = count_rooms(organisation_id=organisation_id, now=now, days=max(days, policy.window_days))
    until_on = (now + timedelta(days=policy.window_days)).astimezone(ZoneInfo(house.time_zone)).date()
    invited = read.invited(organisation_id=organisation_id)
    general = visit_type_for(None, offered=sorted(rooms.known))
    rates = booking_rates(organisation_id=organisation_id, now=now)
    found: dict[str, Room] = {}
    for key in sorted(rooms.known | set(invited)):
        # Who needs no particular visit takes a general one.
        many = invited.get(key, 0) + (invited.get("", 0) if key and key == general else 0)
        if key:
            rate = rates.get(key) or rates[""]
            found[key] = Room(key, rooms.of_type(key, until_on=until_on), many, rate)
    waiting = read.replies_waiting(
        organisation_id=organisation_id, now=now, urgent_before=now - URGENT_WITHIN
    )
    owed = read.work_owed(organisation_id=organisation_id, now=now)
    return Today(
        organisation=house,
        policy=policy,
        rooms=rooms,
        house=House(
            rooms=found,
            general=general,
            replies=Replies(waiting.waiting, waiting.late, waiting.level_1_late),
            minutes=staff_minutes(organisation_id=organisation_id, policy=policy),
            minutes_owed=owed.calls * policy.minutes_per_call + owed.others * policy.minutes_per_reply,
        ),
    )


def staff_minutes(*, organisation_id: int, policy: CapacityPolicy) -> int | None:
    """Minutes a day for outreach: as set, else so many for everybody at the desk; None when nobody is."""
    if policy.minutes_a_day is not None:
        return policy.minutes_a_day
    desk = sum(one.role in DESK for one in accounts.members(organisation_id=organisation_id))
    return desk * policy.minutes_per_person if desk else None


def booking_rates(*, organisation_id: int, now: datetime) -> dict[str, Measured]:
    """Share of invited patients who book, by kind of visit; "" is the practice's own over all kinds.

    Measured where enough cases had the time to be booked, else the whole practice's, else a stated belief.
    """
    rows = read.booked(organisation_id=organisation_id, now=now)
    whole = _measured(sum(row.cases for row in rows), sum(row.booked for row in rows), "this practice")
    rates = {"": whole or PRIOR}
    for row in rows:
        rates[row.visit_type] = _measured(row.cases, row.booked, row.visit_type) or rates[""]
    return rates


def _measured(cases: int, booked: int, of: str) -> Measured | None:
    if cases < ENOUGH_CASES or booked < MINIMUM_EVENTS:
        return None
    return Measured(booked / cases, "measured", f"{booked} of {cases} cases of {of} booked", cases, booked)


def keep_today(*, organisation_id: int, today: Today, now: datetime) -> None:
    """Keep the count for the pages and the guard, in the caller's transaction."""
    write.keep_room(
        organisation_id=organisation_id,
        days=[(*where, n) for where, n in sorted(today.rooms.free.items())],
        types={
            key: {
                "free": room.free,
                # As far as anybody books: what the guard asks before each message (R-A192).
                "ahead": today.rooms.of_type(key, until_on=date.max),
                "invited": room.invited,
                "rate": room.rate.value,
                "source": room.rate.source,
                "says": room.rate.says,
                "per_slot": today.policy.patients_per_slot,
            }
            for key, room in today.house.rooms.items()
        },
        now=now,
    )


def free_times_left(
    kept: dict[str, Any], *, organisation_id: int, visit_type: str, risk_class: int
) -> int | None:
    """Free times ahead of a kind of visit at the last count, for the guard; None where nothing limits it.

    ``kept`` remembers the count for a batch. Urgent needs are never held back for want of room.
    """
    if risk_class >= URGENT_CLASS or not visit_type:
        return None
    if "free" not in kept:
        kept["free"] = read.free_by_type(organisation_id=organisation_id)
    found: int | None = kept["free"].get(visit_type)
    return found
