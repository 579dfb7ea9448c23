"""What a vendor's answer asks of us, and what becomes of attempts that got none."""

import pytest
from django.db import connections

from rebook.accounts.models import AuditEvent
from rebook.core.channel import DeliveryReport, SendResult
from rebook.flow.outreach import stops
from rebook.flow.outreach.dispatch import record_reports, settle_in_the_air
from rebook.flow.outreach.recording import record
from rebook.flow.outreach.sending import LEASE_S, Sender
from rebook.records.models import Attempt, AttemptEvent, Case, Consent, Stop, Task
from rebook.records.read.outreach import attempt_totals
from rebook.records.write.attempts import lock_due
from support.outreach import DAY, HOUR, MINUTE, NOW

pytestmark = pytest.mark.django_db
NUMBER = "+12125550001"


def failed(failure, code="x1", **more):
    return SendResult(state="failed", code=code, failure=failure, **more)


@pytest.fixture
def answered(clinic, day):
    """Send one message that the vendor answers so; the patient has an e-mail address too."""

    def run(answer, **values):
        patient = clinic.patient(email=True, **values)
        clinic.campaign()
        clinic.sms.answers[NUMBER] = answer
        day.run()
        return patient

    return run


def test_a_passing_failure_is_tried_again_with_growing_waits(clinic, day, answered):
    patient = answered(failed("transient"))
    waits, at = [], NOW
    for _ in range(4):
        attempt = Attempt.objects.get()
        assert attempt.state == "deferred"
        waits.append(attempt.due_at - at)
        at = attempt.due_at
        clinic.synced(at)
        day.send(at)
    assert waits == [15 * MINUTE, HOUR, 4 * HOUR, waits[3]]
    assert waits[3] >= 12 * HOUR
    clinic.sms.answers.clear()
    at = Attempt.objects.get().due_at
    clinic.synced(at)
    day.send(at)
    assert clinic.attempts(patient)[0][2] in ("accepted", "deferred")
    assert len({message.reference for message in clinic.sms.sent}) == 1


def test_a_failure_that_never_passes_goes_to_the_next_channel(clinic, day, answered):
    patient = answered(failed("transient"))
    for number in range(1, 40):
        day.run(NOW + number * 4 * HOUR)
    assert clinic.attempts(patient)[:2] == [(0, "sms", "failed"), (0, "email", "accepted")]
    assert len([one for one in clinic.sms.sent if one.to == NUMBER]) <= 6


def test_a_dead_number_is_marked_and_somebody_mends_it(clinic, day, answered):
    patient = answered(failed("permanent_number"))
    point = patient.contact_points.get(system="phone")
    assert (point.state, point.state_reason) == ("invalid", "x1")
    assert Task.objects.get().kind == "data_quality"
    day.plan()
    day.send()
    assert clinic.attempts(patient) == [(0, "sms", "failed"), (0, "email", "accepted")]


def test_a_landline_is_called_from_now_on(clinic, day, answered):
    patient = answered(failed("permanent_channel"))
    assert patient.contact_points.get(system="phone").line_type == "fixed_line"
    day.plan()
    assert clinic.attempts(patient)[1][:2] == (0, "email")


def test_an_opt_out_that_the_vendor_holds_is_ours_too(clinic, day, answered):
    patient = answered(failed("opt_out", code="21610"))
    line = Consent.objects.get()
    assert (line.state, line.contact_value, line.channel, line.origin) == (
        "revoked",
        NUMBER,
        "sms",
        "provider",
    )
    assert AuditEvent.objects.filter(action="consent.revoked").count() == 1
    other = clinic.patient(2)
    other.contact_points.update(value=NUMBER)
    day.run()
    assert [state for _, channel, state in clinic.attempts(other) if channel == "sms"] == ["refused"]
    assert patient.contact_points.get(system="phone").state == "verified"


def test_a_broken_set_up_stops_the_channel_not_the_patients(clinic, day, answered):
    patient = answered(failed("config", code="auth"))
    stop = Stop.objects.get()
    assert (stop.scope, stop.key, stop.ended_at) == ("channel", "sms", None)
    task = Task.objects.get()
    assert (task.owner_role, task.urgency, task.patient) == ("manager", 1, None)
    assert clinic.attempts(patient) == [(0, "sms", "deferred")]
    clinic.sms.answers.clear()
    later = NOW + 2 * HOUR
    assert day.send(later).looked_at == 0
    stops.end_stop(organisation_id=clinic.id, scope="channel", key="sms", now=later, actor="user:1")
    assert day.send(later).sent == 1


