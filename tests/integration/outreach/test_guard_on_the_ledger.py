"""What the ledger tells the guard: other tools, wishes for confidence, joined records, offers, numbers."""

import datetime as dt
from dataclasses import replace

import pytest

from rebook.accounts import read as accounts
from rebook.accounts.models import AuditEvent
from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.outreach import approvals
from rebook.flow.outreach.allowed import CHANNELS, Question, look
from rebook.flow.outreach.circumstances import signs_of
from rebook.flow.outreach.confidential import UnableToKeep, Wish, end_wish, keep_wish, mark_number
from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.guard_settings import note_payer
from rebook.flow.outreach.library import library_of
from rebook.flow.outreach.manual import send_manual
from rebook.flow.outreach.other_contacts import import_contacts
from rebook.flow.outreach.special_approvals import UnableToSign, sign
from rebook.flow.outreach.texts import Place, begin, publish, save_draft, text_file
from rebook.packs.outreach import templates
from rebook.records.models import (
    Attempt,
    ConfidentialRequest,
    Consent,
    ContactPoint,
    OfferGiven,
    OtherContact,
    RejectedRow,
    Reply,
    Visit,
)
from rebook.records.write.planning import reachable_by
from support.outreach import DAY, HOUR, NOW, make_clinic

pytestmark = pytest.mark.django_db
TEXT = "Elm Street Practice: Dr. Lee can see you on Friday. Reply to tell us."
HEAD = "patient_id,number,channel,at,system,status\n"


def write(clinic, patient, *, channel="sms", at=NOW, body=TEXT):
    return send_manual(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        channel=channel,
        body=body,
        now=at,
        actor="user:7",
        channels=clinic.channels,
    )


def rules(decision):
    return [reason.rule for reason in decision.reasons]


