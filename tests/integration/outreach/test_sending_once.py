"""Sent once, recorded, and in the right order: one worker, everything well."""

import pytest

from rebook.core.channel import SendResult
from rebook.flow.outreach.dispatch import send_due
from rebook.packs.outreach import templates
from rebook.records.models import Attempt, GuardDecision
from rebook.records.read.outreach import attempt_totals
from support.outreach import DAY, NOW, Vendor


@pytest.mark.django_db
def test_everything_due_goes_out_once(rehearse, channels, sink, now):
    organisation_id = rehearse(60)
    summary = send_due(organisation_id=organisation_id, now=now, worker="w1", channels=channels)
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.adds_up
    assert set(sink.received.values()) == {1}
    assert len(sink.received) == totals.sent == summary.sent
    # Those who share a household get one message a day between them.
    assert totals.sent + totals.deferred == 60
    assert 54 <= totals.sent < 60
    assert GuardDecision.objects.filter(verdict="allow").count() == totals.sent


@pytest.mark.django_db
def test_no_more_than_the_limit_goes_out(rehearse, channels, sink, now):
    organisation_id = rehearse(60)
    summary = send_due(organisation_id=organisation_id, now=now, worker="w1", channels=channels, limit=7)
    assert summary.sent == len(sink.received) == 7
    assert attempt_totals(organisation_id=organisation_id).waiting >= 60 - 7 - summary.deferred


@pytest.mark.django_db
def test_an_answer_to_a_person_never_waits_behind_a_campaign(clinic, day):
    for number in range(1, 30):
        clinic.patient(number)
    clinic.campaign()
    day.enrol()
    day.plan()
    worried = clinic.patient(99, gap=False)
    text = templates()["safety", "sms", "en"]
    answer = Attempt.objects.create(
        organisation=clinic.organisation,
        patient=worried,
        origin="safety",
        channel="sms",
        reference="reply-1",
        contact_point=worried.contact_points.get(),
        to_value="+12125550099",
        template_key=text.key,
        template_hash=text.content_hash,
        language="en",
        body="Call 911 now.",
        planned_at=NOW,
        due_at=NOW,
        expires_at=NOW + DAY,
    )
    day.send()
    assert clinic.sms.numbers[0] == "+12125550099"
    answer.refresh_from_db()
    assert answer.state == "accepted"
    assert len(clinic.sms.sent) == 30


@pytest.mark.django_db
def test_another_organisations_messages_stay_where_they_are(rehearse, channels, sink, now):
    mine, other = rehearse(10, slug="mine"), rehearse(10, slug="other")
    send_due(organisation_id=mine, now=now, worker="w1", channels=channels)
    assert attempt_totals(organisation_id=other).waiting == 10
    assert all("+1212200" in to for to in sink.to.values())
    assert len(sink.received) <= 10


@pytest.mark.django_db
def test_what_was_sent_is_written_down_even_when_the_next_claim_fails(rehearse, now, monkeypatch):
    """The ledger breaks between two batches: the first batch's results are not lost."""
    from rebook.flow.outreach import dispatch

    organisation_id = rehearse(80)
    vendor = Vendor()
    claims = []

    def claim(*arguments, **more):
        claims.append(more)
        if not more["answers"] and sum(not one["answers"] for one in claims) == 2:
            raise ConnectionError("the ledger is gone")
        return real(*arguments, **more)

    real = dispatch.claim
    monkeypatch.setattr(dispatch, "claim", claim)
    with pytest.raises(ConnectionError):
        send_due(organisation_id=organisation_id, now=now, worker="w1", channels={"sms": vendor})
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.in_the_air == 0
    assert totals.sent == len(vendor.sent) > 0


@pytest.mark.django_db
def test_reading_the_facts_costs_the_same_for_any_number(rehearse, now, django_assert_max_num_queries):
    small, large = rehearse(10, slug="small"), rehearse(200, slug="large")
    channels = {"sms": Vendor(can_look_up=True)}
    for organisation_id in (small, large):
        with django_assert_max_num_queries(75):
            send_due(organisation_id=organisation_id, now=now, worker="w1", channels=channels)


@pytest.mark.django_db
def test_a_channel_that_nobody_serves_keeps_its_messages(rehearse, now):
    organisation_id = rehearse(5)
    email = Vendor("email")
    email.answers = {"": SendResult(state="sent")}
    assert (
        send_due(organisation_id=organisation_id, now=now, worker="w1", channels={"email": email}).looked_at
        == 0
    )
    assert attempt_totals(organisation_id=organisation_id).waiting == 5
