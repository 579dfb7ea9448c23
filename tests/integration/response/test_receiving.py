"""A message comes in, and the right things happen at once (R-E10, R-E30 ff, R-E39)."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent
from rebook.records.models import Attempt, AutomationHold, Consent, ContactPoint, Reply, Task

pytestmark = pytest.mark.django_db


def task_of(thread):
    return Task.objects.get(patient=thread.patient)


def test_the_words_are_kept_exactly_as_received(thread):
    words = "Sí, ¿puede ser   el LUNES? 👍\n— Ana"
    thread.says(words)
    assert Reply.objects.get().body == words


def test_a_webhook_delivered_twice_is_one_reply_and_one_task(thread):
    first = thread.says("Yes please", provider_id="sm-1")
    again = thread.says("Yes please", provider_id="sm-1")
    assert (first.is_new, again.is_new) == (True, False)
    assert (Reply.objects.count(), Task.objects.count()) == (1, 1)
    assert again.intent == first.intent == "book"


def test_yes_pauses_the_sequence_and_opens_a_booking_due_in_fifteen_minutes(thread):
    thread.says("Yes please")
    task, case = task_of(thread), thread.fresh()
    assert (task.kind, task.owner_role, task.due_at) == (
        "book",
        "front_desk",
        thread.now + dt.timedelta(minutes=15),
    )
    assert task.reply.intent == "book"
    assert (case.paused_at, case.pause_reason, case.responded_at) == (thread.now, "reply", thread.now)


def test_in_the_evening_the_promise_counts_from_the_next_opening(thread):
    friday_evening = dt.datetime(2026, 11, 21, 0, 30, tzinfo=dt.UTC)
    thread.says("Yes please", now=friday_evening)
    assert task_of(thread).due_at == dt.datetime(2026, 11, 23, 14, 15, tzinfo=dt.UTC)


def test_at_night_the_patient_hears_when_somebody_reads_it_once_in_twelve_hours(thread):
    night = dt.datetime(2026, 11, 19, 3, 0, tzinfo=dt.UTC)
    thread.says("Yes please", now=night)
    thread.says("or Friday", now=night + dt.timedelta(minutes=2))
    thread.says("or Saturday", now=night + dt.timedelta(hours=13))
    answers = Attempt.objects.filter(template_key="after_hours")
    assert answers.count() == 1


@pytest.mark.parametrize(
    ("words", "kind", "role", "minutes"),
    [
        ("How much would that cost me?", "billing", "front_desk", 240),
        ("My tooth hurts since yesterday", "clinical_question", "clinician", 60),
        ("This is unacceptable, I want to file a complaint", "complaint", "manager", 240),
        ("Can you call me back?", "call_back", "front_desk", 15),
        ("Where is your office?", "answer_reply", "front_desk", 240),
        ("blue elephants", "answer_reply", "front_desk", 240),
        ("I moved to Texas", "data_quality", "front_desk", 1080),
        ("¿Cuánto cuesta?", "billing", "front_desk", 240),
        ("me duele una muela", "clinical_question", "clinician", 60),
    ],
)
def test_every_reply_reaches_the_right_person_in_time(thread, words, kind, role, minutes):
    thread.says(words)
    task = task_of(thread)
    assert (task.kind, task.owner_role) == (kind, role)
    hours = thread.clinic.organisation
    assert task.due_at > thread.now
    if minutes <= 240:
        assert task.due_at == thread.now + dt.timedelta(minutes=minutes), hours


def test_a_picture_without_words_is_looked_at_within_fifteen_minutes(thread):
    thread.says("", has_attachment=True)
    assert (task_of(thread).kind, task_of(thread).due_at) == (
        "answer_reply",
        thread.now + dt.timedelta(minutes=15),
    )


class TestRedFlag:
    def test_a_clinician_is_called_at_once_and_automation_stops(self, thread):
        received = thread.says("I have chest pain and cant breath")
        task = task_of(thread)
        assert (received.level, task.kind, task.urgency) == (1, "safety", 0)
        assert (task.owner_role, task.due_at) == ("clinician", thread.now)
        hold = AutomationHold.objects.get(patient=thread.patient)
        assert (hold.kind, hold.until_at) == ("red_flag", None)
        assert thread.fresh().pause_reason == "red_flag"

    def test_the_fixed_answer_is_due_at_once_and_repeats_nothing(self, thread):
        thread.says("I have chest pain")
        answer = Attempt.objects.get(origin="safety")
        assert (answer.state, answer.due_at, answer.to_value) == ("planned", thread.now, thread.phone.value)
        assert "911" in answer.body
        assert "chest" not in answer.body.lower()
        assert answer.case_id is None

    def test_a_crisis_hears_of_988_in_its_own_language(self, thread):
        thread.says("ya no quiero vivir")
        answer = Attempt.objects.get(origin="safety")
        assert answer.template_key == "safety_crisis"
        assert answer.language == "es"
        assert "988" in answer.body

    def test_with_a_stop_in_the_same_words_no_text_goes_out_and_a_person_calls(self, thread):
        thread.says("I want to kill myself. Stop texting me")
        assert not Attempt.objects.filter(origin="safety").exists()
        assert Task.objects.filter(kind="safety", urgency=0).exists()
        assert Consent.objects.filter(contact_value=thread.phone.value, state="revoked").exists()

    def test_three_messages_in_a_minute_are_answered_once(self, thread):
        for words in ("chest pain", "it hurts so much, chest pain", "help me"):
            thread.says(words)
        assert Attempt.objects.filter(origin="safety").count() == 1
        assert Task.objects.filter(kind="safety").count() == 3

    def test_a_denied_symptom_still_reaches_a_clinician(self, thread):
        thread.says("no chest pain, just checking in")
        assert task_of(thread).kind == "clinical_question"

    def test_from_a_number_that_two_share_everybody_is_held_back(self, thread, share_number):
        other = share_number(thread)
        thread.attempt.delete()
        received = thread.says("she is not breathing")
        assert received.patient_id is None
        held = set(AutomationHold.objects.values_list("patient_id", flat=True))
        assert held == {thread.patient.pk, other.pk}
        assert Attempt.objects.filter(origin="safety").count() == 1

    def test_from_nobody_we_know_a_clinician_still_hears(self, thread):
        thread.says("I cant breathe", of="+13125559999")
        task = Task.objects.get(kind="safety")
        assert (task.patient_id, task.reply.from_value) == (None, "+13125559999")


class TestWhoWrote:
    def test_the_latest_thread_decides_among_those_who_share_a_number(self, thread, share_number):
        other = share_number(thread)
        received = thread.says("Yes please")
        assert received.patient_id == thread.patient.pk != other.pk

    def test_without_a_thread_a_person_finds_out(self, thread, share_number):
        share_number(thread)
        thread.attempt.delete()
        received = thread.says("Yes please")
        assert received.patient_id is None
        assert Task.objects.get().patient_id is None

    def test_without_a_thread_the_only_owner_of_the_number_is_meant(self, thread):
        thread.attempt.delete()
        assert thread.says("Yes please").patient_id == thread.patient.pk

    def test_a_number_written_differently_is_the_same_number(self, thread):
        national = thread.phone.value.removeprefix("+1")
        written = f"({national[:3]}) {national[3:6]}-{national[6:]}"
        assert thread.says("Yes", of=written).patient_id == thread.patient.pk

    def test_an_answer_by_mail_finds_the_patient_and_ignores_what_it_quotes(self, thread):
        body = (
            "Yes, Monday please\n\nOn Wed, Nov 18, 2026 at 9:00 AM Elm Street wrote:\n> Reply STOP to end\n"
        )
        received = thread.says(body, channel="sandbox_email")
        assert (received.intent, received.patient_id) == ("book", thread.patient.pk)
        assert not Consent.objects.exists()

    def test_a_merged_record_answers_for_the_one_that_is_left(self, thread):
        survivor = thread.clinic.patient(4)
        thread.patient.merged_into = survivor
        thread.patient.save()
        assert thread.says("Yes please").patient_id == survivor.pk


class TestThePerson:
    def test_a_wrong_person_ends_the_case_when_there_is_no_other_way(self, thread):
        thread.email.delete()
        thread.says("wrong number")
        case = thread.fresh()
        assert (case.outcome, case.closed_at) == ("wrong_person", thread.now)
        assert thread.phone.state == "wrong_person"
        assert task_of(thread).kind == "data_quality"
        assert Consent.objects.filter(contact_value=thread.phone.value, state="revoked").exists()

    def test_a_wrong_person_speaks_for_the_number_only(self, thread):
        thread.says("wrong number, remove me from your list")
        thread.patient.refresh_from_db()
        assert not thread.patient.do_not_contact
        assert not Consent.objects.filter(patient=thread.patient).exists()
        assert thread.fresh().closed_at is None
        assert thread.fresh().pause_reason == "wrong_person"

    def test_a_death_stops_everything_until_a_person_has_looked(self, thread):
        thread.says("She passed away in June")
        thread.patient.refresh_from_db()
        hold = AutomationHold.objects.get(patient=thread.patient)
        assert (hold.kind, hold.until_at) == ("data_quality", None)
        assert not thread.patient.is_deceased
        assert task_of(thread).kind == "data_quality"
        assert not Attempt.objects.filter(origin__in=("reply", "safety")).exists()

    def test_not_now_waits_for_the_day_that_was_named(self, thread):
        thread.says("not right now, maybe in 2 weeks")
        hold, case = AutomationHold.objects.get(), thread.fresh()
        assert hold.kind == "snooze"
        assert hold.until_at.date() == dt.date(2026, 12, 2)
        assert (case.next_step_at, case.paused_at) == (hold.until_at, None)

    def test_a_no_ends_the_case_with_its_reason(self, thread):
        thread.says("No thanks, I feel fine")
        case = thread.fresh()
        assert (case.outcome, case.barrier) == ("declined", "feels_well")

    def test_who_cannot_pay_is_helped_before_the_no_is_taken(self, thread):
        thread.says("No thanks, I can't afford it")
        case = thread.fresh()
        assert (case.closed_at, case.barrier, task_of(thread).kind) == (None, "cost", "billing")

    def test_a_machine_that_answers_changes_nothing(self, thread):
        thread.says("I'm driving with Do Not Disturb While Driving turned on. I'll see your message later.")
        assert not Task.objects.exists()
        assert thread.fresh().paused_at is None
        assert thread.fresh().responded_at is None
        assert Reply.objects.get().state == "handled"

    def test_help_is_answered_even_to_strangers_on_file(self, thread):
        thread.says("HELP")
        answer = Attempt.objects.get(template_key="help_answer")
        assert "STOP" in answer.body
        assert (answer.origin, answer.state) == ("reply", "planned")


def test_acts_leave_a_line_in_the_trail_without_the_words(thread):
    thread.says("stop texting me you monsters")
    lines = AuditEvent.objects.filter(action__in=("consent.revoked", "case.closed"))
    assert lines.count() == 2
    assert not any("monsters" in str(line.detail) for line in lines)


def test_nothing_crosses_to_another_practice(thread):
    from support.practice import make_practice

    other = make_practice("oak-lane")
    patient = other.patient(9)
    ContactPoint.objects.create(
        organisation=other.organisation, patient=patient, system="phone", value=thread.phone.value
    )
    thread.says("STOP")
    assert not Consent.objects.filter(organisation=other.organisation).exists()
