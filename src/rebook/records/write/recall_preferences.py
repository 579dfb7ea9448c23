"""What was settled for one patient: the newest of each kind and rule stands until it is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from rebook.records.models import Gap, Patient, RecallPreference


@dataclass(frozen=True, slots=True)
class Settled:
    """``kind`` and ``definition_key`` as in ``core.chart.RecallPreference``; days on the patient's clock."""

    kind: str
    definition_key: str = ""
    interval_months: int = 0
    interval_days: int = 0
    due_on: date | None = None
    valid_until: date | None = None
    reason: str = ""


def add_preference(
    *, organisation_id: int, patient_id: int, settled: Settled, today: date, now: datetime, by: str
) -> int | None:
    """Keep it in place of an earlier one of its kind and rule; None when there is no such patient."""
    if not Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).exists():
        return None
    standing = RecallPreference.objects.filter(
        organisation_id=organisation_id,
        patient_id=patient_id,
        kind=settled.kind,
        definition_key=settled.definition_key,
        ended_at__isnull=True,
    )
    standing.update(ended_on=today, ended_at=now, ended_by=by)
    row = RecallPreference.objects.create(
        organisation_id=organisation_id,
        patient_id=patient_id,
        kind=settled.kind,
        definition_key=settled.definition_key,
        interval_months=settled.interval_months,
        interval_days=settled.interval_days,
        due_on=settled.due_on,
        valid_until=settled.valid_until,
        reason=settled.reason,
        made_on=today,
        made_at=now,
        made_by=by,
    )
    return row.pk


def end_preference(
    *, organisation_id: int, preference_id: int, today: date, now: datetime, by: str
) -> Mapping[str, int | str] | None:
    """Take it back: {"patient_id", "kind", "definition_key"}; None when none such stands."""
    row = RecallPreference.objects.filter(
        organisation_id=organisation_id, pk=preference_id, ended_at__isnull=True
    ).first()
    if row is None:
        return None
    row.ended_on, row.ended_at, row.ended_by = today, now, by
    row.save(update_fields=["ended_on", "ended_at", "ended_by"])
    return {"patient_id": row.patient_id, "kind": row.kind, "definition_key": row.definition_key}


def close_gaps(
    *, organisation_id: int, patient_id: int, definition_key: str, reason: str, today: date
) -> int:
    """End the open gaps (of one rule, or all) at once: what is on its way is refused from now on."""
    rows = Gap.objects.filter(organisation_id=organisation_id, patient_id=patient_id, closed_on__isnull=True)
    if definition_key:
        rows = rows.filter(definition_key=definition_key)
    return rows.update(closed_on=Greatest(Value(today), F("opened_on")), close_reason=reason, rank=None)


def reopen_gaps(
    *, organisation_id: int, patient_id: int, definition_key: str, reason: str, today: date
) -> int:
    """Undo ``close_gaps`` of the same day; what was closed earlier the next run finds anew."""
    mine = Gap.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    rows = mine.filter(closed_on__gte=today, close_reason=reason)
    if definition_key:
        rows = rows.filter(definition_key=definition_key)
    standing = mine.filter(closed_on__isnull=True).values("definition_key")
    newest = rows.exclude(definition_key__in=standing).order_by("definition_key", "-id")
    ids = list(newest.distinct("definition_key").values_list("id", flat=True))
    return mine.filter(pk__in=ids).update(closed_on=None, close_reason="")
