"""What staff write goes the same way: the guard, an attempt, the channel, the trail."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow.outreach.allowed import allowed_now
from rebook.flow.outreach.manual import LONGEST, send_manual
from rebook.records.models import Attempt, AutomationHold, GuardDecision, Reply
from rebook.records.read.outreach import attempts_of, decisions_of
from support.outreach import DAY, HOUR, MINUTE, NOW

pytestmark = pytest.mark.django_db
TEXT = "Elm Street Practice: Dr. Lee can see you on Friday. Reply to tell us."


def write(clinic, patient, *, body=TEXT, channel="sms", at=NOW):
    return send_manual(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        channel=channel,
        body=body,
        now=at,
        actor="user:7",
        channels=clinic.channels,
    )


def test_an_allowed_message_is_on_its_way_at_once(clinic):
    patient = clinic.patient()
    decision = write(clinic, patient)
    assert decision.verdict == "allow"
    (message,) = clinic.sms.sent
    assert (message.to, message.body) == ("+12125550001", TEXT)
    (line,) = attempts_of(organisation_id=clinic.id, patient_id=patient.pk)
    assert (line.origin, line.state) == ("manual", "accepted")
    audit = AuditEvent.objects.get(action="message.written")
    assert (audit.actor, audit.subject_id) == ("user:7", str(patient.pk))
    assert "Friday" not in str(audit.detail)


def test_only_that_message_goes_out(clinic, day):
    clinic.patient(1)
    other = clinic.patient(2, gap=False)
    clinic.campaign()
    day.enrol()
    day.plan()
    write(clinic, other)
    assert clinic.sms.numbers == ["+12125550002"]


@pytest.mark.parametrize("body", ["", "   ", "x" * (LONGEST + 1)])
def test_a_text_of_no_length_is_refused(body, clinic):
    decision = write(clinic, clinic.patient(), body=body)
    assert (decision.verdict, decision.reasons[0].rule) == ("refuse", "message_problem")
    assert clinic.sms.sent == []


def test_an_opt_out_binds_staff_too(clinic):
    patient = clinic.patient()
    clinic.opt_out(value="+12125550001")
    decision = write(clinic, patient)
    assert (decision.verdict, decision.reasons[0].rule) == ("refuse", "opted_out")
    assert clinic.attempts(patient) == [(0, "sms", "refused")]
    assert clinic.sms.sent == []
    (said,) = decisions_of(organisation_id=clinic.id, patient_id=patient.pk)
    assert (said.verdict, said.reasons[0]["rule"]) == ("refuse", "opted_out")


def test_at_night_it_waits_unless_the_patient_is_there(clinic):
    night = NOW + 10 * HOUR
    patient = clinic.patient()
    clinic.synced(night)
    decision = write(clinic, patient, at=night)
    assert decision.verdict == "defer"
    assert clinic.sms.sent == []
    Reply.objects.create(
        organisation=clinic.organisation,
        channel="sandbox",
        provider_message_id="in1",
        from_value="+12125550001",
        body="are you open?",
        received_at=night,
        patient=patient,
    )
    assert write(clinic, patient, at=night + 5 * MINUTE).verdict == "allow"
    assert Attempt.objects.order_by("-pk").first().origin == "reply"


def test_a_red_flag_holds_staff_back_too(clinic):
    patient = clinic.patient()
    AutomationHold.objects.create(
        organisation=clinic.organisation, patient=patient, kind="red_flag", from_at=NOW - DAY
    )
    assert write(clinic, patient).reasons[0].rule == "hold"


def test_a_channel_that_is_not_set_up_is_refused_and_writes_nothing(clinic):
    patient = clinic.patient()
    assert write(clinic, patient, channel="letter").reasons[0].rule == "no_channel"
    assert clinic.attempts(patient) == []


def test_a_child_is_answered_through_the_adult(clinic):
    mother = clinic.patient(1, gap=False)
    child = clinic.patient(2, birth_on=dt.date(2018, 1, 1), responsible_patient=mother)
    assert write(clinic, child).verdict == "allow"
    assert clinic.sms.numbers == ["+12125550001"]


def test_another_organisations_patient_cannot_be_written_to(clinic):
    from support.outreach import make_clinic

    stranger = make_clinic("oak").patient(9)
    with pytest.raises(type(stranger).DoesNotExist):
        write(clinic, stranger)
    assert not Attempt.objects.exists()


def test_what_is_allowed_can_be_asked_without_writing(clinic):
    patient = clinic.patient(email=True)
    clinic.opt_out(value="+12125550001")
    found = allowed_now(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        channels=("sms", "email", "phone", "letter"),
        now=NOW,
    )
    assert {channel: decision.verdict for channel, decision in found.items()} == {
        "sms": "refuse",
        "email": "allow",
        "phone": "allow",
        "letter": "refuse",
    }
    assert not Attempt.objects.exists()
    assert not GuardDecision.objects.exists()
