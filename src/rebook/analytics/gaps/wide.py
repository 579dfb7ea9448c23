"""One row per patient: all that the interval rules ask about, from one pass over each table.

Every word the definitions name (visit types, procedures, conditions) becomes a column, so the rules after it
are plain expressions over one row. What counts on a past date is said in ``core.gaps.chart_as_of``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.chart_as_of import ATTENDED, NO_CONTACT, WAITING
from rebook.core.gaps.codes import NO_CODES, CodeSets
from rebook.core.gaps.tiers import TierMonths

from .days import any_of, later, latest
from .expressions import Column, leaf_columns, leaf_parts
from .medications import medication_columns
from .settled import Preferred, about_everything
from .tables import SnapshotTables

__all__ = ["AS_OF", "Vocabulary", "any_of", "coming", "later", "latest", "wide"]

# What is due first is counted from the first contact.
FROM_CONTACT = ("age", "condition", "medication")


@ibis.udf.scalar.builtin(name="getvariable", signature=(("string",), "date"))
def _variable(key: str) -> None: ...


# The day to judge by: a variable of the engine, so that statements are compiled once for every day.
AS_OF = _variable("as_of")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that the definitions name, each with the number that its columns carry."""

    visit_types: tuple[str, ...]
    procedures: tuple[str, ...]
    conditions: tuple[str, ...]
    medications: tuple[str, ...] = ()
    # Whether anything counts from the day somebody was first in touch.
    needs_contact: bool = False
    # Column that answers each leaf of what lists of words cannot say.
    leaves: Column = field(default_factory=dict)

    @staticmethod
    def of(definitions: Sequence[GapDefinition], codes: CodeSets = NO_CODES) -> "Vocabulary":
        types: set[str] = set()
        procedures: set[str] = set()
        conditions: set[str] = set()
        medications: set[str] = set()
        for one in definitions:
            types |= one.booked_types | one.return_types
            procedures.update(*(group.procedures for group in one.qualifying), one.exclusion_procedures)
            procedures.update(one.anchor_procedures)
            conditions.update(one.conditions, one.none_of_conditions, one.exclusion_conditions)
            medications.update(one.medications, one.none_of_medications)
        return Vocabulary(
            visit_types=tuple(sorted(types)),
            procedures=tuple(sorted(procedures)),
            conditions=tuple(sorted(conditions)),
            medications=tuple(sorted(medications)),
            needs_contact=any(one.at_ages or one.first_due in FROM_CONTACT for one in definitions),
            leaves=leaf_columns(definitions, codes),
        )

    def last(self, visit_type: str) -> str:
        return f"last_{self.visit_types.index(visit_type)}"

    def coming(self, visit_type: str) -> str:
        return f"coming_{self.visit_types.index(visit_type)}"

    def done(self, procedure: str) -> str:
        return f"done_{self.procedures.index(procedure)}"

    def running(self, condition: str) -> str:
        return f"running_{self.conditions.index(condition)}"

    def ever(self, condition: str) -> str:
        return f"ever_{self.conditions.index(condition)}"

    def onset(self, condition: str) -> str:
        return f"onset_{self.conditions.index(condition)}"

    def taking(self, medication: str) -> str:
        return f"taking_{self.medications.index(medication)}"

    def begun(self, medication: str) -> str:
        return f"begun_{self.medications.index(medication)}"


