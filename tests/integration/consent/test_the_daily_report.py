"""Every stop older than a day that some path does not honour is found, and no other (R-A44)."""

import datetime as dt

import pytest
from django.db import connection

from rebook.flow.outreach.stop_watch import watch_stops
from rebook.flow.response import record_opt_in, record_opt_out
from rebook.records.models import Attempt, Consent, Patient, Task
from rebook.records.read.consent_report import counts, unapplied
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
NUMBER = "+12125550001"
LIFTING = ("sms_reply", "signed_consent")


@pytest.fixture
def stop(clinic):
    """A stop that was written down so long before now."""

    def add(*, ago=3 * DAY, channel="sms", patient=None, value="", origin="staff"):
        return Consent.objects.create(
            organisation=clinic.organisation, patient=patient, contact_value=value, channel=channel,
            state="revoked", origin=origin, wording="stop", recorded_by="user:1", at=NOW - ago,
            recorded_at=NOW - ago,
        )  # fmt: skip

    return add


@pytest.fixture
def text(clinic, rosa):
    def add(state="delivered", *, at=NOW - DAY, patient=None, channel="sms", **more):
        number = Attempt.objects.count()
        return Attempt.objects.create(
            organisation=clinic.organisation, patient=patient or rosa, channel=channel, to_value=NUMBER,
            reference=f"t{number}", origin=more.pop("origin", "manual"), state=state, planned_at=at,
            due_at=at, expires_at=at + DAY, sent_at=at if state == "delivered" else None, **more,
        )  # fmt: skip

    return add


def found(clinic, *, now=NOW):
    return [(one.how, one.attempt_id) for one in unapplied(organisation_id=clinic.id, now=now)]


def test_all_is_well_where_nothing_followed(clinic, rosa, stop, text):
    text(at=NOW - 9 * DAY)
    stop(value=NUMBER)
    assert found(clinic) == []


def test_a_message_after_a_stop_of_the_number(clinic, stop, text):
    stop(value=NUMBER)
    broken = text()
    assert found(clinic) == [("went_out", broken.pk)]


def test_a_message_that_waits_after_a_stop_of_the_person(clinic, rosa, stop, text):
    stop(patient=rosa)
    waits = text("planned", at=NOW + DAY)
    assert found(clinic) == [("waits", waits.pk)]


def test_a_stop_of_today_has_a_day(clinic, stop, text):
    stop(value=NUMBER, ago=23 * HOUR)
    text("planned", at=NOW + HOUR)
    assert found(clinic) == []
    assert len(found(clinic, now=NOW + 2 * HOUR)) == 1


def test_a_stop_of_a_record_that_was_joined_to_another(clinic, rosa, stop, text):
    stop(patient=rosa)
    kept = clinic.patient(2)
    Patient.objects.filter(pk=rosa.pk).update(merged_into=kept)
    waits = text("planned", patient=kept, at=NOW + DAY)
    assert found(clinic) == [("waits", waits.pk)]


def test_what_the_patient_lifted_is_no_fault(clinic, rosa, stop, text):
    stop(value=NUMBER)
    record_opt_in(
        organisation_id=clinic.id, value=NUMBER, channel="sms", wording="START", origin="sms_reply",
        now=NOW - 2 * DAY, actor="patient",
    )  # fmt: skip
    text()
    assert found(clinic) == []


def test_what_only_staff_said_lifts_nothing(clinic, rosa, stop, text):
    stop(value=NUMBER)
    Consent.objects.create(
        organisation=clinic.organisation, contact_value=NUMBER, channel="sms", state="granted",
        origin="staff", wording="she said yes", recorded_by="user:1", at=NOW - 2 * DAY,
    )  # fmt: skip
    broken = text()
    assert found(clinic) == [("went_out", broken.pk)]


def test_the_confirmation_and_words_of_safety_are_no_fault(clinic, stop, text):
    stop(value=NUMBER)
    text(template_key="opt_out_confirmation", origin="reply")
    text(origin="safety")
    assert found(clinic) == []


def test_who_wants_no_contact_at_all_is_marked_so(clinic, rosa, stop):
    row = stop(patient=rosa, channel="all")
    (one,) = unapplied(organisation_id=clinic.id, now=NOW)
    assert (one.how, one.consent_id, one.patient_id) == ("not_marked", row.pk, rosa.pk)
    Patient.objects.filter(pk=rosa.pk).update(do_not_contact=True, do_not_contact_reason="asked")
    assert found(clinic) == []


