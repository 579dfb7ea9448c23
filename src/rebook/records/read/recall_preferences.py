"""What was settled for a patient, for pages and for the command line."""

from dataclasses import dataclass
from datetime import date, datetime

from rebook.records.models import RecallPreference


@dataclass(frozen=True, slots=True)
class PreferenceLine:
    """``by`` is an actor ("user:7"); ``ended_at`` is empty while it stands."""

    id: int
    patient_id: int
    kind: str
    definition_key: str
    interval_months: int
    interval_days: int
    due_on: date | None
    valid_until: date | None
    reason: str
    made_at: datetime
    by: str
    ended_at: datetime | None


def preferences_of(
    *, organisation_id: int, patient_id: int, today: date | None = None
) -> tuple[PreferenceLine, ...]:
    """Those that stand, the newest first; with ``today`` without those that ran out before it."""
    rows = RecallPreference.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, ended_at__isnull=True
    )
    found = (_line(row) for row in rows.order_by("-made_at", "-id"))
    return tuple(one for one in found if today is None or one.valid_until is None or one.valid_until >= today)


def preference(*, organisation_id: int, preference_id: int) -> PreferenceLine | None:
    row = RecallPreference.objects.filter(organisation_id=organisation_id, pk=preference_id).first()
    return _line(row) if row is not None else None


def _line(row: RecallPreference) -> PreferenceLine:
    return PreferenceLine(
        id=row.pk,
        patient_id=row.patient_id,
        kind=row.kind,
        definition_key=row.definition_key,
        interval_months=row.interval_months,
        interval_days=row.interval_days,
        due_on=row.due_on,
        valid_until=row.valid_until,
        reason=row.reason,
        made_at=row.made_at,
        by=row.made_by,
        ended_at=row.ended_at,
    )
