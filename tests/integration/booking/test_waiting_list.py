"""Wishes and free times: the oldest wish first, one time for one wish, taken back when it is gone."""

import datetime as dt

import pytest

from rebook.flow.pending import add_wish, note_signs
from rebook.flow.pending.waiting import part_of_day
from rebook.records.models import PendingItem, PractitionerHours
from support.practice import CHICAGO, NOW, make_practice

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)


@pytest.fixture
def practice(db):
    return make_practice()


def wish(practice, number, **more):
    patient = practice.patient(number)
    add_wish(
        organisation_id=practice.organisation.pk,
        patient_id=patient.pk,
        visit_type="hygiene",
        by="user:1",
        today=TODAY,
        now=NOW + dt.timedelta(seconds=number),
        **more,
    )
    return patient.pk


def matched(practice, today=TODAY):
    note_signs(organisation_id=practice.organisation.pk, as_of=today, now=NOW)
    rows = PendingItem.objects.order_by("id")
    return [row.matched_on for row in rows]


def test_a_wish_that_fits_is_matched_and_one_for_the_evening_waits(practice):
    wish(practice, 1, day_part="morning")
    wish(practice, 2, day_part="evening")
    assert matched(practice) == [TODAY, None]
    assert matched(practice, TODAY + dt.timedelta(days=1)) == [TODAY, None]


def test_one_time_is_offered_to_one_and_taken_back_when_it_is_gone(practice):
    PractitionerHours.objects.exclude(weekday=2).delete()
    PractitionerHours.objects.update(
        starts=dt.time(9), ends=dt.time(9, 30), until_on=TODAY + dt.timedelta(days=6)
    )
    wish(practice, 1)
    wish(practice, 2)
    assert matched(practice) == [TODAY, None]
    PractitionerHours.objects.all().delete()
    assert matched(practice) == [None, None]


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "evening")]
)
def test_parts_of_the_day_are_those_of_the_local_clock(hour, part):
    assert part_of_day(dt.datetime(2026, 3, 16, hour, tzinfo=CHICAGO).astimezone(dt.UTC), CHICAGO) == part
