"""Compiles definitions to the statements that find their gaps, in the order in which they run.

The statements read the views of ``tables.Source``, the temporary table ``people`` (one row per patient) that
the first of them makes, and as ``part`` what was found so far. Compiling takes about a tenth of a second per
definition; a plan is compiled once and run for every range of patients and every day.

The expressions are the same for every engine; only the text they are rendered to differs (``DIALECTS``).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings

from .interval import Rules, interval_findings
from .operational import broken_findings, follow_up_findings, inactive_findings
from .operational_pending import pending_findings
from .recheck import recheck_days
from .rhythm import rhythm_findings
from .settled import Preferred, quietened
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


# Engine to how its SQL names the day: DuckDB's variable, the others' named parameter.
DIALECTS = {
    "duckdb": "getvariable('as_of')",
    "pyspark": ":as_of",
    "postgres": "%(as_of)s::date",
    "bigquery": "@as_of",
    "snowflake": "TO_DATE(:as_of)",
}
_DAY = re.compile(r"getvariable\('as_of'\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL for the table ``people``, then for each source of findings.

    ``after`` counts the statements of ``findings`` that stand alone: those from there on read what the ones
    before found.
    """

    people: str
    findings: tuple[str, ...]
    after: int
    # For each kind of day: patient_id and ``recheck_on``, after the day, when an answer may be another one.
    recheck: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def compile_plan(
    definitions: tuple[GapDefinition, ...],
    settings: GapSettings,
    *,
    is_brief: bool = True,
    dialect: str = "duckdb",
    with_recheck: bool = False,
    preferred: Preferred = None,
) -> Plan:
    """Statements for the findings of ``definitions``, in the SQL of one of ``DIALECTS``.

    A brief plan gives what is open, booked or not yet due. One that is not gives for every interval rule and
    every patient why there is no gap, too; for events and inactivity there is nothing more to say.
    ``with_recheck`` adds the statements that say when an answer may change by itself. ``preferred`` (see
    ``tables.preferred``) leaves out what nobody settled; None leaves nothing out.
    """
    tables = snapshot_tables()
    rules = Rules(definitions, Vocabulary.of(definitions, settings.value_sets), settings, tables, preferred)
    rows = wide(tables, definitions, settings=settings, preferred=preferred)
    people = ibis.table(rows.schema(), name="people")
    part = ibis.table(FINDING, name="part")
    opened = part.filter(part.verdict == "open")
    covered = opened.filter(opened.follow_up_id.notnull()).select("follow_up_id")
    found = [
        interval_findings(people, rules, number=number, is_brief=is_brief)
        for number in range(len(definitions))
    ]
    begun = pending_findings(tables, people, definitions=definitions, settings=settings, is_brief=is_brief)
    events = [] if begun is None else [begun]
    events += [
        follow_up_findings(tables, people, covered, definitions=definitions, settings=settings),
        broken_findings(tables, people, definitions=definitions, settings=settings),
        inactive_findings(people, opened.select("patient_id"), settings=settings),
    ]
    late = rhythm_findings(tables, people, opened.select("patient_id"), settings=settings, is_brief=is_brief)
    events += [] if late is None else [late]
    found += [quietened(one, people) for one in events]
    return Plan(
        people=_sql(rows, dialect),
        findings=tuple(_sql(one.select(*FINDING.names), dialect) for one in found),
        after=next(number for number, one in enumerate(found) if _reads(one, "part")),
        recheck=tuple(_sql(one, dialect) for one in recheck_days(people, rows, found))
        if with_recheck
        else (),
    )


def _reads(rows: ir.Table, name: str) -> bool:
    return any(one.name == name for one in rows.op().find(ops.UnboundTable))


def _sql(rows: ir.Table, dialect: str) -> str:
    return _DAY.sub(lambda _: DIALECTS[dialect], str(ibis.to_sql(rows, dialect=dialect)))
