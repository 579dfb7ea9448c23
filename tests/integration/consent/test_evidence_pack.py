"""The evidence pack: all about a number or person, for people and programs to read (R-A7, R-A50)."""

import datetime as dt
import hashlib
import io

import pytest
from pypdf import PdfReader

from rebook.accounts.models import AuditEvent
from rebook.core.outreach.consent import Provenance
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.flow.outreach import consent_evidence
from rebook.flow.outreach.consent_evidence import NobodyNamed
from rebook.flow.response import EvidenceFile, record_opt_in, record_opt_out
from rebook.records.models import Attempt, AttemptEvent, ConsentEvidence, Reply
from rebook.records.write.attempts import JudgedContact, add_decisions
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db
NUMBER = "+12125550001"
FORM = b"%PDF-1.4 a scanned form"


SAID = [
    "Consent and contact record of Ana Test1",
    "Stopped: text messages and automated calls",
    "PARE no más, gracias",
    "in a text message",
    "Allowed: text messages and automated calls",
    "You may text me about visits.",
    "Version of the text: 2026-2",
    "Given for: appointment, recall",
    "in writing and signed",
    "form.pdf, SHA-256 " + hashlib.sha256(FORM).hexdigest(),
    "Elm Street: time for a visit. Reply STOP to end.",
    "prior express consent",
    "due_visit (en), SHA-256 " + "ab" * 32,
    "allowed: open until 20:00",
    "delivered provider 30000",
    "SM123",
    "opt_out (es.pare)",
    "consent.revoked",
    "evidence.made",
    "whole: every line follows from the one before",
]


@pytest.fixture
def history(clinic, rosa):
    """A text that was delivered, a STOP that came back, a signed form a month later."""
    sent = Attempt.objects.create(
        organisation=clinic.organisation, patient=rosa, channel="sms", reference="r1", to_value=NUMBER,
        contact_point=rosa.contact_points.get(system="phone"), state="delivered", planned_at=NOW - 40 * DAY,
        due_at=NOW - 40 * DAY, expires_at=NOW - 39 * DAY, sent_at=NOW - 40 * DAY, template_key="due_visit",
        template_hash="ab" * 32, language="en", body="Elm Street: time for a visit. Reply STOP to end.",
        lawful_basis="prior_express_consent", provider_message_id="SM123",
    )  # fmt: skip
    add_decisions(
        organisation_id=clinic.id,
        decisions=[
            JudgedContact(
                rosa.pk, sent.pk, None, "sms", Decision("allow", (Reason("allowed", "open until 20:00"),))
            )
        ],
        now=NOW - 40 * DAY,
    )
    AttemptEvent.objects.create(
        organisation=clinic.organisation, attempt=sent, state="delivered", at=NOW - 40 * DAY,
        source="provider", code="30000",
    )  # fmt: skip
    reply = Reply.objects.create(
        organisation=clinic.organisation, channel="sandbox", provider_message_id="in1", from_value=NUMBER,
        body="PARE no más, gracias", received_at=NOW - 39 * DAY, patient=rosa, intent="opt_out",
        intents=[{"intent": "opt_out", "level": 3, "matched": "es.pare"}],
    )  # fmt: skip
    record_opt_out(
        organisation_id=clinic.id, value=NUMBER, patient_id=rosa.pk, channel="sms",
        wording="PARE no más, gracias", origin="sms_reply", now=NOW - 39 * DAY, actor="patient",
        proof=Provenance(way="sms", evidence_kind="message", evidence_ref=f"reply:{reply.pk}"),
    )  # fmt: skip
    record_opt_in(
        organisation_id=clinic.id, value=NUMBER, patient_id=rosa.pk, channel="sms",
        wording="I agree to receive texts again", origin="staff", now=NOW - 9 * DAY, actor="user:1",
        purposes=("treatment_recall", "operations"),
        proof=Provenance(
            way="form", shown_wording="You may text me about visits.", shown_version="2026-2",
            permission="written", source="Intake form", scope_words=("appointment", "recall"),
            named_value=NUMBER,
        ),
        file=EvidenceFile("form.pdf", FORM, "application/pdf"),
    )  # fmt: skip
    return reply


def pdf_of(clinic, **about):
    return consent_evidence.evidence_pdf(organisation_id=clinic.id, now=NOW, actor="user:1", **about)


def text_of(content):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    # Lines are folded where the page ends, so words are compared without regard to it.
    return " ".join(" ".join(pages).split())


class TestThePdf:
    @pytest.fixture
    def text(self, clinic, rosa, history):
        return text_of(pdf_of(clinic, patient_id=rosa.pk))

    def test_says_who_when_what_how_and_with_what_proof(self, text):
        # A long hash may be folded anywhere.
        plain = text.replace(" ", "").replace("\u00ad", "")
        assert [one for one in SAID if one.replace(" ", "") not in plain] == []

    def test_holds_the_last_hash_of_the_trail(self, text):
        assert AuditEvent.objects.order_by("-sequence").first().hash in text.replace(" ", "")


