"""Which outcome buttons a task offers, with one key each for the common ones."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. ``value`` is "disposition" or "disposition:detail"."""

    value: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A button that opens the second click."""

    label: str
    key: str
    question: str
    choices: tuple[Choice, ...]
    kind: Literal["reasons", "times", "more"]


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    items: tuple[Choice | Menu, ...]


def _c(value: str, key: str = "") -> Choice:
    return Choice(value, DISPOSITIONS[value].label, key)


CALL_BACK_CHOICES = {
    "hour": "In an hour",
    "tomorrow_morning": "Tomorrow morning",
    "tomorrow_afternoon": "Tomorrow afternoon",
    "three_days": "In three days",
    "week": "In a week",
}
# Days by choice.
LOOK_AGAIN_CHOICES = {"three_days": 3, "week": 7, "two_weeks": 14, "month": 30}
_LOOK_AGAIN_WORDS = ("In three days", "In a week", "In two weeks", "In a month")
SPOKE_MORE = (
    "transferred_care", "moved", "already_seen_elsewhere", "cost_question", "insurance_changed", "transport",
    "language_barrier", "hearing_relay", "complaint", "deceased",
)  # fmt: skip
NUMBER_MORE = ("third_party_answered", "mailbox_full", "fax")

_REACHED = Group(
    "Spoke with them",
    (
        _c("booked", "b"),
        Menu(
            DISPOSITIONS["callback_requested"].label,
            "c",
            "When?",
            tuple(Choice(f"callback_requested:{key}", label) for key, label in CALL_BACK_CHOICES.items()),
            "times",
        ),
        _c("spoke_thinking", "t"),
        Menu(
            DISPOSITIONS["declined"].label,
            "d",
            "What keeps them away?",
            tuple(Choice(f"declined:{key}", label) for key, label in BARRIERS.items()),
            "reasons",
        ),
        Menu("Something else", "m", "What was it?", tuple(_c(key) for key in SPOKE_MORE), "more"),
    ),
)
_NOT_REACHED = Group(
    "Did not reach them",
    (
        _c("no_answer", "n"),
        _c("left_voicemail", "v"),
        _c("busy", "u"),
        _c("wrong_number", "w"),
        _c("disconnected", "x"),
        Menu("Other", "y", "What happened?", tuple(_c(key) for key in NUMBER_MORE), "more"),
    ),
)
_SAFE = Group(
    "Hand over, or stop",
    (
        _c("clinical_question_escalated", "q"),
        _c("emergency_escalated", "e"),
        _c("do_not_call", "o"),
        _c("do_not_contact"),
    ),
)
_LOOK_AGAIN = Menu(
    DISPOSITIONS["look_again"].label,
    "l",
    "When?",
    tuple(
        Choice(f"look_again:{key}", label)
        for key, label in zip(LOOK_AGAIN_CHOICES, _LOOK_AGAIN_WORDS, strict=True)
    ),
    "times",
)
_DESK = Group("Without a call", (_c("answered", "a"), _c("nothing_to_do", "s")))

_BY_KIND: dict[str, tuple[Group, ...]] = {
    "data_quality": (
        Group("The record", (_c("record_corrected", "r"), _c("nothing_to_do", "s"))),
        _NOT_REACHED,
        _SAFE,
    ),
    "confirm_opt_out": (
        Group("What they meant", (_c("opt_out_confirmed", "a"), _c("opt_out_not_meant", "r"))),
        _NOT_REACHED,
    ),
    "alarm": (Group("The matter", (_c("nothing_to_do", "s"),)),),
    "settle_unknown": (Group("The message", (_c("nothing_to_do", "s"),)), _NOT_REACHED),
    "call": (_NOT_REACHED, _REACHED, _SAFE),
    "call_back": (_NOT_REACHED, _REACHED, _SAFE),
    "unable_to_reach": (_NOT_REACHED, _REACHED, _SAFE, Group("Without a call", (_c("nothing_to_do", "s"),))),
}


def groups_for(task_kind: str, *, may_settle: bool = False) -> tuple[Group, ...]:
    """The outcome buttons of a kind of task; ``may_settle`` where this person may say that it is finished."""
    if task_kind == "gap_review":
        came = (_c("settled", "s"), _LOOK_AGAIN) if may_settle else (_LOOK_AGAIN,)
        return (Group("What came of it", came), _REACHED, _NOT_REACHED, _SAFE)
    return _BY_KIND.get(task_kind, (_DESK, _REACHED, _NOT_REACHED, _SAFE))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the pressed button says."""

    disposition: str
    barrier: str = ""
    call_back_at: datetime | None = None


def parse_outcome(value: str, *, now: datetime) -> Outcome | None:
    """The outcome a button names; None when it is not one of ours. ``now`` is on the practice's clock."""
    key, _, detail = value.partition(":")
    known = DISPOSITIONS.get(key)
    if known is None:
        return None
    if known.needs == "barrier":
        return Outcome(key, barrier=detail) if detail in BARRIERS else None
    if key == "look_again":
        days = LOOK_AGAIN_CHOICES.get(detail)
        at = datetime.combine(now.date() + timedelta(days=days or 0), time(8, 0), now.tzinfo)
        return Outcome(key, call_back_at=at) if days else None
    if known.needs == "call_back_at":
        return Outcome(key, call_back_at=_call_back(detail, now)) if detail in CALL_BACK_CHOICES else None
    return Outcome(key)


def _call_back(choice: str, now: datetime) -> datetime:
    tomorrow = now.date() + timedelta(days=1)
    at = {
        "tomorrow_morning": datetime.combine(tomorrow, time(9, 30), now.tzinfo),
        "tomorrow_afternoon": datetime.combine(tomorrow, time(14, 0), now.tzinfo),
        "three_days": datetime.combine(now.date() + timedelta(days=3), time(10, 0), now.tzinfo),
        "week": datetime.combine(now.date() + timedelta(days=7), time(10, 0), now.tzinfo),
    }
    return at.get(choice, now + timedelta(hours=1))
