"""Who came: the front desk's word on appointments of Rebook's own calendar.

Appointments of a practice system are told by that system's next sync instead.
"""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.records.write import attendance as write


def record_attendance(
    *,
    organisation_id: int,
    appointment_id: int,
    was_kept: bool,
    now: datetime,
    actor: str,
    collected_cents: int | None = None,
) -> bool:
    """Whether the patient came. False when there was nothing to record: not ours, not past, said before."""
    with transaction.atomic(durable=True):
        recorded = write.set_attendance(
            organisation_id=organisation_id,
            appointment_id=appointment_id,
            was_kept=was_kept,
            now=now,
            collected_cents=collected_cents,
        )
        if recorded:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="appointment.kept" if was_kept else "appointment.no_show",
                subject_kind="appointment",
                subject_id=appointment_id,
            )
    return recorded


def appointments_without_word(*, organisation_id: int, now: datetime) -> list[tuple[int, int, datetime]]:
    """[(appointment id, patient id, starts at)] of our past appointments still marked as booked."""
    return write.past_unmarked(organisation_id=organisation_id, now=now)
