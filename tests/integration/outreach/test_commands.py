"""``rebook campaign …``, ``rebook stop-all`` and ``rebook bench send`` at the command line."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from rebook.accounts.models import AuditEvent
from rebook.cli.app import app
from rebook.records.models import Campaign, Stop
from support.outreach import make_clinic


@pytest.fixture
def rebook(db):
    def run(*words, code=0):
        done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
        return done.stdout

    return run


@pytest.fixture
def answer(rebook):
    return lambda *words, code=0: json.loads(rebook(*words, "--json", code=code))


STARTED = "from rebook.cli.main import main; main()"
CREATE = ("campaign", "create", "Due visits", "--sequence", "primary_care.routine")


def test_a_campaign_from_draft_to_launch(answer, rebook):
    clinic = make_clinic(approved=False)
    clinic.patient()
    made = answer(
        *CREATE,
        "--owner",
        "Mo Manager",
        "--kind",
        "interval",
        "--location",
        "Elm Street",
        "--tier",
        "dormant",
        *("--goal", "40", "--goal-by", "2027-03-31", "--budget", "250.50", "--programme", "reactivation"),
    )
    campaign = Campaign.objects.get(pk=made["campaign"])
    assert (campaign.owner, campaign.daily_limit, campaign.holdout_percent) == (clinic.manager, 50, 10)
    assert (campaign.goal_visits, str(campaign.goal_on), campaign.budget_cents, campaign.programme) == (
        *(40, "2027-03-31", 25_050, "reactivation"),
    )
    assert campaign.segment == {
        "who": "due",
        "filters": [
            {"field": "gap_kind", "any_of": ["interval"]},
            {"field": "tier", "any_of": ["dormant"]},
            {"field": "location", "any_of": [str(clinic.location.pk)]},
        ],
    }
    refused = answer("campaign", "launch", "Due visits", code=1)
    rules = {one["rule"] for one in refused["reasons"]}
    assert rules == {"not_approved", "safety_unapproved", "needs_any"}
    checked = answer("campaign", "check", "Due visits", code=1)
    assert not checked["ready"]
    assert {one["key"] for one in checked["checks"] if one["state"] == "refused"} == {
        "texts",
        "safety",
        "approval",
    }
    assert "not signed off" in rebook("campaign", "check", "Due visits", code=1)
    assert answer("campaign", "sign-off", "--by", "Mo Manager")["signed_off"] > 10
    assert answer("campaign", "approve", "Due visits", "--by", "Mo Manager")["missing"] == []
    assert answer("campaign", "check", "Due visits")["ready"]
    assert answer("campaign", "launch", "Due visits")["state"] == "active"
    assert answer("campaign", "pause", str(campaign.pk))["state"] == "paused"
    assert answer("campaign", "resume", str(campaign.pk))["state"] == "active"
    (line,) = answer("campaign", "list")
    assert line["next_enrolment_on"]
    assert (line["name"], line["state"], line["owner_name"]) == ("Due visits", "active", "Mo Manager")
    shown = answer("campaign", "show", "Due visits")
    assert shown["segment_in_words"] == (
        "Patients with a reason to come back, because of interval, dormant, at Elm Street."
    )
    assert shown["attempts"]["planned"] == 0
    assert "sms" in rebook("campaign", "show", "Due visits")
    assert "Due visits" in rebook("campaign", "list")
    signers = AuditEvent.objects.filter(action="templates.approved").values_list("actor", flat=True)
    assert set(signers) == {f"user:{clinic.manager.pk}"}
    copied = answer("campaign", "clone", "Due visits")
    assert Campaign.objects.get(pk=copied["campaign"]).name == "Due visits (copy)"
    assert answer("campaign", "end", "Due visits")["state"] == "archived"
    assert answer("campaign", "reopen", "Due visits")["state"] == "paused"
    assert answer("campaign", "archive", "Due visits")["state"] == "archived"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((*CREATE, "--tier", "churned"), "churned"),
        ((*CREATE, "--location", "Atlantis"), "Atlantis"),
        ((*CREATE, "--owner", "Nobody"), "Nobody"),
        ((*CREATE[:3], "--sequence", "nowhere"), "nowhere"),
        ((*CREATE, "--holdout", "90"), "holdout"),
        (("campaign", "pause", "Nothing"), "Nothing"),
    ],
)
def test_bad_input_is_said_and_leaves_with_2(words, problem, db):
    make_clinic()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert problem in done.stderr
    assert not Campaign.objects.exists()


def test_the_stop_button(answer):
    make_clinic()
    assert answer("stop-all", "--reason", "a drill") == {"stopped": True, "changed": True}
    assert answer("stop-all") == {"stopped": True, "changed": False}
    assert Stop.objects.get().reason == "a drill"
    assert answer("stop-all", "--end") == {"stopped": False, "changed": True}
    assert answer("stop-all", "--end") == {"stopped": False, "changed": False}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_bench_counts_what_arrives():
    """On a small number, for its counts; the rate is measured where nothing else runs."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED, "bench", "send", "--size", "200", "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=200,
        check=False,
    )
    found = json.loads(done.stdout)
    assert (found["name"], found["budget"], found["attempts"]) == ("send", 0.5, 200)
    assert (found["duplicates"], found["lost"], found["unknown"]) == (0, 0, 0)
    assert found["sent"] >= found["rounds"] * 180
    assert found["ratio"] == pytest.approx(found["ours"] / found["reference"], abs=0.01)
    assert done.returncode == (0 if found["ok"] else 1)
