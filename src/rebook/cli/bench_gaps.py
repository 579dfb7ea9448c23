"""Bench "gaps": a practice's rules over a whole population, beside the same logic written by hand in SQL.

The rules are those of primary care and dental care that the hand-written statements know, by their keys: no
practice uses all packs, and nobody would write all of them by hand.
"""

import resource
import tempfile
import time
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from rebook.cli.bench_gaps_data import AS_OF, generate
from rebook.core.gaps import GapDefinition
from rebook.flow.gap_rehearsal import Rehearsal, judge_directory
from rebook.packs.gaps import gap_definitions, pack_keys

BUDGET = 1.5
# Ten times the patients may take so many times the time.
GROWTH_BUDGET = 11.0
PATIENTS = 1_000_000
# Other work on the machine disturbs one round more than another; of many patients one round is long enough.
ROUNDS, MANY = 2, 3_000_000
# What DuckDB may hold; the rest goes to the disk. Python and its libraries come on top.
MEMORY = "4GB"
# From here on a tenth of the patients is measured beside all of them, and every shipped pack on that tenth.
LEAST_FOR_GROWTH = 100_000
_COMPARED = """patient_id, definition_key, kind, verdict, tier, risk_class, visit_type, anchor_on, due_on,
    overdue_on, interval_days, location_id, follow_up_id, appointment_id, value_cents"""


def run(*, size: int = PATIENTS, input: Path | None = None) -> dict[str, Any]:
    """Judge ``size`` generated patients, or the snapshot in directory ``input``, by both.

    ``ours`` and ``reference`` are seconds from Parquet to findings, the better of two rounds each in turn;
    compiling, done once, is added to ours. ``equal`` says that every finding is the same in every column.
    ``memory_mib`` is the most this process held until ours was done, making the population included.
    ``growth``: how many times the time of a tenth of the patients all of them take, without compiling.
    """
    with tempfile.TemporaryDirectory(prefix="rebook-bench-") as folder:
        directory = input or Path(folder) / "whole"
        if input is None:
            generate(directory=directory, patients=size)
        with _engine(folder) as engine:
            rounds = [_round(engine, directory) for _ in range(ROUNDS if size < MANY else 1)]
            differing = _differing(engine)
        grown = _growth(Path(folder), size, rounds) if input is None and size >= LEAST_FOR_GROWTH else {}
    first, memory = rounds[0][0], rounds[0][2]
    ours = first.compiled + min(one.seconds - one.compiled for one, _, _ in rounds)
    reference = min(seconds for _, seconds, _ in rounds)
    ratio = ours / reference
    return {
        "name": "gaps",
        "ours": round(ours, 3),
        "reference": round(reference, 3),
        "ratio": round(ratio, 2),
        "budget": BUDGET,
        "ok": ratio <= BUDGET and differing == 0 and grown.get("growth", 0) <= GROWTH_BUDGET,
        "patients": first.patients,
        "found": first.open_gaps,
        "equal": differing == 0,
        "differing": differing,
        "compiled": round(first.compiled, 3),
        "memory_mib": round(memory),
        **grown,
    }


def _engine(folder: str) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(config={"temp_directory": folder, "preserve_insertion_order": "false"})
    return engine.execute(f"SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")


def _growth(folder: Path, size: int, rounds: list[tuple[Rehearsal, float, float]]) -> dict[str, Any]:
    """A tenth of the patients by the same rules, and by those of every pack, which nobody wrote by hand."""
    tenth, as_of = folder / "tenth", date.fromisoformat(AS_OF)
    generate(directory=tenth, patients=size // 10)
    every = gap_definitions(pack_keys())
    with _engine(str(folder)) as engine:
        asked: dict[str, Any] = {"directory": tenth, "as_of": as_of}
        few = [judge_directory(engine, definitions=_compared_rules(), **asked) for _ in rounds]
        all_rules = judge_directory(engine, definitions=every, **asked)
    of_tenth = min(one.seconds - one.compiled for one in few)
    of_all = min(one.seconds - one.compiled for one, _, _ in rounds)
    return {
        "tenth": round(of_tenth, 3),
        "growth": round(of_all / of_tenth, 2),
        "growth_budget": GROWTH_BUDGET,
        "every_pack_rules": len(every),
        "every_pack_on_tenth": round(all_rules.seconds - all_rules.compiled, 3),
        "every_pack_compiled": round(all_rules.compiled, 3),
    }


def _round(engine: duckdb.DuckDBPyConnection, directory: Path) -> tuple[Rehearsal, float, float]:
    """(ours, seconds of the reference, MiB this process had ever held when ours was done)."""
    ours = judge_directory(
        engine, directory=directory, definitions=_compared_rules(), as_of=date.fromisoformat(AS_OF)
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return ours, _reference(engine), memory


def _compared_rules() -> tuple[GapDefinition, ...]:
    """The shipped rules that the hand-written statements name."""
    text = _statements()
    return tuple(one for one in gap_definitions(("dental", "primary_care")) if f"'{one.key}'" in text)


def _statements() -> str:
    return files("rebook.cli").joinpath("bench_gaps_reference.sql").read_text(encoding="utf-8")


def _reference(engine: duckdb.DuckDBPyConnection) -> float:
    """Seconds the hand-written statements take on the same views."""
    statements = _statements()
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
