"""Whatever happens in whatever order, no time is sold twice and nobody has two visits for one case."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rebook.flow import booking
from rebook.records.models import Appointment, Booking, SlotClaim
from support.practice import NOW, make_practice

WHO = st.integers(0, 3)
# Six half hours and the quarter hours between, so that times overlap in part.
WHEN = st.integers(0, 11)
SLUGS = (f"practice-{number}" for number in itertools.count())

TWO_LIVE_CLAIMS = """
    SELECT count(*) FROM records_slotclaim a JOIN records_slotclaim b
    ON a.practitioner_id = b.practitioner_id AND a.seat = b.seat AND a.id < b.id
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    WHERE a.released_at IS NULL AND b.released_at IS NULL
"""


class Diary(RuleBasedStateMachine):
    @initialize(capacity=st.integers(1, 2))
    def open_the_practice(self, capacity):
        self.practice = make_practice(next(SLUGS), capacity=capacity)
        self.capacity = capacity
        self.now = NOW
        self.patients = [self.practice.patient(number) for number in range(4)]
        self.links = [self.practice.link(one, self.practice.case(one)) for one in self.patients]

    def choice(self, when):
        return self.practice.choice(17, 9 + when // 4, 15 * (when % 4))

    @property
    def ours(self):
        return {"organisation": self.practice.organisation}

    @rule(who=WHO, when=WHEN)
    def hold(self, who, when):
        answer = booking.hold_slot(link=self.links[who], choice=self.choice(when), now=self.now)
        if isinstance(answer, booking.Held):
            assert answer.expires_at > self.now

    @rule(who=WHO)
    def confirm(self, who):
        booking.confirm(link=self.links[who], now=self.now)

    @rule(who=WHO, when=WHEN)
    def book_by_phone(self, who, when):
        link = self.links[who]
        booking.book_for_patient(
            organisation_id=link.organisation_id,
            patient_id=link.patient_id,
            slot=self.choice(when),
            visit_type="hygiene",
            case_id=link.case_id,
            now=self.now,
            actor="user:7",
        )

    @rule(who=WHO)
    def cancel(self, who):
        for found in Booking.objects.filter(**self.ours, patient=self.patients[who], state="confirmed"):
            booking.cancel(organisation_id=found.organisation_id, booking_id=found.pk, now=self.now)

    @rule(who=WHO)
    def the_practice_calls_it_off(self, who):
        Appointment.objects.filter(**self.ours, patient=self.patients[who]).update(status="cancelled")

    @rule(who=WHO, when=WHEN)
    def an_appointment_comes_in_from_elsewhere(self, who, when):
        self.practice.outside_appointment(self.patients[who], self.choice(when).starts_at, booked_at=self.now)

    @rule(minutes=st.integers(1, 15))
    def time_passes(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    @invariant()
    def no_seat_has_two_live_claims(self):
        with connection.cursor() as cursor:
            cursor.execute(TWO_LIVE_CLAIMS)
            assert cursor.fetchone() == (0,)

    @invariant()
    def no_more_visits_than_seats(self):
        """What Rebook booked never overlaps beyond the seats there are."""
        booked = Appointment.objects.filter(**self.ours, status="booked", booking__state="confirmed")
        spans = list(booked.values_list("starts_at", "ends_at"))
        for start, _ in spans:
            assert sum(one <= start < end for one, end in spans) <= self.capacity

    @invariant()
    def nobody_has_two_live_bookings_for_one_case(self):
        for link in self.links:
            rows = Booking.objects.filter(
                case_id=link.case_id, state="confirmed", appointment__status="booked"
            )
            assert rows.count() <= 1

    @invariant()
    def a_booked_appointment_keeps_its_time(self):
        loose = SlotClaim.objects.filter(
            **self.ours, booking__appointment__status="booked", released_at__isnull=False
        )
        assert not loose.exists()


@pytest.mark.django_db
def test_any_order_of_events():
    run_state_machine_as_test(
        Diary,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        ),
    )
