"""Calling a booking off, and moving it to another time."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.core.booking import SlotChoice
from rebook.flow.booking.confirmations import book_for_patient
from rebook.flow.booking.values import Booked, CancelAnswer, Cancelled, NothingBooked, SlotTaken
from rebook.records.read import booking as read
from rebook.records.write import booking as write


def cancel(*, organisation_id: int, booking_id: int, now: datetime, actor: str = "patient") -> CancelAnswer:
    """Call a booking off and free its time. ``NothingBooked`` when that was done before."""
    with transaction.atomic(durable=True):
        found = read.booking(organisation_id=organisation_id, booking_id=booking_id)
        if found is None:
            return NothingBooked()
        write.lock_patient(organisation_id=organisation_id, patient_id=found.patient_id)
        found = read.booking(organisation_id=organisation_id, booking_id=booking_id)
        if found is None or found.state != "confirmed":
            return NothingBooked()
        write.end_booking(
            organisation_id=organisation_id,
            booking_id=booking_id,
            state="cancelled",
            by="patient" if actor == "patient" else "clinic",
            now=now,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="booking.cancelled",
            subject_kind="booking",
            subject_id=booking_id,
            detail={"patient": found.patient_id, "case": found.case_id},
        )
    return Cancelled(booking_id)


def move(
    *, organisation_id: int, booking_id: int, choice: SlotChoice, now: datetime, actor: str
) -> Booked | SlotTaken | NothingBooked:
    """Move a booking to another time in one step; on the patient page, holding and confirming does it."""
    found = read.booking(organisation_id=organisation_id, booking_id=booking_id)
    if found is None or found.state != "confirmed":
        return NothingBooked()
    return book_for_patient(
        organisation_id=organisation_id,
        patient_id=found.patient_id,
        slot=choice,
        visit_type=found.visit_type,
        case_id=found.case_id,
        now=now,
        actor=actor,
    )
