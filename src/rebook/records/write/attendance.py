"""What became of an appointment of Rebook's own calendar."""

from datetime import datetime

from rebook.records.models import Appointment, Visit

LOCAL_SOURCE_KIND = "local"


def set_attendance(
    *, organisation_id: int, appointment_id: int, was_kept: bool, now: datetime, collected_cents: int | None
) -> bool:
    """Mark a past local appointment as fulfilled (with its visit) or as a no-show.

    False when it is not ours, is not past, or somebody already said what became of it.
    """
    found = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("source")
        .filter(organisation_id=organisation_id, pk=appointment_id, source__kind=LOCAL_SOURCE_KIND)
        .filter(status__in=("booked", "arrived", "checked-in"), starts_at__lte=now)
        .first()
    )
    if found is None:
        return False
    found.status = "fulfilled" if was_kept else "noshow"
    found.save(update_fields=["status"])
    if was_kept:
        Visit.objects.create(
            organisation_id=organisation_id,
            source_id=found.source_id,
            external_id=f"visit-{found.external_id}",
            fact_hash=b"",
            patient_id=found.patient_id,
            location_id=found.location_id,
            practitioner_id=found.practitioner_id,
            appointment_external_id=found.external_id,
            visit_type=found.visit_type,
            started_at=found.starts_at,
            collected_cents=collected_cents,
        )
    return True


def past_unmarked(*, organisation_id: int, now: datetime) -> list[tuple[int, int, datetime]]:
    """[(appointment id, patient id, starts at)] of local appointments whose end nobody has told us."""
    rows = Appointment.objects.filter(
        organisation_id=organisation_id, source__kind=LOCAL_SOURCE_KIND, status="booked", starts_at__lte=now
    ).order_by("starts_at", "pk")
    return list(rows.values_list("pk", "patient_id", "starts_at"))