def wide(
    tables: SnapshotTables,
    definitions: Sequence[GapDefinition],
    *,
    settings: GapSettings,
    preferred: Preferred = None,
) -> ir.Table:
    """One row per patient of ``tables.patients``; ``preferred`` as in ``settled``."""
    words = Vocabulary.of(definitions, settings.value_sets)
    parts = [
        _appointments(tables.appointments, words),
        _visits(tables.visits, words),
        _procedures(tables.procedures, words),
        _conditions(tables.conditions, words),
        _follow_ups(tables.follow_ups, definitions),
    ]
    if words.medications:
        named = {one: (words.taking(one), words.begun(one)) for one in words.medications}
        parts.append(medication_columns(tables.medications, named, as_of=AS_OF))
    parts += leaf_parts(tables, words.leaves, as_of=AS_OF, codes=settings.value_sets)
    settled = about_everything(tables.recall_preferences, preferred, as_of=AS_OF)
    if settled is not None:
        parts.append(settled)
    joined = tables.patients
    for number, part in enumerate(parts):
        key = f"patient_id_{number}"
        part = part.rename({key: "patient_id"})
        joined = joined.left_join(part, joined.patient_id == part[key]).drop(key)
    return _people(joined, words, settings)


def coming(appointments: ir.Table) -> ir.BooleanValue:
    """Known on ``as_of`` and still to take place then."""
    one, day = appointments, AS_OF
    known = one.booked_on.isnull() | (one.booked_on <= day) | (one.starts_on <= day)
    settled_later = one.status.isin([*ATTENDED, "noshow"]) & (one.starts_on > day)
    cancelled_later = (one.status == "cancelled") & (one.cancelled_on > day).fill_null(False)
    return (one.starts_on >= day) & known & (one.status.isin(WAITING) | settled_later | cancelled_later)


def _appointments(table: ir.Table, words: Vocabulary) -> ir.Table:
    attended = table.status.isin(ATTENDED) & (table.starts_on <= AS_OF)
    rows = table.select(
        "patient_id",
        "visit_type",
        attended_on=ibis.ifelse(attended, table.starts_on, ibis.null("date")),
        is_coming=coming(table),
        # The day somebody was in touch about it; a row written by mistake says nothing.
        made_on=ibis.least(table.booked_on, table.starts_on),
        is_contact=table.status != NO_CONTACT,
    )
    if not words.needs_contact:
        rows = rows.filter(rows.attended_on.notnull() | rows.is_coming)
    columns: dict[str, ir.Value] = {
        "kept_last": rows.attended_on.max(),
        "kept_first": rows.attended_on.min(),
        "coming_any": rows.is_coming.any(),
        "coming_blank": rows.is_coming.any(where=rows.visit_type == ""),
    }
    for word in words.visit_types:
        columns[f"kept_{words.last(word)}"] = rows.attended_on.max(where=rows.visit_type == word)
        columns[words.coming(word)] = rows.is_coming.any(where=rows.visit_type == word)
    if words.needs_contact:
        columns["booked_first"] = rows.made_on.min(where=rows.is_contact)
    return rows.group_by("patient_id").aggregate(**columns)


def _visits(table: ir.Table, words: Vocabulary) -> ir.Table:
    rows = table.filter(table.visited_on <= AS_OF)
    columns: dict[str, ir.Value] = {"seen_last": rows.visited_on.max(), "seen_first": rows.visited_on.min()}
    for word in words.visit_types:
        columns[f"seen_{words.last(word)}"] = rows.visited_on.max(where=rows.visit_type == word)
    return rows.group_by("patient_id").aggregate(**columns)


def _procedures(table: ir.Table, words: Vocabulary) -> ir.Table:
    rows = table.filter(table.performed_on <= AS_OF, table.kind.isin(words.procedures or [""]))
    columns = {words.done(word): rows.performed_on.max(where=rows.kind == word) for word in words.procedures}
    return rows.group_by("patient_id").aggregate(**columns, procedures_known=rows.count())


def _conditions(table: ir.Table, words: Vocabulary) -> ir.Table:
    day = AS_OF
    rows = table.filter(
        table.onset_on.isnull() | (table.onset_on <= day), table.kind.isin(words.conditions or [""])
    )
    runs = rows.abated_on.isnull() | (rows.abated_on > day)
    columns: dict[str, ir.Value] = {"conditions_known": rows.count()}
    for word in words.conditions:
        columns[words.ever(word)] = (rows.kind == word).any()
        columns[words.running(word)] = ((rows.kind == word) & runs).any()
        columns[words.onset(word)] = rows.onset_on.min(where=(rows.kind == word) & runs)
    return rows.group_by("patient_id").aggregate(**columns)


