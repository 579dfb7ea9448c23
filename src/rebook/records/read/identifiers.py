"""From a source's own ids to the ledger's, for whole sets."""

from datetime import date

from rebook.records.models import Case, Gap, Patient, Practitioner


def patient_ids(*, organisation_id: int, source_key: str) -> dict[str, int]:
    """{the source's patient id: the ledger's}."""
    rows = Patient.objects.filter(organisation_id=organisation_id, source__key=source_key)
    return dict(rows.values_list("external_id", "pk"))


def practitioner_ids(*, organisation_id: int, source_key: str) -> dict[str, int]:
    """{the source's practitioner id: the ledger's}."""
    rows = Practitioner.objects.filter(organisation_id=organisation_id, source__key=source_key)
    return dict(rows.values_list("external_id", "pk"))


def open_gap_types(*, organisation_id: int) -> list[tuple[int, str]]:
    """[(patient id, visit type of the gap)] of every open gap."""
    rows = Gap.objects.filter(organisation_id=organisation_id, closed_on__isnull=True)
    return list(rows.values_list("patient_id", "visit_type"))


def held_out(*, organisation_id: int) -> list[tuple[int, date]]:
    """[(patient id, day the case was opened)] of every case in the holdout arm."""
    rows = Case.objects.filter(organisation_id=organisation_id, arm="holdout")
    return [
        (patient_id, opened_at.date())
        for patient_id, opened_at in rows.values_list("patient_id", "opened_at")
    ]
