"""Measures on a clinic's own FHIR export: rates, who has a gap, and why for one patient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rebook.core.criteria import (
    POPULATIONS,
    Measure,
    MeasureResult,
    Step,
    ValueSets,
    day_span,
    evaluate,
    has_gap,
)
from rebook.packs.criteria import load_measure, measure_keys
from rebook.packs.loader import PackError, PackInvalid
from rebook.sources.fhir.event_files import PatientFiles


@dataclass(slots=True)
class GroupCounts:
    """Counts by population over all patients."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        """Numerator by denominator, less those excluded and excepted; None when nobody is left."""
        found = {name: self.counts.get(name, 0) for name in POPULATIONS}
        left = found["denominator"] - found["denominator_exclusion"] - found["denominator_exception"]
        return None if left <= 0 else (found["numerator"] - found["numerator_exclusion"]) / left


@dataclass(slots=True)
class MeasureReport:
    """One measure over an export. ``gaps`` are the source's keys of patients who should come back."""

    key: str
    title: str
    version: str
    is_inverse: bool
    groups: list[GroupCounts]
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PatientTrace:
    """Why a patient counts in a measure as they do."""

    measure: str
    counts: tuple[dict[str, int | None], ...]
    has_gap: bool
    steps: tuple[Step, ...]


@dataclass(slots=True)
class FilesReport:
    """``rejects`` and ``ignored`` say what of the files was not read."""

    measures: list[MeasureReport]
    patients: int = 0
    rejects: list[str] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)


def judge_files(
    *, paths: Sequence[Path], value_sets: ValueSets, first: date, last: date, keys: Sequence[str] = ()
) -> FilesReport:
    """Judge everybody in the export by the measures ``keys`` (all: none given), from ``first`` to ``last``.

    Raises PackInvalid for a measure that does not exist or whose value sets are missing, and
    ``sources.base.UnableToRead``.
    """
    measures = chosen(keys, value_sets)
    period = day_span(first, last)
    report = FilesReport([_empty(one) for one in measures])
    files = PatientFiles(paths)
    for patient in files:
        report.patients += 1
        for measure, counted in zip(measures, report.measures, strict=True):
            result = evaluate(
                measure=measure,
                history=patient.history,
                value_sets=value_sets,
                period=(period.starts_at, period.ends_by),
            )
            _add(counted, result)
            if has_gap(measure=measure, result=result):
                counted.gaps.append(patient.key)
    report.rejects, report.ignored = files.rejects, dict(files.ignored)
    return report


def explain_files(
    *,
    paths: Sequence[Path],
    value_sets: ValueSets,
    first: date,
    last: date,
    patient: str,
    keys: Sequence[str] = (),
) -> tuple[PatientTrace, ...]:
    """Every step for one patient, by the key the source gives them; empty when there is no such patient."""
    period = day_span(first, last)
    for one in PatientFiles(paths):
        if one.key == patient:
            return tuple(
                _trace(measure, result)
                for measure in chosen(keys, value_sets)
                for result in [
                    evaluate(
                        measure=measure,
                        history=one.history,
                        value_sets=value_sets,
                        period=(period.starts_at, period.ends_by),
                        is_traced=True,
                    )
                ]
            )
    return ()


def chosen(keys: Sequence[str], value_sets: ValueSets) -> tuple[Measure, ...]:
    """The measures meant. Raises PackInvalid."""
    known = measure_keys()
    unknown = [
        PackError(f"measures/{key}.toml", 0, "", "there is no such measure")
        for key in keys
        if key not in known
    ]
    if unknown:
        raise PackInvalid(unknown)
    loaded = [load_measure(key) for key in keys or known]
    missing = {error for one in loaded for error in one.missing(value_sets)}
    if missing:
        raise PackInvalid(sorted(missing, key=lambda one: one.line))
    return tuple(one.measure for one in loaded)


def _empty(measure: Measure) -> MeasureReport:
    groups = [GroupCounts() for _ in measure.groups]
    return MeasureReport(measure.key, measure.title, measure.version, measure.is_inverse, groups)


def _add(report: MeasureReport, result: MeasureResult) -> None:
    for counted, group in zip(report.groups, result.groups, strict=True):
        for name, count in group.counts.items():
            if count is not None:
                counted.counts[name] = counted.counts.get(name, 0) + count


def _trace(measure: Measure, result: MeasureResult) -> PatientTrace:
    counts = tuple(dict(group.counts) for group in result.groups)
    return PatientTrace(measure.key, counts, has_gap(measure=measure, result=result), result.steps)
