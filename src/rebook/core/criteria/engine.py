"""The one-patient engine: finds sets of events, judges conditions, and says what it looked at."""

from dataclasses import dataclass, field
from datetime import datetime

from .choosing import day_at, foremost, picked, reads, shown, within
from .definition import (
    BIRTH,
    IT,
    PERIOD,
    THIS,
    Aged,
    AgedAt,
    Condition,
    Counted,
    Criteria,
    EventSet,
    Every,
    FlagIs,
    HasCode,
    Holds,
    Measured,
    No,
    Point,
    Related,
    SexIs,
    Some,
    Test,
    Timing,
    WordIs,
)
from .history import WHOLE_SET, Event, History, ValueSets
from .moments import Pair, age_on, all_of, any_of, negated, shifted, whole_day
from .timing import Stretch, moment, own_time, stands, until_open

# Dates named in a step; more are counted.
NAMED_DATES = 5


class ValueSetMissing(LookupError):
    """Criteria name a value set that was not given. Trying again does not help."""

    permanent = True

    def __init__(self, canonical: str) -> None:
        self.canonical = canonical
        super().__init__(f"value set {canonical} is missing")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing looked at: its name, whether it was found or holds (None: not known), and what was seen."""

    rule: str
    passed: bool | None
    detail: str

    def as_json(self) -> dict[str, str | bool | None]:
        return {"rule": self.rule, "passed": self.passed, "detail": self.detail}


@dataclass(slots=True)
class Inquiry:
    """Criteria asked of one patient. ``period``: its first and last instant, both included (UTC).

    Sets and named conditions are worked out once. ``steps`` fills up when ``is_traced``.
    """

    criteria: Criteria
    history: History
    value_sets: ValueSets
    period: tuple[datetime, datetime]
    is_traced: bool = False
    steps: list[Step] = field(default_factory=list)
    _found: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    _ids: dict[str, frozenset[int]] = field(default_factory=dict)
    _held: dict[str, bool | None] = field(default_factory=dict)
    _windows: dict[str, Stretch | None] = field(default_factory=dict)

    # Conditions

    def holds(self, condition: Condition) -> bool | None:
        """Whether the condition holds; None when the record leaves it open. Raises ValueSetMissing."""
        match condition:
            case Every(parts):
                return all_of([self.holds(part) for part in parts])
            case Some(parts):
                return any_of([self.holds(part) for part in parts])
            case No(part):
                return negated(self.holds(part))
            case Holds(name):
                return self._named(name)
            case Counted():
                return self._is_counted(condition)
            case Aged():
                return self._is_aged(condition)
            case SexIs(codes):
                sex = self.history.sex
                self._note("sex", sex in codes if sex else None, sex or "not recorded")
                return sex in codes if sex else None

    def _named(self, name: str) -> bool | None:
        if name not in self._held:
            self._held[name] = self.holds(self.criteria.conditions[name])
            self._note(name, self._held[name], "")
        return self._held[name]

    def _is_counted(self, condition: Counted) -> bool:
        found = self.events(condition.name)
        if not condition.days_of:
            return len(found) >= condition.at_least
        own = condition.days_of
        return len({day for one in found if (day := day_at(one, own)) is not None}) >= condition.at_least

    def _is_aged(self, condition: Aged) -> bool | None:
        at = self.point(condition.at)
        age = None if at is None else age_on(self.history.birth_on, at[0].date())
        answer = None if age is None else within(age, condition.at_least, condition.at_most)
        self._note("age", answer, "birth date not recorded" if age is None else f"{age} years")
        return answer

    # Sets

    def events(self, name: str) -> tuple[Event, ...]:
        """The events of the set ``name``, in the order of the source."""
        if name not in self._found:
            wanted = self.criteria.sets[name]
            candidates = self._candidates(wanted)
            found = [one for one in candidates if self.passes(one, wanted.test)]
            self._found[name] = picked(found, wanted)
            self._note_set(wanted, len(candidates), self._found[name])
        return self._found[name]

    def _candidates(self, wanted: EventSet) -> tuple[Event, ...]:
        if wanted.kind:
            return self.history.by_kind.get(wanted.kind, ())
        found = {one.id: one for name in wanted.among for one in self.events(name)}
        for name in wanted.minus:
            for one in self.events(name):
                found.pop(one.id, None)
        return tuple(found[key] for key in sorted(found))

    def ids(self, name: str) -> frozenset[int]:
        """Ids of the set ``name``."""
        if name not in self._ids:
            self._ids[name] = frozenset(one.id for one in self.events(name))
        return self._ids[name]

    def passes(self, event: Event, test: Test) -> bool | None:
        """Whether the event passes; None when its record leaves it open."""
        match test:
            case Every(parts):
                return all_of(self.passes(event, part) for part in parts)
            case Some(parts):
                return any_of(self.passes(event, part) for part in parts)
            case No(part):
                return negated(self.passes(event, part))
            case HasCode():
                return self._has_code(event, test)
            case WordIs(name, words):
                return getattr(event, name) in words
            case FlagIs(name, value):
                return bool(getattr(event, name)) is value
            case Measured():
                return reads(event, test)
            case AgedAt(own, at_least, at_most):
                at = moment(event, own)
                age = None if at is None else age_on(self.history.birth_on, at[0].date())
                return None if age is None else within(age, at_least, at_most)
            case Timing():
                return stands(own_time(event, test.own), test, self.window(test.target))
            case Related():
                return self._is_related(event, test)

    def _has_code(self, event: Event, test: HasCode) -> bool:
        for one in event.codes:
            if one.role != test.role:
                continue
            pair = (one.system, one.code)
            if pair in test.codes or any(pair in self._value_set(name) for name in test.value_sets):
                return True
            if one.system == WHOLE_SET and one.code in test.value_sets:
                return True
        return False

    def _value_set(self, canonical: str) -> frozenset[tuple[str, str]]:
        try:
            return self.value_sets[canonical]
        except KeyError:
            raise ValueSetMissing(canonical) from None

    def _is_related(self, event: Event, test: Related) -> bool:
        found = [one for one in self.events(test.to) if self._relates(event, one, test)]
        if test.pick:
            found = list(foremost(found, test.pick, test.by))
        if test.then:
            wanted = self.ids(test.then)
            found = [one for one in found if one.id in wanted]
        return bool(found)

    def _relates(self, event: Event, other: Event, test: Related) -> bool:
        if test.refers and (test.refers, other.source_id) not in event.references:
            return False
        for timing in test.when:
            if not stands(own_time(event, timing.own), timing, self._target(timing, other)):
                return False
        return all(
            stands(own_time(other, timing.own), timing, self._target(timing, event)) for timing in test.its
        )

    def _target(self, timing: Timing, other: Event) -> Stretch | None:
        return own_time(other, "whole") if timing.target in (IT, THIS) else self.window(timing.target)

    # Time

    def window(self, name: str) -> Stretch | None:
        """The window ``name``, or the period; None when a moment of it is not known."""
        if name == PERIOD:
            return Stretch((self.period[0], self.period[0]), (self.period[1], self.period[1]))
        if name not in self._windows:
            window = self.criteria.windows[name]
            opens, closes = self.point(window.opens), self.point(window.closes)
            if opens is None or closes is None:
                self._windows[name] = None
            else:
                self._windows[name] = Stretch(opens, until_open(closes) if window.is_open else closes)
        return self._windows[name]

    def point(self, point: Point) -> Pair | None:
        """The moment, between its bounds; None when it is not known."""
        if point.anchor == PERIOD:
            edge = self.period[0 if point.edge == "start" else 1]
            return shifted((edge, edge), point.steps)
        if point.anchor == BIRTH:
            birth = self.history.birth_on
            return None if birth is None else shifted(whole_day(birth), point.steps)
        found = self.events(point.anchor)
        stretch = own_time(found[0], "whole") if found else None
        if stretch is None:
            return None
        return shifted(stretch.start if point.edge == "start" else stretch.end, point.steps)

    # Trace

    def _note(self, rule: str, passed: bool | None, detail: str) -> None:
        if self.is_traced:
            self.steps.append(Step(rule, passed, detail))

    def _note_set(self, wanted: EventSet, candidates: int, found: tuple[Event, ...]) -> None:
        if not self.is_traced:
            return
        among = wanted.kind or ", ".join(wanted.among)
        days = [shown(one) for one in found[:NAMED_DATES]]
        more = f" and {len(found) - NAMED_DATES} more" if len(found) > NAMED_DATES else ""
        dates = f": {', '.join(days)}{more}" if days else ""
        self._note(wanted.name, bool(found), f"{len(found)} of {candidates} ({among}){dates}")
