"""``rebook places``: rules in use, of one place, of one patient."""

import pytest

from rebook.accounts.models import Organisation
from rebook.records.models import ContactPoint
from support.practice import make_practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(db):
    practice = make_practice()
    made = practice.patient(1, state="RI", postal_code="02903", time_zone="America/Phoenix")
    ContactPoint.objects.create(
        organisation=practice.organisation, patient=made, system="phone", value="+16135550101"
    )
    return made


def test_the_places_in_use(patient, answer, rebook):
    told = {one["place"]: one for one in answer("places", "--on", "2026-11-22")["places"]}
    assert set(told) == {"house", "us", "us-ri", "ca-on", "us-il"}
    assert told["us-ri"]["patients"] == 1
    assert told["us-ri"]["name"] == "Rhode Island"
    assert told["us-ri"]["not_reviewed_for_a_year"] == 0
    late = {one["place"]: one for one in answer("places", "--on", "2028-01-01")["places"]}
    assert late["us-ri"]["not_reviewed_for_a_year"] == late["us-ri"]["rules"]
    assert "Rhode Island" in rebook("places").stdout


def test_one_place_on_a_day(patient, answer, rebook):
    before = answer("places", "--key", "us-tx", "--on", "2025-08-31")["rules"]
    rules = {(one["row"], one["in_force"]): one for one in before}
    assert not rules["us-tx.hours", False]["in_force"]
    assert rules["us-tx.hours", False]["effective_from"] == "2025-09-01"
    told = answer("places", "--key", "us-tx", "--on", "2027-02-01")
    rows = [one["row"] for one in told["rules"]]
    # The old wording of revoke-all has ended by then.
    assert rows.count("us.revoke_all") == 1
    assert told["name"] == "Texas"
    shown = rebook("places", "--key", "US-FL").stdout
    assert "Florida (us-fl)" in shown
    assert "contacts in 24 hours" in shown


def test_where_a_patient_may_be(patient, answer, rebook):
    told = answer("places", "--for", str(patient.pk))
    assert told["places"] == ["ca-on", "us-il", "us-ri"] or told["places"] == ["ca-on", "us-ri"]
    hints = {one["hint"]: one["places"] for one in told["hints"]}
    assert hints["state on file"] == hints["postal code on file"] == ["us-ri"]
    assert hints["telephone number 1"] == ["ca-on"]
    assert {"America/Phoenix", "America/New_York", "America/Toronto"} <= set(told["time_zones"])
    assert [one["row"] for one in told["rules"]["us-ri"] if one["row"].startswith("us-ri")] == ["us-ri.hours"]
    # Ontario asks more than Rhode Island for letters that advertise, the United States for such texts.
    needed = told["permissions"]["marketing"]
    assert needed["letter"] == {"permission": "express", "asked_by": "ca-on"}
    assert needed["sms"] == {"permission": "written", "asked_by": "us"}
    assert told["permissions"]["care_direct"]["phone_by_hand"]["permission"] == "implied"
    shown = rebook("places", "--for", str(patient.pk)).stdout
    assert "Rhode Island (us-ri): hours" in shown
    # Never a number, never a name.
    assert "5550101" not in shown
    assert "Rosa" not in shown


def test_what_it_refuses(patient, rebook, answer):
    assert "wants a date" in rebook("places", "--on", "soon", code=2).output
    assert "either" in rebook("places", "--for", "1", "--key", "us", code=2).output
    assert "no such patient" in rebook("places", "--for", "nobody", code=2).output
    assert answer("places", "--key", "mx", code=1) == {
        "place": "mx",
        "on": answer("places", "--key", "us")["on"],
        "known": False,
    }
    assert "strictest" in rebook("places", "--key", "mx", code=1).stdout


INIT = ("init", "--name", "Elm", "--pack", "dental", "--phone", "020 7946 0000")


def test_a_practice_says_its_country(db, answer, rebook):
    answer(*INIT, "--time-zone", "Europe/London", "--country", "UK")
    row = Organisation.objects.get()
    assert (row.jurisdiction, row.phone) == ("gb", "+442079460000")
    told = {one["place"] for one in answer("places")["places"]}
    assert told == {"house", "gb"}
    assert {one["row"] for one in answer("places", "--key", "gb")["rules"]} >= {"gb.hours", "gb.numbers"}
    refused = rebook(*INIT, "--time-zone", "America/Mexico_City", "--country", "mx", "--slug", "two", code=2)
    assert "no rules are held of 'mx'" in refused.output
    assert Organisation.objects.count() == 1
