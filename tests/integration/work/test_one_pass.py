"""The pass of the day: one at a time, and the second one of a day has nothing left to do."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.demo import setup
from rebook.work.passes import PassIsRunning, only_pass
from support.served import database_url

CHICAGO = ZoneInfo("America/Chicago")
# A Tuesday at ten: numbers may be called and texts may go out.
NOW = dt.datetime(2026, 3, 17, 10, tzinfo=CHICAGO)
STAGES = [
    "clean",
    "signs",
    "snapshot",
    "close",
    "find gaps",
    "learn",
    "rank",
    "tell staff",
    "examine",
    "portal",
    "complaint budget",
    "room",
    "look ahead",
    "enrol",
    "plan",
    "send",
    "settle",
    "tests",
    "still ready",
    "stops kept",
    "wording tests",
    "nobody forgotten",
    "prune",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(tmp_path, settings):
    """An invented practice of eighty patients with campaigns that run."""
    settings.HOME = tmp_path
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    world = setup.invent_world(patients=80, seed=3, start_at=NOW)
    made = setup.set_up(world, folder=tmp_path / "export", now=NOW, slug="riverbend")
    setup.launch_campaigns(made, now=NOW)
    return made


def run(*words):
    return CliRunner().invoke(app, ["run", "--as-of", "2026-03-17", *words])


def ledger():
    """A digest of every table of records, without the snapshots of each pass and what names them."""
    of_snapshots = {"records_snapshot", "records_patientchange", "records_gapround", "records_roomcount"}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            if table.startswith("records_") and table not in of_snapshots:
                cursor.execute(
                    f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
                )
                found[table] = cursor.fetchone()
    return found


def test_a_pass_goes_through_the_stages_in_order_and_finds_people(practice):
    done = run("--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["organisation"], said["as_of"]) == ("riverbend", "2026-03-17")
    assert list(said["stages"]) == STAGES
    assert said["stages"]["find gaps"]["opened"] > 10
    assert said["stages"]["enrol"]["opened"] > 0
    sent = said["stages"]["send"]
    assert said["stages"]["plan"]["planned"] + said["stages"]["plan"]["refused"] > 0
    assert sent["unknown"] == 0


def test_a_second_pass_the_same_day_changes_nothing(practice):
    assert run().exit_code == 0
    after_first = ledger()
    second = run("--json")
    assert second.exit_code == 0, second.output
    assert json.loads(second.stdout)["stages"]["find gaps"]["opened"] == 0
    after_second = ledger()
    assert [table for table in after_first if after_first[table] != after_second[table]] == []


def test_a_person_reads_what_each_stage_did(practice):
    said = run().stdout
    assert "Riverbend Family Health, 2026-03-17" in said
    assert [stage for stage in STAGES if stage not in said] == []
    assert "opened" in said


def test_two_passes_of_one_practice_do_not_run_at_once(practice):
    before = ledger()
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('pass'), %s::int)", [practice.organisation_id])
        refused = run("--json")
    assert refused.exit_code == 1
    assert "already running" in json.loads(refused.stdout)["error"]
    assert ledger() == before


def test_the_pass_of_another_practice_is_free():
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('pass'), 1)")
        with pytest.raises(PassIsRunning), only_pass(organisation_id=1):
            raise AssertionError
        with only_pass(organisation_id=2):
            assert other.execute("SELECT pg_try_advisory_lock(hashtext('pass'), 2)").fetchone() == (False,)
        assert other.execute("SELECT pg_try_advisory_lock(hashtext('pass'), 2)").fetchone() == (True,)


def test_a_pass_that_fails_gives_the_practice_back():
    with pytest.raises(ZeroDivisionError), only_pass(organisation_id=3):
        raise ZeroDivisionError
    with only_pass(organisation_id=3):
        pass
    with psycopg.connect(database_url()) as other:
        assert other.execute("SELECT pg_try_advisory_lock(hashtext('pass'), 3)").fetchone() == (True,)
