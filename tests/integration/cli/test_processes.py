"""The command as people start it: exit codes, words on the right channel, signals, terminals."""

import json
import os
import pty
import select
import signal
import subprocess
import sys

import psycopg
import pytest

from support.installation import Installation, heed_ctrl_c, until

CTRL_C = "\x03"
INIT = ("init", "--name", "Harbor Dental", "--time-zone", "America/Chicago", "--pack", "dental")


@pytest.fixture
def practice(installation):
    """The installation with one practice in it."""
    with installation.database() as connection:
        is_made = connection.execute("SELECT to_regclass('accounts_organisation')").fetchone()[0]
    if not is_made:
        assert installation.run(*INIT).returncode == 0
    return installation


def forget(connection, slug):
    """Take a practice away again that ``init`` made."""
    which = "(SELECT id FROM accounts_organisation WHERE slug = %s)"
    connection.execute(f"DELETE FROM records_visittype WHERE organisation_id = {which}", [slug])
    connection.execute("DELETE FROM accounts_organisation WHERE slug = %s", [slug])


def test_two_first_commands_at_once_make_one_ledger(installation):
    both = [installation.start("init", *INIT[1:], "--slug", slug, "--json") for slug in ("one", "two")]
    answers = []
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        answers.append(json.loads(out)["organisation"])
    assert sorted(answers) == ["one", "two"]
    with installation.database() as connection:
        applied = connection.execute("SELECT count(*), count(DISTINCT (app, name)) FROM django_migrations")
        total, distinct = applied.fetchone()
        assert total == distinct > 10
        forget(connection, "two")


def test_the_installed_command_is_the_same(practice):
    script = os.path.join(os.path.dirname(sys.executable), "rebook")
    done = subprocess.run(
        [script, "report", "--json"], env=practice.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["organisation"] == "Harbor Dental"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("environment", "code", "said"),
    [
        ({"REBOOK_DEBUG": "perhaps"}, 2, "REBOOK_DEBUG"),
        ({"REBOOK_SECRET_KEY": "short"}, 2, "REBOOK_SECRET_KEY"),
        ({"REBOOK_DATABASE_URL": "mysql://somewhere/db"}, 2, "does not begin with postgresql://"),
        ({"REBOOK_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/db"}, 3, "The database cannot be used"),
        ({"REBOOK_HOME": "/proc/rebook", "REBOOK_DATABASE_URL": ""}, 3, "cannot write to /proc"),
    ],
    ids=["flag", "secret", "scheme", "refused", "home"],
)
def test_what_surrounds_it_is_wrong(environment, code, said, installation):
    done = installation.run("report", "--json", **environment)
    assert done.returncode == code
    assert said in done.stderr
    assert said in json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_help_and_typing_errors_start_no_database(tmp_path):
    fresh = Installation(tmp_path)
    assert fresh.run("run", "--help").returncode == 0
    assert fresh.run("run", "--as-off", "2026-01-01").returncode == 2
    assert not (tmp_path / "postgres").exists()


def test_a_bug_leaves_with_3_and_shows_nobody(practice):
    """A row no rule allows for stands in for any bug: a practice on a clock that does not exist."""
    with practice.database() as connection:
        connection.execute("UPDATE accounts_organisation SET time_zone = 'Delgado/Rosa'")
        try:
            done = practice.run("report", "--json")
        finally:
            connection.execute("UPDATE accounts_organisation SET time_zone = 'America/Chicago'")
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "ZoneInfoNotFoundError" in json.loads(done.stdout)["error"]
    assert "Delgado" not in done.stderr + done.stdout


def in_the_middle_of_a_pass(practice):
    """A pass that cannot get on, because somebody else has the table."""
    blocking = psycopg.connect(practice.url)
    blocking.execute("LOCK TABLE records_patient IN ACCESS EXCLUSIVE MODE")
    process = practice.start("run")

    def waits():
        with practice.database() as connection:
            return connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]

    until(waits, "the pass to be in the middle of its work")
    return process, blocking


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_it_leaves_cleanly(sent, code, practice):
    process, blocking = in_the_middle_of_a_pass(practice)
    with blocking:
        process.send_signal(sent)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    # Nothing is left behind that would keep the next one from running.
    assert practice.run("run").returncode == 0


def test_a_second_pass_beside_a_running_one_is_turned_away(practice):
    first, blocking = in_the_middle_of_a_pass(practice)
    with blocking:
        second = practice.run("run")
        assert second.returncode == 1
        assert "already running" in second.stderr
    assert first.wait(timeout=120) == 0


def typed_at_a_terminal(installation, words, answers):
    """Run with a terminal, typing each answer when its question is there; (exit code, what was shown)."""
    pid, terminal = pty.fork()
    if pid == 0:
        heed_ctrl_c()
        os.execve(sys.executable, installation.command(*words), installation.environment())
    shown = ""
    for question, answer in [*answers, ("", "")]:
        while question not in shown or not question:
            # Ctrl-C may fall between the question and the waiting for its answer: people press it again.
            while not question and answers[-1][1] == CTRL_C and not select.select([terminal], [], [], 2)[0]:
                os.write(terminal, CTRL_C.encode())
            try:
                got = os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                break
            if not got:
                break
            shown += got
        if question:
            os.write(terminal, answer.encode())
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


def test_init_asks_for_what_is_missing(practice):
    answers = [
        ("Name of the practice", "Asked Dental\n"),
        ("Time zone", "America/Denver\n"),
        ("Which of these?", "dental, Eye care\n"),
    ]
    code, shown = typed_at_a_terminal(practice, ["init"], answers)
    assert code == 0, shown
    assert "set up as 'asked-dental'" in shown
    with practice.database() as connection:
        made = connection.execute(
            "SELECT time_zone, pack_keys FROM accounts_organisation WHERE slug = 'asked-dental'"
        )
        assert made.fetchone() == ("America/Denver", ["dental", "eye"])
        forget(connection, "asked-dental")


def test_ctrl_c_at_a_question(practice):
    code, shown = typed_at_a_terminal(practice, ["init"], [("Name of the practice", CTRL_C)])
    assert code == 130
    assert "Traceback" not in shown


def test_a_ledger_of_a_later_version_is_left_alone(practice):
    with practice.database() as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_later', now())"
        )
        try:
            done = practice.run("report", "--json")
        finally:
            connection.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    assert done.returncode == 2
    assert "later version of Rebook" in json.loads(done.stdout)["error"]
