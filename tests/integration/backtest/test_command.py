"""``rebook backtest`` and ``rebook doctor``: answers, exit codes, and what is refused."""

import csv
import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.records.models import Appointment, Backtest
from rebook.work import backtests as work

pytestmark = pytest.mark.django_db
DATES = ("--from", "2025-01-06", "--to", "2025-03-31", "--definition", "dental.hygiene")


def run(*words, code=0):
    done = CliRunner().invoke(app, words, env={"COLUMNS": "160"})
    assert done.exit_code == code, f"{done.exit_code}: {done.output} {done.exception!r}"
    return done


def test_a_run_answers_as_json_and_is_kept(practice):
    said = json.loads(run("backtest", *DATES, "--set", "B:grace_days=600", "--json").stdout)
    assert (said["number"], said["state"]) == (1, "done")
    assert [(one["name"], one["listings"]) for one in said["result"]["settings"]] == [("A", 3), ("B", 0)]
    again = json.loads(run("backtest", "--open", "1", "--json").stdout)
    assert again == said
    rerun = json.loads(run("backtest", "--again", "1", "--json").stdout)
    assert rerun["fingerprint"] == said["fingerprint"]
    assert Backtest.objects.count() == 1


def test_a_person_reads_the_settings_side_by_side(practice):
    said = run("backtest", *DATES, "--set", "B:tiers=lost").stdout
    for text in ("A: as they are", "B: tiers=lost", "came back by themselves", "What the records cannot say"):
        assert text in said


def test_listings_go_to_a_file_without_names(practice, tmp_path):
    target = tmp_path / "listed.csv"
    run("backtest", *DATES, "--listings", str(target))
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["reason"] for row in rows} == {"dental.hygiene"}
    assert len(rows) == 3
    assert "Secret" not in target.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "2025-03-31"), "say --from and --to"),
        (("--from", "soon", "--to", "2025-03-31"), "--from wants a date"),
        ((*DATES, "--set", "colour=red"), "there is no such setting"),
        ((*DATES, "--every", "month"), "is week or day"),
        ((*DATES[:4], "--definition", "dental.magic"), "there is no rule"),
        ((*DATES[:4], "--campaign", "9"), "there is no campaign 9"),
        ((*DATES, "--snapshot", "8"), "there is no snapshot 8"),
        (("--open", "5"), "there is no backtest 5"),
        (("--again", "5"), "there is no backtest 5"),
    ],
)
def test_what_cannot_be_run_is_refused_with_two(practice, words, says):
    done = run("backtest", *words, code=2)
    assert says in done.output
    assert not Backtest.objects.exists()


def test_ctrl_c_says_how_to_go_on(practice, monkeypatch):
    real = work.backtest.run_backtest

    def stopped(**given):
        def on_day(done, total):
            if done == 2:
                raise KeyboardInterrupt

        return real(**{**given, "on_day": on_day})

    monkeypatch.setattr(work.backtest, "run_backtest", stopped)
    done = run("backtest", *DATES, code=3)
    assert "--again 1" in done.output
    monkeypatch.undo()
    assert Backtest.objects.get().state == "failed"
    assert "no result: it is failed" in run("backtest", "--open", "1", code=2).output
    run("backtest", "--again", "1")
    assert Backtest.objects.get().state == "done"


def test_the_doctor_leaves_with_one_when_something_must_be_mended(practice):
    said = json.loads(run("doctor", "--json", code=1).stdout)
    assert said["is_safe"] is False
    stops = {
        one["key"] for one in said["findings"] if one["severity"] == "stop" and not one["definition_key"]
    }
    assert stops == {"no_coming_appointments", "records_ended", "never_synced"}
    assert "A practice: 3 things to mend" in run("doctor", code=1).stdout


def test_the_doctor_leaves_with_zero_when_nothing_must(practice):
    from django.utils import timezone

    now = timezone.now()
    practice.source.last_synced_at = now
    practice.source.save()
    patient = practice.patients["fine"]
    for name, days, status in (("past", -2, "fulfilled"), ("coming", 20, "booked")):
        Appointment.objects.create(
            **practice.of,
            patient_id=patient,
            external_id=name,
            visit_type="hygiene",
            status=status,
            starts_at=now + timezone.timedelta(days=days),
        )
    said = json.loads(run("doctor", "--json").stdout)
    assert (said["is_safe"], said["stops"]) == (True, 0)