def test_the_pdf_is_tagged_titled_and_in_a_language(clinic, rosa, history):
    reader = PdfReader(io.BytesIO(pdf_of(clinic, value=NUMBER)))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"].startswith("en")
    assert reader.metadata.title == f"Consent and contact record of {NUMBER}"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


def test_a_text_in_any_script_still_makes_a_document(clinic, rosa, history):
    record_opt_out(
        organisation_id=clinic.id, value=NUMBER, wording="请停止 🛑 \u202egnirts", origin="sms_reply",
        now=NOW, actor="patient", channel="sms",
    )  # fmt: skip
    made = pdf_of(clinic, value=NUMBER)
    assert b"pdfuaid:part" in made
    # In the script itself where a font has it, else character by character.
    assert any(shown in text_of(made).replace(" ", "") for shown in ("请停止", "[U+8BF7][U+505C][U+6B62]"))


def test_of_a_number_it_shows_that_number_only(clinic, rosa, history):
    other = clinic.patient(2)
    record_opt_out(
        organisation_id=clinic.id, patient_id=other.pk, channel="email", wording="secret of another",
        origin="staff", now=NOW, actor="user:1",
    )  # fmt: skip
    text = text_of(pdf_of(clinic, value=NUMBER))
    assert "PARE" in text
    assert "secret of another" not in text


def test_making_it_is_a_line_of_the_trail_that_names_no_number(clinic, rosa, history):
    pdf_of(clinic, value=NUMBER)
    line = AuditEvent.objects.get(action="evidence.made")
    assert (line.actor, line.subject_kind, line.subject_id) == ("user:1", "number", "…0001")
    assert "2125550001" not in str(line.detail)


def test_nobody_named_is_told(clinic):
    with pytest.raises(NobodyNamed):
        pdf_of(clinic)
    with pytest.raises(NobodyNamed):
        pdf_of(clinic, patient_id=10**9)


class TestAFileThatProves:
    def test_is_kept_sealed_and_opens_again(self, clinic, rosa, history):
        kept = ConsentEvidence.objects.get()
        assert FORM not in bytes(kept.sealed)
        opened = consent_evidence.kept_file(
            organisation_id=clinic.id, evidence_id=kept.pk, now=NOW, actor="user:1"
        )
        assert (opened.content, opened.name) == (FORM, "form.pdf")
        assert AuditEvent.objects.filter(action="evidence.opened").exists()

    def test_does_not_open_with_another_key(self, clinic, rosa, history, settings):
        settings.SECRET_KEY = "another" * 10
        with pytest.raises(Exception, match="another secret key"):
            consent_evidence.kept_file(
                organisation_id=clinic.id, evidence_id=ConsentEvidence.objects.get().pk, now=NOW, actor="u"
            )

    def test_opens_after_the_key_was_changed_and_the_old_one_kept(self, clinic, rosa, history, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10
        opened = consent_evidence.kept_file(
            organisation_id=clinic.id, evidence_id=ConsentEvidence.objects.get().pk, now=NOW, actor="u"
        )
        assert opened.content == FORM


class TestThePatientsOwnRecord:
    def of(self, clinic, patient, format):
        return consent_evidence.own_record(
            organisation_id=clinic.id, patient_id=patient.pk, format=format, now=NOW, actor="user:1"
        )

    def test_json_holds_what_was_said_sent_and_answered(self, clinic, rosa, history):
        import json

        record = json.loads(self.of(clinic, rosa, "json"))
        assert [one["state"] for one in record["statements"]].count("revoked") == 2
        assert record["contacts"][0]["body"].startswith("Elm Street: time")
        assert record["messages"][0]["body"] == "PARE no más, gracias"
        assert "recorded_by" not in record["statements"][0]

    def test_csv_has_a_line_for_each_and_runs_nothing(self, clinic, rosa, history):
        Reply.objects.create(
            organisation=clinic.organisation, channel="sandbox", provider_message_id="in2", patient=rosa,
            from_value=NUMBER, body="=HYPERLINK(1)", received_at=NOW - dt.timedelta(hours=1),
        )  # fmt: skip
        lines = self.of(clinic, rosa, "csv").decode("utf-8-sig").splitlines()
        assert lines[0] == "at,kind,channel,state,text"
        assert sum(",contact,sms,delivered," in line for line in lines) == 1
        assert any(",'=HYPERLINK(1)" in line for line in lines)


def test_the_commands_write_both(clinic, rosa, history, rebook, tmp_path):
    rebook("evidence", NUMBER, "--out", str(tmp_path / "n.pdf"))
    assert (tmp_path / "n.pdf").read_bytes().startswith(b"%PDF")
    rebook("outreach-record", "p1", "--out", str(tmp_path / "r.csv"), "--format", "csv")
    assert "PARE" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    told = rebook("evidence", "nobody-9", "--out", str(tmp_path / "x.pdf"), code=2)
    assert "no such patient" in told.output
    assert not (tmp_path / "x.pdf").exists()
