"""Many hands on one time, each with a database connection of its own."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from rebook.core.booking import GivenIdentity, Slot
from rebook.flow import booking
from rebook.records.models import Appointment, Booking, PatientLink, SlotClaim
from rebook.records.write.booking import add_claim
from support.practice import NOW, make_practice


@pytest.fixture
def practice(transactional_db):
    return make_practice()


@pytest.fixture
def links(practice):
    patients = [practice.patient(number) for number in range(8)]
    return [practice.link(patient, practice.case(patient)) for patient in patients]


def at_once(*acts):
    """Run all acts at the same instant; their answers in order."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def hold(link, choice, now=NOW):
    return lambda: booking.hold_slot(link=link, choice=choice, now=now)


def confirm(link, now=NOW):
    return lambda: booking.confirm(link=link, now=now)


def names(answers):
    return sorted(type(answer).__name__ for answer in answers)


def test_one_of_eight_gets_the_time(practice, links):
    choice = practice.choice(17, 9)
    answers = at_once(*(hold(link, choice) for link in links))
    assert names(answers) == ["Held"] + ["SlotTaken"] * 7


def test_times_that_overlap_only_in_part(practice, links):
    answers = at_once(hold(links[0], practice.choice(17, 9)), hold(links[1], practice.choice(17, 9, 15)))
    assert names(answers) == ["Held", "SlotTaken"]


def test_a_double_click_on_several_servers(practice, links):
    booking.hold_slot(link=links[0], choice=practice.choice(17, 9), now=NOW)
    answers = at_once(*(confirm(links[0]) for _ in range(6)))
    assert names(answers) == ["Booked"] * 6
    assert sum(answer.is_new for answer in answers) == 1
    assert Appointment.objects.count() == Booking.objects.count() == 1


def test_an_expired_hold_is_either_confirmed_or_taken_never_both(practice, links):
    choice, late = practice.choice(17, 9), NOW + dt.timedelta(minutes=11)
    booking.hold_slot(link=links[0], choice=choice, now=NOW)

    first, second = at_once(confirm(links[0], late), hold(links[1], choice, late))

    if isinstance(second, booking.Held):
        assert not isinstance(first, booking.Booked)
    else:
        assert isinstance(first, booking.Booked)
    assert SlotClaim.objects.filter(released_at__isnull=True).count() == 1


def test_the_phone_and_the_page_sell_one_time_once(practice, links):
    choice = practice.choice(17, 9)
    patient_id = links[1].patient_id

    def by_phone():
        return booking.book_for_patient(
            organisation_id=practice.organisation.pk,
            patient_id=patient_id,
            slot=choice,
            visit_type="hygiene",
            now=NOW,
            actor="user:7",
        )

    answers = at_once(hold(links[0], choice), by_phone)

    assert names(answers) in (["Held", "SlotTaken"], ["Booked", "SlotTaken"])


def test_moving_and_cancelling_at_once_leave_one_booking_or_none(practice, links):
    booking.hold_slot(link=links[0], choice=practice.choice(17, 9), now=NOW)
    booked = booking.confirm(link=links[0], now=NOW)
    booking.hold_slot(link=links[0], choice=practice.choice(17, 10), now=NOW)

    def cancel():
        return booking.cancel(organisation_id=practice.organisation.pk, booking_id=booked.booking_id, now=NOW)

    at_once(confirm(links[0]), cancel)

    live = Booking.objects.filter(state="confirmed")
    assert live.count() <= 1
    assert Appointment.objects.filter(status="booked").count() == live.count()
    assert SlotClaim.objects.filter(released_at__isnull=True, expires_at__isnull=True).count() == live.count()


def test_wrong_tries_in_parallel_are_counted_one_by_one(practice, links):
    wrong = GivenIdentity(birth_on=dt.date(1999, 1, 1), postal_code="60601")

    def guess():
        return booking.check_identity(
            organisation_id=practice.organisation.pk, link_id=links[0].id, given=wrong, now=NOW
        )

    answers = at_once(*([guess] * 8))

    assert sorted(answers) == ["locked"] * 4 + ["wrong"] * 4
    assert PatientLink.objects.get(pk=links[0].id).locked_until == NOW + dt.timedelta(minutes=30)


@pytest.mark.parametrize(
    ("minutes", "seat", "is_refused"), [(0, 0, True), (15, 0, True), (30, 0, False), (0, 1, False)]
)
def test_the_database_itself_refuses_an_overlapping_claim(practice, links, minutes, seat, is_refused):
    def put(link, offset, seat):
        starts_at = practice.at(17, 9) + dt.timedelta(minutes=offset)
        slot = Slot(
            practice.practitioner.pk,
            practice.location.pk,
            "hygiene",
            starts_at,
            starts_at + dt.timedelta(minutes=30),
            seat,
            "America/Chicago",
        )
        with transaction.atomic():
            add_claim(
                organisation_id=link.organisation_id,
                patient_id=link.patient_id,
                link_id=link.id,
                slot=slot,
                now=NOW,
                expires_at=None,
            )

    put(links[0], 0, 0)
    if is_refused:
        with pytest.raises(IntegrityError, match="slot_claimed_once"):
            put(links[1], minutes, seat)
    else:
        put(links[1], minutes, seat)
