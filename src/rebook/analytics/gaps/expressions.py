"""``eligible_when`` and ``excluded_when`` over all patients: what ``core.gaps.expressions`` says of one.

Every leaf becomes a column of the wide table; NULL is "not known". So is what is asked of value sets or codes
that are not loaded. The codes of a value set stand in the statement as one text: as a list of literals, ten
thousand of them take seconds to compile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import (
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
from rebook.core.gaps.codes import CODED, NO_CODES, CodeSets, value_set_of

from .days import later
from .tables import SnapshotTables

# Kind of event to whether it runs on until it is over.
RUNS = {"condition": True, "medication": True, "procedure": False, "visit": False}


@dataclass(frozen=True, slots=True)
class Leaf:
    """At least so many events of a word, or of a value set; within so many months or days before the day."""

    kind: str
    word: str
    at_least: int
    months: int = 0
    days: int = 0
    value_set: str = ""


Column = dict[Leaf, str]


def expressions_of(definitions: Iterable[GapDefinition]) -> list[Expression]:
    return [expression for one in definitions for expression in one.expressions]


def leaf_columns(definitions: Iterable[GapDefinition], codes: CodeSets = NO_CODES) -> Column:
    """The name of the column that answers each leaf of the definitions; none for what is not loaded."""
    leaves = [leaf for one in expressions_of(definitions) for leaf in _leaves(one.condition, one.criteria)]
    known = [one for one in leaves if not one.value_set or (one.kind in CODED and one.value_set in codes)]
    return {leaf: f"leaf_{number}" for number, leaf in enumerate(dict.fromkeys(known))}


def leaf_parts(
    tables: SnapshotTables, columns: Column, *, as_of: ir.DateValue, codes: CodeSets = NO_CODES
) -> list[ir.Table]:
    """One row per patient with the columns of its leaves: for each kind of event, and for each value set."""
    parts = []
    for kind, runs in RUNS.items():
        mine = {leaf: name for leaf, name in columns.items() if leaf.kind == kind and leaf.word}
        if mine:
            rows = _events(tables, kind).filter(
                lambda one, mine=mine: one.word.isin({leaf.word for leaf in mine})
            )
            answers = {
                name: _counted(rows, leaf, runs=runs, as_of=as_of) >= leaf.at_least
                for leaf, name in mine.items()
            }
            parts.append(rows.group_by("patient_id").aggregate(**answers))
    asked = dict.fromkeys((leaf.kind, leaf.value_set) for leaf in columns if leaf.value_set)
    for kind, canonical in asked:
        rows = _coded_events(tables, kind, codes.lines(canonical))
        answers = {
            name: _counted(rows, leaf, runs=RUNS[kind], as_of=as_of) >= leaf.at_least
            for leaf, name in columns.items()
            if (leaf.kind, leaf.value_set) == (kind, canonical)
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
            return people[columns[leaf]] if leaf in columns else ibis.null("boolean")
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
            yield _leaf(condition, criteria)


def _leaf(counted: Counted, criteria: Criteria) -> Leaf:
    """What is counted, read back from the criteria."""
    wanted = criteria.sets[counted.name]
    tests = list(walk_tests(wanted.test))
    words = [word for one in tests if isinstance(one, HasCode) for _, word in one.codes]
    target = next(one.target for one in tests if isinstance(one, Timing))
    window = criteria.windows.get(target)
    back = {unit: -number for number, unit in window.opens.steps} if window else {}
    return Leaf(
        wanted.kind,
        words[0] if words else "",
        counted.at_least,
        months=back.get("months", 0),
        days=back.get("days", 0),
        value_set=value_set_of(criteria, counted.name),
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


def _coded_events(tables: SnapshotTables, kind: str, lines: str) -> ir.Table:
    """Like ``_events``, only those with one of the codes in ``lines`` (``CodeSets.lines``)."""
    source = {
        "condition": tables.conditions,
        "procedure": tables.procedures,
        "medication": tables.medications,
    }
    rows = source[kind]
    coded = rows.system + "\t" + rows.code
    on, over_on = {
        "condition": lambda: (rows.onset_on, rows.abated_on),
        "procedure": lambda: (rows.performed_on, ibis.null("date")),
        "medication": lambda: (rows.started_on, rows.ended_on),
    }[kind]()
    # What has no word is told apart by its code.
    word = ibis.ifelse(rows.kind == "", coded, rows.kind)
    found = rows.filter((rows.system != "") & (rows.code != "")).select(
        "patient_id", word=word, on=on, over_on=over_on, coded=coded
    )
    wanted = ibis.literal(lines).split("\n").unnest().name("coded").as_table()
    return found.semi_join(wanted, "coded")


def _counted(rows: ir.Table, leaf: Leaf, *, runs: bool, as_of: ir.DateValue) -> ir.IntegerValue:
    since = later(as_of, months=-leaf.months, days=-leaf.days)
    begun = rows.on.isnull() | (rows.on <= as_of) if runs else rows.on <= as_of
    if runs:
        fits = begun & (rows.over_on.isnull() | (rows.over_on > since))
    elif leaf.months or leaf.days:
        fits = begun & (rows.on >= since)
    else:
        fits = begun
    # The same thing on the same days counts once.
    span = rows.on.cast("string").fill_null("") + ":" + rows.over_on.cast("string").fill_null("")
    if leaf.value_set:
        return (rows.word + ":" + span).nunique(where=fits)
    return span.nunique(where=fits & (rows.word == leaf.word))
