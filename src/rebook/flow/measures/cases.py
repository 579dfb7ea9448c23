"""Quality measures on test cases: both engines' populations beside the expected ones.

Cases are FHIR Bundles, one per line; what is expected is a table with one row per case and group.
"""

import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from rebook.analytics.criteria import judge_histories
from rebook.core.criteria import POPULATIONS, History, Measure, ValueSets, day_span, evaluate
from rebook.packs.criteria import load_measure, measure_keys
from rebook.packs.loader import PackError, PackInvalid
from rebook.sources.fhir.events import UnableToReadEvents, bundle_events

LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_REQUIRED = {"measure", "case_id", "group", "period_start", "period_end"}

Period = tuple[datetime, datetime]
Counts = Mapping[str, int | None]


class ExpectedInvalid(ValueError):
    """The table of expected populations cannot be used. Trying again does not help."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case should give: counts by group number and population. Empty cells are not asked."""

    measure: str
    case_id: str
    patient_id: str
    title: str
    period: Period
    groups: Mapping[int, Counts]


@dataclass(frozen=True, slots=True)
class Difference:
    """One population of one case on which an engine and the expectation differ."""

    measure: str
    case_id: str
    title: str
    group: int
    population: str
    expected: int
    one_patient: int | None
    population_engine: int | None


@dataclass(slots=True)
class MeasureAgreement:
    """``agree`` counts the cases in which both engines are right in every group and population."""

    version: str = ""
    cases: int = 0
    agree: int = 0
    one_patient: int = 0
    population: int = 0
    problem: str = ""


@dataclass(slots=True)
class Agreement:
    """``seconds`` went into judging ``judged`` patients one by one, trace included."""

    measures: dict[str, MeasureAgreement] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    without_bundle: list[str] = field(default_factory=list)
    without_expectation: list[str] = field(default_factory=list)
    judged: int = 0
    seconds: float = 0.0


def agreement(*, cases: Sequence[Path], expected: Sequence[Expected], value_sets: ValueSets) -> Agreement:
    """Judge every case by the measure its row names.

    Raises ``packs.loader.PackInvalid`` when a value set that a measure asks is missing.
    """
    found = Agreement()
    known = _known_measures()
    by_case = _by_case(expected)
    histories = _histories(cases, by_case, found)
    wanted = _measures_of(cases, expected)
    for key in sorted({one.measure for one in expected} & wanted):
        rows = [one for one in expected if one.measure == key]
        summary = found.measures[key] = MeasureAgreement(cases=len(rows))
        if key not in known:
            summary.problem = "there is no such measure here"
            continue
        measure = _usable(known[key], value_sets)
        summary.version = measure.version
        _judge(measure, rows, histories, value_sets, found)
    return found


