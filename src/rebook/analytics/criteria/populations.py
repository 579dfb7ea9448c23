"""Conditions and populations over all patients."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import (
    BIRTH,
    PERIOD,
    POPULATIONS,
    Aged,
    Condition,
    Counted,
    Criteria,
    Every,
    Expression,
    Holds,
    Measure,
    No,
    SexIs,
    Some,
    asked,
)
from rebook.core.criteria.populations import (
    DENOMINATOR,
    EXCEPTION,
    EXCLUSION,
    INITIAL,
    NUMERATOR,
    NUMERATOR_EXCLUSION,
)

from .sets import Keep, Sets, within
from .tables import EventTables
from .timing import Instant, day_of, moment, years_old

YES, NO = ibis.literal(True), ibis.literal(False)


def with_condition(
    people: ir.Table,
    *,
    name: str,
    condition: Condition,
    criteria: Criteria,
    tables: EventTables,
    period: tuple[Instant, Instant],
) -> ir.Table:
    """``people`` (patient_id, birth_on, sex and any more) with the column ``name``: TRUE, FALSE, or NULL
    where a patient's record leaves it open. ``period``: first and last instant (UTC)."""
    sets = Sets(tables, criteria, period)
    flags = _flags(sets, (condition,), prefix=name)
    wide = _flagged(people, sets, flags, (condition,))
    answer = _holds(wide, sets, condition, flags)
    return wide.select(*people.columns, **{name: answer})


def with_expression(
    people: ir.Table, *, name: str, expression: Expression, tables: EventTables, as_of: date | ir.DateValue
) -> ir.Table:
    """``people`` with the column ``name``: whether the expression holds on the day ``as_of``.

    ``as_of`` may be an expression (a variable of the engine), so that a query compiled once serves any day.
    """
    return with_condition(
        people,
        name=name,
        condition=expression.condition,
        criteria=expression.criteria,
        tables=tables,
        period=day_of(as_of),
    )


def judge_measure(
    *, measure: Measure, tables: EventTables, period: tuple[datetime, datetime], keep: Keep | None = None
) -> ir.Table:
    """One row per patient: patient_id and an integer for every group and population that is asked.

    Columns are "<group>_<population>", groups counted from 1; values as in ``core.criteria.GroupResult``.
    ``keep`` may store each set on the way (``sets.Sets``).
    """
    sets = Sets(tables, measure.criteria, period, keep)
    if measure.basis == "event":
        return _count_events(sets, measure)
    conditions = tuple(one for group in measure.groups for one in asked(group).values())
    flags = _flags(sets, conditions, prefix="flag")
    wide = _flagged(tables.people, sets, flags, conditions)
    columns = {}
    for number, group in enumerate(measure.groups, start=1):
        wanted = asked(group)
        answers = {
            name: _holds(wide, sets, wanted[name], flags).fill_null(False) if name in wanted else NO
            for name in POPULATIONS
        }
        for name, answer in _reported(answers).items():
            if name in wanted:
                columns[f"{number}_{name}"] = answer.cast("int64")
    return wide.select("patient_id", **columns)


def _reported(is_in: Mapping[str, ir.BooleanValue]) -> dict[str, ir.BooleanValue]:
    denominator = is_in[INITIAL] & is_in[DENOMINATOR]
    excluded = denominator & is_in[EXCLUSION]
    left = denominator & ~is_in[EXCLUSION]
    numerator = left & is_in[NUMERATOR]
    return {
        INITIAL: is_in[INITIAL],
        DENOMINATOR: denominator,
        EXCLUSION: excluded,
        EXCEPTION: left & ~is_in[NUMERATOR] & is_in[EXCEPTION],
        NUMERATOR: numerator,
        NUMERATOR_EXCLUSION: numerator & is_in[NUMERATOR_EXCLUSION],
    }


# Conditions


def _leaves(criteria: Criteria, condition: Condition) -> Iterator[Condition]:
    match condition:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _leaves(criteria, part)
        case No(part):
            yield from _leaves(criteria, part)
        case Holds(name):
            yield from _leaves(criteria, criteria.conditions[name])
        case _:
            yield condition


def _flags(sets: Sets, conditions: tuple[Condition, ...], *, prefix: str) -> dict[Counted, str]:
    found: dict[Counted, str] = {}
    for condition in conditions:
        for leaf in _leaves(sets.criteria, condition):
            if isinstance(leaf, Counted) and leaf not in found:
                found[leaf] = f"{prefix}_{len(found)}"
    return found


