"""Stops and permissions that people record (R-A43, R-A54)."""

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow import response
from rebook.flow.response import NoEvidence, NothingNamed
from rebook.records.models import Consent

pytestmark = pytest.mark.django_db


def said(thread, **more):
    return {
        "organisation_id": thread.organisation_id,
        "origin": "staff",
        "now": thread.now,
        "actor": "user:7",
        "wording": "please stop calling",
        **more,
    }


def test_a_number_as_people_write_it_is_bound_at_once(thread):
    waiting = thread.queue(thread.phone, channel="sms")
    national = thread.phone.value.removeprefix("+1")
    refused = response.record_opt_out(
        **said(thread, value=f"({national[:3]}) {national[3:6]} {national[6:]}")
    )
    waiting.refresh_from_db()
    assert (refused, waiting.state) == (1, "refused")
    assert Consent.objects.get().contact_value == thread.phone.value


def test_a_patient_who_wants_nothing_is_marked_and_the_case_ends(thread):
    response.record_opt_out(**said(thread, patient_id=thread.patient.pk))
    thread.patient.refresh_from_db()
    assert thread.patient.do_not_contact
    assert thread.fresh().outcome == "opted_out"


def test_no_calls_leaves_texts_and_the_case_alone(thread):
    text = thread.queue(thread.phone, channel="sms")
    response.record_opt_out(**said(thread, patient_id=thread.patient.pk, channel="phone"))
    text.refresh_from_db()
    thread.patient.refresh_from_db()
    assert text.state == "planned"
    assert not thread.patient.do_not_contact
    assert thread.fresh().closed_at is None


def test_a_permission_needs_the_words_that_gave_it(thread):
    with pytest.raises(NoEvidence):
        response.record_opt_in(**said(thread, patient_id=thread.patient.pk, wording="  "))
    response.record_opt_in(
        **said(thread, patient_id=thread.patient.pk, channel="sms", wording="signed form 12")
    )
    line = Consent.objects.get()
    assert (line.state, line.channel, line.wording, line.recorded_by) == (
        "granted",
        "sms",
        "signed form 12",
        "user:7",
    )
    assert AuditEvent.objects.filter(action="consent.granted").exists()


def test_nothing_named_and_unknown_channels_are_told(thread):
    with pytest.raises(NothingNamed):
        response.record_opt_out(**said(thread))
    with pytest.raises(ValueError, match="fax"):
        response.record_opt_out(**said(thread, value="+13125551200", channel="fax"))
    assert not Consent.objects.exists()
