"""From a source's own ids to the ledger's, for whole sets."""

from rebook.records.models import Patient, Practitioner


def patient_ids(*, organisation_id: int, source_key: str) -> dict[str, int]:
    """{the source's patient id: the ledger's}."""
    rows = Patient.objects.filter(organisation_id=organisation_id, source__key=source_key)
    return dict(rows.values_list("external_id", "pk"))


def practitioner_ids(*, organisation_id: int, source_key: str) -> dict[str, int]:
    """{the source's practitioner id: the ledger's}."""
    rows = Practitioner.objects.filter(organisation_id=organisation_id, source__key=source_key)
    return dict(rows.values_list("external_id", "pk"))
