"""What bench "fit" works on: visits of people who were watched, and a synthetic population of any size."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

# Beside a checkout; elsewhere --input says where.
WATCHED = Path(__file__).parents[4] / "shared" / "data" / "cdnow"
# Fader, Hardie and Lee 2005, table 2: what a published fit found on CDNOW.
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
_SEED = 20050401
_DAYS_KNOWN = 273


class UnableToRead(ValueError):
    """A file is not of the layout; the message says which and where."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Watched:
    """Visits (m,), and the histories (n,) of a summary where there is one."""

    patient_ids: Any
    days: Any
    summary: tuple[Any, Any, Any] | None


def read(path: Path) -> Watched:
    """A list of transactions ([sample number,] customer, yyyymmdd, number, amount; no header), or a folder
    with one (``*.txt``) and perhaps a summary (``*summary.csv``: frequency, recency, T).

    Raises ``UnableToRead``.
    """
    if path.is_dir():
        lists, summaries = sorted(path.glob("*.txt")), sorted(path.glob("*summary.csv"))
        if not lists:
            raise UnableToRead(f"{path.name}: there is no list of transactions (*.txt)")
        ids, days = _transactions(lists[0])
        return Watched(ids, days, _summary(summaries[0]) if summaries else None)
    ids, days = _transactions(path)
    return Watched(ids, days, None)


def _transactions(path: Path) -> tuple[Any, Any]:
    ids, days = [], []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            parts = line.split()
            if not parts:
                continue
            try:
                customer, day = (parts[0], parts[1]) if len(parts) == 4 else (parts[1], parts[2])
                ids.append(int(customer))
                days.append(date(int(day[:4]), int(day[4:6]), int(day[6:8])).toordinal())
            except (ValueError, IndexError):
                raise UnableToRead(
                    f"{path.name}, line {number}: not a customer and a date yyyymmdd"
                ) from None
    if not ids:
        raise UnableToRead(f"{path.name}: there is no transaction in it")
    return np.array(ids), np.array(days)


def _summary(path: Path) -> tuple[Any, Any, Any]:
    columns: tuple[list[float], ...] = ([], [], [])
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                for column, name in zip(columns, ("frequency", "recency", "T"), strict=True):
                    column.append(float(row[name]))
            except (KeyError, TypeError, ValueError):
                raise UnableToRead(f"{path.name}, line {number}: frequency, recency and T wanted") from None
    frequency, recency, known = (np.array(column) for column in columns)
    return frequency, recency, known


def population(patients: int) -> tuple[Any, Any, Any]:
    """(n,) repeats, last week and age of invented patients who behave as the published fit says.

    Known for up to three years, to the day; the same every time.
    """
    chance = np.random.default_rng(_SEED)
    rate = chance.gamma(PUBLISHED["r"], 1 / PUBLISHED["alpha"], patients) + 1e-12
    leaves = chance.beta(PUBLISHED["a"], PUBLISHED["b"], patients)
    age = np.floor(chance.uniform(0, 4 * _DAYS_KNOWN, patients) + 1) / 7
    at, repeats, last = np.zeros(patients), np.zeros(patients), np.zeros(patients)
    still = np.arange(patients)
    while len(still):
        at[still] += chance.exponential(1 / rate[still])
        still = still[at[still] < age[still]]
        repeats[still] += 1
        last[still] = at[still]
        still = still[chance.random(len(still)) > leaves[still]]
    return repeats, np.where(repeats > 0, np.minimum(np.ceil(last * 7) / 7, age), 0.0), age
