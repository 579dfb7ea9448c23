"""Interval rules over all patients: what ``core.gaps.interval`` says of one, as expressions."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.definition import SIGNED_FROM_CLASS
from rebook.core.gaps.schedule import read_day_of_year

from .days import any_of, later
from .due import due_of
from .eligibility import refusal, superseding
from .settled import Preferred, with_settled
from .tables import SnapshotTables
from .wide import AS_OF, Vocabulary


@dataclass(frozen=True, slots=True)
class Rules:
    """All definitions with what they are compiled against; ``preferred`` as in ``settled``."""

    definitions: Sequence[GapDefinition]
    words: Vocabulary
    settings: GapSettings
    tables: SnapshotTables
    preferred: Preferred = None


def interval_findings(people: ir.Table, rules: Rules, *, number: int, is_brief: bool) -> ir.Table:
    """The verdict of rule ``number`` for every row of ``people`` (see ``wide``).

    ``is_brief`` leaves out at once whoever the rule is not for.
    """
    definition, words = rules.definitions[number], rules.words
    refused = refusal(people, definition, words, rules.settings)
    replaced = superseding(definition, people, rules.definitions, words, rules.settings)
    if replaced is not None:
        refused = refused.coalesce(ibis.ifelse(replaced, "superseded", ibis.null("string")))
    if is_brief:
        people = people.filter(people.standing.isnull(), refused.isnull())
    else:
        people = people.mutate(refusal=refused)
    people = with_settled(
        people, rules.tables.recall_preferences, definition.key, preferred=rules.preferred, as_of=AS_OF
    )
    if is_brief and "barred" in people.columns:
        people = people.filter(~people.barred)
    return _answers(_rows(people, definition, number, words), definition, is_brief=is_brief)


def _rows(people: ir.Table, definition: GapDefinition, number: int, words: Vocabulary) -> ir.Table:
    """What the verdict looks at, one row for each patient."""
    due = due_of(people, definition, number, words)
    coming = sorted(definition.booked_types)
    refused = people["refusal"] if "refusal" in people.columns else ibis.null("string")
    if "barred" in people.columns:
        refused = refused.coalesce(ibis.ifelse(people.barred, "no_recall", ibis.null("string")))
    return people.select(
        "patient_id",
        "tier",
        "standing",
        "value_cents",
        location_id=people.home_location_id,
        due_on=due.due_on,
        anchor_on=due.anchor_on,
        overdue_on=later(due.due_on, days=definition.grace_days),
        interval_days=due.interval_days.cast("int64"),
        follow_up_id=due.follow_up_id,
        never=due.never,
        refusal=refused,
        is_booked=any_of([people.coming_blank, *(people[words.coming(one)] for one in coming)]),
        is_snoozed=_is_snoozed(people),
    )


def _is_snoozed(people: ir.Table) -> ir.BooleanValue:
    said = [people[one] for one in ("snoozed", "snoozed_all") if one in people.columns]
    return any_of(said) if said else ibis.literal(False)


def _answers(rows: ir.Table, definition: GapDefinition, *, is_brief: bool) -> ir.Table:
    opens_on = _opens_on(rows, definition)
    over = _no_longer(rows, definition)
    if is_brief:
        # DuckDB works the dates out once when the day is the first test.
        rows = rows.filter(opens_on <= AS_OF, *(~test for test, _ in over))
        branches: list[tuple[ir.BooleanValue, ir.StringValue | str]] = []
    else:
        branches = [
            (rows.standing.notnull(), rows.standing),
            (rows.refusal.notnull(), rows.refusal),
            (rows.due_on.isnull(), rows.never),
            (opens_on > AS_OF, "not_due"),
            *over,
        ]
    branches += [(rows.is_snoozed, "snoozed"), (rows.is_booked, "booked")]
    return rows.select(
        "patient_id",
        definition_key=ibis.literal(definition.key),
        kind=ibis.literal(definition.kind),
        verdict=ibis.cases(*branches, else_="open"),
        tier=rows.tier,
        risk_class=ibis.literal(definition.risk_class, "int16"),
        visit_type=ibis.literal(definition.visit_type),
        is_sensitive=ibis.literal(bool(definition.sensitivity)),
        outreach=ibis.literal(definition.outreach),
        anchor_on=rows.anchor_on,
        due_on=rows.due_on,
        overdue_on=rows.overdue_on,
        interval_days=rows.interval_days,
        location_id=rows.location_id,
        follow_up_id=rows.follow_up_id,
        appointment_id=ibis.null("int64"),
        value_cents=rows.value_cents,
    )


def _opens_on(rows: ir.Table, definition: GapDefinition) -> ir.DateValue:
    if definition.lead_days:
        return later(rows.due_on, days=-definition.lead_days)
    return rows.due_on if definition.risk_class >= SIGNED_FROM_CLASS else rows.overdue_on


def _no_longer(rows: ir.Table, definition: GapDefinition) -> list[tuple[ir.BooleanValue, str]]:
    over: list[tuple[ir.BooleanValue, str]] = []
    if definition.lapses_after_days:
        over.append((later(rows.due_on, days=definition.lapses_after_days) < AS_OF, "lapsed"))
    if definition.season:
        first, last = (read_day_of_year(one) or 0 for one in definition.season)
        at = AS_OF.month().cast("int32") * 100 + AS_OF.day().cast("int32")
        inside = (at >= first) & (at <= last) if first <= last else (at >= first) | (at <= last)
        over.append((~inside, "off_season"))
    return over
