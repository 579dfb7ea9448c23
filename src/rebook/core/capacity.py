"""How many patients may be invited today, and why not more (R-A193, field note 3.4).

No more outreach than there is room: the bookings to be expected of everybody invited stay within the free
times of the right kind, and the work that comes of it within the minutes of the staff. Everything is worked
out anew each day from what is free and what waits, so whatever slowed a campaign lets it go by itself.
Urgent needs (class 3 and above) are never held back for want of room; they take it from the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor
from typing import Literal, Protocol, TypeVar

from rebook.core.capacity_policy import CapacityPolicy
from rebook.core.capacity_shares import Demand, even_shares, granted
from rebook.core.reasons import Reason

State = Literal["open", "slowed", "paused"]
URGENT_CLASS = 3
# So few late replies are a busy hour, no sign that nobody answers.
FEW_LATE = 3

__all__ = [
    "Capacity",
    "Demand",
    "House",
    "Measured",
    "Replies",
    "Room",
    "even_shares",
    "expected_minutes",
    "of_the_day",
    "plan",
    "room_left",
]


@dataclass(frozen=True, slots=True)
class Measured:
    """A rate and where it comes from: ``events`` of ``cases`` here, or a stated belief."""

    value: float
    source: Literal["measured", "prior"]
    says: str
    cases: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """One kind of visit: free times of the window (None: nobody said when it is given), and who is invited.

    ``invited`` have an open case, were not booked yet, and may book; ``rate`` is the share that books.
    """

    visit_type: str
    free: int | None
    invited: int
    rate: Measured


@dataclass(frozen=True, slots=True)
class Replies:
    """Answers that wait: all, past their time (R-E39), and of the gravest level past it."""

    waiting: int = 0
    late: int = 0
    level_1_late: int = 0


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for every campaign of one practice on one day.

    ``minutes`` that staff can give today (None: nobody said), ``minutes_owed`` for what is past its time.
    """

    rooms: Mapping[str, Room]
    # The kind of visit to book for who needs no particular one.
    general: str = ""
    replies: Replies = field(default_factory=Replies)
    minutes: int | None = None
    minutes_owed: int = 0


