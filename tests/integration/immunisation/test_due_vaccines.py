"""Everybody's open vaccines: the list, its order, who is left out, and the command."""

import datetime as dt
import json
import shutil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.flow import immunisation as flow
from rebook.records.models import Patient

pytestmark = pytest.mark.django_db

TODAY = dt.date(2025, 8, 1)
AS_OF = ["--as-of", str(TODAY)]


def due(practice, under=19):
    return flow.due_vaccines(organisation_id=practice.organisation.pk, under_years=under, as_of=TODAY)


def command(*words):
    return CliRunner().invoke(app, ["vaccines", *words])


@pytest.fixture
def children(practice, choose, registry):
    """Born so that the first dose is overdue; one in the first year of life, one older, others left out."""
    registry()
    choose()
    born = dt.date(2023, 5, 1)
    practice.patient(1, birth_on=born, sex="female")
    practice.patient(2, birth_on=dt.date(2025, 1, 1), sex="female")
    practice.patient(3, birth_on=born, sex="male")
    practice.patient(4, birth_on=born, sex="female", is_deceased=True)
    practice.patient(5, birth_on=born, sex="female", left_practice_on=dt.date(2025, 1, 1))
    practice.patient(6, birth_on=dt.date(2000, 5, 1), sex="female")
    practice.patient(7, birth_on=dt.date(2025, 9, 1), sex="female")
    practice.patient(8, birth_on=None, sex="female")


def test_infants_come_first_and_others_are_left_out(practice, children):
    found = due(practice)
    # The newborn of next month and the one without a birth date are counted, not dropped.
    assert (found.people, found.without_birth_date) == (3, 2)
    assert [(one.external_id, one.gap.group, one.gap.contact) for one in found.lines] == [
        ("p2", "Alpha", "outreach"),
        ("p1", "Alpha", "outreach"),
    ]
    assert [one.external_id for one in due(practice, under=1).lines] == ["p2"]
    assert [one.external_id for one in due(practice, under=26).lines] == ["p2", "p6", "p1"]


def test_each_line_is_what_the_patients_page_says(practice, children):
    for one in due(practice).lines:
        alone = flow.patient_vaccines(
            organisation_id=practice.organisation.pk, patient_id=one.patient_id, as_of=TODAY
        )
        assert one.gap in alone.review.gaps


def test_a_vaccinated_child_leaves_the_list(practice, children, dose):
    dose(Patient.objects.get(external_id="p2"), "2025-07-20", code="3")
    assert [one.external_id for one in due(practice).lines] == ["p1"]


def test_more_patients_cost_no_more_queries(practice, children, dose):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            due(practice)
        return len(queries)

    before = counted()
    for number in range(20, 40):
        patient = practice.patient(number, birth_on=dt.date(2024, 1, number - 10), sex="female")
        dose(patient, "2024-06-01", code="3")
    assert counted() == before


def test_chunks_lose_nobody(practice, children, monkeypatch):
    whole = due(practice)
    monkeypatch.setattr("rebook.records.read.immunisations.AT_ONCE", 1)
    assert due(practice) == whole


def test_without_a_choice_the_list_says_so(practice, child):
    found = due(practice)
    assert (found.lines, found.not_chosen) == ((), ("Alpha", "Beta"))
    done = command(*AS_OF)
    assert done.exit_code == 1
    assert "nobody has chosen a schedule for: Alpha, Beta" in done.output


def test_the_command_prints_the_list_and_one_patient(practice, children):
    done = command(*AS_OF)
    assert done.exit_code == 0, done.output
    assert "2 vaccines due among 3 people" in done.output
    assert "2 patients without a usable birth date" in done.output
    told = json.loads(command(*AS_OF, "--limit", "1", "--json").output)
    assert (told["found"], [one["external_id"] for one in told["lines"]]) == (2, ["p2"])
    one = command("p1", *AS_OF)
    assert one.exit_code == 0
    assert "Alpha: overdue" in one.output
    assert "no dose on record" in one.output
    assert json.loads(command("p1", *AS_OF, "--json").output)["review"]["gaps"][0]["group"] == "Alpha"
    assert command("p3", *AS_OF).exit_code == 1


def test_the_command_says_what_is_missing(practice, children, schedule):
    assert command("nobody", *AS_OF).exit_code == 2
    assert command("p8", *AS_OF).exit_code == 2
    shutil.rmtree(schedule)
    assert command("p1", *AS_OF).exit_code == 2
    with pytest.raises(flow.UnableToJudgeVaccines, match="no schedule in"):
        due(practice)
