"""Bench "show": how well missed visits are foreseen, on a public list of appointments (evaluation only).

Nothing of the list is shipped, and no number learned from it is: a practice learns from its own diary.
"""

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

from rebook.flow.likelihood_rehearsal import judge_appointments

# Beside a checkout; elsewhere --input says where.
LISTED = Path(__file__).parents[4] / "shared" / "data" / "noshow" / "appointments_part1.csv.gz"
_AGES = ((18, "under 18"), (40, "18 to 39"), (65, "40 to 64"), (200, "65 and over"))
# Smaller groups say nothing by themselves.
_SMALLEST = 200
MOST_OFF = 0.05


class UnableToRead(ValueError):
    """The file is not of the layout; the message says where."""

    permanent = True
    is_for_people = True


def run(*, size: int = 0, input: Path | None = None) -> dict[str, Any]:
    """Learn from the earlier days of a list of appointments and judge on the last fifth.

    ``input``: CSV, gzip or plain, with PatientId, ScheduledDay, AppointmentDay, Age, Gender, Neighbourhood
    and No-show. ``ours`` is the AUC of the trees, ``reference`` that of missed visits before alone; ``ratio``
    their quotient. Sex, age and neighbourhood are only looked at afterwards, for fairness.
    """
    source = input or LISTED
    if not source.exists():
        problem = "the list of appointments is not here: say --input"
        return {
            "name": "show",
            "ours": None,
            "reference": None,
            "ratio": None,
            "ok": False,
            "problem": problem,
        }
    columns, set_aside = _read(source, size)
    groups = {name: columns.pop(name) for name in ("sex", "age", "neighbourhood")}
    judged = judge_appointments(**columns, groups=groups)
    ours, alone = judged["boosting"], judged["missed_before"]
    told = {
        "appointments": len(columns["day"]),
        "set_aside": set_aside,
        "base_rate": round(judged["share"], 4),
    }
    if ours is None:
        return {"name": "show", "ours": None, "reference": None, "ratio": None, "ok": False, **told}
    off = [one for rows in _shown(judged["fairness"]).values() for one in rows if one["off"] > MOST_OFF]
    return {
        "name": "show",
        "ours": round(ours["auc"], 4),
        "reference": round(alone["auc"], 4),
        "ratio": round(ours["auc"] / alone["auc"], 3),
        "budget": "beats missed visits alone by more than chance, calibrated",
        "ok": judged["chosen"] == "boosting",
        "auc": round(ours["auc"], 4),
        "auc_error": round(ours["auc_error"], 4),
        "brier": round(ours["brier"], 4),
        "base_brier": round(judged["base_brier"], 4),
        "calibration": {
            name: round(ours[name], 4) for name in ("slope", "intercept", "said_mean", "came_mean", "off")
        },
        "bins": [
            {"count": one["count"], "said": round(one["said"], 4), "missed": round(one["came"], 4)}
            for one in ours["bins"]
        ],
        "chosen": judged["chosen"],
        "reason": judged["reason"],
        **told,
        "judged": ours["count"],
        "seconds": round(judged["seconds"], 2),
        "fairness": _shown(judged["fairness"]),
        "groups_off_by_more_than_5_points": len(off),
    }


def _read(path: Path, size: int) -> tuple[dict[str, list[Any]], int]:
    """Columns of the rows that can be, and how many cannot (booked after the visit, age below zero)."""
    names = ("patient", "day", "booked", "missed", "sex", "age", "neighbourhood")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    set_aside = 0
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if size and len(columns["day"]) >= size:
                break
            try:
                values = _row(row)
            except (KeyError, TypeError, ValueError):
                raise UnableToRead(f"{path.name}, line {number}: not an appointment of this layout") from None
            if values is None:
                set_aside += 1
                continue
            for name, value in zip(names, values, strict=True):
                columns[name].append(value)
    return columns, set_aside


def _row(row: dict[str, str]) -> tuple[Any, ...] | None:
    day = date.fromisoformat(row["AppointmentDay"][:10]).toordinal()
    booked = date.fromisoformat(row["ScheduledDay"][:10]).toordinal()
    age = int(row["Age"])
    if booked > day or age < 0:
        return None
    band = next(name for below, name in _AGES if age < below)
    missed = {"Yes": 1.0, "No": 0.0}[row["No-show"]]
    return int(float(row["PatientId"])), day, booked, missed, row["Gender"], band, row["Neighbourhood"]


def _shown(fairness: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Groups large enough to say something, with how far the chance said lies from what came."""
    return {
        name: [
            {
                "group": one["group"],
                "count": one["count"],
                "said": round(one["said"], 4),
                "missed": round(one["missed"], 4),
                "off": round(abs(one["said"] - one["missed"]), 4),
                "auc": None if one["auc"] is None else round(one["auc"], 3),
            }
            for one in rows
            if one["count"] >= _SMALLEST
        ]
        for name, rows in fairness.items()
    }
