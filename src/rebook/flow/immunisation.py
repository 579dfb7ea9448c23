"""Immunisation: read the clinic's schedule and measure how far its answers agree with CDC's cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rebook.core.immunisation.agreement import CaseResult, compare
from rebook.core.immunisation.schedule import Schedule
from rebook.sources import cdsi
from rebook.sources.cdsi.cases import read_cases


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """``rejects`` are rows that are no case, with file, line and field."""

    name: str
    results: tuple[CaseResult, ...]
    rejects: tuple[str, ...]


def read_schedule(*, folder: Path) -> Schedule:
    """The supporting data in ``folder``. Raises sources.base.UnableToRead with file and element."""
    return cdsi.read_schedule(folder)


def judge_cases(*, schedule: Schedule, paths: Sequence[Path]) -> tuple[JudgedFile, ...]:
    """Every case of every file. Raises sources.base.UnableToRead for a file that is no list of cases."""
    judged = []
    for path in paths:
        found = read_cases(path, schedule)
        results = tuple(compare(schedule, case) for case in found.cases)
        judged.append(JudgedFile(found.name, results, found.rejects))
    return tuple(judged)
