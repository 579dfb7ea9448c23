"""Pending items for pages and for the stages that look after them."""

from dataclasses import dataclass
from datetime import date

from rebook.records.models import PendingItem

from .same_person import of_same_person


@dataclass(frozen=True, slots=True)
class PendingView:
    """One item as people look at it; ``source_key`` says who told us."""

    id: int
    patient_id: int
    kind: str
    visit_type: str
    priority: str
    state: str
    opened_on: date
    due_on: date | None
    closed_on: date | None
    matched_on: date | None
    location_id: int | None
    day_part: str
    external_id: str
    source_key: str


def _view(row: PendingItem) -> PendingView:
    return PendingView(
        id=row.pk,
        patient_id=row.patient_id,
        kind=row.kind,
        visit_type=row.visit_type,
        priority=row.priority,
        state=row.state,
        opened_on=row.opened_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        matched_on=row.matched_on,
        location_id=row.location_id,
        day_part=row.day_part,
        external_id=row.external_id,
        source_key=row.source.key,
    )


def pending_items(
    *,
    organisation_id: int,
    kind: str = "",
    state: str = "open",
    patient_id: int | None = None,
    prefix: str = "",
    limit: int = 1_000,
) -> tuple[PendingView, ...]:
    """Items, the oldest first; empty words mean any."""
    rows = PendingItem.objects.filter(organisation_id=organisation_id)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if patient_id is not None:
        people = of_same_person(organisation_id=organisation_id, patient_ids=[patient_id])
        rows = rows.filter(patient_id__in=people)
    if prefix:
        rows = rows.filter(external_id__startswith=prefix)
    return tuple(_view(row) for row in rows.select_related("source").order_by("opened_on", "id")[:limit])
