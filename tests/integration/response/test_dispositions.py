"""What staff found out is recorded once, and does what it means (R-D54)."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent
from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS
from rebook.flow import response
from rebook.flow.response import UnableToRecord
from rebook.records.models import (
    AttemptEvent,
    AutomationHold,
    Consent,
    Patient,
    Reply,
    Task,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(thread, now):
    """A call to make about the thread's case."""
    attempt = thread.clinic.attempt(
        thread.case,
        channel="phone",
        contact_point=thread.phone,
        to_value=thread.phone.value,
        reference="call-1",
    )
    return Task.objects.create(
        organisation=thread.clinic.organisation,
        kind="call",
        patient=thread.patient,
        case=thread.case,
        attempt=attempt,
        owner_role="front_desk",
        opened_at=now,
        due_at=now + dt.timedelta(hours=2),
    )


@pytest.fixture
def record(thread, call, now):
    def run(disposition, task=call, actor="user:7", **more):
        return response.record_disposition(
            organisation_id=thread.organisation_id,
            task_id=task.pk,
            disposition=disposition,
            now=now,
            actor=actor,
            **more,
        )

    return run


def needed(key, now):
    """What a disposition cannot do without."""
    return {
        "barrier": {"barrier": "cost"},
        "call_back_at": {"call_back_at": now + dt.timedelta(days=1)},
        "note": {"note": "I only meant the appointment"},
        "": {},
    }[DISPOSITIONS[key].needs]


# What was begun is settled by its own task: tests/integration/gaps/test_looked_at_again.py.
@pytest.mark.parametrize("key", sorted(set(DISPOSITIONS) - {"settled"}))
def test_every_result_finishes_its_task_and_leaves_a_line(thread, call, record, now, key):
    recorded = record(key, **needed(key, now))
    call.refresh_from_db()
    assert (call.state, call.disposition, call.done_by, call.done_at) == ("done", key, "user:7", now)
    line = AuditEvent.objects.filter(action="task.done").latest("pk")
    assert line.detail["disposition"] == key
    assert bool(recorded.opened) == bool(DISPOSITIONS[key].task_kind)
    case = thread.fresh()
    assert case.outcome == DISPOSITIONS[key].outcome or key in ("opt_out_confirmed",)
    assert bool(case.responded_at) == DISPOSITIONS[key].is_response or key == "opt_out_confirmed"


def test_no_answer_leaves_the_sequence_running(thread, call, record):
    record("no_answer")
    case = thread.fresh()
    assert (case.paused_at, case.closed_at, case.reached_at, case.responded_at) == (None, None, None, None)


def test_who_spoke_counts_as_reached_and_the_call_says_so(thread, call, record, now):
    record("spoke_thinking")
    assert thread.fresh().reached_at == now
    event = AttemptEvent.objects.get(attempt=call.attempt)
    assert (event.state, event.source, event.code) == ("delivered", "staff", "spoke_thinking")
    call.attempt.refresh_from_db()
    assert call.attempt.state == "delivered"


def test_who_thinks_about_it_is_left_alone_for_a_week(thread, call, record, now):
    record("spoke_thinking")
    hold = AutomationHold.objects.get()
    assert (hold.kind, hold.until_at) == ("snooze", now + dt.timedelta(days=7))
    assert thread.fresh().next_step_at == hold.until_at


def test_a_call_back_is_due_when_it_was_asked_for(thread, call, record, now):
    at = now + dt.timedelta(days=1)
    record("callback_requested", call_back_at=at)
    task = Task.objects.get(kind="call_back")
    assert (task.due_at, task.call_back_at, task.case_id, task.state) == (at, at, thread.case.pk, "open")
    assert thread.fresh().pause_reason == "callback_requested"


@pytest.mark.parametrize("barrier", sorted(BARRIERS))
def test_a_no_is_kept_with_its_reason(thread, call, record, barrier):
    record("declined", barrier=barrier)
    case = thread.fresh()
    assert (case.outcome, case.barrier) == ("declined", barrier)


def test_a_wrong_number_binds_the_number_and_not_the_person(thread, call, record):
    record("wrong_number")
    assert thread.phone.state == "wrong_person"
    assert set(Consent.objects.values_list("contact_value", "patient_id")) == {(thread.phone.value, None)}
    assert thread.fresh().closed_at is None


def test_a_wrong_number_with_no_other_way_ends_the_case(thread, call, record):
    thread.email.delete()
    record("wrong_number")
    assert thread.fresh().outcome == "wrong_person"


def test_do_not_call_binds_calls_and_texts_and_what_is_queued(thread, call, record):
    waiting = thread.queue(thread.phone, channel="phone", state="deferred")
    record("do_not_call")
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    revoked = set(Consent.objects.filter(state="revoked").values_list("channel", "contact_value"))
    assert {("sms", thread.phone.value), ("phone", thread.phone.value)} <= revoked
    assert thread.fresh().outcome == "opted_out"


