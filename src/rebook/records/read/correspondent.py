"""One patient as somebody to write to."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from rebook.records.models import Patient


@dataclass(frozen=True, slots=True)
class Correspondent:
    id: int
    birth_on: date | None
    language: str
    time_zone: str
    home_location_id: int | None
    responsible_patient_id: int | None
    # When the patient last wrote to us; None when never.
    last_wrote_at: datetime | None


def correspondent(*, organisation_id: int, patient_id: int) -> Correspondent:
    """Raises ``Patient.DoesNotExist`` for a patient of another organisation."""
    row = (
        Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
        .annotate(last_wrote_at=Max("replies__received_at"))
        .get()
    )
    return Correspondent(
        id=row.pk,
        birth_on=row.birth_on,
        language=row.language,
        time_zone=row.time_zone,
        home_location_id=row.home_location_id,
        responsible_patient_id=row.responsible_patient_id,
        last_wrote_at=row.last_wrote_at,
    )
