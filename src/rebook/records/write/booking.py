"""Claims on a practitioner's time, and the appointments and bookings that come of them.

Whoever claims takes the practitioner's row first (``lock_practitioner``), so that the diary read afterwards
is the one the claim is made in; the exclusion constraint ``slot_claimed_once`` stands behind that.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from rebook.core.booking import Slot
from rebook.records.models import (
    Appointment,
    Booking,
    Case,
    Patient,
    Practitioner,
    SlotClaim,
    Source,
    Task,
)
from rebook.records.read.diary import FREES_THE_TIME

# Work that a booking makes needless: nobody needs to be called to book.
_CALLS_TO_BOOK = ("call", "call_back", "book", "unable_to_reach")


def lock_patient(*, organisation_id: int, patient_id: int) -> None:
    """One act of booking at a time per patient: a double click finds the first one's result."""
    Patient.objects.select_for_update(no_key=True).only("pk").get(
        organisation_id=organisation_id, pk=patient_id
    )


def lock_practitioner(*, organisation_id: int, practitioner_id: int) -> bool:
    """One claim at a time per practitioner. False when there is no such practitioner."""
    rows = Practitioner.objects.select_for_update(no_key=True).only("pk")
    return rows.filter(organisation_id=organisation_id, pk=practitioner_id).first() is not None


def release_stale(*, organisation_id: int, practitioner_id: int, now: datetime) -> int:
    """Release holds past their time and the time of appointments that were called off; returns how many."""
    stale = SlotClaim.objects.filter(
        organisation_id=organisation_id, practitioner_id=practitioner_id, released_at__isnull=True
    ).filter(Q(expires_at__lte=now) | Q(booking__appointment__status__in=FREES_THE_TIME, ends_at__gt=now))
    ids = list(stale.values_list("pk", flat=True))
    return SlotClaim.objects.filter(pk__in=ids).update(released_at=now) if ids else 0


def release_holds_of_link(*, organisation_id: int, link_id: int, now: datetime) -> int:
    """One link holds one time: choosing another lets the first go."""
    return SlotClaim.objects.filter(
        organisation_id=organisation_id,
        link_id=link_id,
        released_at__isnull=True,
        expires_at__isnull=False,
    ).update(released_at=now)


def release_claim(*, organisation_id: int, claim_id: int, now: datetime) -> None:
    SlotClaim.objects.filter(organisation_id=organisation_id, pk=claim_id, released_at__isnull=True).update(
        released_at=now
    )


def add_claim(
    *,
    organisation_id: int,
    patient_id: int,
    link_id: int | None,
    slot: Slot,
    now: datetime,
    expires_at: datetime | None,
) -> int:
    """Claim a seat; ``expires_at`` None claims for good.

    Raises ``IntegrityError`` when another live claim on that seat overlaps: call it inside a savepoint.
    """
    row = SlotClaim.objects.create(
        organisation_id=organisation_id,
        practitioner_id=slot.practitioner_id,
        location_id=slot.location_id,
        patient_id=patient_id,
        link_id=link_id,
        visit_type=slot.visit_type,
        seat=slot.seat,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        held_at=now,
        expires_at=expires_at,
    )
    return row.pk


def keep_claim(*, organisation_id: int, claim_id: int) -> bool:
    """Make a hold permanent. False when it was released meanwhile."""
    return bool(
        SlotClaim.objects.filter(
            organisation_id=organisation_id, pk=claim_id, released_at__isnull=True
        ).update(expires_at=None)
    )


@dataclass(frozen=True, slots=True)
class NewBooking:
    """Who books what, on which claim; ``origin`` is patient_page, staff or reply."""

    patient_id: int
    case_id: int | None
    attempt_id: int | None
    claim_id: int
    slot: Slot
    origin: str


def add_booking(*, organisation_id: int, new: NewBooking, now: datetime) -> int:
    """Write the appointment (source "rebook", kind "local") and the booking; returns the booking's id."""
    source, _ = Source.objects.get_or_create(
        organisation_id=organisation_id, key="rebook", defaults={"kind": "local"}
    )
    appointment = Appointment.objects.create(
        organisation_id=organisation_id,
        source=source,
        external_id=f"claim:{new.claim_id}",
        fact_hash=bytes(16),
        patient_id=new.patient_id,
        location_id=new.slot.location_id,
        practitioner_id=new.slot.practitioner_id,
        visit_type=new.slot.visit_type,
        status="booked",
        starts_at=new.slot.starts_at,
        ends_at=new.slot.ends_at,
        booked_at=now,
    )
    booking = Booking.objects.create(
        organisation_id=organisation_id,
        claim_id=new.claim_id,
        appointment=appointment,
        patient_id=new.patient_id,
        case_id=new.case_id,
        attempt_id=new.attempt_id,
        origin=new.origin,
        confirmed_at=now,
    )
    _book_case(organisation_id=organisation_id, new=new, appointment_id=appointment.pk, now=now)
    return booking.pk


def _book_case(*, organisation_id: int, new: NewBooking, appointment_id: int, now: datetime) -> None:
    """An open case gets the appointment and pauses; the first booking and response keep their time."""
    if new.case_id is None:
        return
    case = Case.objects.select_for_update(no_key=True).get(organisation_id=organisation_id, pk=new.case_id)
    if case.closed_at is not None:
        return
    case.appointment_id = appointment_id
    case.booked_at = case.booked_at or now
    case.responded_at = case.responded_at or now
    if case.paused_at is None:
        case.paused_at, case.pause_reason = now, "booked"
    case.save(update_fields=["appointment", "booked_at", "responded_at", "paused_at", "pause_reason"])
    if new.origin == "staff":
        # Whoever books by phone records the call's result on that very task.
        return
    Task.objects.filter(
        organisation_id=organisation_id, case_id=new.case_id, state="open", kind__in=_CALLS_TO_BOOK
    ).update(state="cancelled", done_at=now, done_by="system", note="booked")


def end_booking(
    *,
    organisation_id: int,
    booking_id: int,
    state: str,
    by: str,
    now: datetime,
    moved_to_id: int | None = None,
) -> None:
    """Call a booking off: its time is free, its appointment cancelled, its case goes on.

    ``state`` is cancelled or moved; ``by`` is patient or clinic.
    """
    booking = Booking.objects.get(organisation_id=organisation_id, pk=booking_id)
    booking.state, booking.ended_at, booking.moved_to_id = state, now, moved_to_id
    booking.save(update_fields=["state", "ended_at", "moved_to"])
    release_claim(organisation_id=organisation_id, claim_id=booking.claim_id, now=now)
    Appointment.objects.filter(organisation_id=organisation_id, pk=booking.appointment_id).update(
        status="cancelled", cancelled_at=now, cancelled_by=by
    )
    # A moved booking's case has the new appointment already.
    case = Case.objects.filter(
        organisation_id=organisation_id, appointment_id=booking.appointment_id, closed_at__isnull=True
    )
    case.filter(pause_reason="booked").update(paused_at=None, pause_reason="")
    case.update(appointment=None)


def add_estimate_task(
    *, organisation_id: int, patient_id: int, case_id: int | None, now: datetime, due_at: datetime
) -> None:
    """A self-paying patient who booked is owed an estimate of the cost (R-A180)."""
    Task.objects.create(
        organisation_id=organisation_id,
        kind="billing",
        patient_id=patient_id,
        case_id=case_id,
        owner_role="front_desk",
        urgency=2,
        opened_at=now,
        due_at=due_at,
        note="Self-paying patient booked online: good-faith estimate is due (R-A180).",
    )
