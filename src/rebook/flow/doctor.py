"""Doctor: look at the records, keep what was found, and say whether it is safe to switch on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.core.doctor import Finding, stops_of, unsafe_definitions
from rebook.flow.common.examining import known_words, look
from rebook.records.read import doctor as read
from rebook.records.read.doctor import PatientBehind
from rebook.records.write import examinations as write


class NoSuchCheck(Exception):
    """There is no counted check of that name."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Examined:
    """``stops`` keep every campaign from being launched; ``unsafe_definitions`` only their own patients."""

    examined_at: datetime
    findings: tuple[Finding, ...]
    stops: tuple[Finding, ...]
    unsafe_definitions: tuple[str, ...]

    @property
    def is_safe(self) -> bool:
        return not self.stops


@dataclass(frozen=True, slots=True)
class BehindPage:
    patients: tuple[PatientBehind, ...]
    total: int


def examine_records(*, organisation_id: int, now: datetime, actor: str) -> Examined:
    """Look at everything and keep what was found; from then on unsafe rules take nobody in."""
    found = look(organisation_id=organisation_id, now=now)
    unsafe = unsafe_definitions(found)
    with transaction.atomic(durable=True):
        write.add_examination(
            organisation_id=organisation_id,
            findings=[one.as_json() for one in found],
            unsafe_definitions=unsafe,
            now=now,
            actor=actor,
        )
    return Examined(now, found, stops_of(found), unsafe)


@dataclass(frozen=True, slots=True)
class ExamineSummary:
    """How many findings of each kind; ``unsafe_rules`` take nobody in until the records are mended."""

    stops: int
    warnings: int
    unsafe_rules: int


def examine_before_enrolling(*, organisation_id: int, now: datetime) -> ExamineSummary:
    """The stage of the pass: look, so that enrolling knows what is unsafe."""
    found = examine_records(organisation_id=organisation_id, now=now, actor="system")
    warnings = sum(one.severity == "warn" for one in found.findings)
    return ExamineSummary(len(found.stops), warnings, len(found.unsafe_definitions))


def last_examined(*, organisation_id: int) -> Examined | None:
    """What was found when somebody last looked; None when nobody has."""
    kept = read.newest_examination(organisation_id=organisation_id)
    if kept is None:
        return None
    return Examined(kept.examined_at, kept.findings, stops_of(kept.findings), kept.unsafe_definitions)


def patients_behind(*, organisation_id: int, key: str, now: datetime) -> BehindPage:
    """The patients behind a counted check, as it is now. Raises ``NoSuchCheck``."""
    known = known_words(organisation_id=organisation_id)
    try:
        found, total = read.behind(
            organisation_id=organisation_id,
            key=key,
            now=now,
            languages=known.languages,
            visit_types=known.visit_types,
        )
    except KeyError:
        raise NoSuchCheck(f"there is no check '{key}'") from None
    return BehindPage(found, total)
