"""Staff work: opened once per reason, done once, by somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rebook.records.models import Task


@dataclass(frozen=True, slots=True)
class TaskToOpen:
    kind: str
    owner_role: str
    urgency: int
    due_at: datetime
    patient_id: int | None = None
    case_id: int | None = None
    reply_id: int | None = None
    owner_id: int | None = None
    note: str = ""
    call_back_at: datetime | None = None


def open_task(*, organisation_id: int, task: TaskToOpen, now: datetime) -> int:
    """Open it and return its id. One of a kind per reply: asking twice opens once.

    Once that one is done, the next of its kind stands on its own.
    """
    values: dict[str, Any] = {
        "patient_id": task.patient_id,
        "case_id": task.case_id,
        "owner_id": task.owner_id,
        "owner_role": task.owner_role,
        "urgency": task.urgency,
        "opened_at": now,
        "due_at": task.due_at,
        "note": task.note,
        "call_back_at": task.call_back_at,
    }
    if task.reply_id is None or _is_done(organisation_id, task.reply_id, task.kind):
        return Task.objects.create(organisation_id=organisation_id, kind=task.kind, **values).pk
    row, _ = Task.objects.get_or_create(
        organisation_id=organisation_id, kind=task.kind, reply_id=task.reply_id, defaults=values
    )
    return row.pk


def _is_done(organisation_id: int, reply_id: int, kind: str) -> bool:
    rows = Task.objects.filter(organisation_id=organisation_id, kind=kind, reply_id=reply_id)
    return rows.exclude(state="open").exists()


def lock_task(*, organisation_id: int, task_id: int) -> Any:
    """The task's row for this transaction alone, or None."""
    rows = Task.objects.select_for_update(no_key=True)
    return rows.filter(organisation_id=organisation_id, pk=task_id).first()


def lock_tasks_of_reply(*, organisation_id: int, reply_id: int) -> list[Any]:
    """Open tasks of one reply, most urgent first, for this transaction alone."""
    rows = Task.objects.select_for_update(no_key=True).filter(
        organisation_id=organisation_id, reply_id=reply_id, state="open"
    )
    return list(rows.order_by("urgency", "pk"))


def finish_task(
    *,
    organisation_id: int,
    task_id: int,
    disposition: str,
    barrier: str,
    note: str,
    by: str,
    now: datetime,
    call_back_at: datetime | None = None,
) -> bool:
    """Done, with its coded result; False when somebody was faster. A note adds to what the task says."""
    rows = Task.objects.filter(organisation_id=organisation_id, pk=task_id, state="open")
    changes: dict[str, Any] = {
        "state": "done",
        "disposition": disposition,
        "barrier": barrier,
        "done_at": now,
        "done_by": by[:100],
    }
    if note:
        changes["note"] = note
    if call_back_at is not None:
        changes["call_back_at"] = call_back_at
    return bool(rows.update(**changes))


def cancel_tasks(
    *, organisation_id: int, case_id: int, kinds: tuple[str, ...], by: str, now: datetime
) -> int:
    """Work that became pointless, such as a call about a case that has ended."""
    return Task.objects.filter(
        organisation_id=organisation_id, case_id=case_id, state="open", kind__in=kinds
    ).update(state="cancelled", done_at=now, done_by=by[:100])


def has_open_of_reply(*, organisation_id: int, reply_id: int) -> bool:
    return Task.objects.filter(organisation_id=organisation_id, reply_id=reply_id, state="open").exists()
