"""Runs a measure's expressions on DuckDB over histories in memory."""

from collections.abc import Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir

from rebook.core.criteria import POPULATIONS, GroupResult, History, Measure, MeasureResult, ValueSets

from .populations import judge_measure
from .tables import event_arrow, event_tables, show


def judge_histories(
    *,
    measure: Measure,
    histories: Mapping[int, History],
    value_sets: ValueSets,
    period: tuple[datetime, datetime],
) -> dict[int, MeasureResult]:
    """Patient id -> what the population engine says; the same values as ``core.criteria.evaluate``."""
    engine = ibis.duckdb.connect()
    try:
        show(engine.con, event_arrow(histories, value_sets))

        def keep(name: str, rows: ir.Table) -> ir.Table:
            return engine.create_table(f"set_{name}", rows, temp=True)

        judged = judge_measure(measure=measure, tables=event_tables(), period=period, keep=keep)
        found = engine.to_pyarrow(judged)
    finally:
        engine.disconnect()
    return {
        row["patient_id"]: MeasureResult(
            tuple(
                GroupResult({name: row.get(f"{number}_{name}") for name in POPULATIONS})
                for number in range(1, len(measure.groups) + 1)
            )
        )
        for row in found.to_pylist()
    }
