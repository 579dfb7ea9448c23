"""Consents from a file, with where each comes from (R-A7, R-A54, R-A177): ``rebook import consents``."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.contacts import region_of
from rebook.core.outreach.consent import Line, judge_import
from rebook.core.outreach.consent_import import (
    COLUMNS,
    REQUIRED,
    ImportedStatement,
    Problem,
    import_key,
    read_row,
)
from rebook.flow.common.row_files import RowImport, each_batch, row_import
from rebook.records.read.consent_import import Known, known_about
from rebook.records.write import consent as ledger
from rebook.records.write import consent_import as write
from rebook.sources.csv.plain import PlainRow

KIND: Final = "consents"


@dataclass(frozen=True, slots=True)
class ConsentImport:
    """Rows of the file: each is added, known already, bound by an opt-out that is newer, or turned away."""

    read: int
    added: int
    already_known: int
    bound_by_opt_out: int
    rejected: int
    # Lines written; a stop binds a number and a person, so there may be more of them than rows.
    lines: int
    # Messages that were waiting and go out no more.
    waiting_refused: int
    rejects_new: int
    dry_run: bool


@dataclass(slots=True)
class _Run:
    organisation: accounts.OrganisationView
    source: str
    file: str
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[write.RejectToKeep] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def turn_away(self, row: PlainRow, problem: Problem, *, kind: str = "rejected") -> None:
        self.counts[kind] += 1
        self.rejects.append(write.RejectToKeep(self.file, row.line, problem.field, problem.reason, row.raw))


def import_consents(
    *, organisation_id: int, path: Path, source_key: str = KIND, now: datetime, dry_run: bool = False
) -> ConsentImport:
    """Bring a file of statements into the ledger: all of it or, when it breaks off, nothing.

    The same file again changes nothing. A stop counts at once and takes back what was waiting; a permission
    that is dated after a stop is turned away, because only the patient lifts one (R-A54). Rows turned away
    are kept with file, line and column. Raises ``UnableToImportRows``.
    """
    run = _Run(accounts.organisation(organisation_id=organisation_id), source_key, path.name, now)
    with row_import(
        organisation_id=organisation_id, source_key=source_key, kind=KIND, now=now, dry_run=dry_run
    ) as under_way:
        each_batch(path, lambda batch: _take(run, batch), columns=COLUMNS, required=REQUIRED)
        new = write.keep_rejects(
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
    """Read, judge and write some rows; stops before permissions, whatever their order in the file."""
    said: list[tuple[PlainRow, ImportedStatement, str]] = []
    for row in batch:
        run.counts["read"] += 1
        found = _read(run, row)
        if isinstance(found, Problem):
            run.turn_away(row, found)
        else:
            said.append((row, found, import_key(found, source=run.source)))
    known = known_about(
        organisation_id=run.organisation.id,
        external_ids={one.patient_id for _, one, _ in said if one.patient_id},
        numbers={one.number for _, one, _ in said if one.number},
        keys={key for _, _, key in said},
    )
    to_add: list[write.StatementToAdd] = []
    for row, statement, key in sorted(said, key=lambda each: each[1].state != "revoked"):
        if key in known.keys or key in run.seen:
            run.counts["already_known"] += 1
            continue
        judged = _judge(run, statement, known)
        if isinstance(judged, Problem):
            bound = judged.field == "state"
            run.turn_away(row, judged, kind="bound_by_opt_out" if bound else "rejected")
            continue
        run.seen.add(key)
        run.counts["added"] += 1
        to_add.append(write.StatementToAdd(statement, judged, key))
    _refuse_waiting(run, to_add, known)
    run.counts["lines"] += write.add_imported(
        organisation_id=run.organisation.id, statements=to_add, by=f"import:{run.source}"
    )


def _read(run: _Run, row: PlainRow) -> ImportedStatement | Problem:
    if row.problem:
        return Problem("", row.problem)
    return read_row(
        row.cells,
        place=f"{run.file}:{row.line}",
        region=region_of(run.organisation.jurisdiction),
        zone=ZoneInfo(run.organisation.time_zone),
        now=run.now,
    )


Owners = tuple[tuple[int | None, str], ...]


def _judge(run: _Run, said: ImportedStatement, known: Known) -> Owners | Problem:
    """Whose lines the row writes, or why none."""
    people = known.patients.get(said.patient_id, []) if said.patient_id else []
    if said.patient_id and not people:
        return Problem("patient_id", "no patient has this number")
    if len(people) > 1:
        return Problem("patient_id", "several patients of different sources have this number")
    patient_id = people[0] if people else None
    new = Line(said.channel, said.purpose, said.state, said.at, "import", said.number)
    lines = [*known.of_patient.get(patient_id or 0, ()), *known.on_number.get(said.number, ())]
    verdict, since = judge_import(lines, new, now=run.now)
    if verdict == "bound_by_newer" and since is not None:
        return Problem("state", f"stopped on {since:%Y-%m-%d}: only the patient can lift that, no import")
    if said.state == "revoked":
        # A stop binds the number, whoever has it, and the person (R-A52).
        return tuple(owner for owner in ((None, said.number), (patient_id, "")) if owner != (None, ""))
    return ((patient_id, said.number),)


def _refuse_waiting(run: _Run, added: list[write.StatementToAdd], known: Known) -> None:
    for one in added:
        if one.said.state != "revoked":
            continue
        numbers = {number for _, number in one.owners} & known.waiting_numbers
        people = {patient for patient, _ in one.owners if patient in known.waiting_patients}
        if numbers or people:
            run.counts["waiting_refused"] += ledger.refuse_revoked(
                organisation_id=run.organisation.id,
                value=next(iter(numbers), ""),
                patient_id=next(iter(people), None),
                channels=(one.said.channel,),
                purposes=(one.said.purpose,),
                now=run.now,
            )


def _answer(run: _Run, rejects_new: int, *, dry_run: bool) -> ConsentImport:
    names = ("read", "added", "already_known", "bound_by_opt_out", "rejected", "lines", "waiting_refused")
    return ConsentImport(
        **{name: run.counts[name] for name in names}, rejects_new=rejects_new, dry_run=dry_run
    )


def _finish(run: _Run, answer: ConsentImport, under_way: RowImport) -> None:
    counts: dict[str, dict[str, int]] = {
        "consent": {
            "read": answer.read,
            "created": answer.added,
            "unchanged": answer.already_known,
            "rejected": answer.rejected + answer.bound_by_opt_out,
        }
    }
    under_way.finish(counts=counts)
    audit.append(
        organisation_id=run.organisation.id,
        now=run.now,
        actor="system",
        action="import.consents",
        subject_kind="import_run",
        subject_id=under_way.run_id,
        detail=counts["consent"] | {"waiting_refused": answer.waiting_refused},
    )