def _follow_ups(table: ir.Table, definitions: Sequence[GapDefinition]) -> ir.Table:
    rows = table.filter(table.recommended_on <= AS_OF)
    newest_first = ibis.window(
        group_by=rows.patient_id, order_by=[rows.recommended_on.desc(), rows.follow_up_id.desc()]
    )
    rows = rows.mutate(place=ibis.row_number().over(newest_first))
    columns: dict[str, ir.Value] = {"returns_known": rows.count()}
    told = ibis.struct(
        {"id": rows.follow_up_id, "recommended_on": rows.recommended_on, "due_on": rows.due_on}
    )
    for number, one in enumerate(definitions):
        if one.return_types:
            fits = rows.visit_type.isin(sorted(one.return_types))
            columns[f"return_{number}"] = told.argmin(rows.place, where=fits)
    return rows.group_by("patient_id").aggregate(**columns)


def _people(joined: ir.Table, words: Vocabulary, settings: GapSettings) -> ir.Table:
    flags = ["coming_any", "coming_blank", *(words.coming(one) for one in words.visit_types)]
    flags += [name(one) for one in words.conditions for name in (words.running, words.ever)]
    flags += [words.taking(one) for one in words.medications]
    flags += words.leaves.values()
    flags += [name for name in ("snoozed_all", "barred_all") if name in joined.columns]
    lasts = {
        words.last(one): latest([joined[f"kept_{words.last(one)}"], joined[f"seen_{words.last(one)}"]])
        for one in words.visit_types
    }
    first_on = ibis.least(joined.kept_first, joined.seen_first)
    contact = {}
    if words.needs_contact:
        # The earliest booking counts when it lies before the day; one that is not has only later ones.
        booked = ibis.ifelse(joined.booked_first <= AS_OF, joined.booked_first, ibis.null("date"))
        contact = {"first_contact_on": first_on.coalesce(booked)}
    people = joined.mutate(
        last_attended_on=latest([joined.kept_last, joined.seen_last]),
        **contact,
        standing=_standing(joined, settings),
        **{name: joined[name].fill_null(False) for name in flags},
        **lasts,
    )
    halves = [f"{half}_{name}" for half in ("kept", "seen") for name in (*lasts, "last", "first")]
    halves += ["booked_first"] * words.needs_contact
    return people.drop(*halves).mutate(tier=_tier(people.last_attended_on, settings.tiers))


def _standing(patients: ir.Table, settings: GapSettings) -> ir.StringValue:
    one, day = patients, AS_OF
    words = [one.exclusions.contains(f"|{word}|") for word in sorted(settings.excluded_words)]
    branches: list[tuple[ir.BooleanValue, str]] = [
        (one.is_deceased & (one.deceased_on.isnull() | (one.deceased_on <= day)), "deceased"),
        (one.merged_into_id.notnull(), "merged"),
        ((one.left_practice_on <= day).fill_null(False), "left_practice"),
    ]
    if words:
        branches.append((any_of(words), "excluded"))
    if "barred_all" in patients.columns:
        branches.append((one.barred_all.fill_null(False), "no_recall"))
    return ibis.cases(*branches, else_=ibis.null("string"))


def _tier(last: ir.DateValue, months: TierMonths) -> ir.StringValue:
    day = AS_OF
    return ibis.cases(
        (last.isnull(), "never"),
        (day < later(last, months.slipping), "active"),
        (day < later(last, months.dormant), "slipping"),
        (day < later(last, months.long_lapsed), "dormant"),
        (day <= later(last, months.lost_after), "long_lapsed"),
        else_="lost",
    )
