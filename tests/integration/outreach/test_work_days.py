"""A site's own working days: its hours, a staffed inbox, closed days and holidays; else weekdays."""

import datetime as dt

import pytest

from rebook.accounts import read as accounts
from rebook.accounts.models import Location
from rebook.core.outreach.sequence import Sequence, Step, as_json
from rebook.flow.common.work_days import days_off, open_days
from rebook.flow.outreach.ready import set_staffed_hours
from rebook.records.models import Campaign, Case, Practitioner, PractitionerHours, ReadinessRecord
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db
# Wednesday 18 November 2026; Thanksgiving is the 26th.
TODAY = NOW.date()
TUESDAY_TO_SATURDAY = {1, 2, 3, 4, 5}


@pytest.fixture
def bare(clinic):
    """The practice before anybody has said when it is open."""
    ReadinessRecord.objects.all().delete()
    return clinic


def hours(clinic, *weekdays, location=None, until_on=None):
    location = location or clinic.location
    who, _ = Practitioner.objects.get_or_create(
        organisation=clinic.organisation, source=clinic.source, external_id=f"d{location.pk}",
        defaults={"fact_hash": bytes(16), "name": "Dr. Doe", "location": location},
    )  # fmt: skip
    for weekday in weekdays:
        PractitionerHours.objects.create(
            organisation=clinic.organisation, practitioner=who, location=location, weekday=weekday,
            starts=dt.time(9), ends=dt.time(12), visit_type_keys=[], until_on=until_on,
        )  # fmt: skip


def staffed(clinic, *weekdays):
    set_staffed_hours(
        organisation_id=clinic.id, weekdays=weekdays, opens="08:00", closes="17:00", now=NOW, actor="user:1"
    )


def house(clinic):
    return accounts.organisation(organisation_id=clinic.id)


def opened(clinic, location=None):
    return set(open_days(house(clinic), on=TODAY).of((location or clinic.location).pk))


def test_monday_to_friday_where_nothing_is_known(bare):
    assert opened(bare) == {0, 1, 2, 3, 4}


def test_the_hours_of_each_site_are_its_own(bare):
    other = Location.objects.create(
        organisation=bare.organisation, external_id="east", name="East", time_zone="America/New_York"
    )
    hours(bare, *TUESDAY_TO_SATURDAY)
    hours(bare, 0, 6, location=other)
    assert opened(bare) == TUESDAY_TO_SATURDAY
    assert opened(bare, other) == {0, 6}


def test_hours_that_have_ended_open_nothing(bare):
    hours(bare, 5, until_on=TODAY - DAY)
    assert opened(bare) == {0, 1, 2, 3, 4}


def test_the_desk_is_staffed_on_days_without_a_doctor(bare):
    hours(bare, 1, 3)
    staffed(bare, 0, 1, 2, 3)
    assert opened(bare) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("given", "weekdays"),
    [
        ({"sat": ["09:00", "12:00"]}, {0, 1, 2, 3, 4, 5}),
        ({"mon": None, "sat": ["09:00", "12:00"]}, {1, 2, 3, 4, 5}),
        ({"fri": None}, {0, 1, 2, 3}),
        # what closes everything says nothing that could be meant
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), {0, 1, 2, 3, 4}),
        ("nonsense", {0, 1, 2, 3, 4}),
    ],
)
def test_what_the_practice_says_of_its_weekdays(given, weekdays, bare):
    bare.organisation.settings["business_hours"] = given
    bare.organisation.save()
    assert opened(bare) == weekdays


def test_a_closed_weekday_goes_before_hours_on_it(bare):
    bare.organisation.settings["business_hours"] = {"mon": None}
    bare.organisation.save()
    hours(bare, 0, 1)
    assert 0 not in opened(bare)


def test_holidays_and_closed_days_are_off_on_an_open_weekday(bare):
    bare.organisation.settings["closed_on"] = ["2026-12-04", "not a day"]
    bare.organisation.save()
    off = days_off(house(bare), weekdays=frozenset({3, 4, 5}), state="NY", year=2026)
    day = dt.date(2026, 12, 1)
    assert [(day + number * DAY) in off for number in range(7)] == [
        True,
        True,
        False,
        True,
        False,
        True,
        True,
    ]
    assert dt.date(2026, 11, 26) in off


def test_a_call_falls_on_a_saturday_where_the_site_works_then(bare, day):
    """Two business days after Thursday: the next Monday, or Saturday where Mondays are free."""
    plan = Sequence("x.y", (Step(0, "sms", 0), Step(1, "phone", 3, business_days=True)), max_class=1)
    hours(bare, *TUESDAY_TO_SATURDAY)
    patient = bare.patient(email=True)
    campaign = Campaign.objects.create(
        organisation=bare.organisation, name="Test", state="active", sequence_key=plan.key,
        sequence=as_json(plan), owner=bare.manager, launched_at=NOW,
    )  # fmt: skip
    case = Case.objects.create(
        organisation=bare.organisation, campaign=campaign, patient=patient, gap=patient.gaps.get(),
        opened_at=NOW, next_step_at=NOW,
    )  # fmt: skip
    day.plan()
    case.refresh_from_db()
    # Wednesday, then Thursday, Friday, Saturday; by weekdays alone it would be Monday.
    assert case.next_step_at.date() == dt.date(2026, 11, 21)
