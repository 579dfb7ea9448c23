"""What patients press does what they would have got by writing it."""

import datetime as dt

import pytest

from rebook.flow import response
from rebook.records.models import AutomationHold, Consent, PatientLink, Reply, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(thread, now):
    def run(choice, *, attempt=None, **more):
        link = PatientLink.objects.create(
            organisation=thread.clinic.organisation,
            patient=thread.patient,
            case=thread.case,
            attempt=attempt or thread.attempt,
            token_hash=f"hash-{choice}-{PatientLink.objects.count()}",
            created_at=now,
            expires_at=now + dt.timedelta(days=30),
        )
        response.patient_choice(
            organisation_id=thread.organisation_id, link_id=link.pk, choice=choice, now=now, **more
        )
        return link

    return run


def test_stop_ends_texts_and_mail_for_the_person_and_the_number(thread, press):
    waiting = [thread.queue(thread.phone, channel="sms"), thread.queue(thread.email, channel="email")]
    press("stop")
    for attempt in waiting:
        attempt.refresh_from_db()
        assert attempt.state == "refused"
    revoked = set(Consent.objects.values_list("channel", "patient_id", "contact_value"))
    assert {("sms", None, thread.phone.value), ("email", thread.patient.pk, "")} <= revoked
    assert thread.fresh().outcome == "opted_out"
    assert Consent.objects.first().origin == "patient_page"


def test_not_now_waits_until_the_day_that_was_chosen(thread, press):
    press("not_now", until=dt.date(2027, 2, 1))
    hold = AutomationHold.objects.get()
    assert (hold.kind, hold.until_at.date()) == ("snooze", dt.date(2027, 2, 1))
    assert thread.fresh().next_step_at == hold.until_at
    assert not Task.objects.exists()
    assert Reply.objects.get().state == "handled"


def test_not_now_without_a_day_is_a_month(thread, press):
    press("not_now")
    assert AutomationHold.objects.get().until_at.date() == dt.date(2026, 12, 18)


def test_moved_ends_the_case_and_somebody_mends_the_record(thread, press):
    press("moved", text="I live in Ohio now")
    assert thread.fresh().outcome == "moved"
    assert Task.objects.get().kind == "data_quality"
    assert Reply.objects.get().body == "[moved] I live in Ohio now"


def test_the_wrong_person_ends_contact_for_that_number(thread, press):
    thread.email.delete()
    press("wrong_person")
    assert thread.fresh().outcome == "wrong_person"
    assert thread.phone.state == "wrong_person"


def test_a_call_is_owed_within_a_quarter_of_an_hour(thread, press, now):
    press("ask_call", text="Mornings")
    task = Task.objects.get()
    assert (task.kind, task.due_at) == ("call_back", now + dt.timedelta(minutes=15))
    assert thread.fresh().pause_reason == "reply"


def test_a_question_is_read_for_danger_like_any_reply(thread, press):
    press("question", text="Is it normal that I have chest pain and cant breathe?")
    assert Task.objects.get(kind="safety").urgency == 0
    assert AutomationHold.objects.get().kind == "red_flag"
    assert Reply.objects.get().intent == "emergency"


def test_a_question_that_says_stop_is_a_stop(thread, press):
    press("question", text="why? stop texting me")
    assert Consent.objects.filter(state="revoked").exists()


def test_stop_with_words_of_pain_ends_messages_and_reaches_the_clinician(thread, press):
    press("stop", text="my tooth hurts since you drilled it")
    assert Task.objects.get().kind == "clinical_question"
    assert AutomationHold.objects.get().kind == "clinical_review"
    assert thread.fresh().outcome == "opted_out"
    assert Reply.objects.get().state != "handled"


@pytest.mark.parametrize(
    ("text", "revoked"),
    [
        ("no calls please, text me instead", {"sms", "email", "phone"}),
        ("and stop calling me", {"sms", "email", "phone"}),
        ("no me llamen", {"sms", "email", "phone"}),
        ("never contact me again", {"all"}),
    ],
)
def test_stop_with_words_that_go_further_ends_what_they_say(thread, press, text, revoked):
    press("stop", text=text)
    assert revoked <= set(Consent.objects.filter(state="revoked").values_list("channel", flat=True))


def test_pressing_twice_on_one_day_is_one_answer(thread, press, now):
    link = press("ask_call")
    response.patient_choice(
        organisation_id=thread.organisation_id, link_id=link.pk, choice="ask_call", now=now
    )
    assert (Reply.objects.count(), Task.objects.count()) == (1, 1)


def test_nothing_is_texted_to_who_sits_before_the_page(thread, press):
    press("stop")
    assert not thread.patient.attempts.filter(origin__in=("reply", "safety")).exists()


def test_one_click_ends_mail_and_leaves_texts_alone(thread, press, now):
    mail = thread.clinic.attempt(
        thread.case,
        channel="email",
        state="delivered",
        contact_point=thread.email,
        to_value=thread.email.value,
    )
    link = PatientLink.objects.create(
        organisation=thread.clinic.organisation, patient=thread.patient, attempt=mail, token_hash="one-click",
        created_at=now, expires_at=now + dt.timedelta(days=30),
    )  # fmt: skip
    response.one_click_unsubscribe(organisation_id=thread.organisation_id, link_id=link.pk, now=now)
    lines = set(Consent.objects.values_list("channel", "contact_value", "origin"))
    assert lines == {("email", thread.email.value, "list_unsubscribe"), ("email", "", "list_unsubscribe")}


def test_a_link_of_another_practice_opens_nothing(thread, press, now):
    from support.practice import make_practice

    other = make_practice("oak-lane")
    link = press("not_now")
    before = Reply.objects.count()
    response.patient_choice(organisation_id=other.organisation.pk, link_id=link.pk, choice="stop", now=now)
    assert Reply.objects.count() == before
    assert not Consent.objects.exists()
