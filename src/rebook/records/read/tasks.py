"""The work list: open tasks in the order in which they should be taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from rebook.records.models import Task

from .asked_time import clock_of_patient, is_at_another_time


@dataclass(frozen=True, slots=True)
class TaskView:
    """One piece of work. ``visit_type`` is that of the gap it is about; "" when it is about none."""

    id: int
    kind: str
    urgency: int
    owner_id: int | None
    owner_role: str
    opened_at: datetime
    due_at: datetime
    is_late: bool
    state: str
    patient_id: int | None
    case_id: int | None
    attempt_id: int | None
    reply_id: int | None
    intent: str
    visit_type: str
    note: str


def _view(row: Task, now: datetime) -> TaskView:
    return TaskView(
        id=row.pk,
        kind=row.kind,
        urgency=row.urgency,
        owner_id=row.owner_id,
        owner_role=row.owner_role,
        opened_at=row.opened_at,
        due_at=row.due_at,
        is_late=row.state == "open" and row.due_at < now,
        state=row.state,
        patient_id=row.patient_id,
        case_id=row.case_id,
        attempt_id=row.attempt_id,
        reply_id=row.reply_id,
        intent=row.reply.intent if row.reply else "",
        visit_type=row.case.gap.visit_type if row.case else "",
        note=row.note,
    )


def work_list(
    *,
    organisation_id: int,
    user_id: int | None,
    roles: Sequence[str],
    now: datetime,
    limit: int,
    offset: int,
) -> list[TaskView]:
    """Open tasks of a person and of their roles, without those put off to later than ``now``; one query.

    Urgent first, then who asked for this part of the day or for none, then due first, then by rank.
    No person and no roles: everybody's.
    """
    rows = Task.objects.filter(organisation_id=organisation_id, state="open").filter(
        Q(call_back_at__isnull=True) | Q(call_back_at__lte=now)
    )
    if user_id is not None or roles:
        rows = rows.filter(
            Q(owner_id=user_id, owner__isnull=False) | Q(owner__isnull=True, owner_role__in=roles)
        )
    rows = rows.annotate(clock=clock_of_patient(now)).annotate(at_another_time=is_at_another_time())
    rows = rows.select_related("case__gap", "reply").order_by(
        "urgency", "at_another_time", "due_at", F("case__gap__rank").asc(nulls_last=True), "pk"
    )
    return [_view(row, now) for row in rows[offset : offset + limit]]


def task(*, organisation_id: int, task_id: int, now: datetime) -> TaskView | None:
    """One task, or None."""
    row = (
        Task.objects.filter(organisation_id=organisation_id, pk=task_id)
        .select_related("case__gap", "reply")
        .first()
    )
    return _view(row, now) if row else None


def has_open(*, organisation_id: int, patient_id: int, kinds: Sequence[str]) -> bool:
    """Whether a patient has open work of one of these kinds."""
    return Task.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, state="open", kind__in=kinds
    ).exists()
