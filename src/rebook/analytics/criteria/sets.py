"""Sets of events as expressions: one table of events for every name, each made of the ones it names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import (
    BIRTH,
    IT,
    OWN_WORDS,
    PERIOD,
    THIS,
    AgedAt,
    Criteria,
    EventSet,
    Every,
    FlagIs,
    HasCode,
    Measured,
    No,
    Pick,
    Point,
    Related,
    Some,
    Test,
    Timing,
    WordIs,
    walk_tests,
)
from rebook.core.criteria.choosing import NO_UNIT
from rebook.core.criteria.history import MIN

from .tables import EventTables
from .timing import (
    Instant,
    Pair,
    Stretch,
    constant,
    last_of,
    moment,
    own_time,
    shifted,
    stands,
    until_open,
    years_old,
)

EVENT_COLUMNS = (
    *("patient_id", "event_id", "kind", "word", "starts_at", "starts_by", "ends_at", "ends_by"),
    *("recorded_at", "recorded_by", "status", "intent", "is_not_done", "has_value", "source_id", "birth_on"),
)
SPAN_COLUMNS = ("starts_at", "starts_by", "ends_at", "ends_by")
YES, NO_ANSWER = ibis.literal(True), ibis.null("boolean")


# Stores the rows of a set under its name and gives back the table to read them from.
Keep = Callable[[str, ir.Table], ir.Table]


@dataclass(slots=True)
class Sets:
    """Compiles sets. ``period``: first and last instant, both included (UTC).

    ``keep`` may store a set as soon as it is compiled: sets that many others name are then worked out once,
    and each statement stays small. Without it everything is one expression.
    """

    tables: EventTables
    criteria: Criteria
    period: tuple[Instant, Instant]
    keep: Keep | None = None
    _rows: dict[str, ir.Table] = field(default_factory=dict)

    def rows(self, name: str) -> ir.Table:
        """The events of the set ``name``."""
        if name not in self._rows:
            rows = self._compile(self.criteria.sets[name])
            self._rows[name] = self.keep(name, rows) if self.keep else rows
        return self._rows[name]

    def _compile(self, wanted: EventSet) -> ir.Table:
        rows = self.with_anchors(self._candidates(wanted), self._anchors(wanted.test))
        rows = rows.filter(self.passes(rows, wanted.test)).select(*EVENT_COLUMNS)
        return rows if wanted.pick is None else _picked(rows, wanted.pick)

    def _candidates(self, wanted: EventSet) -> ir.Table:
        if wanted.kind:
            events = self.tables.events
            rows = events.filter(events.kind == wanted.kind)
            if not self._needs_birth():
                return rows.mutate(birth_on=ibis.null("date")).select(*EVENT_COLUMNS)
            people = self.tables.people.select("patient_id", "birth_on")
            return rows.inner_join(people, "patient_id").select(*EVENT_COLUMNS)
        found = [self.rows(name) for name in wanted.among]
        rows = found[0] if len(found) == 1 else ibis.union(*found, distinct=True)
        for name in wanted.minus:
            rows = rows.filter(rows.event_id.notin(self.rows(name).event_id))
        return rows

    def _needs_birth(self) -> bool:
        """Whether any set looks at ages or counts from birth; else nobody's birth date is looked up."""
        points = [point for name in self.criteria.windows for point in self._points(name)]
        tests = (one for wanted in self.criteria.sets.values() for one in walk_tests(wanted.test))
        return any(point.anchor == BIRTH for point in points) or any(isinstance(one, AgedAt) for one in tests)

    # Anchors: the one event of a set that a window counts from.

    def _anchors(self, test: Test) -> tuple[str, ...]:
        timings = [
            timing
            for one in walk_tests(test)
            for timing in (
                (one,)
                if isinstance(one, Timing)
                else (*one.when, *one.its)
                if isinstance(one, Related)
                else ()
            )
        ]
        windows = {one.target for one in timings} & set(self.criteria.windows)
        points = [p for name in windows for p in self._points(name)]
        return tuple(sorted({p.anchor for p in points} - {PERIOD, BIRTH}))

    def _points(self, window: str) -> tuple[Point, Point]:
        found = self.criteria.windows[window]
        return found.opens, found.closes

    def with_anchors(self, rows: ir.Table, names: Iterable[str]) -> ir.Table:
        """``rows`` (with a ``patient_id``) and beside them the span of each named set's event."""
        for name in names:
            one = _picked(self.rows(name), Pick("first", "starts"))
            spans = {f"{name}_{column}": one[column] for column in SPAN_COLUMNS}
            beside = one.select("patient_id", **spans)
            columns = {column: rows[column] for column in rows.columns}
            joined = rows.left_join(beside, "patient_id")
            rows = joined.select(*columns, *spans)
        return rows

    # Tests

    def passes(self, rows: ir.Table, test: Test) -> ir.BooleanValue:
        """Whether each event passes; NULL where its record leaves it open."""
        match test:
            case Every(parts):
                return reduce(and_, [self.passes(rows, part) for part in parts], YES)
            case Some(parts):
                return reduce(or_, [self.passes(rows, part) for part in parts], ibis.literal(False))
            case No(part):
                return ~self.passes(rows, part)
            case HasCode():
                return self._has_code(rows, test)
            case WordIs(name, words):
                return rows[name].isin(words)
            case FlagIs(name, value):
                return rows[name] == value
            case Measured():
                return self._measured(rows, test)
            case AgedAt(own, at_least, at_most):
                return within(years_old(rows.birth_on, moment(rows, own).at.date()), at_least, at_most)
            case Timing():
                return stands(own_time(rows, test.own), test, self.window(rows, test.target))
            case Related():
                return rows.event_id.isin(self._related(rows, test))

    def _has_code(self, rows: ir.Table, test: HasCode) -> ir.BooleanValue:
        own = [code for system, code in test.codes if system == OWN_WORDS and test.role == "code"]
        if not own:
            return rows.event_id.isin(self._coded(test).event_id)
        by_word = rows.word.isin(own)
        rest = tuple(one for one in test.codes if one[0] != OWN_WORDS)
        if not (rest or test.value_sets):
            return by_word
        others = HasCode(test.role, test.value_sets, rest)
        return by_word | rows.event_id.isin(self._coded(others).event_id)

    def _coded(self, test: HasCode) -> ir.Table:
        codes = self.tables.codes.filter(self.tables.codes.role == test.role)
        direct = [(codes.system == system) & (codes.code == code) for system, code in test.codes]
        found = [codes.filter(reduce(or_, direct)).select("event_id")] if direct else []
        if test.value_sets:
            sets = self.tables.value_sets
            wanted = sets.filter(sets.canonical.isin(test.value_sets)).select("system", "code")
            found.append(codes.semi_join(wanted, ["system", "code"]).select("event_id"))
        return found[0] if len(found) == 1 else ibis.union(*found)

    def _measured(self, rows: ir.Table, test: Measured) -> ir.BooleanValue:
        """A component measured twice, or in another unit, says nothing."""
        system, code = test.component or ("", "")
        readings = self.tables.readings
        mine = readings.filter((readings.system == system) & (readings.code == code))
        number = mine.group_by("event_id").aggregate(
            readings_count=mine.count(), number=mine.number.max(), unit=mine.unit.max()
        )
        alone = number.filter(number.readings_count == 1)
        twice = rows.event_id.isin(number.filter(number.readings_count > 1).event_id)
        if not test.is_bounded:
            return ibis.cases((twice, NO_ANSWER), (rows.event_id.isin(alone.event_id), True), else_=False)
        alone = alone.filter(alone.unit.isin([test.unit] if test.unit else list(NO_UNIT)))
        met = alone.filter(_bounds(alone.number, test))
        return ibis.cases(
            (rows.event_id.isin(met.event_id), True),
            (rows.event_id.isin(alone.event_id), False),
            else_=NO_ANSWER,
        )

    def _related(self, rows: ir.Table, test: Related) -> ir.Column:
        other = self.rows(test.to).view()
        other = other.select(**{f"{name}_it": other[name] for name in EVENT_COLUMNS if name != "birth_on"})
        matches = [rows.patient_id == other.patient_id_it]
        if test.refers:
            refs = self.tables.refs.filter(self.tables.refs.role == test.refers)
            rows = rows.inner_join(refs.select("event_id", "target"), "event_id")
            matches = [rows.patient_id == other.patient_id_it, rows.target == other.source_id_it]
        pairs = rows.inner_join(other, matches)
        tests = [stands(own_time(pairs, t.own), t, self._target(pairs, t, "_it")) for t in test.when]
        tests += [stands(own_time(pairs, t.own, "_it"), t, self._target(pairs, t, "")) for t in test.its]
        if tests:
            pairs = pairs.filter(reduce(and_, tests))
        if test.pick:
            at = own_time(pairs, test.by, "_it").start.at.coalesce(_first_moment())
            order = [at, pairs.event_id_it]
            if test.pick == "last":
                order = [one.desc() for one in order]
            place = ibis.row_number().over(ibis.window(group_by=pairs.event_id, order_by=order))
            pairs = pairs.mutate(place=place)
            pairs = pairs.filter(pairs.place == 0)
        if test.then:
            pairs = pairs.filter(pairs.event_id_it.isin(self.rows(test.then).event_id))
        return pairs.event_id

    def _target(self, pairs: ir.Table, timing: Timing, suffix: str) -> Stretch:
        if timing.target in (IT, THIS):
            return own_time(pairs, "whole", suffix)
        return self.window(pairs, timing.target)

    # Time

    def window(self, rows: ir.Table, name: str) -> Stretch:
        """The window ``name`` for the patient of each row, or the period."""
        if name == PERIOD:
            return Stretch(constant(self.period[0]), constant(self.period[1]))
        window = self.criteria.windows[name]
        closes = self.point(rows, window.closes)
        return Stretch(self.point(rows, window.opens), until_open(closes) if window.is_open else closes)

    def point(self, rows: ir.Table, point: Point) -> Pair:
        """The moment, for the patient of each row; anchors must stand beside (``with_anchors``)."""
        if point.anchor == PERIOD:
            return constant(self.period[0 if point.edge == "start" else 1], point.steps)
        if point.anchor == BIRTH:
            first = rows.birth_on.cast("timestamp(6)")
            return shifted(Pair(first, last_of(first)), point.steps)
        edge = "starts" if point.edge == "start" else "ends"
        pair = Pair(rows[f"{point.anchor}_{edge}_at"], rows[f"{point.anchor}_{edge}_by"])
        return shifted(pair, point.steps)