def test_the_days_run_raises_one_alarm_and_takes_it_back(clinic, rosa, stop):
    stop(patient=rosa, channel="all")
    assert watch_stops(organisation_id=clinic.id, now=NOW).alarm == "raised"
    assert watch_stops(organisation_id=clinic.id, now=NOW + DAY).alarm == "stands"
    assert Task.objects.get(kind="alarm", state="open").note == "stops_not_applied"
    Patient.objects.filter(pk=rosa.pk).update(do_not_contact=True, do_not_contact_reason="asked")
    assert watch_stops(organisation_id=clinic.id, now=NOW + DAY).alarm == "taken back"
    assert not Task.objects.filter(kind="alarm", state="open").exists()


def test_what_staff_record_leaves_nothing_to_report(clinic, rosa, text):
    waiting = text("planned", at=NOW)
    record_opt_out(
        organisation_id=clinic.id, patient_id=rosa.pk, wording="nothing more", origin="staff", now=NOW,
        actor="user:1",
    )  # fmt: skip
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert found(clinic, now=dt.datetime.now(dt.UTC) + 3 * DAY) == []


def test_another_practice_sees_none_of_it(clinic, stop, text):
    from support.outreach import make_clinic

    stop(value=NUMBER)
    text()
    assert found(make_clinic("oak")) == []


def test_it_costs_the_same_queries_however_many(clinic, rosa, stop, text, django_assert_num_queries):
    stop(value=NUMBER)
    text()
    with django_assert_num_queries(4):
        unapplied(organisation_id=clinic.id, now=NOW)
    for _ in range(5):
        stop(value=NUMBER)
        text()
    with django_assert_num_queries(4):
        unapplied(organisation_id=clinic.id, now=NOW)
    assert connection.vendor == "postgresql"


class TestCounts:
    def of(self, clinic):
        return {
            one.channel: (one.stopped, one.allowed)
            for one in counts(organisation_id=clinic.id, lifting=LIFTING)
        }

    def test_by_what_each_said_last(self, clinic, rosa, stop):
        stop(value=NUMBER)
        stop(patient=rosa, channel="email")
        stop(patient=rosa, channel="email", ago=DAY)
        assert self.of(clinic) == {"sms": (1, 0), "email": (1, 0)}

    def test_a_permission_that_lifts_nothing_hides_no_stop(self, clinic, stop):
        stop(value=NUMBER)
        values = {"organisation": clinic.organisation, "contact_value": NUMBER, "channel": "sms",
                  "wording": "x", "state": "granted", "recorded_by": "x", "at": NOW - DAY}  # fmt: skip
        Consent.objects.create(**values, origin="import")
        assert self.of(clinic) == {"sms": (1, 0)}
        Consent.objects.create(**values, origin="sms_reply")
        assert self.of(clinic) == {"sms": (0, 1)}


def test_the_commands(clinic, rosa, stop, text, rebook, answer):
    told = answer("optouts")
    assert told == []
    assert rebook("optouts", "--unapplied").output.startswith("Every stop older than a day is honoured")
    stop(value=NUMBER)
    text()
    assert answer("optouts") == [{"channel": "sms", "stopped": 1, "allowed": 0}]
    (one,) = answer("optouts", "--unapplied", code=1)
    assert one["how"] == "went_out"
    shown = answer("consents", "(212) 555-0001")
    assert shown["statements"][0]["wording"] == "stop"
    assert {one["channel"]: one["care"] for one in shown["stands"]}["sms"] == "stopped"
    assert answer("consents", "p1")["statements"][0]["contact_value"] == NUMBER
    assert "no such patient" in rebook("consents", "nobody", code=2).output


@pytest.mark.parametrize(
    ("words", "way", "channels"),
    [
        (("--said-by", "voice", "--words", "take me off your list", "--channel", "sms"), "voice", {"sms"}),
        (("--said-by", "letter", "--wording", "no more"), "letter", {"all"}),
        (("--do-not-call", "--said-by", "voicemail"), "voicemail", {"phone", "sms"}),
        (("--at", "2026-11-01", "--said-by", "in_person"), "in_person", {"all"}),
    ],
)
def test_optout_keeps_how_it_was_said(words, way, channels, clinic, rosa, answer):
    assert answer("optout", "212-555-0001", *words)["stopped"] == NUMBER
    rows = Consent.objects.all()
    assert {one.channel for one in rows} == channels
    assert {one.way for one in rows} == {way}


def test_optout_of_nonsense_is_told(clinic, rebook):
    assert "cannot be stopped" in rebook("optout", "12", code=2).output
    assert "--at wants" in rebook("optout", "212-555-0001", "--at", "soon", code=2).output
    assert "has not come yet" in rebook("optout", "212-555-0001", "--at", "2099-01-01", code=2).output
