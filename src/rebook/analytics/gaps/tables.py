"""The snapshot's tables as Ibis expressions, on DuckDB in the process."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from rebook.analytics.snapshot import SCHEMAS, TABLES


@dataclass(frozen=True, slots=True)
class SnapshotTables:
    patients: ir.Table
    appointments: ir.Table
    visits: ir.Table
    procedures: ir.Table
    conditions: ir.Table
    follow_ups: ir.Table

    def between(self, low: int, high: int) -> "SnapshotTables":
        """The rows of patients whose id is from ``low`` to ``high``, both included."""
        return self._each(lambda table: table.filter(table.patient_id.between(low, high)))

    def of(self, patients: ir.Table) -> "SnapshotTables":
        """The rows of the patients listed in ``patients.patient_id``."""
        return self._each(lambda table: table.semi_join(patients, "patient_id"))

    def _each(self, change: object) -> "SnapshotTables":
        assert callable(change)
        return replace(self, **{one.name: change(getattr(self, one.name)) for one in fields(self)})


def connect(*, threads: int | None = None, memory: str = "", spill: Path | None = None) -> Backend:
    """DuckDB in memory; ``memory`` like "4GB"; what does not fit goes to ``spill``."""
    settings: dict[str, str | int] = {}
    if threads:
        settings["threads"] = threads
    if memory:
        settings["memory_limit"] = memory
    if spill:
        settings["temp_directory"] = str(spill)
    return ibis.duckdb.connect(**settings)


def read_snapshot(engine: Backend, *, directory: Path) -> SnapshotTables:
    """The tables of the snapshot in ``directory``; nothing is read yet."""
    tables = {name: engine.read_parquet(directory / f"{name}.parquet") for name in TABLES}
    return SnapshotTables(**tables)


def from_arrow(engine: Backend, tables: Mapping[str, pa.Table]) -> SnapshotTables:
    """Tables held in memory, in the snapshot's schemas; missing ones are empty."""
    made = {}
    for name in TABLES:
        rows = tables.get(name)
        engine.con.register(name, SCHEMAS[name].empty_table() if rows is None else rows.cast(SCHEMAS[name]))
        made[name] = engine.table(name)
    return SnapshotTables(**made)


def keep(engine: Backend, name: str, rows: ir.Table) -> ir.Table:
    """Work ``rows`` out now, as temporary table ``name``, replacing one of that name.

    Ibis has ``create_table`` for this, whose clean-up the installed sqlglot renders without the table's name.
    """
    engine.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {engine.compile(rows)}')
    return engine.table(name)


def append(engine: Backend, name: str, rows: ir.Table) -> None:
    """Add ``rows`` to table ``name``, whose columns they have in the same order."""
    engine.con.execute(f'INSERT INTO "{name}" {engine.compile(rows)}')