def file(tmp_path, *rows, name="sends.csv", head=HEAD):
    path = tmp_path / name
    path.write_text(head + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def take(clinic, path, **more):
    return import_contacts(organisation_id=clinic.id, path=path, now=NOW, **more)


def keep(clinic, patient, **wish):
    return keep_wish(
        organisation_id=clinic.id, patient_id=patient.pk, wish=Wish(**wish), now=NOW, actor="user:7"
    )


# --- other tools ---------------------------------------------------------------------------------------


def test_what_another_tool_sent_uses_up_the_same_limit(clinic, tmp_path):
    patient = clinic.patient(1)
    by_id = "p1,,sms,2026-11-18T10:30,reminders,delivered"
    summary = take(clinic, file(tmp_path, by_id))
    assert (summary.read, summary.added, summary.rejected) == (1, 1, 0)
    decision = write(clinic, patient)
    # What staff write is not worth waiting two days for.
    assert (decision.verdict, rules(decision)) == ("refuse", ["expired", "cap_reached", "too_soon"])
    assert write(clinic, patient, at=NOW + 3 * DAY).verdict == "allow"


def test_it_counts_for_the_number_without_a_patient(clinic, tmp_path):
    patient = clinic.patient(1)
    take(clinic, file(tmp_path, ",(212) 555-0001,text,2026-11-18T10:30,portal,"))
    assert rules(write(clinic, patient))[0] == "cap_reached"
    assert OtherContact.objects.get().to_value == "+12125550001"


def test_what_never_arrived_uses_up_nobodys_limit(clinic, tmp_path):
    patient = clinic.patient(1)
    summary = take(clinic, file(tmp_path, "p1,,sms,2026-11-18T10:30,reminders,undelivered"))
    assert (summary.added, summary.not_delivered) == (0, 1)
    assert write(clinic, patient).verdict == "allow"


def test_our_own_that_failed_uses_up_nobodys_limit(clinic):
    patient = clinic.patient(1)
    assert write(clinic, patient).verdict == "allow"
    assert "cap_reached" in rules(write(clinic, patient))
    Attempt.objects.filter(patient=patient, state="accepted").update(state="failed")
    assert write(clinic, patient).verdict == "allow"


def test_the_same_file_again_changes_nothing_and_bad_rows_are_kept(clinic, tmp_path):
    clinic.patient(1)
    rows = (
        "p1,,sms,2026-11-18T10:30,reminders,",
        "p1,,sms,2026-11-18T10:30,reminders,",
        "p9,,sms,2026-11-18T10:30,reminders,",
        "p1,,smoke,2026-11-18,reminders,",
        "p1,,sms,yesterday,reminders,",
        ",,sms,2026-11-18,reminders,",
        "p1,,sms,2027-11-18,reminders,",
        ",123,sms,2026-11-17,reminders,",
    )
    path = file(tmp_path, *rows)
    first = take(clinic, path)
    assert (first.read, first.added, first.already_known, first.rejected) == (8, 1, 1, 6)
    assert first.systems == {"reminders": 2}
    kept = RejectedRow.objects.values_list("line", "field").order_by("line")
    assert list(kept) == [
        (4, "patient_id"), (5, "channel"), (6, "at"), (7, "patient_id"), (8, "at"), (9, "number"),
    ]  # fmt: skip
    again = take(clinic, path)
    assert (again.added, again.already_known, again.rejects_new) == (0, 2, 0)
    assert OtherContact.objects.count() == 1
    assert RejectedRow.objects.count() == 6


def test_a_dry_run_and_a_file_of_another_kind_keep_nothing(clinic, tmp_path):
    clinic.patient(1)
    assert take(clinic, file(tmp_path, "p1,,sms,2026-11-18,x,"), dry_run=True).added == 1
    assert not OtherContact.objects.exists()
    with pytest.raises(UnableToImportRows, match="must name the columns channel, at"):
        take(clinic, file(tmp_path, "1,2", head="name,phone\n", name="other.csv"))


def test_other_organisations_contacts_do_not_count(clinic, tmp_path):
    clinic.patient(1)
    other = make_clinic("oak")
    theirs = other.patient(1)
    take(clinic, file(tmp_path, "p1,,sms,2026-11-18T10:30,reminders,"))
    assert write(other, theirs).verdict == "allow"


# --- confidence ----------------------------------------------------------------------------------------


def test_a_request_binds_campaigns_and_staff_and_changes_the_number(clinic, day):
    patient = clinic.patient(1, email=True)
    keep(clinic, patient, phone="(212) 555-7777")
    assert [one.value for one in reachable_by(organisation_id=clinic.id, patient_ids=[patient.pk])[patient.pk]
            if one.system == "phone"] == ["+12125557777"]  # fmt: skip
    clinic.campaign()
    day.run()
    assert clinic.sms.numbers == ["+12125557777"]
    assert AuditEvent.objects.filter(action="confidential.kept").count() == 1
    assert end_wish(organisation_id=clinic.id, patient_id=patient.pk, now=NOW, actor="user:7")
    assert not end_wish(organisation_id=clinic.id, patient_id=patient.pk, now=NOW, actor="user:7")


def test_what_waits_already_is_bound_by_a_request_that_comes_later(clinic, day):
    patient = clinic.patient(1)
    clinic.campaign()
    clinic.synced(NOW)
    day.enrol()
    day.plan()
    keep(clinic, patient, channels=("letter",))
    day.send()
    assert clinic.sms.sent == []
    assert clinic.first_rule(patient) == "confidential"


def test_it_survives_that_the_record_is_joined_with_another(clinic):
    old, kept = clinic.patient(1, gap=False), clinic.patient(2)
    keep(clinic, old, channels=("email",))
    assert write(clinic, kept).verdict == "allow"
    old.merged_into = kept
    old.save()
    assert "confidential" in rules(write(clinic, kept, at=NOW + 3 * DAY))


def test_an_import_does_not_take_the_number_that_was_asked_for(clinic):
    patient = clinic.patient(1)
    keep(clinic, patient, phone="+12125557777")
    point = ContactPoint.objects.get(patient=patient, value="+12125557777")
    assert (point.state, point.is_current, point.rank) == ("verified", True, 0)


def test_the_code_word_never_goes_out(clinic):
    patient = clinic.patient(1)
    keep(clinic, patient, code_word="Bluebird")
    assert rules(write(clinic, patient, body=TEXT + " bluebird")) == ["code_word"]
    assert clinic.sms.sent == []
    assert write(clinic, patient).verdict == "allow"


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "nothing was asked for"),
        ({"phone": "12"}, "number cannot be used"),
        ({"email": "nobody"}, "address cannot be used"),
        ({"channels": ("pigeon",)}, "no channel pigeon"),
        ({"needs": ("semaphore",)}, "no need semaphore"),
        ({"code_word": "abc"}, "at least 4"),
        ({"channels": ("phone",), "needs": ("no_voice",)}, "rule out every channel"),
        ({"opens": dt.time(18), "closes": dt.time(9)}, "end before they begin"),
    ],
)
def test_a_request_that_cannot_be_kept_says_why(wish, says, clinic):
    with pytest.raises(UnableToKeep, match=says):
        keep(clinic, clinic.patient(1), **wish)
    assert not ConfidentialRequest.objects.exists()


