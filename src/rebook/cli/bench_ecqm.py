"""``bench ecqm``: the official measures' test cases, judged by both engines beside what is expected.

``ours`` is patients a second of the one-patient engine (one measure, full trace), ``reference`` what
cql-execution does on the same kind of work: a published figure, not measured in this run. A case agrees when
both engines give every expected population of every group.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rebook.cli.context import answer_table, console, refuse
from rebook.flow.measures import (
    LINES,
    Agreement,
    ExpectedInvalid,
    PackInvalid,
    UnableToReadValueSets,
    agreement,
    read_expected,
    read_value_sets,
)

# Patients a second, cql-execution on two cores (DESIGN §7).
PUBLISHED: Final = 278
# Beside a checkout; anybody else says where. Value sets and cases are never shipped.
BESIDE: Final = Path(__file__).parents[4] / "shared" / "data" / "ecqm"
EXPECTED: Final = "expected_populations.csv"
VALUE_SETS: Final = "valuesets.ndjson.gz"


def run(
    *, cases: Path | None = None, expected: Path | None = None, value_sets: Path | None = None
) -> dict[str, Any]:
    """Agreement per measure, for ``cases`` (a file, or a folder of them) or those beside the checkout.

    ``expected`` and ``value_sets`` default to the files named ``expected_populations.csv`` and
    ``valuesets.ndjson.gz`` beside the cases, then beside the checkout.
    """
    place = cases or (expected.parent if expected else BESIDE)
    folder = place if place.is_dir() else place.parent
    table = expected or _beside(EXPECTED, folder)
    sets = value_sets or _beside(VALUE_SETS, folder, *([expected.parent] if expected else []))
    files = _case_files(place)
    if not (files and table and sets):
        what = "--cases" if not files else "--expected" if not table else "--value-sets"
        if cases or expected or value_sets:
            refuse(f"nothing to read: say where with {what}")
        return _nothing(what)
    try:
        found = agreement(cases=files, expected=read_expected(table), value_sets=read_value_sets([sets]))
    except (ExpectedInvalid, UnableToReadValueSets, PackInvalid) as error:
        refuse(str(error))
    return _answer(found)


def show(result: dict[str, Any]) -> None:
    """The agreement table, then every population that differs."""
    if "skipped" in result:
        console.print(result["skipped"])
        return
    columns = ["version", "cases", "agree", "one_patient", "population", "problem"]
    rows = [[name, *(one[column] for column in columns)] for name, one in result["measures"].items()]
    answer_table("bench ecqm", ["measure", *columns], rows)
    columns = ["measure", "case_id", "group", "population", "expected", "one_patient", "population_engine"]
    rows = [[one[column] for column in columns] for one in result["disagreeing"]]
    answer_table("populations that differ", columns, rows)
    for what in ("rejects", "without_bundle", "without_expectation"):
        for one in result[what]:
            console.print(f"{what}: {one}", markup=False)
    console.print(
        f"{result['ours']} patients a second one by one; published for cql-execution: {result['reference']}"
    )


def _beside(name: str, *folders: Path) -> Path | None:
    found = [folder / name for folder in (*folders, BESIDE)]
    plain = [path.with_suffix("") for path in found if path.suffix == ".gz"]
    return next((path for path in (*found, *plain) if path.is_file()), None)


def _case_files(place: Path) -> Sequence[Path]:
    if place.is_file():
        return [place]
    files = sorted(path for path in place.glob("*") if path.name.endswith(LINES)) if place.is_dir() else []
    named = [path for path in files if ".cases." in path.name]
    return named or [path for path in files if not path.name.startswith(("valuesets", "measures"))]


def _answer(found: Agreement) -> dict[str, Any]:
    rate = round(found.judged / found.seconds) if found.seconds else 0
    all_agree = all(one.agree == one.cases for one in found.measures.values())
    is_whole = bool(found.measures) and not (found.rejects or found.without_bundle)
    return {
        "name": "ecqm",
        "ours": rate,
        "reference": PUBLISHED,
        "ratio": round(rate / PUBLISHED, 2),
        "budget": "every case agrees in both engines",
        "ok": all_agree and is_whole,
        "reference_is": "published: cql-execution, patients a second, one measure; not measured here",
        "cases": sum(one.cases for one in found.measures.values()),
        "agree": sum(one.agree for one in found.measures.values()),
        "measures": {name: asdict(one) for name, one in found.measures.items()},
        "disagreeing": [asdict(one) for one in found.differences],
        "without_bundle": found.without_bundle,
        "without_expectation": found.without_expectation,
        "rejects": found.rejects,
        "ignored": dict(found.ignored),
    }


def _nothing(what: str) -> dict[str, Any]:
    said = f"ecqm: skipped, its data is not here: say where with {what}"
    empty = {"name": "ecqm", "ours": None, "reference": PUBLISHED, "ratio": None}
    return {
        **empty,
        "budget": "every case agrees in both engines",
        "ok": True,
        "measures": {},
        "skipped": said,
    }
