"""``rebook send-test`` at the command line, and the launch checklist's advice that comes of it."""

import dataclasses
import json
import re
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.flow.common.channels import practice_channels
from rebook.flow.outreach import approvals
from rebook.flow.outreach.campaigns import sequence_of
from rebook.flow.outreach.dispatch import record_reports
from rebook.flow.outreach.readiness import launch_checklist, reasons_against_launch
from rebook.flow.outreach.texts import Place, begin, publish, save_draft, text_file
from rebook.records.models import SentTest, TemplateText
from rebook.records.read import campaigns as campaign_read
from support.outreach import NOW, second_wording_of
from support.own_tests import MINE

pytestmark = pytest.mark.django_db
ME = ("--to", "Mo Manager")


@pytest.fixture(autouse=True)
def own_home(clinic, settings, tmp_path):
    settings.HOME = tmp_path


def rebook(*words, code=0):
    done = CliRunner().invoke(app, ["send-test", *words], env={"COLUMNS": "200"})
    assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
    return done.output


def answer(*words, code=0):
    return json.loads(rebook(*words, *ME, "--json", code=code))


def outbox(clinic, kind="sms"):
    return list(practice_channels(organisation_id=clinic.id)[kind]._spool.messages())


def confirm(clinic, kind="sms"):
    keep = ("--keep", "(212) 555-0177") if kind == "sms" else ("--keep-email",)
    assert answer(*keep)[0]["state"] == "accepted"
    code = re.search(r"\b\d{6}\b", outbox(clinic, kind)[-1].body).group()
    said = rebook("--code", code, "--channel", kind, *ME)
    assert code not in said
    assert MINE not in said


def deliver(clinic):
    now = datetime.now(UTC).replace(year=2099)
    for channel in (practice_channels(organisation_id=clinic.id)[kind] for kind in ("sms", "email")):
        reports = channel.reports_since(NOW.replace(year=2000), now=now)
        record_reports(organisation_id=clinic.id, channel=channel.key, reports=reports, now=now)


def test_a_text_by_its_key(clinic):
    (line,) = answer("due_visit", code=1)
    assert line["state"] == "refused"
    assert line["reasons"][0]["rule"] == "test_only_to_staff"
    confirm(clinic)
    (line,) = answer("due_visit", "--language", "es")
    assert (line["state"], line["text"], line["language"]) == ("accepted", "due_visit", "es")
    newest = outbox(clinic)[0] if outbox(clinic)[0].language == "es" else outbox(clinic)[-1]
    assert newest.to == MINE
    assert MINE not in json.dumps(line)
    assert "due_visit" in rebook("due_visit", *ME)


def test_a_test_wording_by_its_letter(clinic):
    confirm(clinic)
    second_wording_of(clinic.organisation, manager=clinic.manager, approve=False)
    answer("due_visit", "--variant", "b")
    assert SentTest.objects.get(variant="b").verdict == "allow"
    assert TemplateText.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ("due_visit",),
        ("due_visit", "--to", "Nobody"),
        ME,
        ("due_visit", "--campaign", "1", *ME),
        ("due_visit", "--channel", "letter", *ME),
        ("--campaign", "none such", *ME),
        ("--code", "123456", *ME),
        ("--keep", "911", *ME),
        ("nothing_like_it", *ME),
        ("safety", *ME),
    ],
)
def test_what_cannot_be_is_said(clinic, words):
    assert "rebook: " in rebook(*words, code=2)
    assert not SentTest.objects.exists()


def checked(clinic, campaign):
    view = campaign_read.campaign(organisation_id=clinic.id, campaign_id=campaign.pk)
    asked = {
        "organisation_id": clinic.id,
        "campaign": view,
        "sequence": sequence_of(organisation_id=clinic.id, key=view.sequence_key),
        "now": NOW,
        "looks_again": False,
    }
    (found,) = [one for one in launch_checklist(**asked) if one.key == "test_received"]
    assert "test_not_received" not in {one.rule for one in reasons_against_launch(**asked)}
    return found


def publish_other_words(clinic):
    """Of the text message for a visit that is due, signed."""
    place = Place("due_visit", "sms", "en")
    known = begin(text_file(organisation_id=clinic.id, place=place))
    body = known.body.replace("Pick a time:", "Choose your time:")
    assert body != known.body
    draft = dataclasses.replace(known, body=body, review="human_reviewed")
    save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:1")
    publish(organisation_id=clinic.id, place=place, now=NOW, actor="user:1")
    actor = f"user:{clinic.manager.pk}"
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW, actor=actor)


def test_the_checklist_asks_for_a_test_of_every_text_since_it_changed(clinic):
    confirm(clinic)
    confirm(clinic, "email")
    segment = {"filters": [{"field": "gap_kind", "any_of": ["interval"]}]}
    campaign = clinic.campaign(launched=False, segment=segment)
    before = checked(clinic, campaign)
    assert before.state == "noted"
    assert before.where == "send_tests"
    lines = answer("--campaign", str(campaign.pk))
    assert {one["state"] for one in lines} == {"accepted"}
    # Handed over is not arrived, where the channel tells of arrivals.
    assert checked(clinic, campaign).reasons == before.reasons
    deliver(clinic)
    after = checked(clinic, campaign)
    assert after.state == "right", after.reasons
    # Other words have to be looked at again.
    publish_other_words(clinic)
    assert checked(clinic, campaign).state == "noted"
