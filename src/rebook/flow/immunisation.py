"""Immunisation: the clinic's schedule and choices, one patient's vaccines, agreement with CDC's cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts import write as accounts_write
from rebook.core.immunisation import (
    GapState,
    GivenDose,
    ImmunisationGap,
    ImmunisationReview,
    Observation,
    Person,
    review,
)
from rebook.core.immunisation.agreement import CaseResult, compare
from rebook.core.immunisation.choices import Choices, read_choices
from rebook.core.immunisation.periods import Period, after
from rebook.core.immunisation.schedule import Schedule
from rebook.records.read import immunisations, imports
from rebook.sources import cdsi
from rebook.sources.base import UnableToRead
from rebook.sources.cdsi.cases import read_cases

SETTING = "immunisation"
_SEXES = {"female": "Female", "male": "Male"}
# The schedule's names of code systems, by those of the records.
_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED",
    "urn:oid:2.16.840.1.113883.6.96": "SNOMED",
}


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """``rejects`` are rows that are no case, with file, line and field."""

    name: str
    results: tuple[CaseResult, ...]
    rejects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadedSchedule:
    """``schedule`` is None where there are no files (``problem`` empty) or bad ones (``problem`` says so)."""

    schedule: Schedule | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PatientVaccines:
    """``review`` is None when it cannot be judged; ``why_not``: no_schedule, bad_schedule, no_birth_date."""

    review: ImmunisationReview | None
    why_not: str = ""
    schedule_version: str = ""
    registry_source: str = ""
    registry_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    patient_id: int
    external_id: str
    gap: ImmunisationGap


@dataclass(frozen=True, slots=True)
class DueVaccines:
    """``unanswered`` counts patients by what has no answer; ``not_chosen`` groups are not judged at all.

    ``without_birth_date`` patients could not be judged: it is missing or in the future.
    """

    as_of: date
    people: int
    lines: tuple[DueLine, ...]
    unanswered: Mapping[str, int]
    not_chosen: tuple[str, ...]
    without_birth_date: int = 0


class UnableToJudgeVaccines(Exception):
    """There is no schedule to judge by; trying again needs its files first."""

    permanent = True
    is_for_people = True


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


def loaded_schedule() -> LoadedSchedule:
    """The installation's schedule, read once for as long as its files stay as they are."""
    folder = Path(settings.IMMUNISATION_SCHEDULE)
    if not folder.is_dir():
        return LoadedSchedule(None)
    files = sorted((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in folder.iterdir())
    return _load(folder, tuple(files))


@lru_cache(maxsize=2)
def _load(folder: Path, files: tuple[tuple[str, int, int], ...]) -> LoadedSchedule:
    if not files:
        return LoadedSchedule(None)
    try:
        return LoadedSchedule(cdsi.read_schedule(folder))
    except UnableToRead as error:
        return LoadedSchedule(None, str(error))


def choices(*, organisation_id: int) -> Choices:
    """What this practice chose. Raises core.immunisation.choices.ChoiceInvalid for settings gone wrong."""
    found = accounts.organisation(organisation_id=organisation_id)
    return read_choices(found.settings.get(SETTING, {}))


def choose(*, organisation_id: int, values: Mapping[str, object], now: datetime, actor: str) -> Choices:
    """Record whose schedule counts for which vaccine (R-C30), audited with what was chosen.

    ``values`` as in ``read_choices``; raises its ChoiceInvalid and changes nothing then.
    """
    chosen = read_choices(values)
    with transaction.atomic(durable=True):
        accounts_write.change_settings(organisation_id=organisation_id, changes={SETTING: chosen.stored()})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="immunisation.chosen",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail=chosen.stored(),
        )
    return chosen


