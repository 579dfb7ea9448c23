"""The snapshot's tables: as Ibis expressions to write rules with, and as DuckDB views to run them over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from rebook.analytics.snapshot import SCHEMAS, TABLES
from rebook.analytics.snapshot_files import TableFiles, table_files

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
    recall_preferences: ir.Table


def snapshot_tables() -> SnapshotTables:
    return SnapshotTables(
        **{name: ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name) for name in TABLES}
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows are: for every table of the snapshot, what stands after FROM.

    ``files`` is where another engine finds them; empty for rows in memory. ``has_codes``: whether all of them
    say how the source codes things; snapshots of before do not.
    """

    engine: duckdb.DuckDBPyConnection
    relations: Mapping[str, str]
    files: Mapping[str, TableFiles] = field(default_factory=dict)
    has_codes: bool = True

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
        return replace(
            self,
            relations={name: f"(SELECT * FROM {rows} {only})" for name, rows in self.relations.items()},
            files={},
        )

    def patients(self) -> int:
        """How many patients there are."""
        counted = self.engine.execute(f"SELECT count(*) FROM {self.relations['patients']}").fetchall()
        return int(counted[0][0])

    def preferred(self) -> frozenset[tuple[str, str]]:
        """The (kind, definition key) of everything that was settled for anybody."""
        rows = self.relations["recall_preferences"]
        return frozenset(self.engine.execute(f"SELECT DISTINCT kind, definition_key FROM {rows}").fetchall())

    def ranges(self, size: int) -> list[Bounds]:
        """Bounds of every ``size`` patients; ``[None]`` when all of them are that few."""
        patients = self.relations["patients"]
        if self.patients() <= size:
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
    """The snapshot in ``directory``; nothing is read yet.

    Tables that it is too old to have are empty, and columns have no value.

    Raises ``analytics.snapshot_files.SnapshotIncomplete``.
    """
    return _source(engine, table_files(directory=directory))


def read_changed(engine: duckdb.DuckDBPyConnection, *, directory: Path) -> Source:
    """Of an increment only its own patients: those who changed since its base, or are looked at again."""
    files = {name: TableFiles(one.new) for name, one in table_files(directory=directory).items()}
    return _source(engine, files)


def _source(engine: duckdb.DuckDBPyConnection, files: Mapping[str, TableFiles]) -> Source:
    relations = {name: _relation(engine, name, one) for name, one in files.items()}
    return Source(engine, relations, files, has_codes=all(map(_has_codes, files.items())))


def _has_codes(table: tuple[str, TableFiles]) -> bool:
    name, files = table
    parts = [one for one in (files.whole, files.new) if one is not None]
    return "code" not in SCHEMAS[name].names or not any(_lacking(name, one) for one in parts)


def _lacking(name: str, path: Path) -> set[str]:
    """Columns that came after the file was written."""
    return set(SCHEMAS[name].names) - set(pq.read_schema(path).names)


def _relation(engine: duckdb.DuckDBPyConnection, name: str, files: TableFiles) -> str:
    parts = []
    if files.whole is not None:
        rows = f"SELECT * FROM {parquet(files.whole)}"
        if files.replaced is not None:
            rows += f" WHERE patient_id NOT IN (SELECT patient_id FROM {parquet(files.replaced)})"
        parts.append(rows)
    if files.new is not None:
        parts.append(f"SELECT * FROM {parquet(files.new)}")
    if not parts:
        engine.register(f"memory_{name}", SCHEMAS[name].empty_table())
        return f"memory_{name}"
    if any(_lacking(name, one) for one in (files.whole, files.new) if one is not None):
        engine.register(f"memory_{name}", SCHEMAS[name].empty_table())
        parts.append(f"SELECT * FROM memory_{name}")
    if len(parts) == 1 and files.whole is not None and files.replaced is None:
        return parquet(files.whole)
    return f"({' UNION ALL BY NAME '.join(parts)})"


def parquet(path: Path) -> str:
    """What stands after FROM to read the file at ``path``."""
    return "read_parquet('" + str(path).replace("'", "''") + "')"


def from_arrow(engine: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Source:
    """Tables held in memory, in the snapshot's schemas; missing ones are empty."""
    for name in TABLES:
        rows = tables.get(name)
        content = SCHEMAS[name].empty_table() if rows is None else rows.cast(SCHEMAS[name])
        engine.register(f"memory_{name}", content)
    return Source(engine, {name: f"memory_{name}" for name in TABLES})
