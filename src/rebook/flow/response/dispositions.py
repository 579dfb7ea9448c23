"""What staff found out: the coded result of a call or of a message, and what follows from it (R-D54)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.core.gaps.operational_pending import item_of
from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS, Disposition, may_settle
from rebook.records.read.response import contacted
from rebook.records.write import pending, tasks
from rebook.records.write import response as write

from .holds import is_clinician
from .house import house_of
from .outcomes import Subject, follow_up


class UnableToRecord(Exception):
    """The result cannot be recorded as given: unknown, incomplete, or about work that is done already."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """Ids of the tasks that were finished and of those that followed."""

    finished: tuple[int, ...]
    opened: tuple[int, ...]


def record_disposition(
    *,
    organisation_id: int,
    task_id: int,
    disposition: str,
    now: datetime,
    actor: str,
    barrier: str = "",
    note: str = "",
    call_back_at: datetime | None = None,
) -> Recorded:
    """Finish a task with its result and carry out what the result means.

    ``disposition`` is a key of ``core.response.dispositions``; ``barrier`` one of BARRIERS; ``call_back_at``
    is aware and belongs to "callback_requested". Raises ``UnableToRecord`` and then changes nothing.
    """
    coded = _coded(disposition, barrier, note, call_back_at)
    with transaction.atomic(durable=True):
        task = tasks.lock_task(organisation_id=organisation_id, task_id=task_id)
        if task is None or task.state != "open":
            raise UnableToRecord("there is no such open task")
        if coded.key == "settled":
            _settle(organisation_id, task, actor=actor, now=now)
        subject = _subject_of_task(organisation_id, task, barrier or coded.barrier, note, call_back_at)
        opened = follow_up(
            house_of(organisation_id=organisation_id), coded, subject, actor=actor, now=now,
            finish=lambda: _finish(organisation_id, [task], coded, subject, actor, now=now),
        )  # fmt: skip
    return Recorded((task_id,), opened)


def handle_reply(
    *,
    organisation_id: int,
    reply_id: int,
    disposition: str,
    now: datetime,
    actor: str,
    barrier: str = "",
    note: str = "",
    call_back_at: datetime | None = None,
) -> Recorded:
    """Say what was done about a message: finishes its tasks with one result, all but a safety task.

    Raises ``UnableToRecord`` like ``record_disposition``.
    """
    coded = _coded(disposition, barrier, note, call_back_at)
    with transaction.atomic(durable=True):
        reply = write.lock_reply(organisation_id=organisation_id, reply_id=reply_id)
        if reply is None:
            raise UnableToRecord("there is no such message")
        its = tasks.lock_tasks_of_reply(organisation_id=organisation_id, reply_id=reply_id)
        mine = [task for task in its if task.kind != "safety"]
        subject = _subject_of_reply(reply, mine, barrier or coded.barrier, note, call_back_at)
        opened = follow_up(
            house_of(organisation_id=organisation_id), coded, subject, actor=actor, now=now,
            finish=lambda: _finish(organisation_id, mine, coded, subject, actor, now=now),
        )  # fmt: skip
        write.mark_handled(organisation_id=organisation_id, reply_id=reply_id, by=actor, now=now)
    return Recorded(tuple(task.pk for task in mine), opened)


def _coded(key: str, barrier: str, note: str, call_back_at: datetime | None) -> Disposition:
    coded = DISPOSITIONS.get(key)
    if coded is None:
        raise UnableToRecord(f"'{key}' is not a result")
    if barrier and barrier not in BARRIERS:
        raise UnableToRecord(f"'{barrier}' is not a reason for not returning")
    if coded.needs == "barrier" and not barrier:
        raise UnableToRecord(f"'{key}' wants the reason")
    if coded.needs == "call_back_at" and (call_back_at is None or call_back_at.tzinfo is None):
        raise UnableToRecord(f"'{key}' wants the time to call back")
    if coded.needs == "note" and not note.strip():
        raise UnableToRecord(f"'{key}' wants the patient's words as evidence")
    return coded


def _settle(organisation_id: int, task: Any, *, actor: str, now: datetime) -> None:
    """Close what the task is about; its reason ends when it is judged next. A result is a clinician's."""
    item_id = item_of(task.gap.definition_key) if task.gap_id else None
    if item_id is None:
        raise UnableToRecord("only something begun and not finished can be settled")
    by_clinician = is_clinician(organisation_id=organisation_id, actor=actor)
    if not may_settle(is_begun=True, owner_role=task.owner_role, is_clinician=by_clinician):
        raise UnableToRecord("a clinician has to settle this")
    today = house_of(organisation_id=organisation_id).today(now=now)
    pending.close_item(organisation_id=organisation_id, item_id=item_id, state="done", closed_on=today)


def _subject_of_task(
    organisation_id: int, task: Any, barrier: str, note: str, call_back_at: datetime | None
) -> Subject:
    channel, number = (
        contacted(organisation_id=organisation_id, attempt_id=task.attempt_id)
        if task.attempt_id
        else ("", "")
    )
    if not number and task.reply_id:
        number = task.reply.from_value
    return Subject(
        patient_id=task.patient_id,
        case_id=task.case_id,
        reply_id=task.reply_id,
        attempt_id=task.attempt_id if channel == "phone" else None,
        number=number,
        task_kinds=(task.kind,),
        barrier=barrier,
        note=note,
        call_back_at=call_back_at,
    )


def _subject_of_reply(
    reply: Any, its_tasks: list[Any], barrier: str, note: str, call_back_at: datetime | None
) -> Subject:
    return Subject(
        patient_id=reply.patient_id,
        case_id=reply.case_id,
        reply_id=reply.pk,
        attempt_id=None,
        number=reply.from_value,
        task_kinds=tuple(task.kind for task in its_tasks),
        barrier=barrier,
        note=note,
        call_back_at=call_back_at,
    )


def _finish(
    organisation_id: int, its: list[Any], coded: Disposition, subject: Subject, actor: str, *, now: datetime
) -> None:
    for task in its:
        tasks.finish_task(
            organisation_id=organisation_id,
            task_id=task.pk,
            disposition=coded.key,
            barrier=subject.barrier,
            note=subject.note,
            by=actor,
            now=now,
            call_back_at=subject.call_back_at if coded.key == "look_again" else None,
        )
    left = subject.reply_id and tasks.has_open_of_reply(
        organisation_id=organisation_id, reply_id=subject.reply_id
    )
    if subject.reply_id and not left:
        write.mark_handled(organisation_id=organisation_id, reply_id=subject.reply_id, by=actor, now=now)
