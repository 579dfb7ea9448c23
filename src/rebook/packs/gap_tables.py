"""One ``[[gap]]`` table of a pack as a definition, with every error in it noted at its line."""

from collections import Counter
from typing import Any

from rebook.core.criteria import Expression, ExpressionInvalid, parse_expression
from rebook.core.gaps import DefinitionInvalid, GapDefinition, Qualifying
from rebook.core.gaps.schedule import Phase

from .loader import Table

FIRST_DUE = ("never", "age", "condition", "medication", "procedure")
CHANNELS = ("sms", "email", "phone", "letter", "portal")
OUTREACH = ("yes", "at_visit", "staff")
WORD_LISTS = (
    "sexes",
    "conditions",
    "none_of_conditions",
    "medications",
    "none_of_medications",
    "exclusion_words",
    "exclusion_procedures",
    "exclusion_conditions",
    "anchor_procedures",
    "at_ages",
    "season",
    "supersedes",
    "satisfied_by_visit_types",
    "satisfied_by_procedures",
    "satisfied_by_appointments",
    "sensitivity",
)
NUMBERS = (
    "interval_months",
    "interval_days",
    "grace_days",
    "early_days",
    "lead_days",
    "lapses_after_days",
    "max_delay_days",
)
FLAGS = {"once": False, "combine": True}
TEXTS = ("source", "guideline", "guideline_version", "signed_off_by", "retired_note")
CRITERIA = ("eligible_when", "excluded_when")
KNOWN = {
    *WORD_LISTS,
    *NUMBERS,
    *FLAGS,
    *TEXTS,
    *CRITERIA,
    *("key", "label", "visit_type", "minutes", "risk_class", "last", "phase", "min_age", "max_age"),
    *("first_due", "first_due_age", "first_channel", "owner_role", "outreach", "valid_until"),
}
KNOWN_LAST = {"visit_types", "procedures", "interval_months", "interval_days"}
KNOWN_PHASE = {"interval_months", "interval_days", "until_months"}
REQUIRED = ("key", "label", "visit_type", "minutes", "risk_class", "last", "source")


def read_definition(table: Table, *, pack: str, nested: Counter[str]) -> GapDefinition | None:
    """The definition, or None when something was noted as wrong.

    ``nested`` counts the "gap.last" and "gap.phase" tables of the file so far, and goes on counting.
    """
    before = len(table.errors)
    table.only(KNOWN)
    for key in REQUIRED:
        if key not in table.data:
            table.wrong(key, "is missing")
    values: dict[str, Any] = {
        "key": f"{pack}.{table.text('key')}",
        "specialty": pack,
        "label": table.by_language("label"),
        "visit_type": table.text("visit_type"),
        "minutes": table.number_of("minutes", 30),
        "risk_class": table.number_of("risk_class", 1),
        "min_age": table.whole("min_age"),
        "max_age": table.whole("max_age"),
        "first_due": table.text("first_due", "never", one_of=FIRST_DUE),
        "first_due_age": table.whole("first_due_age"),
        "first_channel": table.text("first_channel", "sms", one_of=CHANNELS),
        "outreach": table.text("outreach", "yes", one_of=OUTREACH),
        "owner_role": table.text("owner_role", "front_desk"),
        "valid_until": table.day("valid_until"),
        "last": tuple(_last(one) for one in _inner(table, "last", KNOWN_LAST, nested)),
        "phases": tuple(_phase(one) for one in _inner(table, "phase", KNOWN_PHASE, nested)),
    }
    values |= {key: table.words(key) for key in WORD_LISTS}
    values |= {key: table.number_of(key, 0) for key in NUMBERS}
    values |= {key: table.flag(key, default) for key, default in FLAGS.items()}
    values |= {key: table.text(key) for key in TEXTS}
    values |= {key: _expression(table, key) for key in CRITERIA}
    if len(table.errors) > before:
        return None
    try:
        return GapDefinition(**values)
    except DefinitionInvalid as error:
        table.wrong(error.field, error.reason)
        return None


def _expression(table: Table, key: str) -> Expression | None:
    if key not in table.data:
        return None
    try:
        return parse_expression(table.data[key])
    except ExpressionInvalid as error:
        table.wrong(key, f"{error.field}: {error.reason}" if error.field else error.reason)
        return None


def _inner(table: Table, name: str, known: set[str], nested: Counter[str]) -> list[Table]:
    rows = table.data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        table.wrong(name, f"write each one as [[gap.{name}]]")
        return []
    found = []
    for row in rows:
        inner = Table(table.document, f"gap.{name}", nested[name], row, table.errors)
        inner.only(known)
        found.append(inner)
        nested[name] += 1
    return found


def _last(table: Table) -> Qualifying:
    return Qualifying(
        visit_types=table.words("visit_types"),
        procedures=table.words("procedures"),
        interval_months=table.number_of("interval_months", 0),
        interval_days=table.number_of("interval_days", 0),
    )


def _phase(table: Table) -> Phase:
    return Phase(
        interval_months=table.number_of("interval_months", 0),
        interval_days=table.number_of("interval_days", 0),
        until_months=table.whole("until_months"),
    )
