"""What patients wrote and nobody has answered yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Min, Q, Value, When

from rebook.records.models import Reply
from rebook.records.read.worklist import full_name


@dataclass(frozen=True, slots=True)
class ReplyLine:
    id: int
    channel: str
    from_value: str
    body: str
    received_at: datetime
    state: str
    handled_at: datetime | None
    handled_by: str
    patient_id: int | None
    patient_name: str
    intent: str
    language: str
    is_safety: bool
    # The earliest promise to somebody about this message; None when no task came of it.
    due_at: datetime | None
    # Intents that matched, as stored: [{"intent": ..., "level": ..., "matched": ...}]
    intents: tuple[dict[str, Any], ...]
    campaign_name: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    lines: tuple[ReplyLine, ...]
    waiting: int


def _rows(organisation_id: int) -> Any:
    safety = Count("tasks", filter=Q(tasks__urgency=0, tasks__state="open"))
    return (
        Reply.objects.filter(organisation_id=organisation_id)
        .select_related("patient", "case__campaign")
        .annotate(safety=safety, due_at=Min("tasks__due_at", filter=Q(tasks__state="open")))
        .annotate(lane=Case(When(safety__gt=0, then=Value(0)), default=Value(1), output_field=IntegerField()))
    )


def _line(row: Any) -> ReplyLine:
    return ReplyLine(
        id=row.pk,
        channel=row.channel,
        from_value=row.from_value,
        body=row.body,
        received_at=row.received_at,
        state=row.state,
        handled_at=row.handled_at,
        handled_by=row.handled_by,
        patient_id=row.patient_id,
        patient_name=full_name(row.patient) if row.patient else "",
        intent=row.intent,
        language=row.language,
        is_safety=row.lane == 0,
        due_at=row.due_at,
        intents=tuple(row.intents),
        campaign_name=row.case.campaign.name if row.case else "",
    )


def waiting(*, organisation_id: int, limit: int = 60) -> InboxPage:
    """Messages nobody handled: the safety lane first, then the longest waiting."""
    rows = (
        _rows(organisation_id).filter(Q(state="new") | Q(safety__gt=0)).order_by("lane", "received_at", "pk")
    )
    count = Reply.objects.filter(organisation_id=organisation_id, state="new").count()
    return InboxPage(tuple(_line(row) for row in rows[:limit]), count)


def handled(*, organisation_id: int, limit: int = 60) -> InboxPage:
    """Messages that were handled, newest first."""
    rows = _rows(organisation_id).filter(state="handled").order_by("-received_at")
    count = Reply.objects.filter(organisation_id=organisation_id, state="handled").count()
    return InboxPage(tuple(_line(row) for row in rows[:limit]), count)


def reply(*, organisation_id: int, reply_id: int) -> ReplyLine | None:
    """One message of the organisation, or None."""
    row = _rows(organisation_id).filter(pk=reply_id).first()
    return _line(row) if row else None
