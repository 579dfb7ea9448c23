"""The launch checklist: every refusal with what to do, and that it opens once that is done."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent, Membership
from rebook.core.outreach.campaign_readiness import BadStatement
from rebook.flow.common import trial_booking
from rebook.flow.outreach import approvals, campaigns, ready, stops
from rebook.records.models import (
    Practitioner,
    PractitionerHours,
    ReadinessRecord,
    SlotClaim,
    Task,
    VisitType,
)
from rebook.records.read.readiness import OfferedVisit
from support.outreach import DAY, HOUR, NOW, make_clinic

pytestmark = pytest.mark.django_db


def by(clinic):
    return {"organisation_id": clinic.id, "now": NOW, "actor": f"user:{clinic.manager.pk}"}


def checked(clinic, campaign, now=NOW):
    found = campaigns.checklist(organisation_id=clinic.id, campaign_id=campaign.pk, now=now)
    return {one.key: one for one in found}


def refused(clinic, campaign):
    """{check: rules} of everything that stands against a launch, and that a launch says the same."""
    found = {
        key: {reason.rule for reason in one.reasons}
        for key, one in checked(clinic, campaign).items()
        if one.state == "refused"
    }
    if found:
        with pytest.raises(campaigns.UnableToChange) as against:
            campaigns.launch(**by(clinic), campaign_id=campaign.pk)
        assert {one.rule for one in against.value.reasons} == set().union(*found.values())
        assert all(reason.detail for reason in against.value.reasons)
    return found


def room(clinic, *, bookable=True, hours=True):
    """Somebody who sees patients, and a kind of visit that patients may book."""
    visit = VisitType.objects.create(
        organisation=clinic.organisation,
        key="annual_visit",
        label="Annual visit",
        minutes=30,
        is_self_bookable=bookable,
    )
    doctor = Practitioner.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id="d1",
        fact_hash=bytes(16),
        name="Dr Day",
        location=clinic.location,
    )
    for weekday in range(5 if hours else 0):
        PractitionerHours.objects.create(
            organisation=clinic.organisation,
            practitioner=doctor,
            location=clinic.location,
            weekday=weekday,
            starts=dt.time(9),
            ends=dt.time(12),
        )
    return visit


def unstaffed(clinic):
    ReadinessRecord.objects.filter(kind="staffed").delete()


def staff_again(clinic):
    ready.set_staffed_hours(**by(clinic), weekdays=[0, 3], opens="09:00", closes="12:00")


def no_on_call(clinic):
    ReadinessRecord.objects.filter(kind__startswith="on_call").delete()


def on_call_again(clinic):
    ready.set_on_call(**by(clinic), name="Dr Night", phone="(212) 555-0199", email="night@elm.example")
    ready.note_on_call_tested(**by(clinic))


def number_changed(clinic):
    ReadinessRecord.objects.update(recorded_at=NOW - HOUR)
    ready.set_on_call(**by(clinic), name="Dr Other", phone="+12125550122")


def tried_long_ago(clinic):
    ReadinessRecord.objects.filter(kind__startswith="on_call").update(recorded_at=NOW - 31 * DAY)


def try_again(clinic):
    ready.note_on_call_tested(**by(clinic))


def late_reply(clinic):
    Task.objects.create(
        organisation=clinic.organisation,
        kind="answer_reply",
        owner_role="front_desk",
        opened_at=NOW - 9 * HOUR,
        due_at=NOW - 2 * HOUR,
    )


def answer_it(clinic):
    Task.objects.update(state="done", done_at=NOW, done_by="user:1")


def unsigned_safety(clinic):
    approvals.withdraw_template(**by(clinic), template_key="safety", language="en")


def sign_safety(clinic):
    approvals.approve_template(**by(clinic), template_key="safety", channel="sms", language="en")


def nobody_to_task(clinic):
    Membership.objects.filter(user=clinic.manager).update(role="analyst")


def somebody_again(clinic):
    Membership.objects.filter(user=clinic.manager).update(role="manager")


ROWS = [
    ("nobody answers", unstaffed, {"inbox": {"inbox_unstaffed"}}, "ready", staff_again),
    ("nobody takes what comes in", nobody_to_task, {"inbox": {"no_task_owner"}}, "people", somebody_again),
    ("nobody on call", no_on_call, {"on_call": {"no_on_call"}}, "ready", on_call_again),
    ("a number never tried", number_changed, {"on_call": {"on_call_untested"}}, "ready", try_again),
    ("tried too long ago", tried_long_ago, {"on_call": {"on_call_untested"}}, "ready", try_again),
    ("a reply is late", late_reply, {"replies": {"replies_late"}}, "inbox", answer_it),
    ("no emergency answer", unsigned_safety, {"safety": {"safety_unapproved"}}, "templates", sign_safety),
    ("a stop", lambda clinic: stops.stop_all(**by(clinic)), {"stops": {"stopped"}}, "practice",
     lambda clinic: stops.end_stop(**by(clinic))),
]  # fmt: skip


@pytest.mark.parametrize(("story", "spoil", "against", "where", "mend"), ROWS, ids=[row[0] for row in ROWS])
def test_every_refusal_says_where_it_is_mended_and_opens_then(story, spoil, against, where, mend, clinic):
    clinic.patient()
    campaign = clinic.campaign(launched=False)
    assert refused(clinic, campaign) == {}
    spoil(clinic)
    assert refused(clinic, campaign) == against, story
    (key,) = against
    assert checked(clinic, campaign)[key].where == where
    mend(clinic)
    assert refused(clinic, campaign) == {}
    campaigns.launch(**by(clinic), campaign_id=campaign.pk)


def test_a_campaign_that_needs_a_signature_has_none(clinic):
    campaign = clinic.campaign(launched=False)
    approvals.withdraw_campaign(**by(clinic), campaign_id=campaign.pk)
    assert list(refused(clinic, campaign)) == ["approval"]
    approvals.approve_campaign(**by(clinic), campaign_id=campaign.pk)
    assert refused(clinic, campaign) == {}


def test_a_reply_that_fell_due_a_moment_ago_stands_against_nothing(clinic):
    late_reply(clinic)
    Task.objects.update(due_at=NOW - HOUR / 2)
    assert refused(clinic, clinic.campaign(launched=False)) == {}


def test_free_times_and_a_booking_that_leaves_nothing_behind(clinic):
    clinic.patient()
    campaign = clinic.campaign(launched=False)
    # Nothing that patients could book: they will ask for a call, and staff know.
    assert checked(clinic, campaign)["slots"].state == "noted"
    visit = room(clinic, hours=False)
    assert refused(clinic, campaign) == {"slots": {"no_slots"}}
    PractitionerHours.objects.create(
        organisation=clinic.organisation, practitioner=Practitioner.objects.get(), location=clinic.location,
        weekday=4, starts=dt.time(9), ends=dt.time(10),
    )  # fmt: skip
    found = checked(clinic, campaign)
    assert (found["slots"].state, found["booking"].state) == ("right", "right")
    assert not SlotClaim.objects.exists()
    campaigns.launch(**by(clinic), campaign_id=campaign.pk)
    assert not SlotClaim.objects.exists()
    visit.refresh_from_db()
    assert visit.is_self_bookable


class Broken:
    """A booking system that offers times and then forgets, or never gives a time away."""

    def __init__(self, real, seat):
        self.free_slots, self.seat = real.free_slots, seat

    def seat_for(self, choice, *, visit_type, minutes, diary):
        return self.seat(choice, visit_type, minutes)


@pytest.mark.parametrize(
    ("seat", "says"),
    [(lambda *_: None, "could not be held"), (lambda choice, *_: Broken.slot, "still on offer")],
)
def test_a_booking_system_that_does_not_work_is_found_out(seat, says, clinic, monkeypatch):
    clinic.patient()
    room(clinic)
    campaign = clinic.campaign(launched=False)
    real = trial_booking.calendar()
    monkeypatch.setattr(trial_booking, "calendar", lambda: Broken(real, seat))
    offered = trial_booking.room_for(
        organisation_id=clinic.id,
        kinds=[OfferedVisit("annual_visit", "Annual visit", 30, True)],
        from_at=NOW + 4 * HOUR,
        until_at=NOW + 14 * DAY,
        now=NOW,
    )
    Broken.slot = offered.slots[0]
    assert refused(clinic, campaign) == {"booking": {"booking_failed"}}
    assert says in checked(clinic, campaign)["booking"].reasons[0].detail
    assert not SlotClaim.objects.exists()


def test_a_vendor_needs_an_agreement_and_a_sender_and_a_practice_run_does_not(clinic, settings):
    settings.SMTP_URL, settings.SMTP_FROM = "smtp://127.0.0.1:2525", "hello@elm.example"
    campaign = clinic.campaign(launched=False)
    assert checked(clinic, campaign)["vendors"].state == "right"
    clinic.organisation.settings = {"channels": {"email": "email_smtp"}}
    clinic.organisation.save()
    wanting = {"no_agreement", "no_sender", "sender_unregistered"}
    assert refused(clinic, campaign) == {"vendors": wanting}
    said = {"kind": "email", "sender": "hello@elm.example"}
    ready.set_channel_statement(**by(clinic), **said, baa_signed_on="2026-01-05")
    assert refused(clinic, campaign) == {"vendors": {"sender_unregistered"}}
    dates = {"baa_signed_on": "2026-01-05", "sender_registered_on": "2026-02-01"}
    ready.set_channel_statement(**by(clinic), **said, **dates)
    assert refused(clinic, campaign) == {}
    with pytest.raises(BadStatement, match="still to come"):
        ready.set_channel_statement(**by(clinic), **said, baa_signed_on="2027-01-05")


def test_the_missing_stand_in_is_noted_and_refuses_nothing(clinic):
    campaign = clinic.campaign(launched=False)
    assert checked(clinic, campaign)["backup"].state == "noted"
    assert refused(clinic, campaign) == {}


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"name": " ", "phone": "+12125550111"}, "name"),
        ({"name": "Dr Lee", "phone": "12"}, "phone"),
        ({"name": "Dr Lee", "phone": "", "email": "night"}, "email"),
        ({"name": "Dr Lee", "phone": ""}, "phone"),
    ],
)
def test_a_contact_that_reaches_nobody_is_not_kept(contact, field, clinic):
    with pytest.raises(BadStatement) as wrong:
        ready.set_on_call(**by(clinic), **contact)
    assert wrong.value.field == field


def test_statements_are_appended_and_the_trail_names_nobody(clinic):
    before = ReadinessRecord.objects.count()
    on_call_again(clinic)
    # The same again is no news: the test still counts.
    ready.set_on_call(**by(clinic), name="Dr Night", phone="(212) 555-0199", email="night@elm.example")
    assert ReadinessRecord.objects.count() == before + 2
    lines = AuditEvent.objects.filter(action__startswith="readiness.")
    assert not any("Night" in str(line.detail) or "555" in str(line.detail) for line in lines)


def test_what_one_practice_says_counts_for_no_other(clinic):
    oak = make_clinic("oak")
    ReadinessRecord.objects.filter(organisation=oak.organisation).delete()
    with pytest.raises(BadStatement, match="name the on-call"):
        ready.note_on_call_tested(**by(oak))
    assert {"inbox", "on_call"} <= set(refused(oak, oak.campaign(launched=False)))
    assert refused(clinic, clinic.campaign(launched=False)) == {}
