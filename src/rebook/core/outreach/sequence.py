"""The ordered contact plan of a campaign: which step comes when, by which channel, and what ends it.

A sequence is data (R-C146): frozen as JSON into the campaign at launch, so cases stay on the plan they
began. Nothing here knows the clock, the ledger or the guard; the guard has the last word on the instant.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from rebook.core.channel import ChannelKind
from rebook.core.reasons import Reason

DayPart = Literal["any", "morning", "midday", "evening"]

# First instant of each day part on the recipient's clock; a retry takes another part (R-D55).
DAY_PARTS: Mapping[str, time] = {
    "any": time(10, 0),
    "morning": time(9, 0),
    "midday": time(12, 0),
    "evening": time(17, 0),
}

# What the words of a step are when the gap decides (``template_key = "by_gap_kind"``).
BY_GAP_KIND = "by_gap_kind"
TEMPLATE_OF_GAP_KIND: Mapping[str, str] = {
    "interval": "due_visit",
    "follow_up_not_booked": "follow_up",
    "cancelled_not_rebooked": "cancelled",
    "no_show_not_rebooked": "no_show",
    "inactive": "check_in",
}

# What may end or pause a case while its sequence runs (R-A191, R-A192).
STOP_CONDITIONS = (
    "booked",
    "visited",
    "gap_closed",
    "replied",
    "spoke",
    "declined",
    "opted_out",
    "wrong_person",
    "deceased",
    "moved",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One planned contact.

    ``delay_days`` counts from the step before (from the opening of the case for the first);
    with ``business_days`` weekends and holidays are passed over. ``fallbacks`` are the channels to try, in
    order, when the patient cannot be reached by ``channel``. ``preference_may_replace`` is False where the
    channel is part of the care (a call for a result that waits).
    """

    index: int
    channel: ChannelKind
    delay_days: int
    template_key: str = BY_GAP_KIND
    business_days: bool = False
    day_part: DayPart = "any"
    fallbacks: tuple[ChannelKind, ...] = ()
    stop_conditions: tuple[str, ...] = STOP_CONDITIONS
    preference_may_replace: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A contact plan. ``gap_kinds`` and the class range say for which gaps it is the default."""

    key: str
    steps: tuple[Step, ...]
    rest_days: int = 60
    gap_kinds: tuple[str, ...] = ()
    min_class: int = 0
    max_class: int = 5
    source: str = ""


def next_step_at(
    sequence: Sequence,
    *,
    step_index: int,
    anchor_at: datetime,
    zone: str,
    holidays: Collection[date] = (),
) -> datetime | None:
    """When a step falls due, aware and in UTC; None when the sequence is exhausted.

    ``anchor_at`` (aware) is when the step before went out, or when the case was opened. A first step with
    no delay is due at once; every other starts with its day part on the recipient's clock.
    Raises ``ValueError`` for a naive anchor, ``ZoneInfoNotFoundError`` for an unknown zone.
    """
    raise NotImplementedError


def choose_channel(step: Step, *, available: Collection[str], preferred: str = "") -> ChannelKind | None:
    """The channel a step takes for one patient: preference, then the plan, then its fallbacks (Q-61, Q-168).

    None when the patient cannot be reached by any of them: the step is passed over.
    """
    raise NotImplementedError


def template_for(step: Step, *, gap_kind: str) -> str:
    """The template key of a step for a gap of this kind ("interval", "no_show_not_rebooked" ...)."""
    raise NotImplementedError


def choose_sequence(sequences: Collection[Sequence], *, gap_kind: str, risk_class: int) -> Sequence | None:
    """The default plan for a gap: the one that names its kind, else the general one, by risk class."""
    raise NotImplementedError


def stops(conditions: Collection[str], *, events: Collection[str]) -> Reason | None:
    """The first condition (in the order of ``STOP_CONDITIONS``) that has happened; None goes on."""
    raise NotImplementedError


def as_json(sequence: Sequence) -> dict[str, Any]:
    """A sequence as plain JSON, to be frozen into a campaign."""
    raise NotImplementedError


def from_json(value: Mapping[str, Any]) -> Sequence:
    """The sequence that ``as_json`` wrote. Raises ``BadSequence`` naming the field that is wrong."""
    raise NotImplementedError
