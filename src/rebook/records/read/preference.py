"""How a patient wants to hear from the practice, as kept."""

from dataclasses import dataclass

from rebook.records.models import Patient


@dataclass(frozen=True, slots=True)
class WishesView:
    """Empty: never asked, or no preference."""

    channel: str
    day_part: str
    language: str


def wishes_of(*, organisation_id: int, patient_id: int) -> WishesView | None:
    """None when there is no such patient."""
    row = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).first()
    if row is None:
        return None
    return WishesView(row.preferred_channel, row.preferred_day_part, row.language)
