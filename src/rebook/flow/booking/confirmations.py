"""From a held time to an appointment, once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.booking import ESTIMATE_PAYERS, Slot, SlotChoice, estimate_due_at, next_times
from rebook.core.outcome.touch import RECENT
from rebook.flow.booking.claims import claim, still_fits
from rebook.flow.booking.offers import open_slots, times_for_link
from rebook.flow.booking.values import Booked, ConfirmAnswer, NothingHeld, SlotTaken
from rebook.records.read import booking as read
from rebook.records.read.links import LinkView
from rebook.records.read.ways import last_contact
from rebook.records.write import booking as write
from rebook.records.write import links


def confirm(*, link: LinkView, now: datetime) -> ConfirmAnswer:
    """Book the time held through a link. Done twice it books once.

    A hold past its time still counts while nobody else took it. A booking the case already has is moved.
    """
    with transaction.atomic(durable=True):
        write.lock_patient(organisation_id=link.organisation_id, patient_id=link.patient_id)
        answer = _confirm(link=link, now=now)
    return answer or SlotTaken(times_for_link(link=link, now=now).next_times)


def _confirm(*, link: LinkView, now: datetime) -> Booked | NothingHeld | None:
    organisation_id = link.organisation_id
    hold = read.hold_of_link(organisation_id=organisation_id, link_id=link.id)
    kind = link.visit_type
    earlier = read.live_booking(
        organisation_id=organisation_id,
        patient_id=link.patient_id,
        case_id=link.case_id,
        visit_type=kind.key if kind else "",
        now=now,
    )
    if hold is None or kind is None:
        if earlier is None:
            return NothingHeld()
        return Booked(earlier.id, slot_of(earlier, organisation_id=organisation_id), is_new=False)
    write.lock_practitioner(organisation_id=organisation_id, practitioner_id=hold.practitioner_id)
    choice = SlotChoice(hold.practitioner_id, hold.location_id, hold.starts_at)
    fits = still_fits(
        organisation_id=organisation_id, choice=choice, kind=kind, now=now, but_claim_id=hold.claim_id
    )
    kept = (
        fits is not None
        and hold.starts_at > now
        and write.keep_claim(organisation_id=organisation_id, claim_id=hold.claim_id)
    )
    if fits is None or not kept:
        write.release_claim(organisation_id=organisation_id, claim_id=hold.claim_id, now=now)
        return None
    new = write.NewBooking(
        patient_id=link.patient_id,
        case_id=link.case_id,
        attempt_id=link.attempt_id,
        claim_id=hold.claim_id,
        slot=fits,
        origin="patient_page",
    )
    booking_id = _book(organisation_id=organisation_id, new=new, earlier=earlier, now=now, actor="patient")
    links.add_step(organisation_id=organisation_id, link_id=link.id, step="booked", now=now)
    if link.payer_class in ESTIMATE_PAYERS:
        _owe_estimate(link=link, slot=fits, now=now)
    return Booked(booking_id, fits)


def book_for_patient(
    *,
    organisation_id: int,
    patient_id: int,
    slot: SlotChoice,
    visit_type: str,
    case_id: int | None = None,
    now: datetime,
    actor: str,
) -> Booked | SlotTaken:
    """Book a time for a patient on the phone; ``slot`` is ``Slot.choice`` of one of ``open_slots``.

    A booking of the same case that lies ahead is moved. Done twice it books once.
    """
    kind = next(
        (one for one in read.visit_types(organisation_id=organisation_id) if one.key == visit_type), None
    )
    answer: Booked | None = None
    if kind is not None and slot.starts_at > now:
        with transaction.atomic(durable=True):
            write.lock_patient(organisation_id=organisation_id, patient_id=patient_id)
            answer = _book_by_phone(
                organisation_id=organisation_id,
                patient_id=patient_id,
                choice=slot,
                kind=kind,
                case_id=case_id,
                now=now,
                actor=actor,
            )
    if answer is not None:
        return answer
    return SlotTaken(next_times(open_slots(organisation_id=organisation_id, visit_type=visit_type, now=now)))


def _book_by_phone(
    *,
    organisation_id: int,
    patient_id: int,
    choice: SlotChoice,
    kind: read.VisitTypeView,
    case_id: int | None,
    now: datetime,
    actor: str,
) -> Booked | None:
    earlier = read.live_booking(
        organisation_id=organisation_id, patient_id=patient_id, case_id=case_id, visit_type=kind.key, now=now
    )
    if earlier is not None and _is_at(earlier, choice):
        return Booked(earlier.id, slot_of(earlier, organisation_id=organisation_id), is_new=False)
    claimed = claim(
        organisation_id=organisation_id,
        patient_id=patient_id,
        link_id=None,
        choice=choice,
        kind=kind,
        now=now,
        expires_at=None,
    )
    if claimed is None:
        return None
    new = write.NewBooking(
        patient_id=patient_id,
        case_id=case_id,
        # what the patient heard of us last, the call itself where there was one.
        attempt_id=last_contact(
            organisation_id=organisation_id, patient_id=patient_id, now=now, within=RECENT
        ),
        claim_id=claimed[0],
        slot=claimed[1],
        origin="staff",
    )
    booking_id = _book(organisation_id=organisation_id, new=new, earlier=earlier, now=now, actor=actor)
    return Booked(booking_id, claimed[1])


def _book(
    *,
    organisation_id: int,
    new: write.NewBooking,
    earlier: read.BookingView | None,
    now: datetime,
    actor: str,
) -> int:
    booking_id = write.add_booking(organisation_id=organisation_id, new=new, now=now)
    if earlier is not None:
        write.end_booking(
            organisation_id=organisation_id,
            booking_id=earlier.id,
            state="moved",
            by="patient",
            now=now,
            moved_to_id=booking_id,
        )
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action="booking.moved" if earlier else "booking.confirmed",
        subject_kind="booking",
        subject_id=booking_id,
        detail={"patient": new.patient_id, "case": new.case_id, "from": earlier.id if earlier else None},
    )
    return booking_id


def _owe_estimate(*, link: LinkView, slot: Slot, now: datetime) -> None:
    zone = ZoneInfo(accounts.organisation(organisation_id=link.organisation_id).time_zone)
    due_at = estimate_due_at(booked_at=now.astimezone(zone), visit_at=slot.starts_at.astimezone(zone))
    if due_at is not None:
        write.add_estimate_task(
            organisation_id=link.organisation_id,
            patient_id=link.patient_id,
            case_id=link.case_id,
            now=now,
            due_at=due_at,
        )


def _is_at(booking: read.BookingView, choice: SlotChoice) -> bool:
    return (booking.practitioner_id, booking.location_id, booking.starts_at) == (
        choice.practitioner_id,
        choice.location_id,
        choice.starts_at,
    )


def slot_of(booking: read.BookingView, *, organisation_id: int) -> Slot:
    """A booking's time as a slot."""
    zones = {one.id: one.time_zone for one in accounts.locations(organisation_id=organisation_id)}
    return Slot(
        practitioner_id=booking.practitioner_id,
        location_id=booking.location_id,
        visit_type=booking.visit_type,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        seat=0,
        time_zone=zones[booking.location_id],
    )