def _flagged(
    people: ir.Table, sets: Sets, flags: Mapping[Counted, str], conditions: tuple[Condition, ...]
) -> ir.Table:
    leaves = [leaf for one in conditions for leaf in _leaves(sets.criteria, one)]
    anchors = {leaf.at.anchor for leaf in leaves if isinstance(leaf, Aged)} - {PERIOD, BIRTH}
    wide = sets.with_anchors(people, sorted(anchors))
    for counted, flag in flags.items():
        met = _patients(sets, counted).mutate(**{flag: YES})
        columns = wide.columns
        wide = wide.left_join(met, "patient_id").select(*columns, flag)
    return wide


def _patients(sets: Sets, counted: Counted) -> ir.Table:
    rows = sets.rows(counted.name)
    if counted.at_least == 1 and not counted.days_of:
        return rows.select("patient_id").distinct()
    of = rows.event_id if not counted.days_of else moment(rows, counted.days_of).at.date()
    numbers = rows.group_by("patient_id").aggregate(events=of.nunique())
    return numbers.filter(numbers.events >= counted.at_least).select("patient_id")


def _holds(wide: ir.Table, sets: Sets, condition: Condition, flags: Mapping[Counted, str]) -> ir.BooleanValue:
    match condition:
        case Every(parts):
            return reduce(and_, [_holds(wide, sets, part, flags) for part in parts], YES)
        case Some(parts):
            return reduce(or_, [_holds(wide, sets, part, flags) for part in parts], NO)
        case No(part):
            return ~_holds(wide, sets, part, flags)
        case Holds(name):
            return _holds(wide, sets, sets.criteria.conditions[name], flags)
        case Counted():
            return wide[flags[condition]].notnull()
        case Aged(at, at_least, at_most):
            day = sets.point(wide, at).at.date()
            return within(years_old(wide.birth_on, day), at_least, at_most)
        case SexIs(codes):
            return ibis.cases((wide.sex == "", ibis.null("boolean")), else_=wide.sex.isin(codes))


# Measures that count events


def _count_events(sets: Sets, measure: Measure) -> ir.Table:
    people = sets.tables.people
    for number, group in enumerate(measure.groups, start=1):
        found = _event_populations(sets, group)
        people = people.mutate(**{f"{number}_{name}": ibis.literal(0, "int64") for name in found})
        for name, rows in found.items():
            column = f"{number}_{name}"
            counted = rows.group_by("patient_id").aggregate(found=rows.count())
            kept = [one for one in people.columns if one != column]
            joined = people.drop(column).left_join(counted, "patient_id")
            people = joined.select(*kept, **{column: joined.found.fill_null(0)})
    return people.drop("birth_on", "sex")


def _event_populations(sets: Sets, group: Mapping[str, Condition]) -> dict[str, ir.Table]:
    initial = _initial(sets, group[INITIAL])

    def of(name: str, rows: ir.Table) -> ir.Table:
        wanted = group[name]
        if not isinstance(wanted, Counted):
            return rows.filter(False)
        return rows.filter(rows.event_id.isin(sets.rows(wanted.name).event_id))

    def less(rows: ir.Table, other: ir.Table) -> ir.Table:
        return rows.filter(rows.event_id.notin(other.event_id))

    denominator = of(DENOMINATOR, initial) if DENOMINATOR in group else initial
    found = {INITIAL: initial, DENOMINATOR: denominator}
    left = denominator
    if EXCLUSION in group:
        found[EXCLUSION] = of(EXCLUSION, denominator)
        left = less(denominator, found[EXCLUSION])
    if NUMERATOR in group:
        found[NUMERATOR] = of(NUMERATOR, left)
        left = less(left, found[NUMERATOR])
        if NUMERATOR_EXCLUSION in group:
            found[NUMERATOR_EXCLUSION] = of(NUMERATOR_EXCLUSION, found[NUMERATOR])
    if EXCEPTION in group:
        found[EXCEPTION] = of(EXCEPTION, left)
    return found


def _initial(sets: Sets, condition: Condition) -> ir.Table:
    parts = condition.parts if isinstance(condition, Every) else (condition,)
    names = [part.name for part in parts if isinstance(part, Counted)]
    others = tuple(part for part in parts if not isinstance(part, Counted))
    rows = sets.rows(names[0])
    for name in names[1:]:
        rows = rows.filter(rows.event_id.isin(sets.rows(name).event_id))
    if others:
        wanted: Condition = Every(others)
        flags = _flags(sets, (wanted,), prefix="flag")
        wide = _flagged(sets.tables.people, sets, flags, (wanted,))
        met = wide.filter(_holds(wide, sets, wanted, flags))
        rows = rows.semi_join(met, "patient_id")
    return rows