def patient_vaccines(*, organisation_id: int, patient_id: int, as_of: date) -> PatientVaccines | None:
    """Which vaccines one patient needs; None when there is no such patient.

    Doses from the registry's source are the registry's word, all others the chart's (R-C32). A registry that
    was never read to the end has not been asked.
    """
    records = immunisations.immunisation_records(
        organisation_id=organisation_id, patient_id=patient_id, as_of=as_of
    )
    if records is None:
        return None
    loaded = loaded_schedule()
    if loaded.schedule is None:
        return PatientVaccines(None, "bad_schedule" if loaded.problem else "no_schedule")
    if records.birth_on is None or records.birth_on > as_of:
        return PatientVaccines(None, "no_birth_date", loaded.schedule.version)
    chosen = choices(organisation_id=organisation_id)
    read_at = _registry_read_at(organisation_id, chosen.registry_source)
    found = _review(loaded.schedule, records, chosen, is_registry_read=read_at is not None, as_of=as_of)
    return PatientVaccines(found, "", loaded.schedule.version, chosen.registry_source, read_at)


def due_vaccines(*, organisation_id: int, under_years: int, as_of: date) -> DueVaccines:
    """What everybody younger than ``under_years`` needs now, the most urgent first; nothing is stored.

    Raises UnableToJudgeVaccines where no schedule is installed or it cannot be read.
    """
    loaded = loaded_schedule()
    if loaded.schedule is None:
        raise UnableToJudgeVaccines(loaded.problem or f"no schedule in {settings.IMMUNISATION_SCHEDULE}")
    chosen = choices(organisation_id=organisation_id)
    is_read = _registry_read_at(organisation_id, chosen.registry_source) is not None
    lines: list[DueLine] = []
    people, unanswered = 0, Counter[str]()
    for records in immunisations.records_born_after(
        organisation_id=organisation_id,
        born_after=after(as_of, Period(months=-12 * under_years)),
        as_of=as_of,
    ):
        people += 1
        found = _review(loaded.schedule, records, chosen, is_registry_read=is_read, as_of=as_of)
        unanswered.update({f"{one.group}: {one.reason}" for one in found.not_covered})
        lines += [
            DueLine(records.patient_id, records.external_id, one)
            for one in found.gaps
            if one.state is not GapState.LATER
        ]
    lines.sort(key=lambda one: (-one.gap.risk_class, one.gap.overdue_on, one.patient_id, one.gap.group))
    not_chosen = [one.name for one in loaded.schedule.groups if one.name not in chosen.authorities]
    unborn = immunisations.without_birth_date(organisation_id=organisation_id, as_of=as_of)
    return DueVaccines(as_of, people, tuple(lines), dict(unanswered), tuple(not_chosen), unborn)


def _review(
    schedule: Schedule,
    records: immunisations.ImmunisationRecords,
    chosen: Choices,
    *,
    is_registry_read: bool,
    as_of: date,
) -> ImmunisationReview:
    person = Person(
        born_on=records.birth_on or as_of,
        sex=_SEXES.get(records.sex, "Unknown"),
        doses=_doses(records, of_registry=False, source=chosen.registry_source),
        observations=_observations(schedule, records),
    )
    registry = _doses(records, of_registry=True, source=chosen.registry_source)
    return review(
        schedule,
        person,
        registry=registry if is_registry_read else None,
        as_of=as_of,
        settings=chosen.settings,
    )


def _registry_read_at(organisation_id: int, key: str) -> datetime | None:
    found = imports.sources(organisation_id=organisation_id) if key else []
    return next((one.last_synced_at for one in found if one.key == key), None)


def _doses(
    records: immunisations.ImmunisationRecords, *, of_registry: bool, source: str
) -> tuple[GivenDose, ...]:
    return tuple(
        GivenDose(one.given_on, one.code)
        for one in records.doses
        if (bool(source) and one.source == source) is of_registry
    )


def _observations(schedule: Schedule, records: immunisations.ImmunisationRecords) -> tuple[Observation, ...]:
    """The schedule's observations behind the codes of the active conditions; other conditions mean none."""
    return tuple(
        Observation(code, one.onset_on)
        for one in records.conditions
        for code in sorted(schedule.coded.get((_SYSTEMS.get(one.system, one.system), one.code), ()))
    )
