"""Charts as the tables of a snapshot, and the population engine's answer for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from rebook.analytics.gaps import Population, compile_plan, connect, from_arrow, judge_population
from rebook.analytics.snapshot import SCHEMAS
from rebook.core.chart import Chart
from rebook.core.gaps import GapDefinition, GapSettings

COMPARED = ("verdict", "anchor_on", "due_on", "overdue_on", "risk_class", "tier", "outreach")
ENGINE = connect(threads=1)


def as_tables(charts: Sequence[Chart]) -> dict[str, pa.Table]:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for chart in charts:
        one, zone = chart.patient, ZoneInfo(chart.time_zone)
        words = f"|{'|'.join(one.exclusions)}|" if one.exclusions else ""
        rows["patients"].append({**_fields(one, "patients"), "patient_id": one.id, "exclusions": words})
        for row in chart.appointments:
            booked_on = row.booked_at.astimezone(zone).date() if row.booked_at else None
            ids = {"appointment_id": row.id, "patient_id": one.id, "booked_on": booked_on}
            rows["appointments"].append({**_fields(row, "appointments"), **ids})
        for name, facts in (
            ("visits", chart.visits),
            ("procedures", chart.procedures),
            ("conditions", chart.conditions),
            ("medications", chart.medications),
        ):
            rows[name] += [{**_fields(row, name), "patient_id": one.id} for row in facts]
        for row in chart.follow_ups:
            ids = {"follow_up_id": row.id, "patient_id": one.id}
            rows["follow_ups"].append({**_fields(row, "follow_ups"), **ids})
        for row in chart.preferences:
            ids = {"preference_id": row.id, "patient_id": one.id}
            rows["recall_preferences"].append({**_fields(row, "recall_preferences"), **ids})
        for row in chart.pending:
            ids = {"pending_id": row.id, "patient_id": one.id}
            rows["pending"].append({**_fields(row, "pending"), **ids})
    return {name: pa.Table.from_pylist(rows[name], schema=SCHEMAS[name]) for name in SCHEMAS}


def population_answers(
    charts: Sequence[Chart],
    definitions: Sequence[GapDefinition],
    *,
    as_of: date,
    settings: GapSettings,
    verdicts: Sequence[str] = ("open", "booked"),
    patients_at_once: int = 1_000_000,
) -> dict[int, dict[str, dict[str, Any]]]:
    """Patient to definition key to what both engines must agree on."""
    found = judge_population(
        from_arrow(ENGINE, as_tables(charts)),
        compile_plan(tuple(definitions), settings, is_brief=set(verdicts) <= {"open", "booked"}),
        as_of=as_of,
        verdicts=verdicts,
        patients_at_once=patients_at_once,
    )
    return {chart.patient.id: {} for chart in charts} | comparable_rows(found)


def comparable_rows(found: Population) -> dict[int, dict[str, dict[str, Any]]]:
    """Patient to definition key to what all engines must agree on; nobody without a finding."""
    answers: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in found.engine.table(found.name).to_arrow_table().to_pylist():
        assert row["definition_key"] not in answers[row["patient_id"]], "one finding per key"
        answers[row["patient_id"]][row["definition_key"]] = {name: row[name] for name in COMPARED}
    return answers


def _fields(value: object, table: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in SCHEMAS[table].names if hasattr(value, name)}
