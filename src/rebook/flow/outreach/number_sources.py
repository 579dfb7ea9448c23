"""How did we get this number? Staff write it down; the guard heeds it from the next decision on (R-A4)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.number_source import SOURCE_WORDS, read_scope
from rebook.records.read import number_sources as read
from rebook.records.write import number_sources as write

OLDEST = date(1950, 1, 1)


class UnableToNoteSource(Exception):
    """What was said of a number cannot be kept; the message says why."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class HowItCame:
    """``source`` is one of ``SOURCE_WORDS``; ``given_for`` names purposes, "" narrows nothing."""

    source: str
    given_on: date | None = None
    given_for: str = ""


def note_source(
    *, organisation_id: int, contact_point_id: int, told: HowItCame, now: datetime, actor: str
) -> int | None:
    """Keep how a number or address came; whose it is, None when there is no such one.

    Outlasts every import. Raises ``UnableToNoteSource``.
    """
    scope = read_scope(told.given_for)
    _check(organisation_id, told, known=scope is not None, now=now)
    with transaction.atomic(durable=True):
        owner = read.owner_of(organisation_id=organisation_id, contact_point_id=contact_point_id)
        if owner is None:
            return None
        write.note_source(
            organisation_id=organisation_id,
            contact_point_id=contact_point_id,
            source=told.source,
            given_on=told.given_on,
            given_for=scope or (),
            by=actor,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="number.source_noted",
            subject_kind="patient",
            subject_id=owner,
            detail={"contact_point": contact_point_id, "source": told.source, "for": list(scope or ())},
        )
    return owner


def note_unknown(*, organisation_id: int, system_key: str, source: str, now: datetime, actor: str) -> int:
    """Say of all numbers of one system, of which nothing is written down, how they came; how many.

    Raises ``UnableToNoteSource``.
    """
    if not source or source not in SOURCE_WORDS:
        raise UnableToNoteSource("choose how the numbers came")
    with transaction.atomic(durable=True):
        changed = write.note_unknown(
            organisation_id=organisation_id, system_key=system_key, source=source, by=actor
        )
        if changed:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="number.sources_noted",
                subject_kind="source",
                subject_id=system_key[:64],
                detail={"source": source, "numbers": changed},
            )
    return changed


def _check(organisation_id: int, told: HowItCame, *, known: bool, now: datetime) -> None:
    if told.source not in SOURCE_WORDS:
        raise UnableToNoteSource("choose how the number came")
    if not known:
        raise UnableToNoteSource("nobody knows one of the words for what it was given")
    if told.given_on is None:
        return
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    if not OLDEST <= told.given_on <= now.astimezone(zone).date():
        raise UnableToNoteSource("the day lies in the future or too long ago")
