"""The small boolean logic of a gap definition (``eligible_when``, ``excluded_when``) as criteria.

``{ all = [...] }``, ``{ any = [...] }``, ``{ not = ... }``, and leaves: ``{ condition = "diabetes" }``,
``{ medication = ".." }``, ``{ procedure = ".." }``, ``{ visit = ".." }`` in the clinic's own words, or
``{ in = "<canonical of a value set>", kind = "condition" }``; each may add ``within_months`` or
``within_days`` (back from the day judged) and ``at_least`` (how many).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from .definition import (
    Condition,
    Counted,
    Criteria,
    EventSet,
    Every,
    HasCode,
    No,
    Point,
    Some,
    Timing,
    Window,
)
from .engine import Inquiry, Step
from .history import OWN_WORDS, History, ValueSets
from .moments import whole_day

# Kinds that run on until they are over; the others happen once.
RUNNING: Final = ("condition", "medication", "allergy")
WORD_KINDS: Final = ("condition", "medication", "procedure", "visit")
CODED_KINDS: Final = (*RUNNING, "procedure", "visit", "observation", "immunization", "order", "device")
_LIMITS: Final = {"within_months", "within_days", "at_least"}
_NONE: Final[ValueSets] = {}


class ExpressionInvalid(ValueError):
    """An expression that cannot mean anything; ``field`` says where in it. Trying again does not help."""

    permanent = True

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition on a patient. ``text`` is what it was written as, for hashing and comparing.

    ``words`` are the (kind, word) and ``value_sets`` the canonicals it names, so that whoever loads it can
    refuse what is not declared or not there.
    """

    text: str
    condition: Condition
    criteria: Criteria
    words: tuple[tuple[str, str], ...] = ()
    value_sets: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Answer:
    """``holds`` is None when the record leaves it open (no birth date, no dates)."""

    holds: bool | None
    steps: tuple[Step, ...] = ()


class _Reading:
    """Sets and windows found on the way."""

    def __init__(self) -> None:
        self.sets: dict[str, EventSet] = {}
        self.windows: dict[str, Window] = {}
        self.words: list[tuple[str, str]] = []
        self.value_sets: list[str] = []


def parse_expression(data: Any) -> Expression:
    """Read the mapping a TOML table gives. Raises ExpressionInvalid."""
    found = _Reading()
    condition = _node(data, found, "")
    return Expression(
        text=json.dumps(data, sort_keys=True, ensure_ascii=False),
        condition=condition,
        criteria=Criteria(sets=found.sets, windows=found.windows),
        words=tuple(dict.fromkeys(found.words)),
        value_sets=tuple(dict.fromkeys(found.value_sets)),
    )


def holds(*, expression: Expression, history: History, as_of: date, value_sets: ValueSets = _NONE) -> Answer:
    """Whether the expression holds for the patient on the day ``as_of``, and what was looked at.

    ``value_sets``: canonical -> (system, code) pairs. Raises ``engine.ValueSetMissing``.
    """
    inquiry = Inquiry(expression.criteria, history, value_sets, period_of(as_of), is_traced=True)
    answer = inquiry.holds(expression.condition)
    return Answer(answer, tuple(inquiry.steps))


def period_of(as_of: date) -> tuple[datetime, datetime]:
    """The one day that expressions are judged on, as a period for either engine."""
    return whole_day(as_of)


def _node(data: Any, found: _Reading, place: str) -> Condition:
    if not isinstance(data, Mapping) or not data:
        raise ExpressionInvalid(place, 'wants a table like { condition = "..." } or { all = [ ... ] }')
    joins = [key for key in ("all", "any", "not") if key in data]
    if not joins:
        return _leaf(data, found, place)
    if len(data) > 1:
        raise ExpressionInvalid(place, f"'{joins[0]}' stands alone in its table")
    inner = f"{place}.{joins[0]}".lstrip(".")
    if joins[0] == "not":
        return No(_node(data["not"], found, inner))
    parts = data[joins[0]]
    if not isinstance(parts, list) or not parts:
        raise ExpressionInvalid(inner, "wants a list of conditions")
    read = tuple(_node(part, found, f"{inner}[{number}]") for number, part in enumerate(parts))
    return Every(read) if joins[0] == "all" else Some(read)


def _leaf(data: Mapping[str, Any], found: _Reading, place: str) -> Condition:
    named = [key for key in WORD_KINDS if key in data]
    known = _LIMITS | ({"in", "kind"} if "in" in data else set(named))
    unknown = sorted(set(data) - known)
    if unknown:
        raise ExpressionInvalid(place, f"unknown field '{unknown[0]}'")
    if "in" in data:
        kind = _text(data, "kind", place)
        if kind not in CODED_KINDS:
            raise ExpressionInvalid(place, f"kind must be one of {', '.join(CODED_KINDS)}")
        canonical = _text(data, "in", place)
        found.value_sets.append(canonical)
        coded, name = HasCode(value_sets=(canonical,)), f"{kind} in {canonical}"
    elif len(named) == 1:
        kind = named[0]
        word = _text(data, kind, place)
        found.words.append((kind, word))
        coded, name = HasCode(codes=((OWN_WORDS, word),)), f"{kind} {word}"
    else:
        raise ExpressionInvalid(place, f"name one of {', '.join(WORD_KINDS)} or in")
    timing, name = _when(kind, data, found, name, place)
    found.sets[name] = EventSet(name, kind=kind, test=Every((coded, timing)))
    return Counted(name, _number(data, "at_least", place) or 1)


def _when(kind: str, data: Mapping[str, Any], found: _Reading, name: str, place: str) -> tuple[Timing, str]:
    months, days = _number(data, "within_months", place), _number(data, "within_days", place)
    if months and days:
        raise ExpressionInvalid(place, "give within_months or within_days, not both")
    is_running = kind in RUNNING
    if not (months or days):
        if is_running:
            return Timing("whole", "overlaps", "period", by_day=True), name
        return Timing("starts", "on or before", "period", by_day=True, edge="end"), name
    step = (-months, "months") if months else (-(days or 0), "days")
    window = f"last {-step[0]} {step[1]}"
    found.windows[window] = Window(Point("period", "start", (step,)), Point("period", "end"))
    if is_running:
        return Timing("whole", "overlaps", window, by_day=True), f"{name} in the {window}"
    return Timing("starts", "during", window, by_day=True), f"{name} in the {window}"


def _text(data: Mapping[str, Any], key: str, place: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise ExpressionInvalid(f"{place}.{key}".lstrip("."), "wants text in quotes")
    return value


def _number(data: Mapping[str, Any], key: str, place: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ExpressionInvalid(f"{place}.{key}".lstrip("."), "wants a whole number from 1")
    return value
