"""What a look ahead is asked, and what it answers: plain whole numbers, so that two engines agree exactly.

Shares and expected counts are in millionths (``MILLION`` is one patient). Whole numbers add up to the same
sum in any order, which floats do not. Days are counted from 0, the first day looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rebook.core.capacity import Replies
from rebook.core.capacity_policy import CapacityPolicy

MILLION = 1_000_000
CHANNELS = ("sms", "email", "phone", "letter", "portal")
# What is counted for each campaign, site and day.
MEASURES = ("enrolled", *CHANNELS, "replies", "bookings", "visits")
# What never came to be, counted beside: refused by the guard, passed over by a step's condition, no way to
# reach, and booked though no time was free.
LOST = ("refused", "passed_over", "unreachable", "no_room")
# In a kept forecast, in place of a campaign or a site: all of them; all of them since the forecast was made.
ALL, SO_FAR = -1, -2
# A day that never comes within the look ahead.
NEVER = 1 << 20
# Nothing was ever sent.
LONG_AGO = -(1 << 20)


@dataclass(frozen=True, slots=True)
class ChannelShares:
    """Of those contacted once by a channel, in millionths: what the guard refuses (of those planned), and of
    the rest who writes back, who books, and who drops out otherwise."""

    refused: int = 0
    replies: int = 0
    books: int = 0
    stops: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.refused <= MILLION and self.replies >= 0 and self.books + self.stops <= MILLION):
            raise ValueError("shares lie between nought and one, and so does their sum")


@dataclass(frozen=True, slots=True)
class PlannedCampaign:
    """One campaign's rules as tables, so that an engine need not know how they came about.

    ``channel[step][reach][preferred + 1]``: index into ``CHANNELS`` or -1, for every set of ways (bit n is
    channel n) and preference (-1: none). ``first_due[site][day]``: when the first step is due for who is
    taken in on ``day``; ``next_due[step][site][day]``: when step + 1 is due after ``step`` went out on
    ``day``, a later day.
    ``taken[step][risk class]``: millionths of the cases that meet the step's condition.
    """

    id: int
    name: str
    daily_limit: int
    holdout_percent: int
    minutes_each: float
    channel: Sequence[Sequence[Sequence[int]]]
    first_due: Sequence[Sequence[int]]
    next_due: Sequence[Sequence[Sequence[int]]]
    taken: Sequence[Sequence[int]]
    # By day: whether it takes patients in at all.
    takes_in: Sequence[bool]

    @property
    def steps(self) -> int:
        return len(self.channel)


@dataclass(frozen=True, slots=True)
class Cases:
    """One entry for each case or waiting patient; all lists are equally long, waiting ones best rank first.

    ``due``: day of the next step, for those in a case; ``is_waiting`` ones are taken in by their campaign's
    rules, from ``from_day`` on: who falls due later is not there before. ``reach`` is a bit set of
    ``CHANNELS``; ``preferred`` an index or -1. ``sent_1`` to ``sent_3`` are the days of the last contacts,
    newest first (``LONG_AGO``: none), those of other tools among them; ``tries`` and ``calls`` are the
    case's. ``household`` is a place in ``Scenario.households`` or -1.
    """

    campaign: Any
    site: Any
    kind: Any
    risk_class: Any
    step: Any
    due: Any
    reach: Any
    preferred: Any
    is_waiting: Any
    sent_1: Any
    sent_2: Any
    sent_3: Any
    tries: Any
    calls: Any
    from_day: Any
    household: Any

    def __len__(self) -> int:
        return len(self.campaign)


@dataclass(frozen=True, slots=True)
class Limits:
    """The guard's caps, in days."""

    apart: int = 2
    apart_urgent: int = 1
    per_week: int = 3
    per_case: int = 6
    calls_per_case: int = 3


@dataclass(frozen=True, slots=True)
class Scenario:
    """One plan to look ahead at.

    ``kinds`` are visit types, ``sites`` location ids (0: none). ``next_open[site][channel][day]``: the first
    day from ``day`` on on which that channel may be used there. ``free[site][kind][day]``: free times, over
    ``days`` and the window beyond; None where nobody knows. ``booking_rate[kind]`` is capacity's.
    ``lag``: millionths of the bookings that come 0, 1, 2 ... days after a contact.
    """

    days: int
    sites: tuple[int, ...]
    kinds: tuple[str, ...]
    campaigns: tuple[PlannedCampaign, ...]
    cases: Cases
    shares: tuple[ChannelShares, ...]
    next_open: Sequence[Sequence[Sequence[int]]]
    free: Sequence[Sequence[Sequence[int] | None]]
    booking_rate: Sequence[float]
    lag: tuple[int, ...] = (MILLION,)
    limits: Limits = field(default_factory=Limits)
    policy: CapacityPolicy = field(default_factory=CapacityPolicy)
    replies: Replies = field(default_factory=Replies)
    minutes: int | None = None
    minutes_owed: int = 0
    # The kind of visit for who needs no particular one.
    general: str = ""
    # The days of the last three contacts of each household, newest first.
    households: Sequence[Sequence[int]] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Expected millionths: ``counts[measure][campaign][site][day]`` and ``lost[what][campaign][site][day]``.

    ``squares``: like the channels of ``counts``, the sum of each contact's squared chance, from which the
    spread of a count is known. ``planned[campaign][site][day]``: steps that came up for decision.
    ``taken_in[campaign][day]``, ``room[kind][day]``: patients taken in; how many more there was room for (-1:
    unknown).
    """

    counts: Mapping[str, Any]
    lost: Mapping[str, Any]
    squares: Mapping[str, Any]
    planned: Any
    taken_in: Any
    room: Any
