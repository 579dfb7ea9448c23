"""What patients wrote and nobody has answered yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from rebook.records.models import Reply, Task
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
    """Each with what its open tasks say; looked up for the rows that are shown, not for every reply."""
    open_tasks = Task.objects.filter(reply=OuterRef("pk"), state="open")
    promised = open_tasks.order_by("due_at").values("due_at")[:1]
    is_safety = Exists(open_tasks.filter(urgency=0))
    return (
        Reply.objects.filter(organisation_id=organisation_id)
        .select_related("patient", "case__campaign")
        .annotate(is_safety=is_safety, due_at=Subquery(promised))
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
        is_safety=row.is_safety,
        due_at=row.due_at,
        intents=tuple(row.intents),
        campaign_name=row.case.campaign.name if row.case else "",
    )


def waiting(*, organisation_id: int, limit: int = 60) -> InboxPage:
    """Messages nobody handled: the safety lane first, then the longest waiting."""
    # Two sets by their own indexes: with OR every reply ever received would be looked at.
    safety = Task.objects.filter(
        organisation_id=organisation_id, state="open", urgency=0, reply__isnull=False
    ).values("reply")
    waits = Reply.objects.filter(organisation_id=organisation_id, state="new").values("pk")
    rows = (
        _rows(organisation_id).filter(pk__in=waits.union(safety)).order_by("-is_safety", "received_at", "pk")
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
