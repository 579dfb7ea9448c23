"""How a patient wants to hear from the practice."""

from rebook.records.models import Patient


def set_preferred_channel(*, organisation_id: int, patient_id: int, channel: str) -> bool:
    """Keep the preference ("" for none). False when there is no such patient."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id)
    return rows.update(preferred_channel=channel) == 1
