"""A time is held, confirmed, moved and called off; whoever comes second is offered others."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow import booking
from rebook.records.models import Appointment, Booking, SlotClaim, Task, VisitType
from support.practice import make_practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(practice):
    return practice.patient()


@pytest.fixture
def case(practice, patient):
    return practice.case(patient)


@pytest.fixture
def link(practice, patient, case):
    return practice.link(patient, case)


def held(link, choice, now):
    answer = booking.hold_slot(link=link, choice=choice, now=now)
    assert isinstance(answer, booking.Held)
    return answer


def booked(link, choice, now):
    held(link, choice, now)
    answer = booking.confirm(link=link, now=now)
    assert isinstance(answer, booking.Booked)
    return answer


def test_a_confirmed_hold_becomes_an_appointment_of_the_case(practice, patient, case, link, now):
    answer = booked(link, practice.choice(17, 9), now)

    appointment = Appointment.objects.get(booking=answer.booking_id)
    assert (appointment.status, appointment.starts_at) == ("booked", practice.at(17, 9))
    assert (appointment.source.key, appointment.source.kind) == ("rebook", "local")
    case.refresh_from_db()
    assert (case.appointment_id, case.booked_at, case.pause_reason) == (appointment.pk, now, "booked")
    assert case.responded_at == now
    line = AuditEvent.objects.get(action="booking.confirmed")
    assert (line.actor, line.subject_id) == ("patient", str(answer.booking_id))


def test_whoever_comes_second_is_offered_three_other_times(practice, link, now):
    second = practice.patient(2)
    other = practice.link(second, practice.case(second))
    held(link, practice.choice(17, 9), now)

    answer = booking.hold_slot(link=other, choice=practice.choice(17, 9), now=now)

    assert isinstance(answer, booking.SlotTaken)
    assert len(answer.next_times) == 3
    assert practice.at(17, 9) not in {slot.starts_at for slot in answer.next_times}


def test_a_hold_past_its_time_is_free_for_the_next(practice, link, now):
    second = practice.patient(2)
    other = practice.link(second, practice.case(second))
    held(link, practice.choice(17, 9), now)

    later = now + dt.timedelta(minutes=10)
    held(other, practice.choice(17, 9), later)

    assert SlotClaim.objects.get(link_id=link.id).released_at == later
    assert isinstance(booking.confirm(link=link, now=later), booking.NothingHeld)


def test_a_hold_past_its_time_still_counts_while_nobody_else_took_it(practice, link, now):
    held(link, practice.choice(17, 9), now)

    answer = booking.confirm(link=link, now=now + dt.timedelta(hours=1))

    assert isinstance(answer, booking.Booked)


def test_choosing_another_time_lets_the_first_go(practice, link, now):
    held(link, practice.choice(17, 9), now)
    held(link, practice.choice(17, 10), now)

    assert SlotClaim.objects.filter(released_at__isnull=True).count() == 1


def test_confirming_twice_books_once(practice, link, now):
    first = booked(link, practice.choice(17, 9), now)

    second = booking.confirm(link=link, now=now)

    assert (second.booking_id, second.is_new) == (first.booking_id, False)
    assert Booking.objects.count() == Appointment.objects.count() == 1


def test_an_appointment_that_came_in_meanwhile_wins(practice, patient, link, now):
    held(link, practice.choice(17, 9), now)
    practice.outside_appointment(practice.patient(2), practice.at(17, 8, 45))

    answer = booking.confirm(link=link, now=now)

    assert isinstance(answer, booking.SlotTaken)
    assert not Booking.objects.exists()
    assert practice.at(17, 9, 15) <= min(slot.starts_at for slot in answer.next_times)


def test_choosing_again_after_booking_moves_the_visit(practice, case, link, now):
    first = booked(link, practice.choice(17, 9), now)
    second = booked(link, practice.choice(18, 10), now)

    old = Booking.objects.get(pk=first.booking_id)
    assert (old.state, old.moved_to_id) == ("moved", second.booking_id)
    assert (old.appointment.status, old.appointment.cancelled_by) == ("cancelled", "patient")
    assert old.claim.released_at == now
    case.refresh_from_db()
    assert case.appointment.starts_at == practice.at(18, 10)
    assert case.pause_reason == "booked"


def test_a_cancelled_visit_frees_its_time_and_its_case(practice, case, link, now):
    answer = booked(link, practice.choice(17, 9), now)

    booking.cancel(organisation_id=link.organisation_id, booking_id=answer.booking_id, now=now)

    case.refresh_from_db()
    assert (case.appointment_id, case.paused_at) == (None, None)
    # That it was once booked stays on record.
    assert case.booked_at == now
    held(link, practice.choice(17, 9), now)


def test_cancelling_twice_says_there_is_nothing_to_cancel(practice, link, now):
    answer = booked(link, practice.choice(17, 9), now)
    ids = {"organisation_id": link.organisation_id, "booking_id": answer.booking_id}
    booking.cancel(**ids, now=now)

    assert isinstance(booking.cancel(**ids, now=now), booking.NothingBooked)
    assert AuditEvent.objects.filter(action="booking.cancelled").count() == 1


def test_a_visit_that_the_practice_called_off_leaves_its_time_free(practice, link, now):
    answer = booked(link, practice.choice(17, 9), now)
    Appointment.objects.filter(booking=answer.booking_id).update(status="cancelled")
    second = practice.patient(2)

    held(practice.link(second, practice.case(second)), practice.choice(17, 9), now)


def test_staff_book_the_same_times(practice, patient, case, now):
    ids = {"organisation_id": practice.organisation.pk, "now": now}
    slot = booking.open_slots(**ids, visit_type="hygiene")[0]
    by_phone = {
        "patient_id": patient.pk,
        "visit_type": "hygiene",
        "slot": slot.choice,
        "case_id": case.pk,
        "actor": "user:7",
    }

    first = booking.book_for_patient(**ids, **by_phone)
    second = booking.book_for_patient(**ids, **by_phone)

    assert (first.is_new, second.is_new, first.booking_id) == (True, False, second.booking_id)
    assert Booking.objects.get().origin == "staff"
    other = booking.book_for_patient(
        **ids, **{**by_phone, "patient_id": practice.patient(2).pk, "case_id": None}
    )
    assert isinstance(other, booking.SlotTaken)
    assert other.next_times


def test_nobody_calls_about_a_visit_that_was_booked_online(practice, patient, case, link, now):
    Task.objects.create(
        organisation=practice.organisation,
        kind="call",
        patient=patient,
        case=case,
        owner_role="front_desk",
        opened_at=now,
        due_at=now,
    )

    booked(link, practice.choice(17, 9), now)

    assert Task.objects.get(kind="call").state == "cancelled"


def test_a_self_paying_patient_who_books_is_owed_an_estimate(practice, now):
    patient = practice.patient(3, payer_class="self_pay")
    link = practice.link(patient, practice.case(patient))

    # Friday: four business days ahead, so one business day to answer (R-A180).
    booked(link, practice.choice(20, 9), now)

    task = Task.objects.get(kind="billing")
    assert task.due_at == now + dt.timedelta(days=1)


def test_two_see_a_practitioner_at_once_only_where_two_fit(now):
    practice = make_practice("two-chairs", capacity=2)
    links = []
    for number in range(3):
        patient = practice.patient(number)
        links.append(practice.link(patient, practice.case(patient)))
    choice = practice.choice(17, 9)

    answers = [booking.hold_slot(link=link, choice=choice, now=now) for link in links]

    assert [type(answer).__name__ for answer in answers] == ["Held", "Held", "SlotTaken"]


def test_a_visit_that_is_not_for_booking_online_is_not_offered(practice, patient, case, now):
    VisitType.objects.update(is_self_bookable=False)
    link = practice.link(patient, case)

    assert booking.times_for_link(link=link, now=now).visit_type is None
    assert isinstance(booking.hold_slot(link=link, choice=practice.choice(17, 9), now=now), booking.SlotTaken)


def test_times_are_offered_at_home_first_and_with_notice(practice, patient, link, now):
    offered = booking.times_for_link(link=link, now=now)

    # Four hours' notice from eight leaves nothing of Monday morning.
    assert offered.slots[0].starts_at == practice.at(17, 9)
    assert [slot.starts_at for slot in offered.next_times] == [
        practice.at(17, 9),
        practice.at(17, 11),
        practice.at(18, 9),
    ]
