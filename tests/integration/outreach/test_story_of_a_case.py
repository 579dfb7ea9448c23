"""From an open gap to messages: enrolled, planned, sent, step by step."""

import re

import pytest

from rebook.core.booking import hash_token
from rebook.records.models import Attempt, AttemptEvent, Case, GuardDecision, PatientLink, Task
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


def test_a_due_patient_gets_one_message_in_their_words(clinic, day):
    patient = clinic.patient()
    clinic.campaign()
    summary = day.run()
    assert (summary.sent, summary.refused) == (1, 0)
    (message,) = clinic.sms.sent
    assert message.to == "+12125550001"
    assert message.body.startswith("Elm Street Practice: Hi Ana, you are due for a visit.")
    assert clinic.attempts(patient) == [(0, "sms", "accepted")]
    attempt = Attempt.objects.get()
    assert attempt.reference == message.reference
    assert attempt.lawful_basis
    assert AttemptEvent.objects.get().state == "accepted"
    # Asked when planned and again when sent.
    assert GuardDecision.objects.filter(attempt=attempt, verdict="allow").count() == 2


def test_the_link_in_the_message_opens_the_patients_page(clinic, day):
    patient = clinic.patient()
    clinic.campaign()
    day.run()
    token = re.search(r"https://visits\.example/p/(\S+)", clinic.sms.sent[0].body).group(1)
    link = PatientLink.objects.get(token_hash=hash_token(token))
    assert (link.patient, link.case, link.attempt) == (patient, Case.objects.get(), Attempt.objects.get())
    assert link.expires_at - NOW == 60 * DAY


def test_e_mail_carries_the_one_click_address(clinic, day):
    clinic.patient(phone=False, email=True)
    clinic.campaign()
    day.run()
    (message,) = clinic.email.sent
    token = re.search(r"https://visits\.example/p/([\w-]+)\s", message.body).group(1)
    assert message.unsubscribe_url == f"https://visits.example/p/{token}/unsubscribe"
    assert message.unsubscribe_url in message.body
    assert "<a href" in message.body_html


def test_steps_follow_one_another_and_end(clinic, day):
    patient = clinic.patient(email=True)
    clinic.campaign()
    for number in range(28):
        day.run(NOW + number * DAY)
    assert [(step, channel) for step, channel, _ in clinic.attempts(patient)] == [
        (0, "sms"),
        (1, "email"),
        # Three steps for what keeps people away are passed over.
        (5, "phone"),
        # The letter, where none are written.
        (7, "email"),
    ]
    case = clinic.case(patient)
    assert case.next_step_at is None
    assert case.closed_at is None
    assert case.first_attempt_at == NOW
    gaps = [row.sent_at.date() for row in Attempt.objects.order_by("pk")]
    # R-C146: days 4, 10 and 21 of the plan, of which a Sunday and a Saturday move on to the Monday, and what
    # stands for the letter on its own day all the same.
    assert [str(on) for on in gaps] == ["2026-11-18", "2026-11-23", "2026-11-30", "2026-12-09"]


def test_a_call_becomes_a_task_with_the_script(clinic, day):
    patient = clinic.patient()
    patient.contact_points.update(line_type="fixed_line")
    clinic.campaign()
    day.run()
    task = Task.objects.get()
    assert (task.kind, task.patient, task.owner, task.owner_role) == (
        "call",
        patient,
        clinic.manager,
        "front_desk",
    )
    assert "this is (your name) from Elm Street Practice" in task.attempt.body
    assert task.due_at == NOW + DAY
    assert clinic.sms.sent == []


def test_a_second_pass_at_the_same_instant_changes_nothing(clinic, day):
    clinic.patient()
    clinic.campaign()
    day.run()
    before = list(Attempt.objects.values()), list(Case.objects.values())
    day.run()
    assert (list(Attempt.objects.values()), list(Case.objects.values())) == before
    assert len(clinic.sms.sent) == 1


def test_at_night_the_message_waits_for_the_morning(clinic, day):
    patient = clinic.patient()
    clinic.campaign()
    night = NOW + 10 * HOUR
    day.run(night)
    assert clinic.attempts(patient) == [(0, "sms", "deferred")]
    assert clinic.first_rule(patient) == "quiet_hours"
    waiting = Attempt.objects.get()
    assert night < waiting.due_at < night + 14 * HOUR
    day.run(night + HOUR)
    assert clinic.sms.sent == []
    day.run(waiting.due_at)
    assert clinic.attempts(patient) == [(0, "sms", "accepted")]
    case = clinic.case(patient)
    assert case.next_step_at > waiting.due_at + 3 * DAY


def test_spanish_speakers_are_written_to_in_spanish(clinic, day):
    clinic.patient(language="es-US")
    clinic.campaign()
    day.run()
    attempt = Attempt.objects.get()
    assert (attempt.language, attempt.state) == ("es", "accepted")
    assert "STOP" in attempt.body
    assert "you are due" not in attempt.body


def test_a_language_without_a_text_gets_a_call_not_english(clinic, day):
    """R-A163."""
    patient = clinic.patient(language="vi")
    clinic.campaign()
    day.run()
    assert clinic.attempts(patient) == [(0, "phone", "accepted")]
    assert clinic.sms.sent == []
    assert Task.objects.get().kind == "call"


def test_a_child_is_reached_through_the_adult(clinic, day):
    """R-A150."""
    mother = clinic.patient(1, gap=False)
    child = clinic.patient(2, birth_on=NOW.date().replace(year=2018), responsible_patient=mother)
    clinic.campaign()
    day.run()
    assert clinic.sms.numbers == ["+12125550001"]
    assert clinic.attempts(child) == [(0, "sms", "accepted")]


def test_what_cannot_go_one_way_goes_another(clinic, day):
    """A landline takes no text: the step goes on to e-mail at once."""
    patient = clinic.patient(phone=False, email=True)
    clinic.contact(patient, "+12125550001", line_type="fixed_line")
    clinic.campaign()
    day.run()
    assert clinic.attempts(patient) == [(0, "email", "accepted")]


def test_an_opt_out_of_texts_leaves_e_mail(clinic, day):
    patient = clinic.patient(email=True)
    clinic.campaign()
    day.enrol()
    clinic.opt_out(value="+12125550001")
    day.plan()
    day.send()
    assert clinic.attempts(patient) == [(0, "sms", "refused"), (0, "email", "accepted")]
    assert clinic.sms.sent == []


def test_nobody_is_passed_over_without_a_word(clinic, day):
    """No way at all: the attempt says why, and the sequence runs out for the case to be closed."""
    patient = clinic.patient(phone=False, email=True)
    clinic.campaign()
    day.enrol()
    patient.contact_points.update(state="invalid")
    for number in range(28):
        day.plan(NOW + number * DAY)
    assert [state for _, _, state in clinic.attempts(patient)] == ["refused"] * 4
    assert clinic.first_rule(patient) in ("contact_missing", "contact_point")
    assert clinic.case(patient).next_step_at is None


def test_households_get_one_message_a_day(clinic, day):
    for number in (1, 2):
        clinic.patient(number, household_key="house:1")
    clinic.campaign()
    day.run()
    assert len(clinic.sms.sent) == 1
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["accepted", "deferred"]


@pytest.mark.parametrize("field", ["paused_at", "booked_at"])
def test_a_case_that_waits_for_a_person_or_a_visit_is_not_planned(field, clinic, day):
    patient = clinic.patient()
    clinic.campaign()
    day.enrol()
    Case.objects.update(**{field: NOW})
    assert day.plan().planned == 0
    assert clinic.attempts(patient) == []
