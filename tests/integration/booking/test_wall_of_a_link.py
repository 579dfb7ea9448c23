"""Behind a patient's link only the link's own practice is there, in the database itself (promise 9)."""

import json

import pytest
from django.http import JsonResponse
from django.test import RequestFactory
from django.utils import timezone

from rebook.records.models import Case, Patient
from rebook.web.patient.page import patient_page
from support.practice import make_practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbour():
    other = make_practice("oak-street")
    patient = other.patient()
    return other, patient, other.case(patient)


def seen_by(practice):
    """What a careless view, which filters by nothing, is given."""
    patient = practice.patient()
    token = practice.token(patient, practice.case(patient), now=timezone.now())

    @patient_page
    def careless(page):
        return JsonResponse(
            {
                "patients": list(Patient.objects.values_list("id", flat=True)),
                "practices": sorted(set(Case.objects.values_list("organisation_id", flat=True))),
            }
        )

    return patient, careless(RequestFactory().get(f"/p/{token}"), token)


def test_a_view_that_filters_nothing_still_sees_one_practice(practice, neighbour):
    patient, answer = seen_by(practice)
    seen = json.loads(answer.content)
    assert seen["patients"] == [patient.id]
    assert len(seen["practices"]) == 1


def test_the_wall_is_taken_down_after_the_answer(practice, neighbour):
    seen_by(practice)
    assert Patient.objects.filter(id=neighbour[1].id).exists()


def test_the_wall_is_taken_down_after_a_view_that_failed(practice, neighbour):
    patient = practice.patient()
    token = practice.token(patient, practice.case(patient), now=timezone.now())

    @patient_page
    def failing(page):
        raise LookupError

    with pytest.raises(LookupError):
        failing(RequestFactory().get(f"/p/{token}"), token)
    assert Patient.objects.filter(id=neighbour[1].id).exists()
