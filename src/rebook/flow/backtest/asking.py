"""Note which backtest somebody wants, and see whether it can be run."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.analytics.backtest import is_whole
from rebook.core.backtest import BadQuestion, Question, changed_definitions, judged_days
from rebook.records.read import backtests as read
from rebook.records.read.backtests import FrozenRecords
from rebook.records.write import backtests as write

from .rules import asked_rules


class UnableToRun(Exception):
    """The backtest cannot be run on the records there are; the message says what is missing."""

    permanent = True
    is_for_people = True


def ask(*, organisation_id: int, question: Question, now: datetime, actor: str) -> int:
    """Note a backtest that somebody wants; its number. ``run_backtest`` runs it.

    Raises ``core.backtest.BadQuestion`` for dates, rules, campaigns or changes that do not exist, and
    ``UnableToRun`` for a snapshot that cannot be read.
    """
    asked = asked_rules(organisation_id=organisation_id, question=question)
    for one in question.settings:
        changed_definitions(asked.rules.definitions, asked.rules.chosen, one.rules)
    zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
    if question.to_on > now.astimezone(zone).date():
        raise BadQuestion("to", f"{question.to_on} has not come yet: only the past can be looked at")
    if question.snapshot is not None:
        records_for(organisation_id=organisation_id, question=question)
    with transaction.atomic(durable=True):
        number = write.add_backtest(
            organisation_id=organisation_id,
            asked=question.as_json(),
            days_total=len(judged_days(question)),
            now=now,
            actor=actor,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="backtest.asked",
            subject_kind="backtest",
            subject_id=number,
        )
    return number


def needs_snapshot(*, organisation_id: int, number: int) -> bool:
    """Whether the records should be frozen before: there is no snapshot, or an import came after it."""
    question = question_of(organisation_id=organisation_id, number=number)
    if question.snapshot is not None:
        return False
    newest = read.newest_records(organisation_id=organisation_id)
    if newest is None or newest.snapshot.as_of < question.to_on or not is_whole(directory_of(newest)):
        return True
    return read.has_changed_since(organisation_id=organisation_id, at=newest.taken_at)


def question_of(*, organisation_id: int, number: int) -> Question:
    """What was asked under that number. Raises ``UnableToRun`` when there is no such backtest."""
    found = read.backtest(organisation_id=organisation_id, number=number)
    if found is None:
        raise UnableToRun(f"there is no backtest {number}")
    return Question.from_json(found.asked)


def records_for(*, organisation_id: int, question: Question) -> FrozenRecords:
    """The frozen records that outcomes are read from. Raises ``UnableToRun``."""
    found = read.newest_records(organisation_id=organisation_id, number=question.snapshot)
    if found is None:
        which = "a snapshot" if question.snapshot is None else f"snapshot {question.snapshot}"
        raise UnableToRun(f"there is no {which.removeprefix('a ')} of the records")
    if not is_whole(directory_of(found)):
        raise UnableToRun(f"snapshot {found.snapshot.number} is incomplete, or an older Rebook wrote it")
    if found.snapshot.as_of < question.to_on:
        raise UnableToRun(
            f"snapshot {found.snapshot.number} ends on {found.snapshot.as_of}, before {question.to_on}"
        )
    return found


def root() -> Path:
    """Where snapshots, and the listings of backtests, lie."""
    return Path(settings.SNAPSHOT_DIRECTORY)


def directory_of(frozen: FrozenRecords) -> Path:
    return root() / frozen.snapshot.path
