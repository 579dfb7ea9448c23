"""The coordination file: what other tools sent goes into the same caps (``rebook import contacts``)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import region_of
from rebook.core.outreach.other_contacts import COLUMNS, REQUIRED, Problem, Sent, read_row, row_key
from rebook.flow.common.row_files import RowImport, each_batch, row_import
from rebook.records.write import other_contacts as write
from rebook.records.write.consent_import import RejectToKeep, keep_rejects
from rebook.records.write.other_contacts import NewContact
from rebook.sources.csv.plain import PlainRow

KIND: Final = "contacts"


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
    kept with file, line and column. Raises ``UnableToImportRows``.
    """
    run = _Run(accounts.organisation(organisation_id=organisation_id), source_key, path.name, now)
    with row_import(
        organisation_id=organisation_id, source_key=source_key, kind=KIND, now=now, dry_run=dry_run
    ) as under_way:
        each_batch(path, lambda batch: _take(run, batch), columns=COLUMNS, required=REQUIRED)
        new = keep_rejects(
            organisation_id=organisation_id,
            source_id=under_way.source_id,
            run_id=under_way.run_id,
            files=[run.file],
            rejects=run.rejects,
        )
        answer = _answer(run, new, dry_run=dry_run)
        _finish(run, answer, under_way)
    return answer


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


def _finish(run: _Run, answer: ContactImport, under_way: RowImport) -> None:
    counts: dict[str, dict[str, int]] = {
        "other_contact": {
            "read": answer.read,
            "created": answer.added,
            "unchanged": answer.already_known + answer.not_delivered,
            "rejected": answer.rejected,
        }
    }
    under_way.finish(counts=counts)
    audit.append(
        organisation_id=run.organisation.id,
        now=run.now,
        actor="system",
        action="import.contacts",
        subject_kind="import_run",
        subject_id=str(under_way.run_id),
        detail={"source": run.source, "added": answer.added, "rejected": answer.rejected},
    )