# --- numbers -------------------------------------------------------------------------------------------


def test_a_blocked_number_and_one_with_another_owner(clinic):
    patient = clinic.patient(1)

    def mark(kind):
        mark_number(
            organisation_id=clinic.id, number="212 555 0001", kind=kind, note="", now=NOW, actor="user:7"
        )

    mark("reassigned")
    assert rules(write(clinic, patient)) == ["quarantined"]
    mark("blocked")
    assert rules(write(clinic, patient)) == ["blocked_number", "quarantined"]


def lapsed(clinic, number, **values):
    """Somebody last here three years ago, whose number nobody verified since."""
    patient = clinic.patient(number, phone=False, **values)
    clinic.contact(patient, f"+1212555{number:04d}", state="unverified")
    Visit.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id=f"v{number}",
        fact_hash=bytes(16),
        patient=patient,
        visit_type="annual_visit",
        started_at=NOW - 1100 * DAY,
    )
    return patient


def test_a_number_long_unseen_gets_words_that_name_nobody(clinic, day):
    lapsed(clinic, 1)
    known = lapsed(clinic, 2, given_name="Berta")
    Reply.objects.create(
        organisation=clinic.organisation,
        channel="sandbox",
        provider_message_id="in1",
        from_value="+12125550002",
        body="ok",
        received_at=NOW - 40 * DAY,
        patient=known,
    )
    clinic.campaign()
    day.run()
    said = {message.to: message.body for message in clinic.sms.sent}
    assert "Ana" not in said["+12125550001"]
    assert "Berta" in said["+12125550002"]


# --- consent by law, offers ----------------------------------------------------------------------------


def test_the_word_of_law_stands_on_every_attempt(clinic, day):
    clinic.patient(1)
    clinic.campaign()
    day.run()
    (attempt,) = Attempt.objects.filter(state="accepted")
    assert attempt.lawful_basis == "prior_express_consent"


def test_a_scope_that_leaves_recall_out_refuses_it(clinic):
    patient = clinic.patient(1)
    Consent.objects.create(
        organisation=clinic.organisation,
        patient=patient,
        channel="sms",
        state="granted",
        origin="import",
        wording="ticked on paper",
        recorded_by="import:forms",
        at=NOW - 100 * DAY,
        scope_words=["appointments"],
    )
    looked = look(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        question=Question("sms", NOW),
        channels=CHANNELS,
        now=NOW,
    )
    assert "out_of_scope" in looked.explained.decision.refused_by


def test_no_shipped_text_makes_an_offer():
    promising = [key for key, text in templates().items() if signs_of(text) & {"offer", "sponsor"}]
    assert promising == []


def library_of_clinic(clinic):
    return library_of(accounts.organisation(organisation_id=clinic.id))


@pytest.fixture
def marketing(clinic):
    """The practice's own marketing text, published; the keys by which it is signed."""
    place = Place("welcome_back", "email", "en")
    draft = replace(begin(text_file(organisation_id=clinic.id, place=place)), purpose="marketing")
    save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:7")
    publish(organisation_id=clinic.id, place=place, now=NOW, actor="user:7")
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor="user:1")
    found = library_of_clinic(clinic).find("welcome_back", "email", "en")
    assert found.purpose == "marketing"
    return found


def signed(clinic, text, kind, role, **more):
    return sign(
        organisation_id=clinic.id,
        kind=kind,
        template_key=text.key,
        channel=text.channel,
        language=text.language,
        role=role,
        now=NOW,
        actor="user:7",
        **more,
    )


