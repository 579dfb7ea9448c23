"""How a patient wants to hear from the practice."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rebook.core.outreach.number_source import GIVEN_BY_PATIENT
from rebook.records.models import ContactPoint, Patient


def set_wishes(*, organisation_id: int, patient_id: int, values: Mapping[str, Any]) -> bool:
    """Keep columns of the patient (preferred channel, part of the day, language). False: no such patient."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    return rows.update(**values) == 1


def add_number(
    *, organisation_id: int, patient_id: int, value: str, line_type: str, now: datetime, on: date
) -> bool:
    """A phone that the patient gave of themself on ``on``, their day; False when it is one of theirs already
    and current. Either way it counts as given by them (R-A4)."""
    row, is_new = ContactPoint.objects.get_or_create(
        organisation_id=organisation_id,
        patient_id=patient_id,
        system="phone",
        value=value,
        defaults={
            "line_type": line_type,
            "rank": 1,
            "state": "unverified",
            "state_reason": "given on the patient page",
            "state_changed_at": now,
            **_on_their_page(on),
        },
    )
    if not is_new and row.number_source not in GIVEN_BY_PATIENT:
        # Until now it came from elsewhere, or nobody knew.
        ContactPoint.objects.filter(pk=row.pk).update(**_on_their_page(on))
    if is_new or row.is_current:
        return is_new
    row.is_current = True
    row.save(update_fields=["is_current"])
    return True


def _on_their_page(on: date) -> dict[str, Any]:
    return {"number_source": "patient_page", "given_on": on, "given_for": [], "source_noted_by": "patient"}
