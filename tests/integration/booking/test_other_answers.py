"""Stop, not now, call me, wrong person, moved, a question: pressed on the page, found in the ledger."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from rebook.records.models import AutomationHold, Case, Consent, ContactPoint, Reply, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(practice):
    patient = practice.patient()
    for system, value in (("phone", "+13125550123"), ("email", "rosa@example.org")):
        ContactPoint.objects.create(
            organisation=practice.organisation, patient=patient, system=system, value=value
        )
    return patient


@pytest.fixture
def case(practice, patient):
    return practice.case(patient)


@pytest.fixture
def path(practice, patient, case):
    return f"/p/{practice.token(patient, case, now=timezone.now())}"


@pytest.fixture
def press(path):
    client = Client(enforce_csrf_checks=True)

    def press(choice, **values):
        page = client.get(f"{path}/{choice}").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        answer = client.post(f"{path}/{choice}", {**values, "csrfmiddlewaretoken": token}, follow=True)
        return answer.content.decode()

    return press


def test_stop_ends_messages(press, case):
    assert "no more messages" in press("stop")
    assert {row.state for row in Consent.objects.all()} == {"revoked"}
    assert {"sms", "email"} <= {row.channel for row in Consent.objects.all()}


def test_not_now_until_the_day_that_was_chosen(press, patient):
    text = press("not-now", option="90")
    until = AutomationHold.objects.get(patient=patient, kind="snooze").until_at
    assert dt.timedelta(days=88) < until - timezone.now() < dt.timedelta(days=92)
    assert "We will not write about this before" in text


def test_please_call_me_makes_a_call_for_somebody(press, patient):
    assert "will call you" in press("call", option="morning")
    task = Task.objects.get(patient=patient)
    assert (task.kind, task.state) == ("call_back", "open")
    assert "In the morning" in Reply.objects.get().body


def test_a_question_reaches_a_person(press, patient):
    assert "We have your question" in press("question", text="Do you take my insurance?\x00")
    assert Task.objects.filter(patient=patient, state="open").exists()


def test_an_empty_question_is_asked_for_again(press):
    assert "write your question first" in press("question", text="   ")
    assert not Reply.objects.exists()


def test_danger_in_a_question_is_seen_at_once(press, patient):
    text = press("question", text="I have chest pain and I cannot breathe")
    assert "call 911" in text
    assert Task.objects.get(patient=patient, kind="safety").urgency == 0


def test_the_wrong_person_hears_no_more(press, patient, case):
    press("wrong-person")
    assert Case.objects.get(pk=case.pk).paused_at or Case.objects.get(pk=case.pk).outcome == "wrong_person"


def test_moved_ends_the_case(press, case):
    press("moved")
    assert Case.objects.get(pk=case.pk).outcome == "moved"


def test_one_click_unsubscribe_needs_neither_cookie_nor_form(path):
    bare = Client(enforce_csrf_checks=True)
    assert bare.get(f"{path}/unsubscribe").status_code == 200
    assert not Consent.objects.exists()

    response = bare.post(
        f"{path}/unsubscribe", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 200
    assert {(row.channel, row.state) for row in Consent.objects.all()} >= {("email", "revoked")}


def test_an_old_link_still_ends_messages(practice, patient, case):
    token = practice.token(patient, case, now=timezone.now() - dt.timedelta(days=100))
    response = Client(enforce_csrf_checks=True).post(f"/p/{token}/unsubscribe")
    assert response.status_code == 200
    assert Consent.objects.filter(state="revoked").exists()
