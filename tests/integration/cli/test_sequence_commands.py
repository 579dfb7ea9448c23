"""``sequences`` and ``replay``: what there is, and what one would do to a patient."""

import pytest

from rebook.records.models import Attempt
from support.outreach import make_clinic

pytestmark = pytest.mark.django_db
AS_OF = ("--as-of", "2026-11-18", "--sequence", "primary_care.routine")


@pytest.fixture
def clinic(db, settings, tmp_path):
    settings.PUBLIC_URL = "https://visits.example"
    settings.HOME = tmp_path
    return make_clinic()


def test_every_sequence_step_by_step(clinic, answer, rebook):
    found = {one["key"]: one for one in answer("sequences")}
    assert found["primary_care.routine"]["steps"][0].startswith("At once, a text")
    assert found["primary_care.close"]["problems"] == []
    assert "primary_care.routine" in rebook("sequences").stdout


def test_a_story_told_line_by_line(clinic, answer, rebook):
    patient = clinic.patient(email=True)
    told = answer("replay", str(patient.pk), *AS_OF, "--if", "day 1: barrier cost")
    sent = [line for line in told["lines"] if line["kind"] == "sent"]
    assert [line["step"] for line in sent] == [1, 3, 8]
    assert told["sent"] == 3
    passed = [line for line in told["lines"] if line["kind"] == "passed_over"]
    assert passed[0]["reasons"][0]["rule"] == "step_condition"
    out = rebook("replay", str(patient.pk), *AS_OF, "--if", "day 2: reply STOP").stdout
    assert "ends as opted_out" in out
    assert not Attempt.objects.exists()


def test_nobody_to_reach_is_a_no(clinic, rebook):
    patient = clinic.patient(phone=False, do_not_contact=True)
    assert "0 contacts go out" in rebook("replay", str(patient.pk), *AS_OF, code=1).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("999999", *AS_OF), "no such patient"),
        (("{id}", "--sequence", "primary_care.poem"), "there is no sequence"),
        (("{id}", *AS_OF, "--if", "soon: books"), "is no day of the week"),
        (("{id}", *AS_OF, "--if", "day 2: books"), ""),
    ],
)
def test_what_cannot_be_asked_is_told(words, says, clinic, rebook):
    patient = clinic.patient()
    asked = [word.replace("{id}", str(patient.pk)) for word in words]
    done = rebook("replay", *asked, code=2 if says else 0)
    assert says in done.output
