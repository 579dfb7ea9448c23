"""The population engine on a snapshot of any place, without a ledger: for measuring and comparing."""

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from rebook.analytics import gaps as engine
from rebook.core.gaps import GapSettings
from rebook.packs.gaps import gap_definitions, pack_keys


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``seconds`` from the definitions to the findings; ``compiled`` of these went into statements."""

    seconds: float
    compiled: float
    patients: int
    open_gaps: int


def judge_directory(
    connection: duckdb.DuckDBPyConnection, *, directory: Path, as_of: date, patients_at_once: int = 1_000_000
) -> Rehearsal:
    """Judge everybody in the snapshot in ``directory`` by all shipped packs.

    The findings stay in table ``findings`` of ``connection``; its views are those of the snapshot.
    """
    start = time.perf_counter()
    plan = engine.compile_plan(gap_definitions(pack_keys()), GapSettings())
    compiled = time.perf_counter() - start
    source = engine.read_snapshot(connection, directory=directory)
    population = engine.judge_population(source, plan, as_of=as_of, patients_at_once=patients_at_once)
    seconds = time.perf_counter() - start
    counted = connection.execute("SELECT count(*) FROM findings WHERE verdict = 'open'").fetchall()
    source.show()
    return Rehearsal(seconds, compiled, population.patients, counted[0][0])
