"""What staff do about consent: a stop in two clicks, a permission with its proof, who sees which page."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from rebook.accounts.models import AuditEvent
from rebook.records.models import Consent, ConsentEvidence
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db):
    made = make_clinic()
    made.patient(1)
    return made


@pytest.fixture
def patient(clinic):
    return clinic.patients[0]


@pytest.fixture
def signed_in(clinic):
    def sign_in(role="front_desk"):
        client = Client()
        client.force_login(clinic.member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def html(answer):
    return answer.content.decode()


class TestAStop:
    def test_with_nothing_but_the_button_binds_person_and_numbers(self, clinic, patient, signed_in):
        page = html(signed_in().post(f"/patients/{patient.pk}/opt-out/", {"way": "voice"}, follow=True))
        assert "It counts from this moment" in page
        said = {(one.patient_id, one.contact_value, one.channel) for one in Consent.objects.all()}
        assert said == {
            (patient.pk, "", "all"), (None, "+13125551201", "all"), (None, "person1@example.org", "all"),
        }  # fmt: skip
        assert {(one.way, one.wording) for one in Consent.objects.all()} == {("voice", "told to staff")}
        patient.refresh_from_db()
        assert patient.do_not_contact

    @pytest.mark.parametrize(
        ("whom", "expected"),
        [
            ("person", [("person", "")]),
            ("+13125551201", [("number", "+13125551201")]),
            ("+13125559999", [("number", "+13125551201"), ("person", "")]),
        ],
    )
    def test_for_whom(self, whom, expected, patient, signed_in):
        signed_in().post(
            f"/patients/{patient.pk}/opt-out/", {"channel": "sms", "whom": whom, "wording": "no"}
        )
        said = [
            ("person" if one.patient_id else "number", one.contact_value) for one in Consent.objects.all()
        ]
        assert sorted(said) == expected

    def test_by_a_relative_on_another_day(self, patient, signed_in):
        signed_in().post(
            f"/patients/{patient.pk}/opt-out/",
            {"channel": "sms", "whom": "person", "way": "voicemail", "speaker": "relative",
             "speaker_name": "Luis", "said_on": "2026-03-01", "wording": "my mother wants no texts"},
        )  # fmt: skip
        line = Consent.objects.get()
        assert (line.speaker, line.speaker_name, line.way) == ("relative", "Luis", "voicemail")
        assert line.at.isoformat() == "2026-03-02T05:59:59+00:00"

    def test_only_some_messages_needs_their_words_and_says_so(self, patient, signed_in):
        asked = {"channel": "sms", "purpose": "marketing", "wording": "no offers please"}
        signed_in().post(f"/patients/{patient.pk}/opt-out/", asked)
        assert {one.purpose for one in Consent.objects.all()} == {"marketing"}

    def test_only_some_messages_without_their_words_is_told(self, patient, signed_in):
        asked = {"channel": "sms", "purpose": "marketing", "wording": " "}
        page = html(signed_in().post(f"/patients/{patient.pk}/opt-out/", asked, follow=True))
        assert "write down the patient&#39;s own words" in page
        assert not Consent.objects.exists()

    def test_the_do_not_call_list(self, patient, signed_in):
        signed_in().post(f"/patients/{patient.pk}/opt-out/", {"do_not_call": "yes", "whom": "+13125551201"})
        assert {(one.channel, one.is_company_list) for one in Consent.objects.all()} == {
            ("phone", True), ("sms", True),
        }  # fmt: skip

    def test_a_day_ahead_is_told_and_nothing_is_written(self, patient, signed_in):
        asked = {"channel": "sms", "said_on": "2099-01-01"}
        page = html(signed_in().post(f"/patients/{patient.pk}/opt-out/", asked, follow=True))
        assert "That day has not come yet" in page
        assert not Consent.objects.exists()

    def test_a_stranger_is_not_there(self, signed_in):
        other = make_clinic("other-street").patient(3)
        assert signed_in().post(f"/patients/{other.pk}/opt-out/", {}).status_code == 404
        assert not Consent.objects.exists()


class TestAPermission:
    def test_keeps_the_file_and_opens_it_again_as_a_download(self, patient, signed_in):
        form = SimpleUploadedFile("../Häkchen <b>.pdf", b"signed by hand", "text/html")
        signed_in().post(
            f"/patients/{patient.pk}/opt-in/",
            {"channel": "sms", "number": "+13125551201", "wording": "I agree", "signed": "yes", "file": form},
        )
        kept = ConsentEvidence.objects.get()
        line = Consent.objects.filter(contact_value="+13125551201").first()
        assert (line.origin, line.permission, line.evidence_id) == ("signed_consent", "written", kept.pk)
        opened = signed_in("compliance").post(f"/consent/files/{kept.pk}/")
        assert opened.content == b"signed by hand"
        assert opened.headers["Content-Type"] == "application/octet-stream"
        assert opened.headers["Content-Disposition"].startswith("attachment")
        assert "<" not in opened.headers["Content-Disposition"]

    def test_says_when_a_stop_of_the_number_still_stands(self, patient, signed_in):
        client = signed_in()
        client.post(f"/patients/{patient.pk}/opt-out/", {"channel": "sms", "said_on": "2026-01-05"})
        form = {"channel": "sms", "wording": "I agree"}
        for number, expected in (("", "a stop still stands"), ("+13125551201", "may be contacted again")):
            file = SimpleUploadedFile("form.pdf", b"signed", "application/pdf")
            answer = client.post(
                f"/patients/{patient.pk}/opt-in/", {**form, "number": number, "file": file}, follow=True
            )
            assert expected in html(answer)

    def test_is_about_care_unless_offers_were_named(self, patient, signed_in):
        signed_in().post(f"/patients/{patient.pk}/opt-in/", {"channel": "email", "wording": "fine"})
        assert {one.purpose for one in Consent.objects.all()} == {
            "treatment_recall", "operations", "informational",
        }  # fmt: skip

    def test_another_practices_file_is_not_there(self, clinic, patient, signed_in):
        other = make_clinic("other-street")
        kept = ConsentEvidence.objects.create(
            organisation=other.organisation, sha256="a" * 64, name="f", kept_where="cabinet", added_by="x"
        )
        assert signed_in("compliance").post(f"/consent/files/{kept.pk}/").status_code == 404


class TestThePagesShow:
    def test_every_statement_with_its_proof(self, patient, signed_in):
        signed_in().post(
            f"/patients/{patient.pk}/opt-out/",
            {"channel": "sms", "way": "letter", "wording": "Kindly <stop> texting"},
        )
        page = html(signed_in("compliance").get(f"/patients/{patient.pk}/consent/"))
        assert "Kindly &lt;stop&gt; texting" in page
        assert "by letter" in page
        assert "Written down by staff" in page
        # One statement, though it wrote three lines.
        assert page.count("Kindly") == 1
        assert AuditEvent.objects.filter(action="patient.viewed", detail__page="consent").exists()

    def test_scope_counts_and_the_all_clear(self, signed_in):
        page = html(signed_in("compliance").get("/setup/consent/"))
        assert "A STOP ends every text message and automated call" in page
        assert "31 January 2027" in page
        assert "Every stop older than a day is honoured" in page

    def test_a_number_is_looked_up_by_post_and_stands_in_no_address(self, patient, signed_in):
        signed_in().post(f"/patients/{patient.pk}/opt-out/", {"channel": "sms", "wording": "leave me be"})
        answer = signed_in("compliance").post("/setup/consent/number/", {"number": "(312) 555-1201"})
        assert answer.status_code == 200
        assert "leave me be" in html(answer)
        assert signed_in("compliance").get("/setup/consent/number/").status_code == 405

    @pytest.mark.parametrize("typed", ["12", "", "<script>", "x@"])
    def test_nonsense_is_told(self, typed, signed_in):
        answer = signed_in("compliance").post("/setup/consent/number/", {"number": typed})
        assert "Not looked up" in html(answer)
        assert "<script>" not in html(answer).split("<main")[1]

    def test_a_number_of_nobody_can_be_stopped(self, signed_in):
        asked = {"number": "212-555-0777", "way": "voice", "wording": "never again", "do_not_call": "yes"}
        page = html(signed_in().post("/setup/consent/number/stop/", asked, follow=True))
        assert "On the do-not-call list" in page or Consent.objects.count() == 2
        assert {one.contact_value for one in Consent.objects.all()} == {"+12125550777"}


class TestOnPaper:
    def test_the_evidence_of_a_patient_and_of_a_number(self, patient, signed_in):
        signed_in().post(f"/patients/{patient.pk}/opt-out/", {"channel": "sms", "wording": "leave me be"})
        for address, asked in (
            (f"/patients/{patient.pk}/consent/evidence/", {}),
            ("/setup/consent/number/evidence/", {"number": "+13125551201"}),
        ):
            answer = signed_in("compliance").post(address, asked)
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "5551201" not in answer.headers["Content-Disposition"]
            text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
            assert "leave me be" in " ".join(text.split())

    @pytest.mark.parametrize(("format", "begins"), [("json", b"{"), ("csv", b"\xef\xbb\xbfat,kind")])
    def test_the_patients_own_record(self, format, begins, patient, signed_in):
        answer = signed_in("manager").post(f"/patients/{patient.pk}/consent/record/", {"format": format})
        assert answer.content.startswith(begins)
        assert AuditEvent.objects.filter(action="record.exported", subject_id=str(patient.pk)).exists()

    @pytest.mark.parametrize("role", ["front_desk", "coordinator", "clinician", "writer", "analyst"])
    def test_is_for_compliance_and_managers(self, role, patient, signed_in):
        client = signed_in(role)
        for address in (
            f"/patients/{patient.pk}/consent/evidence/", f"/patients/{patient.pk}/consent/record/",
            "/setup/consent/number/evidence/",
        ):  # fmt: skip
            assert client.post(address, {"number": "+13125551201"}).status_code == 403
        assert not AuditEvent.objects.filter(action__in=("evidence.made", "record.exported")).exists()
