"""A stop in any words binds what is queued and all that follows, before the next send (promise 3)."""

import datetime as dt
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebook.channels.sandbox import Sandbox
from rebook.core.channel import InboundMessage
from rebook.flow import response
from rebook.flow.outreach.approvals import approve_all_in_use
from rebook.flow.outreach.dispatch import send_due
from rebook.records.models import (
    Attempt,
    Consent,
    ContactPoint,
    GuardDecision,
    Patient,
    PatientLink,
    Task,
)

pytestmark = pytest.mark.django_db

WORDINGS = [
    line.split("\t", 1)[1]
    for line in (Path(__file__).parents[2] / "data/replies/optout_tuned.tsv").read_text().splitlines()
]
# Each of them is known to be read as a stop (tests/spec); a share of them goes the whole way.
SENT_IN = WORDINGS[::8]
_serial = count(1)


@pytest.fixture
def vendor(tmp_path):
    return Sandbox(key="sandbox", kind="sms", directory=tmp_path, secret="s")


@pytest.fixture
def send(thread, vendor):
    def run(now):
        return send_due(
            organisation_id=thread.organisation_id,
            now=now,
            worker="w",
            limit=10_000,
            channels={"sms": vendor},
        )

    return run


def went_to(vendor, value):
    return [message for message in vendor._spool.messages() if message.to == value]


def other_patient(thread, value):
    """Somebody else of the clinic, reached by ``value``."""
    patient = Patient.objects.create(
        organisation=thread.clinic.organisation,
        source=thread.clinic.practice.source,
        external_id=f"o{next(_serial)}",
        fact_hash=bytes(16),
        birth_on=dt.date(1970, 1, 1),
        postal_code="60601",
        language="en",
    )
    return ContactPoint.objects.create(
        organisation=thread.clinic.organisation,
        patient=patient,
        system="phone",
        value=value,
        line_type="mobile",
        state="verified",
    )


def test_a_message_that_nobody_stopped_does_go_out(thread, vendor, send, now):
    thread.queue(thread.phone, channel="sms")
    assert send(now).sent == 1
    assert len(went_to(vendor, thread.phone.value)) == 1


def test_no_listed_wording_lets_anything_through(thread, vendor, send, now):
    """Each wording from a number of its own: what was queued is refused, nothing more ever goes there."""
    points = []
    for serial, words in enumerate(SENT_IN):
        point = other_patient(thread, f"+1312556{serial:04}")
        thread.queue(point, channel="sms", state="planned" if serial % 2 else "deferred")
        thread.says(words, of=point.value)
        # Something queues one more afterwards, as a plan made on old facts would.
        thread.queue(point, channel="sms")
        points.append(point.value)
    send(now + dt.timedelta(minutes=1))
    send(now + dt.timedelta(hours=3))
    assert {message.to for message in vendor._spool.messages()} & set(points) == set()
    states = Attempt.objects.filter(to_value__in=points, origin="manual").values_list("state", flat=True)
    assert set(states) == {"refused"}
    assert len(states) == 2 * len(SENT_IN)


def test_what_was_queued_is_refused_in_the_same_moment_with_its_reason(thread, now):
    waiting = thread.queue(thread.phone, channel="sms", state="deferred")
    thread.says("take me off your list")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result_at) == ("refused", now)
    assert waiting.reasons[0]["rule"] == "opted_out"
    assert GuardDecision.objects.filter(attempt=waiting, verdict="refuse").exists()


def test_a_stop_binds_the_number_whoever_of_the_family_is_meant(thread, share_number, send, vendor, now):
    sibling = share_number(thread)
    point = sibling.contact_points.get(system="phone")
    waiting = thread.queue(point, channel="sms")
    thread.says("STOP")
    send(now)
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert went_to(vendor, point.value) == []


def test_a_stop_by_text_leaves_mail_and_the_siblings_mail_alone(thread, share_number):
    sibling = share_number(thread)
    mine, theirs = (
        thread.queue(person.contact_points.get(system="email"), channel="email", patient=person)
        for person in (thread.patient, sibling)
    )
    thread.says("STOP")
    for attempt in (mine, theirs):
        attempt.refresh_from_db()
        assert attempt.state == "planned"


def test_words_that_want_no_contact_at_all_end_every_channel(thread):
    mail = thread.queue(thread.email, channel="email")
    thread.says("Leave me alone")
    thread.patient.refresh_from_db()
    mail.refresh_from_db()
    assert thread.patient.do_not_contact
    assert mail.state == "refused"


def test_the_case_ends_opted_out_and_its_calls_are_called_off(thread, now):
    call = Task.objects.create(
        organisation=thread.clinic.organisation,
        kind="call",
        patient=thread.patient,
        case=thread.case,
        owner_role="front_desk",
        opened_at=now,
        due_at=now,
    )
    later = thread.queue(thread.phone, channel="phone", case=thread.case)
    thread.says("stop")
    call.refresh_from_db()
    later.refresh_from_db()
    assert (thread.fresh().outcome, call.state, later.state) == ("opted_out", "cancelled", "refused")


