"""The snapshot's tables: as Ibis expressions to write rules with, and as DuckDB views to run them over."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from rebook.analytics.snapshot import SCHEMAS, TABLES

Bounds = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class SnapshotTables:
    """The tables as expressions, bound to no engine."""

    patients: ir.Table
    appointments: ir.Table
    visits: ir.Table
    procedures: ir.Table
    conditions: ir.Table
    follow_ups: ir.Table
    medications: ir.Table
    pending: ir.Table


def snapshot_tables() -> SnapshotTables:
    return SnapshotTables(
        **{name: ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name) for name in TABLES}
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows are: for every table of the snapshot, what stands after FROM."""

    engine: duckdb.DuckDBPyConnection
    relations: Mapping[str, str]

    def show(self, bounds: Bounds = None) -> None:
        """Make the tables visible under their names, for patients from one id to another (both included).

        ``bounds`` None shows everybody.
        """
        for name, relation in self.relations.items():
            # A patient filter becomes a filter on row groups: files are sorted by patient.
            where = f" WHERE patient_id BETWEEN {bounds[0]} AND {bounds[1]}" if bounds else ""
            self.engine.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {relation}{where}')

    def narrowed(self, patients: str) -> "Source":
        """The rows of the patients that table ``patients`` of the engine lists as ``patient_id``."""
        only = f"WHERE patient_id IN (SELECT patient_id FROM {patients})"
        return Source(
            self.engine, {name: f"(SELECT * FROM {rows} {only})" for name, rows in self.relations.items()}
        )

    def ranges(self, size: int) -> list[Bounds]:
        """Bounds of every ``size`` patients; ``[None]`` when all of them are that few."""
        patients = self.relations["patients"]
        count = self.engine.execute(f"SELECT count(*) FROM {patients}").fetchall()[0][0]
        if count <= size:
            return [None]
        part = f"(row_number() OVER (ORDER BY patient_id) - 1) // {size} AS part"
        ordered = f"SELECT patient_id, {part} FROM {patients}"
        bounds = f"SELECT min(patient_id), max(patient_id) FROM ({ordered}) GROUP BY part ORDER BY part"
        return [(low, high) for low, high in self.engine.execute(bounds).fetchall()]


def connect(
    *, threads: int | None = None, memory: str = "", spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory. ``memory`` is like "4GB"; what does not fit goes to directory ``spill``."""
    config: dict[str, str | bool | int | float | list[str]] = {"preserve_insertion_order": "false"}
    if threads:
        config["threads"] = threads
    if memory:
        config["memory_limit"] = memory
    if spill:
        config["temp_directory"] = str(spill)
    engine = duckdb.connect(config=config)
    engine.execute("SET enable_progress_bar = false")
    return engine


def read_snapshot(engine: duckdb.DuckDBPyConnection, *, directory: Path) -> Source:
    """The snapshot in ``directory``; nothing is read yet. Tables that it is too old to have are empty."""
    relations = {}
    for name in TABLES:
        path = directory / f"{name}.parquet"
        if path.exists():
            quoted = str(path).replace("'", "''")
            relations[name] = f"read_parquet('{quoted}')"
        else:
            engine.register(f"memory_{name}", SCHEMAS[name].empty_table())
            relations[name] = f"memory_{name}"
    return Source(engine, relations)


def from_arrow(engine: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Source:
    """Tables held in memory, in the snapshot's schemas; missing ones are empty."""
    for name in TABLES:
        rows = tables.get(name)
        content = SCHEMAS[name].empty_table() if rows is None else rows.cast(SCHEMAS[name])
        engine.register(f"memory_{name}", content)
    return Source(engine, {name: f"memory_{name}" for name in TABLES})
