"""Bench "import": FHIR into the ledger, beside validating each resource with fhir.resources.

The ledger is one of its own, in a temporary home, in a process of its own: nothing of the practice is
touched, and the peak memory is that of the import alone.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from rebook.cli.bench_import_data import bundles

BUDGET = 5.0
# Four times the data may take this much more memory: batches, not files, are held.
MEMORY_BUDGET = 1.2
PATIENTS = 300
TIMES = 4


def run(*, size: int = PATIENTS, input: Path | None = None) -> dict[str, Any]:
    """Import ``size`` generated patients, or the NDJSON of Bundles in ``input``, once and fourfold.

    ``ours`` and ``reference`` are resources a second; the reference only reads and validates.
    ``memory`` is the import's peak in MiB at one and at four times the data.
    """
    with tempfile.TemporaryDirectory(prefix="rebook-bench-") as folder:
        home = Path(folder)
        file = input or _generated(home / "bundles.ndjson", size)
        larger = _generated(home / "larger.ndjson", size * TIMES)
        reference, resources = _reference(file)
        ours = _import(home / "once", file)
        four = _import(home / "fourfold", larger)
    rate = resources / ours["seconds"]
    ratio = rate / reference if reference else 0.0
    growth = four["peak_mib"] / ours["peak_mib"]
    return {
        "name": "import",
        "ours": round(rate),
        "reference": round(reference),
        "unit": "resources a second",
        "ratio": round(ratio, 2),
        "budget": BUDGET,
        "ok": ratio >= BUDGET and growth <= MEMORY_BUDGET,
        "resources": resources,
        "facts": ours["facts"],
        "rejected": ours["rejected"],
        "again_seconds": round(ours["again_seconds"], 2),
        "seconds": round(ours["seconds"], 2),
        "memory": [round(ours["peak_mib"]), round(four["peak_mib"])],
        "memory_growth": round(growth, 2),
        **({} if reference else {"missing": "fhir.resources is not installed: pip install 'rebook[dev]'"}),
    }


def _generated(path: Path, patients: int) -> Path:
    with path.open("wb") as out:
        for bundle in bundles(patients=patients):
            out.write(orjson.dumps(bundle) + b"\n")
    return path


def _reference(file: Path) -> tuple[float, int]:
    """(resources a second, resources): read the file, make each resource a validated model."""
    try:
        # A tool of development, not of the product: found by name, if it is there.
        models = import_module("fhir.resources.R4B")
    except ImportError:
        return 0.0, sum(1 for _ in _resources(file))
    started = time.perf_counter()
    number = 0
    for resource in _resources(file):
        number += 1
        models.get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return number / (time.perf_counter() - started), number


def _resources(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        for line in lines:
            for entry in orjson.loads(line)["entry"]:
                yield entry["resource"]


def _import(home: Path, file: Path) -> dict[str, Any]:
    """What the child process measured. It starts a PostgreSQL of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "REBOOK_DATABASE_URL"}
    environment |= {"REBOOK_HOME": str(home), "DJANGO_SETTINGS_MODULE": "rebook.config.settings"}
    command = [sys.executable, "-m", "rebook.cli.bench_import", str(file)]
    child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(child.stdout)
    return result


def _measure(file: Path) -> dict[str, Any]:
    """In the child: import ``file`` twice into an empty ledger."""
    import django

    django.setup()
    from datetime import UTC, datetime

    from rebook.cli.ledger import ensure_ledger
    from rebook.flow import practice, sync

    ensure_ledger()
    now = datetime.now(UTC)
    organisation_id = practice.create_organisation(
        name="Bench", time_zone="America/New_York", pack_keys=["primary_care"], now=now, actor="bench"
    )
    seconds: list[float] = []
    for _ in range(2):
        started = time.perf_counter()
        summary = sync.import_files(
            organisation_id=organisation_id,
            source_key="bench",
            kind="fhir",
            paths=[file],
            mapping=None,
            now=now,
        )
        seconds.append(time.perf_counter() - started)
    return {
        "seconds": seconds[0],
        "again_seconds": seconds[1],
        "facts": sum(counts.get("read", 0) for counts in summary.counts.values()),
        "rejected": summary.rejected,
        "peak_mib": _peak_mib(),
    }


def _peak_mib() -> float:
    """The most memory this process ever held. Linux keeps it per program; elsewhere it counts from birth."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(Path(sys.argv[1]))))