def test_one_confirmation_goes_out_within_five_minutes_and_no_second(thread, vendor, send, now):
    approve_all_in_use(organisation_id=thread.organisation_id, now=now, actor="user:1")
    thread.attempt.delete()
    thread.says("STOP")
    thread.says("STOP")
    send(now + dt.timedelta(minutes=1))
    texts = went_to(vendor, thread.phone.value)
    assert len(texts) == 1
    assert "signed off" in texts[0].body


def test_a_confirmation_that_would_be_late_is_never_sent(thread, vendor, send, now):
    approve_all_in_use(organisation_id=thread.organisation_id, now=now, actor="user:1")
    thread.says("STOP")
    send(now + dt.timedelta(minutes=6))
    assert went_to(vendor, thread.phone.value) == []


def test_a_bare_cancel_stops_and_a_person_asks_what_was_meant(thread):
    thread.says("CANCEL")
    assert Consent.objects.filter(contact_value=thread.phone.value, state="revoked").exists()
    assert Task.objects.get(patient=thread.patient).kind == "confirm_opt_out"


def test_doubtful_words_hold_everything_back_until_a_person_has_read_them(thread, send, vendor, now):
    waiting = thread.queue(thread.phone, channel="sms", case=thread.case)
    received = thread.says("how did you get my number")
    send(now + dt.timedelta(minutes=1))
    waiting.refresh_from_db()
    assert received.intent == "opt_out_uncertain"
    assert waiting.state in ("planned", "refused", "deferred")
    assert went_to(vendor, thread.phone.value) == []
    task = Task.objects.get(kind="confirm_opt_out")
    assert now < task.due_at <= now + dt.timedelta(days=1)
    assert not Consent.objects.exists()


def test_start_opens_the_number_again_and_yes_does_so_for_who_was_stopped(thread, send, vendor, now):
    thread.says("STOP")
    thread.says("START", now=now + dt.timedelta(hours=1))
    thread.queue(thread.phone, channel="sms")
    send(now + dt.timedelta(hours=1, minutes=1))
    assert len(went_to(vendor, thread.phone.value)) == 1
    newest = Consent.objects.filter(contact_value=thread.phone.value).latest("pk")
    assert (newest.state, newest.origin, newest.wording) == ("granted", "sms_reply", "START")


@given(
    st.lists(
        st.sampled_from(["queue", "stop", "send", "import", "merge", "link_stop", "family"]),
        min_size=4,
        max_size=12,
    ),
    st.sampled_from(WORDINGS),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_nothing_goes_to_a_number_after_its_stop(thread, vendor, send, now, events, words):
    """Whatever else happens to the patient, the family and the queue around it."""
    point = other_patient(thread, f"+1312557{next(_serial):04}")
    stopped_at, clock = None, now
    for event in events:
        clock += dt.timedelta(minutes=7)
        if event == "queue":
            thread.queue(point, channel="sms")
        elif event == "stop":
            thread.says(words, of=point.value, now=clock)
            stopped_at = stopped_at or clock
        elif event == "send":
            send(clock)
        elif event == "import":
            ContactPoint.objects.filter(pk=point.pk).update(state="verified", is_current=True)
        elif event == "merge":
            survivor = other_patient(thread, f"+1312558{next(_serial):04}")
            point = ContactPoint.objects.create(
                organisation=thread.clinic.organisation, patient=survivor.patient, system="phone",
                value=point.value, line_type="mobile", state="verified",
            )  # fmt: skip
        elif event == "family":
            other_patient(thread, point.value)
        elif event == "link_stop" and stopped_at is None:
            attempt = thread.queue(point, channel="sms", state="delivered", sent_at=clock, claimed_at=clock)
            link = PatientLink.objects.create(
                organisation=thread.clinic.organisation, patient=point.patient, attempt=attempt,
                token_hash=f"h{next(_serial)}", created_at=clock, expires_at=clock + dt.timedelta(days=9),
            )  # fmt: skip
            response.patient_choice(
                organisation_id=thread.organisation_id, link_id=link.pk, choice="stop", now=clock
            )
            stopped_at = clock
    send(clock + dt.timedelta(hours=1))
    late = [
        message
        for message in went_to(vendor, point.value)
        if stopped_at and dt.datetime.fromisoformat(message.sent_at) >= stopped_at
    ]
    assert late == []


def test_unknown_numbers_can_stop_too(thread):
    message = InboundMessage("x-1", "+13125559998", "", "stop", thread.now)
    response.receive(
        organisation_id=thread.organisation_id, channel="sandbox", message=message, now=thread.now
    )
    assert Consent.objects.get().contact_value == "+13125559998"
