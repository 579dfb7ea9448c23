"""The coordination file: what other tools sent goes into the same caps (``rebook import contacts``)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import region_of
from rebook.core.outreach.other_contacts import COLUMNS, REQUIRED, Problem, Sent, read_row, row_key
from rebook.records.write import imports
from rebook.records.write import other_contacts as write
from rebook.records.write.consent_import import RejectToKeep, keep_rejects
from rebook.records.write.other_contacts import NewContact
from rebook.sources.base import UnableToRead
from rebook.sources.csv.plain import PlainRow, plain_rows

KIND: Final = "contacts"
BATCH: Final = 2_000


class UnableToImportContacts(Exception):
    """Nothing was taken. ``permanent``: trying again does not help."""

    is_for_people = True

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class ContactImport:
    """Rows of the file: each is added, known already, never reached anybody, or was turned away."""

    read: int
    added: int
    already_known: int
    not_delivered: int
    rejected: int
    rejects_new: int
    # How many rows each tool had.
    systems: dict[str, int]
    dry_run: bool


@dataclass(slots=True)
class _Run:
    organisation: accounts.OrganisationView
    source: str
    file: str
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    systems: Counter[str] = field(default_factory=Counter)
    rejects: list[RejectToKeep] = field(default_factory=list)

    def turn_away(self, row: PlainRow, problem: Problem) -> None:
        self.counts["rejected"] += 1
        self.rejects.append(RejectToKeep(self.file, row.line, problem.field, problem.reason, row.raw))


def import_contacts(
    *, organisation_id: int, path: Path, source_key: str = KIND, now: datetime, dry_run: bool = False
) -> ContactImport:
    """Bring a file of other tools' contacts into the ledger: all of it or, when it breaks off, nothing.

    The same rows again change nothing. ``source_key`` names the tool where rows do not. Rows turned away are
    kept with file, line and column. Raises ``UnableToImportContacts``.
    """
    run = _Run(accounts.organisation(organisation_id=organisation_id), source_key, path.name, now)
    with transaction.atomic(durable=True):
        source_id = _source(organisation_id, source_key)
    with _alone(organisation_id, source_id), transaction.atomic(durable=True):
        run_id = imports.start_run(organisation_id=organisation_id, source_id=source_id, now=now)
        try:
            rows = iter(plain_rows(path, columns=COLUMNS, required=REQUIRED))
            while batch := list(islice(rows, BATCH)):
                _take(run, batch)
        except UnableToRead as error:
            raise UnableToImportContacts(str(error)) from None
        new = keep_rejects(
            organisation_id=organisation_id,
            source_id=source_id,
            run_id=run_id,
            files=[run.file],
            rejects=run.rejects,
        )
        answer = _answer(run, new, dry_run=dry_run)
        _finish(run, answer, source_id=source_id, run_id=run_id)
        transaction.set_rollback(dry_run)
    return answer


def _source(organisation_id: int, key: str) -> int:
    try:
        return imports.ensure_source(organisation_id=organisation_id, key=key, kind=KIND)
    except imports.SourceIsOfAnotherKind as error:
        raise UnableToImportContacts(str(error)) from None


@contextmanager
def _alone(organisation_id: int, source_id: int) -> Iterator[None]:
    if not imports.try_lock(organisation_id=organisation_id, source_id=source_id):
        raise UnableToImportContacts("another import of this source is under way", permanent=False)
    try:
        yield
    finally:
        imports.unlock(organisation_id=organisation_id, source_id=source_id)


def _take(run: _Run, batch: list[PlainRow]) -> None:
    told: list[tuple[PlainRow, Sent]] = []
    for row in batch:
        run.counts["read"] += 1
        found = _read(run, row)
        if isinstance(found, Problem):
            run.turn_away(row, found)
        elif found is None:
            run.counts["not_delivered"] += 1
        else:
            told.append((row, found))
    known = write.patients_by_number(
        organisation_id=run.organisation.id,
        external_ids={one.patient_id for _, one in told if one.patient_id},
    )
    new: dict[str, NewContact] = {}
    fit = 0
    for row, sent in told:
        people = known.get(sent.patient_id, []) if sent.patient_id else []
        if sent.patient_id and len(people) != 1:
            several = "several patients have this number" if people else "no patient has this number"
            run.turn_away(row, Problem("patient_id", several))
            continue
        fit += 1
        run.systems[sent.system] += 1
        key = row_key(sent)
        new[key] = NewContact(
            key, sent.system, people[0] if people else None, sent.number, sent.channel, sent.purpose, sent.at
        )
    added = write.add_contacts(organisation_id=run.organisation.id, contacts=list(new.values()), now=run.now)
    run.counts["added"] += added
    run.counts["already_known"] += fit - added


def _read(run: _Run, row: PlainRow) -> Sent | Problem | None:
    if row.problem:
        return Problem("", row.problem)
    return read_row(
        row.cells,
        system=run.source,
        region=region_of(run.organisation.jurisdiction),
        zone=ZoneInfo(run.organisation.time_zone),
        now=run.now,
    )


def _answer(run: _Run, rejects_new: int, *, dry_run: bool) -> ContactImport:
    names = ("read", "added", "already_known", "not_delivered", "rejected")
    return ContactImport(
        **{name: run.counts[name] for name in names},
        rejects_new=rejects_new,
        systems=dict(run.systems.most_common()),
        dry_run=dry_run,
    )


def _finish(run: _Run, answer: ContactImport, *, source_id: int, run_id: int) -> None:
    counts: dict[str, dict[str, int]] = {
        "other_contact": {
            "read": answer.read,
            "created": answer.added,
            "unchanged": answer.already_known + answer.not_delivered,
            "rejected": answer.rejected,
        }
    }
    org = run.organisation.id
    imports.finish_run(organisation_id=org, run_id=run_id, state="done", now=run.now, counts=counts)
    imports.set_synced(organisation_id=org, source_id=source_id, now=run.now)
    audit.append(
        organisation_id=org,
        now=run.now,
        actor="system",
        action="import.contacts",
        subject_kind="import_run",
        subject_id=str(run_id),
        detail={"source": run.source, "added": answer.added, "rejected": answer.rejected},
    )
