"""``rebook guard …`` and ``rebook import contacts …`` at the command line."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.core.outreach.guard import RULES
from rebook.records.models import Consent, OtherContact
from support.outreach import NOW, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db):
    made = make_clinic()
    # The command reads the real clock, and old records would speak first.
    made.synced(datetime.now(UTC))
    return made


def rebook(*words, code=0):
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
    return done.stdout


def answer(*words, code=0):
    return json.loads(rebook(*words, "--json", code=code))


def test_a_moment_that_is_allowed(clinic):
    clinic.patient(1)
    told = answer("guard", "p1", "--at", "2026-12-01T10:00")
    assert (told["verdict"], told["decided_by"], told["lawful_basis"]) == (
        "allow",
        "",
        "prior_express_consent",
    )
    assert told["at"].startswith("2026-12-01 15:00")
    assert "us-ny" in {one["key"] for one in told["laws"]} | set(told["places"])
    assert set(told["next"]) == {"sms", "email", "phone", "letter", "portal"}
    assert "rules" not in told


def test_christmas_evening_waits_and_says_every_rule(clinic):
    clinic.patient(1)
    told = answer("guard", "p1", "--explain", "--at", "2026-12-25T20:00", code=1)
    assert (told["verdict"], told["decided_by"]) == ("defer", "quiet_hours")
    assert [one["key"] for one in told["rules"]] == [rule.key for rule in RULES]
    waiting = [one for one in told["rules"] if one["answer"] == "waits"]
    assert [one["key"] for one in waiting] == ["quiet_hours"]
    assert all(one["looked_at"] for one in told["rules"])


def test_a_refusal_leaves_with_1_and_holds_no_number(clinic):
    patient = clinic.patient(1)
    clinic.opt_out(patient=patient)
    said = rebook("guard", str(patient.pk), "--explain", code=1)
    assert "not allowed" in said
    assert "Opted out and has not opted in since" in said
    assert "Lawful basis: none" in said
    assert "2125550001" not in said


def test_marketing_needs_a_signature(clinic):
    patient = clinic.patient(1)
    asked = ("guard", "p1", "--purpose", "marketing", "--at", "2026-12-01T10:00")
    assert "consent_missing" in [one["rule"] for one in answer(*asked, code=1)["reasons"]]
    Consent.objects.create(
        organisation=clinic.organisation,
        patient=patient,
        contact_value="+12125550001",
        channel="sms",
        purpose="marketing",
        state="granted",
        origin="staff",
        wording="signed form",
        permission="written",
        recorded_by="user:1",
        at=NOW,
    )
    assert answer(*asked)["lawful_basis"] == "prior_express_written_consent"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("p9",), "no such patient"),
        (("p1", "--channel", "pigeon"), "--channel is one of"),
        (("p1", "--purpose", "fun"), "--purpose is one of"),
        (("p1", "--at", "soon"), "--at wants a moment"),
        (("p1", "--campaign", "77"), "there is no campaign 77"),
    ],
)
def test_what_cannot_be_asked_says_why(words, says, clinic):
    clinic.patient(1)
    assert says in answer("guard", *words, code=2)["error"]


def test_other_tools_contacts_come_from_a_file(clinic, tmp_path):
    clinic.patient(1)
    path = tmp_path / "sends.csv"
    path.write_text(
        "patient_id;channel;at\np1;text;2026-11-18T10:30\np1;smoke;2026-11-18\n", encoding="utf-8"
    )
    (told,) = answer("import", "contacts", str(path), "--source", "reminders")
    assert (told["added"], told["rejected"], told["systems"]) == (1, 1, {"reminders": 1})
    assert OtherContact.objects.get().system == "reminders"
    assert "turned away" in rebook("import", "contacts", str(path), "--source", "reminders")
    rejects = answer("rejects", "--source", "reminders")["rejects"]
    assert [(one["line"], one["field"]) for one in rejects] == [(3, "channel")]
    path.write_text("name\nx\n", encoding="utf-8")
    assert "must name the columns" in answer("import", "contacts", str(path), code=2)["error"]
