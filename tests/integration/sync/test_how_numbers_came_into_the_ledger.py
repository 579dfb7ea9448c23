"""How a number came is kept at import; what a person wrote down outlasts every import (R-A4, R-A177)."""

from datetime import UTC, date, datetime

import pytest

from rebook.flow.preference import record_new_number
from rebook.records.models import ContactPoint, Patient

pytestmark = pytest.mark.django_db
MAPPING = """
[[table]]
files = "*.csv"

[table.patient]
external_id = "pid"
family_name = "name"

[[table.patient.contacts]]
system = "phone"
value = "cell"
number_source = "from"
given_on = "since"
given_for = "for"
"""
HEAD = "pid,name,cell,from,since,for\n"
LATER = datetime(2026, 3, 20, 2, 30, tzinfo=UTC)


@pytest.fixture
def take(bring):
    return lambda row: bring(HEAD + row + "\n", name="people.csv", mapping=MAPPING)


def kept():
    return ContactPoint.objects.values_list("number_source", "given_on", "given_for", "source_noted_by").get()


def test_a_number_comes_with_its_source(take):
    take("p1,Ng,312-555-0123,payer,2025-02-03,appointments")
    assert kept() == ("insurer", date(2025, 2, 3), ["appointments"], "")


def test_a_later_file_may_say_better_and_silence_takes_nothing_back(take):
    take("p1,Ng,312-555-0123,,,")
    assert kept() == ("", None, [], "")
    take("p1,Ng,312-555-0123,form,2025-02-03,")
    assert kept() == ("patient_form", date(2025, 2, 3), [], "")
    take("p1,Ng,312-555-0123,,,")
    assert kept() == ("patient_form", date(2025, 2, 3), [], "")


def test_an_unchanged_row_changes_nothing(take):
    take("p1,Ng,312-555-0123,form,2025-02-03,care")
    again = take("p1,Ng,312-555-0123,form,2025-02-03,care")
    assert again.counts["patient"]["unchanged"] == 1


def test_what_a_person_wrote_down_outlasts_the_import(take):
    take("p1,Ng,312-555-0123,payer,,")
    ContactPoint.objects.update(number_source="patient_said", source_noted_by="user:7")
    take("p1,Nguyen,312-555-0123,payer,2025-02-03,")
    assert kept() == ("patient_said", None, [], "user:7")


def test_a_number_typed_on_the_patients_page_is_given_by_the_patient(take, organisation):
    take("p1,Ng,312-555-0123,payer,,appointments")
    patient = Patient.objects.get()
    given = {"organisation_id": organisation.pk, "patient_id": patient.pk, "now": LATER, "actor": "patient"}
    record_new_number(number="(312) 555-0123", **given)
    # The day is theirs: still the 19th in Chicago.
    assert kept() == ("patient_page", date(2026, 3, 19), [], "patient")
    record_new_number(number="(312) 555-0199", **given)
    new = ContactPoint.objects.get(value="+13125550199")
    assert (new.number_source, new.given_on) == ("patient_page", date(2026, 3, 19))