def test_a_refused_text_fails_and_goes_elsewhere(clinic, day, answered):
    patient = answered(failed("content"))
    day.plan()
    assert clinic.attempts(patient) == [(0, "sms", "failed"), (0, "email", "planned")]


def test_an_adapter_that_breaks_leaves_doubt_about_one_message_only(clinic, day):
    clinic.patient(1)
    clinic.patient(2)
    clinic.campaign()
    clinic.sms.answers[NUMBER] = RuntimeError("bug")
    summary = day.run()
    assert (summary.sent, summary.unknown) == (1, 1)
    assert Task.objects.get().kind == "settle_unknown"


def test_no_answer_is_never_sent_again_by_itself(clinic, day, answered):
    patient = answered(SendResult(state="unknown", code="timed_out"))
    assert clinic.attempts(patient) == [(0, "sms", "unknown")]
    for number in range(3):
        settle_in_the_air(organisation_id=clinic.id, now=NOW + number * HOUR, channels=clinic.channels)
        day.send(NOW + number * HOUR)
    assert len(clinic.sms.sent) == 1
    assert Task.objects.filter(kind="settle_unknown").count() == 1
    # It may have arrived, so it counts: nothing else goes to the patient on that day.
    case = clinic.case(patient)
    assert case.first_attempt_at == NOW


def test_no_answer_is_settled_by_asking_where_one_can_ask(clinic, day):
    clinic.sms.capabilities = type(clinic.sms.capabilities)(kind="sms", can_look_up=True)
    arrived, lost = clinic.patient(1), clinic.patient(2)
    clinic.campaign()
    for number in (1, 2):
        clinic.sms.answers[f"+1212555{number:04d}"] = SendResult(state="unknown", code="timed_out")
    day.run()
    assert not Task.objects.exists()
    reference = Attempt.objects.get(patient=arrived).reference
    clinic.sms.known[reference] = SendResult(state="accepted", provider_message_id="v77")
    early = settle_in_the_air(organisation_id=clinic.id, now=NOW + MINUTE, channels=clinic.channels)
    assert (early.gone_out, early.put_back) == (0, 0)
    later = NOW + 15 * MINUTE
    summary = settle_in_the_air(organisation_id=clinic.id, now=later, channels=clinic.channels)
    assert (summary.gone_out, summary.put_back, summary.left_to_a_person) == (1, 1, 0)
    assert clinic.attempts(arrived) == [(0, "sms", "accepted")]
    assert clinic.attempts(lost) == [(0, "sms", "planned")]
    assert Attempt.objects.get(patient=arrived).provider_message_id == "v77"
    clinic.sms.answers.clear()
    day.send(later)
    assert clinic.attempts(lost) == [(0, "sms", "accepted")]
    assert clinic.sms.numbers.count("+12125550001") == 1


def test_a_vendor_changed_meanwhile_is_not_asked_about_the_others_messages(clinic, day):
    clinic.patient()
    clinic.campaign()
    clinic.sms.answers[NUMBER] = RuntimeError("bug")
    clinic.sms.capabilities = type(clinic.sms.capabilities)(kind="sms", can_look_up=True)
    day.run()
    clinic.sms.key = "another_vendor"
    summary = settle_in_the_air(organisation_id=clinic.id, now=NOW + HOUR, channels=clinic.channels)
    assert (summary.put_back, summary.left_to_a_person) == (0, 1)
    assert Task.objects.get().kind == "settle_unknown"


@pytest.mark.django_db(transaction=True)
def test_a_claim_too_old_is_given_back_not_sent(clinic, day):
    """A worker that slept must not wake up and send what a settler may have put back already."""
    clinic.patient()
    clinic.campaign()
    day.enrol()
    day.plan()
    from django.db import transaction

    with transaction.atomic():
        due = lock_due(organisation_id=clinic.id, now=NOW, limit=5, channels=["sms"])
        Attempt.objects.update(state="claimed", claimed_at=NOW, claimed_by="w1", adapter="vendor_sms")
    ticks = iter([0.0, LEASE_S + 1])
    sender = Sender(clinic.channels, stopwatch=lambda: next(ticks))
    (future,) = sender.start(due, now=NOW)
    sent = future.result()
    sender.close()
    with transaction.atomic():
        record(organisation_id=clinic.id, sent=[sent], channels=clinic.channels, worker="w1", now=NOW)
    assert clinic.sms.sent == []
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.tries) == ("deferred", 0)
    day.send()
    assert len(clinic.sms.sent) == 1
    connections["default"].close()


