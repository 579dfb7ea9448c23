"""CDC's test cases (healthy and underlying conditions) as published, one row per case."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rebook.core.immunisation.agreement import ScheduleCase
from rebook.core.immunisation.patient import GivenDose, Observation, Person
from rebook.core.immunisation.schedule import Schedule
from rebook.sources.base import UnableToRead

# The workbook's short names of vaccine groups.
_GROUPS = {
    "dtap": "DTaP/Tdap/Td",
    "flu": "Influenza",
    "hep a": "HepA",
    "hep b": "HepB",
    "ipol": "Polio",
    "ipv": "Polio",
    "je": "Japanese Encephalitis",
    "mcv": "Meningococcal",
    "menacwy": "Meningococcal",
    "menb": "Meningococcal B",
    "pcv": "Pneumococcal",
    "pneumo": "Pneumococcal",
    "pol": "Polio",
    "rota": "Rotavirus",
    "tdap": "DTaP/Tdap/Td",
    "td": "DTaP/Tdap/Td",
    "var": "Varicella",
    "yf": "Yellow Fever",
}
# What a patient's history may be coded in.
_HISTORY_SYSTEMS = ("SNOMED", "CDCPHINVS", "CVX")
_SEXES = {"f": "Female", "m": "Male", "": "Unknown", "u": "Unknown"}
_REQUIRED = ("cdc_test_id", "dob", "gender", "series_status", "vaccine_group", "assessment_date")
_MOST_DOSES = 7
_MOST_OBSERVATIONS = 3


@dataclass(frozen=True, slots=True)
class CaseFile:
    """``rejects`` name file, line and field of every row that is no case."""

    name: str
    cases: tuple[ScheduleCase, ...]
    rejects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str]

    def __call__(self, field: str) -> str:
        return self.cells.get(field, "")


class _FieldInvalid(ValueError):
    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")


def read_cases(path: Path, schedule: Schedule) -> CaseFile:
    """Raises UnableToRead when the file or a column is missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = {name.strip().casefold() for name in rows.fieldnames or ()}
            if missing := [name for name in _REQUIRED if name not in columns]:
                raise UnableToRead(f"{path.name}: there is no column {', '.join(missing)}")
            return _collect(path.name, rows, schedule)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnableToRead(f"{path.name}: cannot be read ({error})") from error


def _collect(name: str, rows: "csv.DictReader[str]", schedule: Schedule) -> CaseFile:
    cases, rejects = [], []
    for row in rows:
        cells = {key.strip().casefold(): (value or "").strip() for key, value in row.items() if key}
        try:
            cases.append(_case(_Row(cells), schedule))
        except _FieldInvalid as error:
            rejects.append(f"{name}: line {rows.line_num}: {error}")
    return CaseFile(name, tuple(cases), tuple(rejects))


def _case(cell: _Row, schedule: Schedule) -> ScheduleCase:
    groups = {one.name.casefold(): one.name for one in schedule.groups}
    group = cell("vaccine_group").casefold()
    group = _GROUPS.get(group, group)
    if group.casefold() not in groups:
        raise _FieldInvalid("vaccine_group", f"'{group}' is no vaccine group of the schedule")
    sex = _SEXES.get(cell("gender").casefold())
    if sex is None:
        raise _FieldInvalid("gender", "is neither F nor M")
    number = cell("forecast_#")
    return ScheduleCase(
        key=cell("cdc_test_id"),
        group=groups[group.casefold()],
        person=Person(
            born_on=_needed(cell, "dob"),
            sex=sex,
            doses=_doses(cell),
            observations=(*_observations(cell), *_history(cell, schedule)),
        ),
        as_of=_needed(cell, "assessment_date"),
        status=cell("series_status"),
        earliest_on=_day(cell, "earliest_date"),
        recommended_on=_day(cell, "recommended_date"),
        past_due_on=_day(cell, "past_due_date"),
        dose_number=int(number) if number.isdecimal() else None,
        doses=tuple(
            (str(n), status)
            for n in range(1, _MOST_DOSES + 1)
            if cell(f"cvx_{n}") and (status := cell(f"evaluation_status_{n}"))
        ),
    )


def _doses(cell: _Row) -> tuple[GivenDose, ...]:
    return tuple(
        GivenDose(
            given_on=_needed(cell, f"date_administered_{n}"),
            cvx=cell(f"cvx_{n}"),
            mvx=cell(f"mvx_{n}"),
            key=str(n),
        )
        for n in range(1, _MOST_DOSES + 1)
        if cell(f"cvx_{n}")
    )


def _observations(cell: _Row) -> tuple[Observation, ...]:
    return tuple(
        Observation(code, _day(cell, f"observation_date_{n}"))
        for n in range(1, _MOST_OBSERVATIONS + 1)
        if (code := cell(f"observation_code_{n}"))
    )


def _history(cell: _Row, schedule: Schedule) -> tuple[Observation, ...]:
    """The observations behind a coded history; a code that none has stays itself, and is named as unknown."""
    code = cell("med_history_code")
    found = [one for system in _HISTORY_SYSTEMS for one in schedule.coded.get((system, code), ())]
    return tuple(Observation(one) for one in (found or [code])) if code else ()


def _day(cell: _Row, field: str) -> date | None:
    words = cell(field)
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as error:
        raise _FieldInvalid(field, f"'{words}' is no date") from error


def _needed(cell: _Row, field: str) -> date:
    day = _day(cell, field)
    if day is None:
        raise _FieldInvalid(field, "is empty")
    return day
