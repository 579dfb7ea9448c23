"""``bench cdsi``: immunisation answers beside those CDC expects in its own test cases.

``ours`` is the share of cases in which series status and recommended date agree. A case the engine declines
(``not_covered``) counts as not agreeing there and is listed apart from those it gets wrong.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from rebook.cli.context import answer_table, console, refuse
from rebook.core.immunisation.agreement import DECIDING, FIELDS, CaseResult
from rebook.flow.immunisation import JudgedFile, judge_cases, read_schedule

BUDGET: Final = 0.9
# Beside a checkout; anybody else says where (--supporting-data, --cases). Nothing of CDC's is shipped.
BESIDE: Final = Path(__file__).parents[4] / "shared" / "data" / "cdsi"


def run(*, cases: Path | None = None, supporting_data: Path | None = None) -> dict[str, Any]:
    """Agreement per vaccine group and field, for ``cases`` (a CSV file) or all CSV files beside the data."""
    folder = supporting_data or _newest(BESIDE)
    if folder is None:
        return _nothing("give the folder of CDSi supporting data with --supporting-data", asked=cases)
    paths = [cases] if cases else sorted(folder.parent.glob("*test_cases*.csv"))
    if not paths:
        return _nothing("give a file of test cases with --cases", asked=supporting_data)
    schedule = read_schedule(folder=folder)
    started = perf_counter()
    files = judge_cases(schedule=schedule, paths=paths)
    took = perf_counter() - started
    results = [one for file in files for one in file.results]
    ours = _share(results)
    return {
        "name": "cdsi",
        "ours": ours,
        "reference": 1.0,
        "ratio": ours,
        "budget": BUDGET,
        "ok": ours >= BUDGET,
        "schedule": schedule.version,
        "cases": len(results),
        "agree": sum(_agrees(one) for one in results),
        "wrong": sum(_is_wrong(one) for one in results),
        "not_covered": sum(bool(one.not_covered) for one in results),
        "ms_per_case": round(took * 1000 / len(results), 2) if results else None,
        "files": {file.name: _file(file) for file in files},
        "disagreeing": [_described(one) for one in results if one.differences and not one.not_covered],
        "declined": [{"id": one.case.key, "reasons": one.not_covered} for one in results if one.not_covered],
        "rejects": [reject for file in files for reject in file.rejects],
    }


def show(result: dict[str, Any]) -> None:
    """The agreement table, then every case that differs."""
    if "skipped" in result:
        console.print(result["skipped"])
        return
    columns = ["cases", *FIELDS, "all", "not_covered"]
    for name, file in result["files"].items():
        rows = [
            [group, *(figures[column] for column in columns)] for group, figures in file["groups"].items()
        ]
        rows.append(["together", *(sum(row[n + 1] for row in rows) for n in range(len(columns)))])
        answer_table(name, ["vaccine group", *columns], rows)
    answer_table(
        "cases that differ",
        ["case", "vaccine group", "differences", "our earliest day rests on"],
        [
            [one["id"], one["group"], _words(one), one["our_earliest_because"]]
            for one in result["disagreeing"]
        ],
    )
    answer_table(
        "cases without an answer",
        ["case", "why"],
        [[one["id"], "; ".join(one["reasons"])] for one in result["declined"]],
    )
    for reject in result["rejects"]:
        console.print(reject, markup=False)


def _words(one: dict[str, Any]) -> str:
    words = "; ".join(f"{field}: {difference}" for field, difference in one["differences"].items())
    return words + (" (another series group agrees)" if one["another_series_group_agrees"] else "")


def _newest(folder: Path) -> Path | None:
    found = folder.glob("supporting_data_*") if folder.is_dir() else ()
    # 4.64 is newer than 4.9.
    return max(found, key=lambda one: [int(part) for part in re.findall(r"\d+", one.name)], default=None)


def _nothing(why: str, *, asked: Path | None) -> dict[str, Any]:
    """Not measured is no failure, unless somebody asked for it: the data is not ours to ship."""
    if asked:
        refuse(why)
    return {
        "name": "cdsi",
        "ours": None,
        "reference": 1.0,
        "ratio": None,
        "budget": BUDGET,
        "ok": True,
        "skipped": why,
    }


def _file(file: JudgedFile) -> dict[str, Any]:
    groups = sorted({one.case.group for one in file.results})
    return {
        "cases": len(file.results),
        "agree": sum(_agrees(one) for one in file.results),
        "wrong": sum(_is_wrong(one) for one in file.results),
        "not_covered": sum(bool(one.not_covered) for one in file.results),
        "groups": {
            group: _group([one for one in file.results if one.case.group == group]) for group in groups
        },
    }


def _group(results: Sequence[CaseResult]) -> dict[str, int]:
    """How many cases, and in how many each field agrees; ``doses`` means every dose of the case."""
    return {
        "cases": len(results),
        **{field: sum(one.agrees_in(field) for one in results) for field in FIELDS},
        "all": sum(not one.differences for one in results),
        "not_covered": sum(bool(one.not_covered) for one in results),
    }


def _share(results: Sequence[CaseResult]) -> float:
    return round(sum(_agrees(one) for one in results) / len(results), 4) if results else 0.0


def _agrees(one: CaseResult) -> bool:
    return not one.not_covered and one.agrees_in(*DECIDING)


def _is_wrong(one: CaseResult) -> bool:
    return not one.not_covered and not one.agrees_in(*DECIDING)


def _described(one: CaseResult) -> dict[str, Any]:
    return {
        "id": one.case.key,
        "group": one.case.group,
        "differences": {
            f"{difference.field}": f"expected {difference.expected}, ours {difference.ours}"
            for difference in one.differences
        },
        "our_earliest_because": one.because,
        "another_series_group_agrees": one.series_group_agrees,
    }