class Candidate(Protocol):
    """Somebody who might be taken in."""

    @property
    def visit_type(self) -> str: ...

    @property
    def risk_class(self) -> int: ...


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one campaign may take in now. ``left`` None: nothing limits it but its own daily limit.

    ``by_type`` has the kinds of visit that are short, with how many are left of each.
    """

    left: int | None
    reasons: tuple[Reason, ...] = ()
    by_type: Mapping[str, int] = field(default_factory=dict)
    state: State = "open"
    # The kind of visit that those book who need no particular one.
    general: str = ""

    def choose(self, rows: Sequence[C], *, most: int) -> list[C]:
        """The first ``most`` of the rows, best first, for whom there is room; the urgent always have some."""
        chosen: list[C] = []
        left, of_type = self.left, dict(self.by_type)
        for row in rows:
            if len(chosen) >= most:
                break
            if row.risk_class < URGENT_CLASS:
                key = row.visit_type or self.general
                if left == 0 or of_type.get(key) == 0:
                    continue
                if key in of_type:
                    of_type[key] -= 1
                left = None if left is None else left - 1
            chosen.append(row)
        return chosen


def of_the_day(found: Capacity, *, kept: Capacity | None, opened: int) -> Capacity:
    """What is left of the day, for a second look at it.

    ``kept`` is what the day's earlier look allowed in all, ``opened`` how many came in since midnight. Within
    a day it only grows tighter: what clears lets patients in from the next day on, so that running the pass
    again takes in nobody else.
    """
    if kept is None or kept.left is None:
        return found
    rest = max(0, kept.left - opened)
    if found.left is not None and found.left <= rest:
        return found
    return replace(kept, left=rest, by_type=found.by_type, general=found.general)


def room_left(room: Room, policy: CapacityPolicy) -> int | None:
    """How many more may be invited to this kind of visit; None when nobody knows its times.

    The bookings to be expected of those invited and of the new ones stay within the share of the free times
    that outreach may fill (R-A193).
    """
    if room.free is None:
        return None
    if room.rate.value <= 0:
        return 0 if room.free == 0 else None
    usable = room.free * policy.slot_percent / 100
    # Against the last bit of a float: 8 / 0.1 must be 80, not 79.
    return max(0, floor(usable / room.rate.value + 1e-9) - room.invited)


def expected_minutes(
    channels: Sequence[str], policy: CapacityPolicy, *, replies: float = 0.2, goes_on: float = 0.85
) -> float:
    """Staff minutes that one new patient brings over a sequence of contacts by these channels.

    ``replies``: share of written contacts that somebody has to answer (R-F68: 15 to 25 %); ``goes_on``: share
    of patients who get the next contact. Both are stated beliefs, not measured here.
    """
    minutes, here = 0.0, 1.0
    for channel in channels:
        answers = 0.0 if channel == "phone" else replies * policy.minutes_per_reply
        minutes += here * (policy.minutes_of(channel) + answers)
        here *= goes_on
    return minutes


def late_replies(replies: Replies, policy: CapacityPolicy) -> Reason | None:
    """What stops all new invitations: nobody answers those who wrote (R-E39, R-F57)."""
    if replies.level_1_late:
        return Reason("level_1_waits", f"{replies.level_1_late} urgent replies wait past their time")
    share = 100 * replies.late
    if replies.late >= FEW_LATE and share > policy.late_reply_percent * replies.waiting:
        return Reason(
            "replies_wait",
            f"{replies.late} of {replies.waiting} replies wait past their time; "
            f"at most {policy.late_reply_percent} % may",
        )
    return None


def plan(
    house: House, demands: Iterable[Demand], policy: CapacityPolicy, *, campaigns: Iterable[int]
) -> dict[int, Capacity]:
    """What each campaign may take in today: the room shared by need, highest class first, then evenly.

    ``demands`` are who would be taken in today without a limit, by campaign, kind of visit and class.
    """
    asked = list(demands)
    waits = late_replies(house.replies, policy)
    known = {key: left for key, room in house.rooms.items() if (left := room_left(room, policy)) is not None}
    minutes = None if house.minutes is None else max(0, house.minutes - house.minutes_owed)
    grants = granted(asked, rooms=known, minutes=minutes)
    for one, got in grants:
        if one.visit_type in known:
            known[one.visit_type] = max(0, known[one.visit_type] - got)
    used_up = {key for key, left in known.items() if left == 0}
    return {
        campaign: _capacity(
            [(one, got) for one, got in grants if one.campaign_id == campaign], house, policy, waits, used_up
        )
        for campaign in campaigns
    }


def _capacity(
    mine: list[tuple[Demand, int]],
    house: House,
    policy: CapacityPolicy,
    waits: Reason | None,
    used_up: set[str],
) -> Capacity:
    plain = [(one, got) for one, got in mine if one.risk_class < URGENT_CLASS]
    wanted, given = sum(one.wanted for one, _ in plain), sum(got for _, got in plain)
    if waits is not None:
        return Capacity(0, (waits,), {}, "paused", house.general)
    if given >= wanted:
        return Capacity(None, general=house.general)
    short = {one.visit_type for one, got in plain if got < one.wanted}
    # A kind of visit with room left is short of staff, who are short for all kinds alike.
    by_type = {
        key: sum(got for one, got in plain if one.visit_type == key) for key in sorted(short & used_up)
    }
    reasons = [_why(house, policy, key, got) for key, got in by_type.items()]
    if short - used_up:
        owed = f", {house.minutes_owed} of them owed to what is past its time" if house.minutes_owed else ""
        reasons.append(Reason("staff_minutes", f"staff have {house.minutes} minutes a day for this{owed}"))
    return Capacity(given, tuple(reasons), by_type, "slowed" if given else "paused", house.general)


def _why(house: House, policy: CapacityPolicy, key: str, got: int) -> Reason:
    room = house.rooms[key]
    expected = room.invited * room.rate.value
    days = "1 day" if policy.window_days == 1 else f"{policy.window_days} days"
    return Reason(
        "few_times" if room.free else "no_times",
        f"{room.free} free times for {key.replace('_', ' ')} in {days}, "
        f"{room.invited} invited of whom {expected:.0f} may be expected to book: room for {got} more",
    )
