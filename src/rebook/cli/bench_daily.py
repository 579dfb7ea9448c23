"""Bench "daily": a day on which one patient in a hundred came, beside judging everybody on the same day."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rebook.cli.bench_send import scratch_ledger
from rebook.flow.daily_rehearsal import invent_practice, let_some_come
from rebook.flow.gaps import find_gaps
from rebook.flow.snapshot import take_snapshot

PATIENTS = 100_000
DAYS = 3
# Snapshot and find of such a day beside those of everybody. Compiling the rules, once a process, is left out.
BUDGET = 0.25
PACKS = ["primary_care", "dental"]
START = date(2026, 11, 16)


def run(*, size: int = PATIENTS) -> dict[str, Any]:
    """Snapshot and find over ``size`` patients in the ledger, day by day and for everybody.

    ``ours`` and ``reference`` are seconds, the best of three days each. ``judged`` is the most that any of
    those days looked at.
    """
    with scratch_ledger():
        organisation_id, source_id = invent_practice(patients=size, day=START, pack_keys=PACKS)
        first = _day(organisation_id, START, everybody=True)
        ours, reference, judged = [], [], []
        for turn in range(1, DAYS + 1):
            day = START + timedelta(days=turn)
            let_some_come(organisation_id=organisation_id, source_id=source_id, day=day, turn=turn)
            ours.append(_day(organisation_id, day))
            judged.append(ours[-1]["judged"])
            reference.append(_day(organisation_id, day, everybody=True))
        best, everybody = _best(ours), _best(reference)
    ratio = best["seconds"] / everybody["seconds"]
    return {
        "name": "daily",
        "ours": round(best["seconds"], 3),
        "reference": round(everybody["seconds"], 3),
        "ratio": round(ratio, 3),
        "budget": BUDGET,
        "ok": ratio <= BUDGET,
        "patients": size,
        "judged": max(judged),
        "snapshot": round(best["snapshot"], 3),
        "snapshot_of_everybody": round(everybody["snapshot"], 3),
        "first_day": round(first["seconds"], 3),
    }


def _best(days: list[dict[str, float]]) -> dict[str, float]:
    return min(days, key=lambda one: one["seconds"])


def _day(organisation_id: int, day: date, *, everybody: bool = False) -> dict[str, float]:
    asked: dict[str, Any] = {
        "organisation_id": organisation_id,
        "as_of": day,
        "now": datetime(day.year, day.month, day.day, 20, tzinfo=UTC),
        "everybody": everybody,
    }
    snapshot, _ = _timed(lambda: take_snapshot(**asked))
    found, summary = _timed(lambda: find_gaps(**asked))
    return {"seconds": snapshot + found, "snapshot": snapshot, "judged": summary.judged}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer
