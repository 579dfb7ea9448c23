"""The inbox and the patient's page: answers through the guard, holds, stop and start, finding people."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebook.accounts.models import AuditEvent
from rebook.records.models import Attempt, AutomationHold, Consent, Patient, Reply, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(clinic, signed_in):
    return signed_in(clinic)


@pytest.fixture
def question(clinic):
    return Reply.objects.get(intent="cost")


def test_the_safety_lane_comes_first(desk):
    page = desk.get("/inbox/").content.decode()
    assert (
        page.index("Urgent: act on these first") < page.index("Dana Kowalski") < page.index("Ines Ferreira")
    )
    assert "May be an emergency" in page
    assert "Call instead of writing" in page


def test_a_message_says_how_long_it_waits_and_what_to_do(desk, question):
    page = desk.get(f"/inbox/?reply={question.pk}").content.decode()
    assert "waiting 1 h" in page
    assert "Answer about cost, or pass it to billing." in page


def test_saying_what_was_done_handles_the_message(desk, question):
    page = desk.post(f"/inbox/{question.pk}/handle/", {"outcome": "answered"}, follow=True).content.decode()
    question.refresh_from_db()
    assert question.state == "handled"
    assert Task.objects.get(reply=question).state == "done"
    assert "Recorded: Answered." in page
    assert "Ines Ferreira" in desk.get("/inbox/?show=handled").content.decode()


def test_an_answer_goes_through_the_guard_and_leaves_its_reasons(desk, question):
    Consent.objects.create(
        organisation_id=question.organisation_id,
        patient=question.patient,
        channel="sms",
        state="revoked",
        origin="sms_reply",
        recorded_by="patient",
        at=question.received_at,
    )
    page = desk.post(
        f"/inbox/{question.pk}/answer/", {"channel": "sms", "body": "Llámenos, por favor."}, follow=True
    ).content.decode()
    assert "Not sent." in page
    assert Attempt.objects.filter(patient=question.patient, origin="manual", state="refused").count() == 1
    question.refresh_from_db()
    assert question.state == "new"


def test_an_empty_answer_is_no_answer(desk, question):
    page = desk.post(f"/inbox/{question.pk}/answer/", {"channel": "sms", "body": " "}, follow=True)
    assert "Write an answer first." in page.content.decode()
    assert not Attempt.objects.filter(origin__in=("manual", "reply")).exists()


def test_only_a_clinician_releases_a_safety_hold(clinic, signed_in):
    patient = clinic.patients[6]
    hold = AutomationHold.objects.create(
        organisation=clinic.organisation, patient=patient, kind="red_flag", from_at=clinic.now
    )
    for role in ("front_desk", "coordinator"):
        signed_in(clinic, role).post(f"/holds/{hold.pk}/release/")
        hold.refresh_from_db()
        assert hold.released_at is None, role
    clinician = signed_in(clinic, "clinician")
    assert "a clinician must release this" in clinician.get(f"/patients/{patient.pk}/").content.decode()
    clinician.post(f"/holds/{hold.pk}/release/")
    hold.refresh_from_db()
    assert hold.released_by == f"user:{clinic.staff['clinician'].pk}"


def test_stop_counts_at_once_and_start_needs_their_words(clinic, desk):
    patient = clinic.patients[0]
    address = f"/patients/{patient.pk}/"
    desk.post(f"{address}opt-out/", {"channel": "sms", "wording": "no more texts please"})
    revoked = Consent.objects.filter(patient=patient, state="revoked", channel="sms")
    assert revoked.count() == 1
    page = desk.get(address).content.decode()
    assert "no more texts please" in page
    assert "Not allowed" in page
    page = desk.post(f"{address}opt-in/", {"channel": "sms", "wording": ""}, follow=True).content.decode()
    assert "it is the evidence" in page
    assert not Consent.objects.filter(patient=patient, state="granted").exists()
    said = {"channel": "sms", "wording": "yes you can text me again"}
    page = desk.post(f"{address}opt-in/", said, follow=True).content.decode()
    assert "attach what they signed, wrote or said" in page
    assert not Consent.objects.filter(patient=patient, state="granted").exists()
    form = SimpleUploadedFile("form.pdf", b"signed", "application/pdf")
    desk.post(f"{address}opt-in/", {**said, "file": form})
    assert Consent.objects.filter(patient=patient, state="granted").exists()


def test_how_they_want_to_hear_from_us_is_kept(clinic, desk):
    patient = clinic.patients[0]
    desk.post(f"/patients/{patient.pk}/preference/", {"channel": "email"})
    assert Patient.objects.get(pk=patient.pk).preferred_channel == "email"
    desk.post(f"/patients/{patient.pk}/preference/", {"channel": "pigeon"})
    assert Patient.objects.get(pk=patient.pk).preferred_channel == "email"


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("delg", True), ("Rosa Del", True), ("del, rosa", True), ("(312) 555-1200", True),
        ("3125551200", True), ("person0@example.org", True), ("4/12/1950", True), ("1950-04-12", True),
        ("c0", True), ("elgado", False), ("13/45/1950", False), ("%", False), ("", False),
    ],
)  # fmt: skip
def test_finding_somebody(text, finds, quiet_clinic, signed_in):
    quiet_clinic.patient(0)
    quiet_clinic.patient(1)
    page = signed_in(quiet_clinic).get("/patients/", {"q": text}).content.decode()
    assert ("Rosa Delgado" in page) is finds
    assert "Marcus Bell" not in page


def test_the_page_says_why_and_what_is_allowed(clinic, desk):
    page = desk.get(f"/patients/{clinic.patients[0].pk}/").content.decode()
    for text in ("Why on or off the list", "What is allowed now", "Text message", "Phone call", "Letter"):
        assert text in page
    assert "Came</strong> for cleaning" in page


def test_searching_leaves_a_line_that_does_not_say_what_was_searched(clinic, desk):
    desk.get("/patients/", {"q": "delgado"})
    line = AuditEvent.objects.filter(action="patients.listed").last()
    assert "delgado" not in str(line.detail).lower()
