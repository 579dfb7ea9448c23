"""Numbers that may have another owner: what to ask the Reassigned Numbers Database, and what it answered."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.number_checks import (
    ANSWER_COLUMNS,
    UNNAMED_COLUMNS,
    Answer,
    can_be_asked,
    is_due,
    question,
    read_answer,
)
from rebook.core.outreach.other_contacts import Problem
from rebook.flow.common.row_files import RowImport, UnableToImportRows, each_batch, row_import
from rebook.records.read import number_checks as read
from rebook.records.write import number_checks as write
from rebook.records.write import tasks
from rebook.records.write.consent_import import RejectToKeep, keep_rejects
from rebook.records.write.tasks import TaskToOpen
from rebook.sources.csv.plain import PlainRow

KIND: Final = "number_checks"
_TO_ASK = timedelta(days=2)
_NOTE = "A check says that somebody else has their telephone number by now: ask them for a new one."


@dataclass(frozen=True, slots=True)
class NumbersToCheck:
    """``rows``: (ten digits, day) to upload. The rest says why other numbers in use are not among them."""

    rows: tuple[tuple[str, str], ...]
    in_use: int
    # A sign of the patient or an answer is new enough.
    not_due: int
    # Nobody knows a day on which the number was the patient's: ask the patient.
    without_day: int
    # Of countries that the database does not hold.
    abroad: int


@dataclass(frozen=True, slots=True)
class NumberChecks:
    """Rows of a file of answers: each says same, reassigned or no data, is known already, or was turned away.

    ``tasks``: patients for whom the front desk was asked to find a new number.
    """

    read: int
    same: int
    reassigned: int
    no_data: int
    already_known: int
    rejected: int
    rejects_new: int
    tasks: int
    dry_run: bool


def numbers_to_check(
    *, organisation_id: int, now: datetime, actor: str, everything: bool = False
) -> NumbersToCheck:
    """The numbers to ask about; ``everything`` takes those in too that were seen or checked lately.

    Handing numbers out is noted in the trail, by count.
    """
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    counts, rows = Counter[str](), []
    for one in read.numbers(organisation_id=organisation_id, now=now):
        counts["in_use"] += 1
        checked_at = one.checked_at if one.check else None
        if not can_be_asked(one.value):
            counts["abroad"] += 1
        elif not everything and not is_due(good_at=one.good_at, checked_at=checked_at, now=now):
            counts["not_due"] += 1
        elif one.known_at is None:
            counts["without_day"] += 1
        else:
            rows.append(question(one.value, good_on=one.known_at.astimezone(zone).date()))
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="numbers.exported",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"numbers": len(rows)},
        )
    return NumbersToCheck(
        tuple(rows), counts["in_use"], counts["not_due"], counts["without_day"], counts["abroad"]
    )


@dataclass(slots=True)
class _Run:
    organisation_id: int
    file: str
    at: datetime
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[RejectToKeep] = field(default_factory=list)

    def turn_away(self, row: PlainRow, problem: Problem) -> None:
        self.counts["rejected"] += 1
        self.rejects.append(RejectToKeep(self.file, row.line, problem.field, problem.reason, row.raw))


def import_answers(
    *,
    organisation_id: int,
    path: Path,
    now: datetime,
    actor: str,
    answered_on: date | None = None,
    dry_run: bool = False,
    source_key: str = KIND,
    name: str = "",
) -> NumberChecks:
    """Keep what the database answered as of ``answered_on`` (today when None): all of the file or nothing.

    The same file again changes nothing. A number with another owner opens a task for the desk (R-A61). Rows
    turned away are kept with file, line and column. Raises ``UnableToImportRows``.
    """
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    at = now
    if answered_on is not None and answered_on != now.astimezone(zone).date():
        at = datetime.combine(answered_on, time(12), tzinfo=zone)
        if at > now:
            raise UnableToImportRows("the answers are said to be of a day that has not come")
    run = _Run(organisation_id, name or path.name, at, now)
    with row_import(
        organisation_id=organisation_id, source_key=source_key, kind=KIND, now=now, dry_run=dry_run
    ) as under_way:
        each_batch(
            path,
            lambda batch: _take(run, batch),
            columns=ANSWER_COLUMNS,
            required=(),
            unnamed=UNNAMED_COLUMNS,
        )
        new = keep_rejects(
            organisation_id=organisation_id,
            source_id=under_way.source_id,
            run_id=under_way.run_id,
            files=[run.file],
            rejects=run.rejects,
        )
        _finish(run, under_way, actor)
    names = ("read", "same", "reassigned", "no_data", "already_known", "rejected")
    return NumberChecks(
        **{one: run.counts[one] for one in names},
        rejects_new=new,
        tasks=run.counts["tasks"],
        dry_run=dry_run,
    )


def _take(run: _Run, batch: list[PlainRow]) -> None:
    told: list[tuple[PlainRow, Answer]] = []
    for row in batch:
        run.counts["read"] += 1
        found = Problem("", row.problem) if row.problem else read_answer(row.cells)
        if isinstance(found, Problem):
            run.turn_away(row, found)
        else:
            told.append((row, found))
    owners = read.owners(organisation_id=run.organisation_id, values={one.number for _, one in told})
    fit: dict[str, str] = {}
    for row, answer in told:
        if answer.number in owners:
            # Asked for with two days and answered twice: a yes stands, for doubt counts against a number.
            if fit.get(answer.number) != "reassigned":
                fit[answer.number] = answer.kind
        else:
            run.turn_away(row, Problem("tn", "no patient has this number"))
    news = write.keep_checks(organisation_id=run.organisation_id, answers=fit, at=run.at, now=run.now)
    run.counts.update(fit[number] for number in news)
    run.counts["already_known"] += len(fit) - len(news)
    _ask_the_desk(run, {one for number in news if fit[number] == "reassigned" for one in owners[number]})


def _ask_the_desk(run: _Run, patients: set[int]) -> None:
    for patient_id in sorted(patients):
        run.counts["tasks"] += 1
        tasks.open_task(
            organisation_id=run.organisation_id,
            task=TaskToOpen(
                kind="data_quality",
                owner_role="front_desk",
                urgency=3,
                due_at=run.now + _TO_ASK,
                patient_id=patient_id,
                note=_NOTE,
            ),
            now=run.now,
        )


def _finish(run: _Run, under_way: RowImport, actor: str) -> None:
    kept = sum(run.counts[kind] for kind in ("same", "reassigned", "no_data"))
    under_way.finish(
        counts={
            "number_check": {
                "read": run.counts["read"],
                "created": kept,
                "unchanged": run.counts["already_known"],
                "rejected": run.counts["rejected"],
            }
        }
    )
    audit.append(
        organisation_id=run.organisation_id,
        now=run.now,
        actor=actor,
        action="import.number_checks",
        subject_kind="import_run",
        subject_id=str(under_way.run_id),
        detail={"kept": kept, "reassigned": run.counts["reassigned"], "rejected": run.counts["rejected"]},
    )