def within(number: ir.NumericValue, at_least: float | None, at_most: float | None) -> ir.BooleanValue:
    """Whether ``number`` lies between the bounds that are given."""
    found = number.notnull() | NO_ANSWER
    if at_least is not None:
        found = found & (number >= at_least)
    return found if at_most is None else found & (number <= at_most)


def _bounds(number: ir.FloatingValue, test: Measured) -> ir.BooleanValue:
    found = within(number, test.at_least, test.at_most)
    if test.above is not None:
        found = found & (number > test.above)
    return found if test.below is None else found & (number < test.below)


def _first_moment() -> ir.TimestampScalar:
    return ibis.literal(MIN.replace(tzinfo=None), type="timestamp(6)")


def _picked(rows: ir.Table, pick: Pick) -> ir.Table:
    at = moment(rows, pick.by).at
    last = pick.which == "last"
    if pick.is_day:
        days = rows.mutate(picked_on=at.date())
        chosen = (days.picked_on.max() if last else days.picked_on.min()).over(
            ibis.window(group_by=days.patient_id)
        )
        days = days.mutate(chosen_on=chosen)
        return days.filter(days.picked_on == days.chosen_on).select(*EVENT_COLUMNS)
    order = [at.coalesce(_first_moment()), rows.event_id]
    if last:
        order = [one.desc() for one in order]
    place = ibis.row_number().over(ibis.window(group_by=rows.patient_id, order_by=order))
    placed = rows.mutate(place=place)
    return placed.filter(placed.place == 0).select(*EVENT_COLUMNS)