def test_a_late_result_after_settling_is_still_recorded(clinic, day, answered):
    answered(SendResult(state="accepted", provider_message_id="v1"))
    Attempt.objects.update(state="claimed", provider_message_id="", claimed_at=NOW)
    settle_in_the_air(organisation_id=clinic.id, now=NOW + HOUR, channels=clinic.channels)
    attempt = Attempt.objects.get()
    assert attempt.state == "unknown"
    from rebook.records.write.results import Outcome, record_outcomes

    late = Outcome(attempt.pk, "accepted", "v1", "", None, False)
    assert (
        record_outcomes(organisation_id=clinic.id, outcomes=[late], worker="somebody else", now=NOW) == set()
    )
    assert record_outcomes(organisation_id=clinic.id, outcomes=[late], worker="w1", now=NOW) == {attempt.pk}
    assert Attempt.objects.get().state == "accepted"


def report(state, at=NOW + MINUTE, **more):
    return DeliveryReport(provider_message_id="v1", state=state, at=at, **more)


def reported(clinic, *reports):
    return record_reports(organisation_id=clinic.id, channel="vendor_sms", reports=reports, now=NOW + HOUR)


@pytest.mark.parametrize(
    ("states", "ends_as"),
    [
        (["delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "delivered"], "read"),
        (["delivered", "failed"], "delivered"),
        (["failed"], "failed"),
    ],
)
def test_reports_come_in_any_order_and_more_than_once(states, ends_as, clinic, answered):
    """R-D13."""
    answered(SendResult(state="accepted", provider_message_id="v1"))
    for number, state in enumerate(states):
        reported(clinic, report(state, at=NOW + (number + 1) * MINUTE))
    assert Attempt.objects.get().state == ends_as
    events = set(AttemptEvent.objects.filter(source="provider").values_list("state", flat=True))
    assert events == set(states)
    assert (Case.objects.get().reached_at is not None) is (ends_as != "failed")


def test_a_report_about_nothing_of_ours_is_counted(clinic, answered):
    answered(SendResult(state="accepted", provider_message_id="v1"))
    other = DeliveryReport(provider_message_id="zz", state="delivered", at=NOW)
    summary = reported(clinic, other, report("delivered"), report("delivered"))
    assert (summary.applied, summary.known, summary.unmatched) == (1, 1, 1)


def test_a_late_failure_marks_the_number_and_goes_elsewhere(clinic, day, answered):
    patient = answered(SendResult(state="accepted", provider_message_id="v1"))
    reported(clinic, report("failed", code="30005", failure="permanent_number"))
    assert patient.contact_points.get(system="phone").state == "invalid"
    later = NOW + 2 * DAY
    clinic.synced(later)
    day.plan(later)
    assert clinic.attempts(patient) == [(0, "sms", "failed"), (0, "email", "planned")]


def test_another_organisations_reports_touch_nothing_here(clinic, answered):
    from support.outreach import make_clinic

    answered(SendResult(state="accepted", provider_message_id="v1"))
    other = make_clinic("oak", approved=False)
    summary = record_reports(
        organisation_id=other.id, channel="vendor_sms", reports=[report("delivered")], now=NOW
    )
    assert summary.unmatched == 1
    assert Attempt.objects.get().state == "accepted"


def test_totals_add_up_over_every_end(clinic, day):
    answers = {
        1: SendResult(state="accepted", provider_message_id="a"),
        2: SendResult(state="unknown", code="t"),
        3: failed("transient"),
        4: failed("permanent_number"),
    }
    for number, answer in answers.items():
        clinic.patient(number)
        clinic.sms.answers[f"+1212555{number:04d}"] = answer
    clinic.opt_out(patient=clinic.patient(5))
    clinic.campaign()
    day.run()
    totals = attempt_totals(organisation_id=clinic.id)
    assert totals.adds_up
    assert (totals.unknown, totals.deferred, totals.failed, totals.refused) == (1, 1, 1, 1)
    # The texted one, and a call to the one who wants no texts.
    assert totals.sent == 2
    assert totals.planned == 6
