"""``eligible_when`` and ``excluded_when`` over all patients: what ``core.gaps.expressions`` says of one.

Every leaf in the clinic's own words becomes a column of the wide table; NULL is "not known". What is asked of
value sets is NULL while no coded events are loaded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import (
    OWN_WORDS,
    Condition,
    Counted,
    Criteria,
    Every,
    Expression,
    HasCode,
    No,
    Some,
    Timing,
    walk_tests,
)
from rebook.core.gaps import GapDefinition
from rebook.core.gaps.chart_as_of import ATTENDED

from .days import later
from .tables import SnapshotTables

# Kind of event to whether it runs on until it is over.
RUNS = {"condition": True, "medication": True, "procedure": False, "visit": False}


@dataclass(frozen=True, slots=True)
class Leaf:
    """At least so many of a word's events; within so many months or days before the day, if given."""

    kind: str
    word: str
    at_least: int
    months: int = 0
    days: int = 0


Column = dict[Leaf, str]


def expressions_of(definitions: Iterable[GapDefinition]) -> list[Expression]:
    both = [(one.eligible_when, one.excluded_when) for one in definitions]
    return [one for pair in both for one in pair if one is not None]


def leaf_columns(definitions: Iterable[GapDefinition]) -> Column:
    """The name of the column that answers each leaf of the definitions."""
    leaves = [leaf for one in expressions_of(definitions) for leaf in _leaves(one.condition, one.criteria)]
    return {leaf: f"leaf_{number}" for number, leaf in enumerate(dict.fromkeys(leaves))}


def leaf_parts(tables: SnapshotTables, columns: Column, *, as_of: ir.DateValue) -> list[ir.Table]:
    """For each kind of event that is asked about one row per patient with the columns of its leaves."""
    parts = []
    for kind, runs in RUNS.items():
        mine = {leaf: name for leaf, name in columns.items() if leaf.kind == kind}
        if mine:
            rows = _events(tables, kind).filter(
                lambda one, mine=mine: one.word.isin({leaf.word for leaf in mine})
            )
            answers = {
                name: _counted(rows, leaf, runs=runs, as_of=as_of) >= leaf.at_least
                for leaf, name in mine.items()
            }
            parts.append(rows.group_by("patient_id").aggregate(**answers))
    return parts


def holds(people: ir.Table, expression: Expression, columns: Column) -> ir.BooleanValue:
    """Whether the expression holds for each row of ``people``, NULL where that is not known."""
    return _holds(people, expression.condition, expression.criteria, columns)


def _holds(people: ir.Table, condition: Condition, criteria: Criteria, columns: Column) -> ir.BooleanValue:
    match condition:
        case Every(parts):
            return reduce(and_, [_holds(people, part, criteria, columns) for part in parts])
        case Some(parts):
            return reduce(or_, [_holds(people, part, criteria, columns) for part in parts])
        case No(part):
            return ~_holds(people, part, criteria, columns)
        case Counted():
            leaf = _leaf(condition, criteria)
            return ibis.null("boolean") if leaf is None else people[columns[leaf]]
        case _:
            raise TypeError(f"no leaf of a gap expression: {type(condition).__name__}")


def _leaves(condition: Condition, criteria: Criteria) -> Iterator[Leaf]:
    match condition:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _leaves(part, criteria)
        case No(part):
            yield from _leaves(part, criteria)
        case Counted():
            leaf = _leaf(condition, criteria)
            if leaf is not None:
                yield leaf


def _leaf(counted: Counted, criteria: Criteria) -> Leaf | None:
    """What is counted, read back from the criteria; None for a value set."""
    wanted = criteria.sets[counted.name]
    tests = list(walk_tests(wanted.test))
    codes = [code for one in tests if isinstance(one, HasCode) for code in one.codes]
    if not codes or codes[0][0] != OWN_WORDS:
        return None
    target = next(one.target for one in tests if isinstance(one, Timing))
    window = criteria.windows.get(target)
    back = {unit: -number for number, unit in window.opens.steps} if window else {}
    return Leaf(
        wanted.kind, codes[0][1], counted.at_least, months=back.get("months", 0), days=back.get("days", 0)
    )


def _events(tables: SnapshotTables, kind: str) -> ir.Table:
    """patient_id, word, and the days on which it began and was over; NULL for neither."""
    if kind == "condition":
        rows = tables.conditions
        return rows.select("patient_id", word=rows.kind, on=rows.onset_on, over_on=rows.abated_on)
    if kind == "medication":
        rows = tables.medications
        return rows.select("patient_id", word=rows.kind, on=rows.started_on, over_on=rows.ended_on)
    if kind == "procedure":
        rows = tables.procedures
        return rows.select("patient_id", word=rows.kind, on=rows.performed_on, over_on=ibis.null("date"))
    kept = tables.appointments.filter(tables.appointments.status.isin(ATTENDED))
    seen = tables.visits
    return ibis.union(
        kept.select("patient_id", word=kept.visit_type, on=kept.starts_on, over_on=ibis.null("date")),
        seen.select("patient_id", word=seen.visit_type, on=seen.visited_on, over_on=ibis.null("date")),
    )


def _counted(rows: ir.Table, leaf: Leaf, *, runs: bool, as_of: ir.DateValue) -> ir.IntegerValue:
    since = later(as_of, months=-leaf.months, days=-leaf.days)
    begun = rows.on.isnull() | (rows.on <= as_of) if runs else rows.on <= as_of
    if runs:
        fits = begun & (rows.over_on.isnull() | (rows.over_on > since))
    elif leaf.months or leaf.days:
        fits = begun & (rows.on >= since)
    else:
        fits = begun
    fits = fits & (rows.word == leaf.word)
    # The same thing on the same days counts once.
    span = rows.on.cast("string").fill_null("") + ":" + rows.over_on.cast("string").fill_null("")
    return span.nunique(where=fits)
