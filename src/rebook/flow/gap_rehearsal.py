"""The population engine on a snapshot of any place, without a ledger: for measuring and comparing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

import duckdb

from rebook.analytics import gaps as engine
from rebook.core.gaps import GapDefinition, GapSettings
from rebook.packs.exclusions import barring_words


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``seconds`` from the definitions to the findings; ``compiled`` of these went into statements."""

    seconds: float
    compiled: float
    patients: int
    open_gaps: int


def judge_directory(
    connection: duckdb.DuckDBPyConnection,
    *,
    directory: Path,
    definitions: Sequence[GapDefinition],
    as_of: date,
    patients_at_once: int = 1_000_000,
) -> Rehearsal:
    """Judge everybody in the snapshot in ``directory`` by ``definitions``.

    The findings stay in table ``findings`` of ``connection``; its views are those of the snapshot.
    """
    # Loading the library is no part of the work.
    import_module("ibis.backends.sql.compilers")
    start = time.perf_counter()
    source = engine.read_snapshot(connection, directory=directory)
    # The definitions alone are measured, beside the same logic by hand: nobody's own rhythm is among them.
    settings = GapSettings(excluded_words=barring_words(), rhythm_intervals=0)
    preferred = source.preferred()
    before = time.perf_counter()
    plan = engine.compile_plan(tuple(definitions), settings, preferred=preferred)
    compiled = time.perf_counter() - before
    population = engine.judge_population(source, plan, as_of=as_of, patients_at_once=patients_at_once)
    seconds = time.perf_counter() - start
    counted = connection.execute("SELECT count(*) FROM findings WHERE verdict = 'open'").fetchall()
    source.show()
    return Rehearsal(seconds, compiled, population.patients, counted[0][0])