def read_expected(path: Path) -> tuple[Expected, ...]:
    """The rows of ``expected_populations.csv``, one value per case. Raises ExpectedInvalid."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = _REQUIRED - set(rows.fieldnames or ())
        if missing:
            raise ExpectedInvalid(f"{path.name}:1: column '{sorted(missing)[0]}' is missing")
        groups: dict[tuple[str, str], dict[int, Counts]] = {}
        firsts: dict[tuple[str, str], tuple[Mapping[str, str], Period]] = {}
        for number, row in enumerate(rows, start=2):
            place = (row["measure"], row["case_id"])
            try:
                counts = {name: int(row[name]) if row.get(name) else None for name in POPULATIONS}
                group = int(row["group"].rpartition("_")[2])
                period = _period(row)
            except (ValueError, TypeError, AttributeError):
                raise ExpectedInvalid(
                    f"{path.name}:{number}: a count, group or date cannot be read"
                ) from None
            groups.setdefault(place, {})[group] = counts
            firsts.setdefault(place, (row, period))
    return tuple(
        Expected(*place, row.get("patient_id") or "", row.get("case_title") or "", period, groups[place])
        for place, (row, period) in firsts.items()
    )


def _period(row: Mapping[str, str]) -> Period:
    days = day_span(date.fromisoformat(row["period_start"][:10]), date.fromisoformat(row["period_end"][:10]))
    return days.starts_at, days.ends_by


def _known_measures() -> dict[str, str]:
    return {load_measure(key).measure.key: key for key in measure_keys()}


def _usable(key: str, value_sets: ValueSets) -> Measure:
    loaded = load_measure(key)
    missing: tuple[PackError, ...] = loaded.missing(value_sets)
    if missing:
        raise PackInvalid(missing)
    return loaded.measure


def _by_case(expected: Sequence[Expected]) -> dict[str, str]:
    """Case id -> itself, and patient id -> case id, for Bundles without an id of their own."""
    found = {one.patient_id: one.case_id for one in expected if one.patient_id}
    return found | {one.case_id: one.case_id for one in expected}


def _measures_of(cases: Sequence[Path], expected: Sequence[Expected]) -> set[str]:
    """The measures that the files are named after; all, when one is named otherwise."""
    known = {one.measure for one in expected}
    named = {path.name.partition(".")[0] for path in cases}
    return named if named <= known else known


def _histories(
    cases: Sequence[Path], by_case: Mapping[str, str], found: Agreement
) -> dict[tuple[str, str], History]:
    """(file's name up to the first dot, case id) -> history; under "" the last of any file."""
    histories: dict[tuple[str, str], History] = {}
    for path in cases:
        for number, line in _lines(path):
            try:
                read = bundle_events(line)
            except UnableToReadEvents as error:
                found.rejects.append(f"{path.name}:{number}: {error}")
                continue
            found.ignored += read.ignored
            case = by_case.get(read.bundle) or by_case.get(read.key)
            if case is None:
                found.without_expectation.append(read.bundle or read.key)
            else:
                histories[path.name.partition(".")[0], case] = read.history
                histories["", case] = read.history
    return histories


def _history_of(one: Expected, histories: Mapping[tuple[str, str], History]) -> History:
    """From the file named after the case's measure, if it is there: other measures may use the same id."""
    return histories.get((one.measure, one.case_id)) or histories["", one.case_id]


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line


def _judge(
    measure: Measure,
    rows: Sequence[Expected],
    histories: Mapping[tuple[str, str], History],
    value_sets: ValueSets,
    found: Agreement,
) -> None:
    summary = found.measures[measure.key]
    here = [one for one in rows if ("", one.case_id) in histories]
    found.without_bundle += [one.case_id for one in rows if ("", one.case_id) not in histories]
    for period in sorted({one.period for one in here}):
        now = [one for one in here if one.period == period]
        patients = {number: _history_of(one, histories) for number, one in enumerate(now)}
        started = time.perf_counter()
        alone = [
            evaluate(measure=measure, history=one, value_sets=value_sets, period=period, is_traced=True)
            for one in patients.values()
        ]
        found.seconds += time.perf_counter() - started
        found.judged += len(now)
        together = judge_histories(measure=measure, histories=patients, value_sets=value_sets, period=period)
        for number, one in enumerate(now):
            mine = [group.counts for group in alone[number].groups]
            theirs = [group.counts for group in together[number].groups]
            _compare(one, mine, theirs, summary, found.differences)


def _compare(
    one: Expected,
    mine: Sequence[Counts],
    theirs: Sequence[Counts],
    summary: MeasureAgreement,
    differences: list[Difference],
) -> None:
    is_right, is_right_together = True, True
    for group, counts in one.groups.items():
        for name, wanted in counts.items():
            if wanted is None:
                continue
            ours, population = _count(mine, group, name), _count(theirs, group, name)
            if ours != wanted or population != wanted:
                differences.append(
                    Difference(one.measure, one.case_id, one.title, group, name, wanted, ours, population)
                )
            is_right = is_right and ours == wanted
            is_right_together = is_right_together and population == wanted
    summary.one_patient += is_right
    summary.population += is_right_together
    summary.agree += is_right and is_right_together


def _count(groups: Sequence[Counts], group: int, name: str) -> int | None:
    """The count; a population that the measure does not ask has nobody in it."""
    return (groups[group - 1].get(name) or 0) if 0 < group <= len(groups) else None
