"""200 patients at once on 50 times, on the real pages over HTTP (promise 7)."""

import datetime as dt

import pytest
from django.db.models import Count
from django.utils import timezone

from rebook.cli.booking_storm import Guest, storm
from rebook.records.models import Appointment, Booking, PractitionerHours, SlotClaim
from support.practice import make_practice
from support.served import served_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATIENTS, TIMES = 200, 50


@pytest.fixture
def guests(transactional_db):
    practice = make_practice(ends=dt.time(14))
    # Ten times on each of five days, and no more.
    first = timezone.localdate() + dt.timedelta(days=3)
    PractitionerHours.objects.update(from_on=first, until_on=first + dt.timedelta(days=4))
    now = timezone.now()
    made = []
    for number in range(PATIENTS):
        patient = practice.patient(number, birth_on=dt.date(1950 + number % 50, 3, 9))
        token = practice.token(patient, practice.case(patient), now=now)
        made.append(Guest(token, (3, 9, 1950 + number % 50), "60601"))
    return made


def test_fifty_are_booked_nobody_twice_and_everybody_else_is_told_kindly(guests):
    with served_pages() as address:
        seen = storm(address, guests)

    assert [one.problem for one in seen if one.problem] == []
    assert sum(one.is_booked for one in seen) == TIMES
    assert Booking.objects.count() == Appointment.objects.count() == TIMES
    per_time = Appointment.objects.values("starts_at").annotate(n=Count("pk"))
    assert {row["n"] for row in per_time} == {1}
    per_patient = Booking.objects.values("patient").annotate(n=Count("pk"))
    assert {row["n"] for row in per_patient} == {1}
    # Whoever came late read that the time was gone, not an error.
    assert sum(one.was_told_taken for one in seen) > 0
    assert SlotClaim.objects.filter(released_at__isnull=True, expires_at__isnull=False).count() == 0
