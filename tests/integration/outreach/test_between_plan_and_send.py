"""What happens between planning and sending counts: the guard is asked again at that instant (R-A192)."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from rebook.flow.outreach import approvals, stops
from rebook.flow.outreach.claiming import claim
from rebook.flow.outreach.subject import House
from rebook.records.models import Attempt, AutomationHold, Case, GuardDecision, Patient, Stop
from rebook.records.read.outreach import attempt_totals
from rebook.records.write import attempts as write
from support.outreach import DAY, HOUR, MINUTE, NOW


@pytest.fixture
def planned(clinic, day):
    """A patient whose message is planned and due."""
    patient = clinic.patient()
    clinic.campaign()
    day.enrol()
    day.plan()
    assert clinic.attempts(patient) == [(0, "sms", "planned")]
    return patient


CHANGES = {
    "appointment_booked": lambda clinic, patient: clinic.appointment(patient, NOW + 9 * DAY),
    "opted_out": lambda clinic, patient: clinic.opt_out(value="+12125550001"),
    "deceased": lambda clinic, patient: Patient.objects.update(is_deceased=True),
    "do_not_contact": lambda clinic, patient: Patient.objects.update(do_not_contact=True),
    "left_practice": lambda clinic, patient: Patient.objects.update(left_practice_on=dt.date(2026, 11, 18)),
    "gap_closed": lambda clinic, patient: patient.gaps.update(
        closed_on=dt.date(2026, 11, 18), close_reason="visited"
    ),
    "not_for_messages": lambda clinic, patient: patient.gaps.update(outreach="staff"),
    "recently_seen": lambda clinic, patient: clinic.appointment(patient, NOW - DAY, status="fulfilled"),
    "hold": lambda clinic, patient: AutomationHold.objects.create(
        organisation=clinic.organisation, patient=patient, kind="red_flag", from_at=NOW
    ),
    "contact_point": lambda clinic, patient: patient.contact_points.update(state="wrong_person"),
    "not_approved": lambda clinic, patient: approvals.withdraw_template(
        organisation_id=clinic.id, template_key="due_visit", language="en", now=NOW, actor="user:1"
    ),
    "excluded": lambda clinic, patient: Patient.objects.update(exclusions=["hospice"]),
    "sensitive": lambda clinic, patient: Patient.objects.update(sensitivity=["hiv"]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", CHANGES)
def test_a_change_refuses_what_was_planned(rule, clinic, day, planned):
    CHANGES[rule](clinic, planned)
    summary = day.send()
    assert summary.sent == 0
    assert clinic.sms.sent == []
    attempt = Attempt.objects.get()
    assert attempt.state == "refused"
    rules = {reason["rule"] for reason in attempt.reasons}
    assert rule in rules or any(found.startswith(rule.split("_")[0]) for found in rules), rules
    assert GuardDecision.objects.filter(attempt=attempt, verdict="refuse").count() == 1


@pytest.mark.django_db
def test_a_closed_case_is_refused(clinic, day, planned):
    Case.objects.update(closed_at=NOW, outcome="declined", next_step_at=None)
    day.send()
    assert clinic.attempts(planned) == [(0, "sms", "refused")]
    assert clinic.sms.sent == []


@pytest.mark.django_db
def test_stale_records_put_it_off(clinic, day, planned):
    later = NOW + 5 * DAY
    summary = day.send(later)
    assert (summary.sent, summary.deferred) == (0, 1)
    assert clinic.first_rule(planned) == "stale_data"
    clinic.synced(later)
    day.send(later + 2 * HOUR)
    assert clinic.attempts(planned) == [(0, "sms", "accepted")]


@pytest.mark.django_db
def test_what_waited_too_long_expires_and_the_case_goes_on(clinic, day, planned):
    later = NOW + 9 * DAY
    clinic.synced(later)
    summary = day.send(later)
    assert (summary.sent, summary.expired) == (0, 1)
    clinic.contact(planned, "ana@example.org", system="email", line_type="")
    day.plan(later)
    assert clinic.attempts(planned) == [(0, "sms", "expired"), (0, "email", "planned")]


@pytest.mark.django_db
def test_a_paused_case_waits_untouched(clinic, day, planned):
    Case.objects.update(paused_at=NOW, pause_reason="reply")
    assert day.send().looked_at == 0
    Case.objects.update(paused_at=None, pause_reason="")
    assert day.send().sent == 1


@pytest.mark.django_db
def test_the_stop_button_leaves_everything_as_it_is_until_it_is_released(clinic, day, planned):
    stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:1", reason="drill")
    later = NOW + HOUR
    assert day.enrol(later).opened == 0
    assert day.plan(later).planned == 0
    assert day.send(later).looked_at == 0
    assert clinic.attempts(planned) == [(0, "sms", "planned")]
    assert stops.end_stop(organisation_id=clinic.id, now=later, actor="user:1")
    assert day.send(later).sent == 1
    stop = Stop.objects.get()
    assert (stop.started_by, stop.ended_by) == ("user:1", "user:1")


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["campaign", "channel"])
def test_a_smaller_stop_binds_its_own_only(scope, clinic, day, planned):
    key = str(Case.objects.get().campaign_id) if scope == "campaign" else "sms"
    other = "999" if scope == "campaign" else "email"
    stops.stop(organisation_id=clinic.id, scope=scope, key=other, now=NOW, actor="user:1")
    stops.stop(organisation_id=clinic.id, scope=scope, key=key, now=NOW, actor="user:1")
    assert day.send().looked_at == 0
    stops.end_stop(organisation_id=clinic.id, scope=scope, key=key, now=NOW, actor="user:1")
    assert day.send().sent == 1


@pytest.mark.django_db
def test_a_stopped_channel_is_planned_around(clinic, day):
    patient = clinic.patient(email=True)
    clinic.campaign()
    stops.stop(organisation_id=clinic.id, scope="channel", key="sms", now=NOW, actor="user:1")
    day.run()
    assert clinic.attempts(patient) == [(0, "email", "accepted")]


def _in_another_connection(act):
    """Run ``act`` in a thread of its own, that is with a database connection of its own."""
    found = []

    def run():
        try:
            found.append(act())
        finally:
            connections["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_stop_all_takes_effect_on_the_next_claim(rehearse, channels, sink, now):
    """Somebody presses the button while messages go out: what is in hand arrives, nothing more is taken."""
    from rebook.flow.outreach.dispatch import send_due

    organisation_id = rehearse(400)
    pressed = threading.Event()

    def press(reference):
        if len(sink.received) >= 20 and not pressed.is_set():
            pressed.set()
            stops.stop_all(organisation_id=organisation_id, now=now, actor="user:1")
            connections["default"].close()

    sink.on_message = press
    send_due(organisation_id=organisation_id, now=now, worker="w1", channels=channels)
    stopped_at = len(sink.received)
    assert 20 <= stopped_at <= 20 + 3 * 32
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.adds_up
    assert totals.sent == stopped_at
    stops.end_stop(organisation_id=organisation_id, now=now, actor="user:1")
    later = now + 61 * MINUTE
    send_due(organisation_id=organisation_id, now=later, worker="w1", channels=channels)
    assert sink.twice == []
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.sent == len(sink.received)
    assert totals.sent + totals.deferred == 400


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_the_same_attempt(rehearse, channels, now):
    organisation_id = rehearse(300)
    house = House(organisation_id=organisation_id)
    start = threading.Barrier(3)
    held = []

    def work(name):
        start.wait()
        try:
            for _ in range(6):
                found = claim(house, channels=channels, limit=30, worker=name, now=now)
                held.append((name, [one.id for one in found.claimed]))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [one for _, batch in held for one in batch]
    assert len(ids) == len(set(ids)) > 250
    for attempt in Attempt.objects.filter(state="claimed"):
        assert (attempt.claimed_by, [attempt.pk]) in [(name, [one]) for name, b in held for one in b]
    assert Attempt.objects.filter(state="claimed").count() == len(ids)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", ["household_key", "number"])
def test_two_workers_cannot_both_use_up_one_cap(shared, clinic, day):
    """While one worker judges a member of a household, the other leaves the rest of it alone."""
    for number in (1, 2):
        patient = clinic.patient(number, household_key="house:1" if shared == "household_key" else "")
        if shared == "number":
            patient.contact_points.update(value="+12125550007")
    clinic.campaign()
    day.enrol()
    day.plan()
    # Both planned as if neither knew of the other.
    Attempt.objects.update(state="planned", due_at=NOW)

    def lock():
        with transaction.atomic():
            return write.lock_due(organisation_id=clinic.id, now=NOW, limit=10, channels=["sms"])

    with transaction.atomic():
        (mine,) = write.lock_due(organisation_id=clinic.id, now=NOW, limit=1, channels=["sms"])
        assert _in_another_connection(lock) == []
    # Free again: one of them, never both in one round.
    assert len(_in_another_connection(lock)) == 1
    assert mine.id in set(Attempt.objects.values_list("pk", flat=True))
    day.send()
    assert len(clinic.sms.sent) == 1
    assert connection.in_atomic_block is False
