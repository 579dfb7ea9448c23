"""Bench "gaps": the shipped packs over a whole population, beside the same logic written by hand in SQL."""

import resource
import tempfile
import time
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from rebook.cli.bench_gaps_data import AS_OF, generate
from rebook.flow.gap_rehearsal import judge_directory

BUDGET = 1.5
PATIENTS = 1_000_000
_COMPARED = """patient_id, definition_key, kind, verdict, tier, risk_class, visit_type, anchor_on, due_on,
    overdue_on, interval_days, location_id, follow_up_id, appointment_id, value_cents"""


def run(*, size: int = PATIENTS, input: Path | None = None) -> dict[str, Any]:
    """Judge ``size`` generated patients, or the snapshot in directory ``input``, by both.

    ``ours`` and ``reference`` are seconds from Parquet to findings, compiling included; ``equal`` says that
    every finding is the same. ``memory_mib`` is the most this process ever held, the reference's share in it.
    """
    with tempfile.TemporaryDirectory(prefix="rebook-bench-") as folder:
        directory = input or Path(folder)
        if input is None:
            generate(directory=directory, patients=size)
        with duckdb.connect(config={"temp_directory": folder, "preserve_insertion_order": "false"}) as engine:
            engine.execute("SET memory_limit = '5GB'; SET enable_progress_bar = false")
            ours = judge_directory(engine, directory=directory, as_of=date.fromisoformat(AS_OF))
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            reference = _reference(engine)
            differing = _differing(engine)
    ratio = ours.seconds / reference
    return {
        "name": "gaps",
        "ours": round(ours.seconds, 3),
        "reference": round(reference, 3),
        "ratio": round(ratio, 2),
        "budget": BUDGET,
        "ok": ratio <= BUDGET and differing == 0,
        "patients": ours.patients,
        "found": ours.open_gaps,
        "equal": differing == 0,
        "differing": differing,
        "compiled": round(ours.compiled, 3),
        "memory_mib": round(memory),
    }


def _reference(engine: duckdb.DuckDBPyConnection) -> float:
    """Seconds the hand-written statements take on the same views."""
    statements = files("rebook.cli").joinpath("bench_gaps_reference.sql").read_text(encoding="utf-8")
    start = time.perf_counter()
    engine.execute(statements)
    return time.perf_counter() - start


def _differing(engine: duckdb.DuckDBPyConnection) -> int:
    """Findings that only one of the two has."""
    one, other = f"SELECT {_COMPARED} FROM findings", f"SELECT {_COMPARED} FROM reference"
    counted = engine.execute(
        f"SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))"
    )
    return int(counted.fetchall()[0][0])
