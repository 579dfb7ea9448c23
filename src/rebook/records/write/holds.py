"""Holds that keep automation away from a patient until a date or a person releases them (R-E35)."""

from collections.abc import Sequence
from datetime import datetime

from rebook.records.models import AutomationHold


def place_hold(
    *, organisation_id: int, patient_id: int, kind: str, now: datetime, until_at: datetime | None = None
) -> int:
    """Hold the patient back; the hold's id. One open hold of a kind: a snooze takes the newest date."""
    rows = AutomationHold.objects.select_for_update().filter(
        organisation_id=organisation_id, patient_id=patient_id, kind=kind, released_at__isnull=True
    )
    row = rows.order_by("pk").first()
    if row is None:
        row = AutomationHold.objects.create(
            organisation_id=organisation_id, patient_id=patient_id, kind=kind, from_at=now, until_at=until_at
        )
    elif row.until_at != until_at:
        row.until_at = until_at
        row.save(update_fields=["until_at"])
    return row.pk


def release_holds(*, organisation_id: int, hold_ids: Sequence[int], by: str, now: datetime) -> int:
    """Release those that are still open; how many."""
    return AutomationHold.objects.filter(
        organisation_id=organisation_id, pk__in=list(hold_ids), released_at__isnull=True
    ).update(released_at=now, released_by=by[:100])
