"""Compiles definitions to the statements that find their gaps, in the order in which they run.

The statements read the views of ``tables.Source``, the temporary table ``people`` (one row per patient) that
the first of them makes, and as ``part`` what was found so far. Compiling takes about a tenth of a second per
definition; a plan is compiled once and run for every range of patients and every day.
"""

from dataclasses import dataclass
from functools import lru_cache

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings

from .interval import interval_findings
from .operational import broken_findings, follow_up_findings, inactive_findings
from .tables import snapshot_tables
from .wide import Vocabulary, wide

FINDING = ibis.schema(
    {
        "patient_id": "int64",
        "definition_key": "string",
        "kind": "string",
        "verdict": "string",
        "tier": "string",
        "risk_class": "int16",
        "visit_type": "string",
        "is_sensitive": "boolean",
        "anchor_on": "date",
        "due_on": "date",
        "overdue_on": "date",
        "interval_days": "int64",
        "location_id": "int64",
        "follow_up_id": "int64",
        "appointment_id": "int64",
        "value_cents": "int64",
        "outreach": "string",
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL for the table ``people``, then for each source of findings; the engine's ``as_of`` is the day."""

    people: str
    findings: tuple[str, ...]


@lru_cache(maxsize=16)
def compile_plan(
    definitions: tuple[GapDefinition, ...], settings: GapSettings, *, is_brief: bool = True
) -> Plan:
    """Statements for the findings of ``definitions``.

    A brief plan gives what is open, booked or not yet due. One that is not gives for every interval rule and
    every patient why there is no gap, too; for events and inactivity there is nothing more to say.
    """
    tables = snapshot_tables()
    rows = wide(tables, definitions, settings=settings)
    words = Vocabulary.of(definitions)
    people = ibis.table(rows.schema(), name="people")
    part = ibis.table(FINDING, name="part")
    opened = part.filter(part.verdict == "open")
    covered = opened.filter(opened.follow_up_id.notnull()).select("follow_up_id")
    found = [
        interval_findings(people, one, number=number, words=words, settings=settings, is_brief=is_brief)
        for number, one in enumerate(definitions)
    ]
    found += [
        follow_up_findings(tables, people, covered, definitions=definitions, settings=settings),
        broken_findings(tables, people, definitions=definitions, settings=settings),
        inactive_findings(people, opened.select("patient_id"), settings=settings),
    ]
    return Plan(_sql(rows), tuple(_sql(one.select(*FINDING.names)) for one in found))


def _sql(rows: ir.Table) -> str:
    return str(ibis.to_sql(rows, dialect="duckdb"))