def test_a_death_is_for_good(thread, call, record):
    waiting = thread.queue(thread.email, channel="email")
    record("deceased")
    waiting.refresh_from_db()
    patient = Patient.objects.get(pk=thread.patient.pk)
    assert patient.is_deceased
    assert (waiting.state, waiting.reasons[0]["rule"]) == ("refused", "deceased")
    assert thread.fresh().outcome == "deceased"


def test_who_goes_elsewhere_has_left(thread, call, record, now):
    record("transferred_care")
    patient = Patient.objects.get(pk=thread.patient.pk)
    assert patient.left_practice_on == now.date()
    assert (thread.fresh().outcome, thread.fresh().barrier) == ("moved", "new_provider")


def test_an_emergency_on_the_phone_opens_the_safety_lane(thread, call, record, now):
    record("emergency_escalated")
    task = Task.objects.get(kind="safety")
    assert (task.urgency, task.owner_role, task.due_at) == (0, "clinician", now)
    assert AutomationHold.objects.get().kind == "red_flag"


@pytest.mark.parametrize(
    ("disposition", "more"),
    [
        ("shrugged", {}),
        ("declined", {}),
        ("declined", {"barrier": "weather"}),
        ("callback_requested", {}),
        ("callback_requested", {"call_back_at": dt.datetime(2026, 11, 19, 9)}),
        ("opt_out_not_meant", {}),
    ],
)
def test_what_is_unknown_or_incomplete_changes_nothing(thread, call, record, disposition, more):
    with pytest.raises(UnableToRecord):
        record(disposition, **more)
    call.refresh_from_db()
    assert call.state == "open"
    assert not AuditEvent.objects.filter(action="task.done").exists()


def test_the_same_task_is_not_done_twice(thread, call, record):
    record("no_answer")
    with pytest.raises(UnableToRecord):
        record("booked")
    assert thread.fresh().paused_at is None


def test_another_practice_cannot_touch_it(thread, call, now):
    from support.practice import make_practice

    other = make_practice("oak-lane")
    with pytest.raises(UnableToRecord):
        response.record_disposition(
            organisation_id=other.organisation.pk,
            task_id=call.pk,
            disposition="no_answer",
            now=now,
            actor="user:1",
        )


class TestMessages:
    def test_an_answered_message_is_off_the_list_and_the_sequence_goes_on(self, thread, now):
        received = thread.says("Where is your office?")
        assert thread.fresh().pause_reason == "reply"
        response.handle_reply(
            organisation_id=thread.organisation_id,
            reply_id=received.reply_id,
            disposition="answered",
            now=now,
            actor="user:7",
        )
        reply = Reply.objects.get()
        assert (reply.state, reply.handled_by) == ("handled", "user:7")
        assert Task.objects.get().state == "done"
        assert thread.fresh().paused_at is None

    def test_a_safety_task_is_not_swept_away_with_the_message(self, thread, now):
        received = thread.says("chest pain")
        response.handle_reply(
            organisation_id=thread.organisation_id,
            reply_id=received.reply_id,
            disposition="nothing_to_do",
            now=now,
            actor="user:7",
        )
        assert Task.objects.get(kind="safety").state == "open"
        assert thread.fresh().pause_reason == "red_flag"

    def test_a_question_handed_on_twice_makes_a_second_task(self, thread, record):
        thread.says("my tooth hurts")
        first = Task.objects.get(kind="clinical_question")
        record("clinical_question_escalated", task=first)
        assert Task.objects.filter(kind="clinical_question", state="open").count() == 1

    def test_what_was_meant_by_cancel_is_kept_as_evidence(self, thread, record):
        thread.says("CANCEL")
        record(
            "opt_out_not_meant", task=Task.objects.get(kind="confirm_opt_out"), note="I meant Tuesday's visit"
        )
        newest = Consent.objects.filter(contact_value=thread.phone.value).latest("pk")
        assert (newest.state, newest.origin, newest.wording) == (
            "granted",
            "staff",
            "I meant Tuesday's visit",
        )

    def test_a_doubtful_stop_that_was_meant_becomes_a_stop(self, thread, record):
        thread.says("too many texts")
        record("opt_out_confirmed", task=Task.objects.get(kind="confirm_opt_out"))
        assert Consent.objects.filter(
            contact_value=thread.phone.value, state="revoked", channel="sms"
        ).exists()
        assert thread.fresh().outcome == "opted_out"

    def test_a_doubtful_stop_that_was_none_lets_the_sequence_go_on(self, thread, record):
        thread.says("too many texts")
        record("opt_out_not_meant", task=Task.objects.get(kind="confirm_opt_out"), note="just curious")
        assert AutomationHold.objects.get().released_at is not None
        assert thread.fresh().paused_at is None
        assert not Consent.objects.exists()