def test_only_the_right_role_signs_and_an_offer_has_a_value(clinic, marketing):
    with pytest.raises(UnableToSign, match="only clinician"):
        signed(clinic, marketing, "sensitive_clinical", "compliance")
    with pytest.raises(UnableToSign, match="retail value"):
        signed(clinic, marketing, "offer", "compliance")
    with pytest.raises(UnableToSign, match="reasons in writing"):
        signed(clinic, marketing, "offer", "compliance", cents=5000, exception="promotes_access")
    care = library_of_clinic(clinic).find("due_visit", "email", "en")
    with pytest.raises(UnableToSign, match="no marketing text"):
        signed(clinic, care, "offer", "compliance", cents=500)
    assert signed(clinic, marketing, "sensitive_clinical", "clinician")
    assert AuditEvent.objects.filter(action="text.signed_specially").count() == 1


def test_what_is_offered_goes_into_the_patients_ledger_of_the_year(clinic, marketing):
    patient = clinic.patient(1, phone=False, email=True, gap=False, payer_class="self_pay")
    signed(clinic, marketing, "offer", "compliance", cents=1200)
    attempt = Attempt.objects.create(
        organisation=clinic.organisation,
        patient=patient,
        origin="campaign",
        channel="email",
        reference="offer-1",
        purpose="marketing",
        contact_point=ContactPoint.objects.get(patient=patient),
        to_value="p1@example.org",
        template_key=marketing.key,
        template_hash=marketing.content_hash,
        language="en",
        subject="Hello",
        body="A toothbrush for you",
        planned_at=NOW,
        due_at=NOW,
        expires_at=NOW + 2 * HOUR,
    )
    clinic.synced(NOW)
    send_due(organisation_id=clinic.id, now=NOW, worker="w", channels=clinic.channels)
    attempt.refresh_from_db()
    assert attempt.state == "accepted", attempt.reasons
    given = OfferGiven.objects.get()
    assert (given.patient_id, given.attempt_id, given.cents) == (patient.pk, attempt.pk, 1200)


def test_a_campaign_that_somebody_else_pays_for_reaches_who_authorised_it(clinic, day):
    clinic.patient(1)
    willing = clinic.patient(2)
    Consent.objects.create(
        organisation=clinic.organisation,
        patient=willing,
        channel="all",
        purpose="marketing",
        state="granted",
        origin="staff",
        wording="signed, names the payer",
        permission="authorisation",
        recorded_by="user:1",
        at=NOW - DAY,
    )
    Visit.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id="v2",
        fact_hash=bytes(16),
        patient=willing,
        visit_type="annual_visit",
        started_at=NOW - 400 * DAY,
    )
    campaign = clinic.campaign()
    note_payer(
        organisation_id=clinic.id, campaign_id=campaign.pk, payer="Acme Pharma", now=NOW, actor="user:1"
    )
    day.run()
    assert clinic.sms.numbers == ["+12125550002"]
    refused = Attempt.objects.filter(state="refused").values_list("reasons", flat=True)
    assert "paid_by_third_party" in {one["rule"] for reasons in refused for one in reasons}


# --- looking -------------------------------------------------------------------------------------------


def test_any_moment_can_be_looked_at_and_nothing_is_written(clinic):
    patient = clinic.patient(1, email=True)
    campaign = clinic.campaign()
    looked = look(
        organisation_id=clinic.id,
        patient_id=patient.pk,
        question=Question(
            "sms", dt.datetime(2026, 12, 25, 20, 0), campaign_id=campaign.pk, origin="campaign"
        ),
        channels=CHANNELS,
        now=NOW,
    )
    assert looked.at == dt.datetime(2026, 12, 26, 1, 0, tzinfo=dt.UTC)
    assert looked.explained.decided_by == "quiet_hours"
    assert looked.explained.decision.verdict == "defer"
    assert "us-ny" in dict(looked.explained.laws) or "us" in dict(looked.explained.laws)
    (text, email, *_rest, portal) = looked.ahead
    assert (text.next_at, email.next_at) == (NOW, NOW)
    # A Wednesday: open each day but on Sunday.
    assert [cell.rule for cell in text.days] == ["", "", "", "", "quiet_hours", "", ""]
    assert (portal.next_at, portal.rule) == (None, "no_channel")
    assert all(step.looked_at for step in looked.explained.steps)
    assert not Attempt.objects.exists()
