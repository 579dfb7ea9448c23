"""Workers as somebody starts them: they do jobs, stop when told, and take over from one that was killed."""

import signal

import psycopg
import pytest

from support.installation import new_installation, until

SHORT = ("--heartbeat-seconds", "0.2", "--stalled-after-seconds", "2")


@pytest.fixture(scope="module")
def database(django_db_setup):
    made = new_installation()
    made.answer("init", "--name", "Harbor Dental", "--time-zone", "America/Chicago")
    return made


@pytest.fixture
def installation(database):
    with database.database() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute("DELETE FROM records_snapshot")
    yield database
    database.end_all()


def defer(installation, task, arguments="{}", lock=None):
    """Put a job into the queue as another process would."""
    with installation.database() as connection:
        return connection.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args, lock, queueing_lock)"
            " VALUES (%s, 'default', %s, %s, %s) RETURNING id",
            [f"rebook.work.jobs.{task}", arguments, lock, lock],
        ).fetchone()[0]


def status(installation, job):
    with installation.database() as connection:
        return connection.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job]).fetchone()[0]


def organisation(installation):
    with installation.database() as connection:
        return connection.execute("SELECT id FROM accounts_organisation").fetchone()[0]


def snapshots(installation):
    with installation.database() as connection:
        return connection.execute("SELECT count(*) FROM records_snapshot").fetchone()[0]


def nightly(installation):
    one = organisation(installation)
    return defer(installation, "nightly_pass", f'{{"organisation_id": {one}}}', lock=f"day-{one}")


def test_a_worker_does_a_pass_and_stops_when_told(installation):
    worker = installation.start("worker")
    job = nightly(installation)
    until(lambda: status(installation, job) == "succeeded", "the pass")
    assert snapshots(installation) == 1
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    assert "Traceback" not in said


def test_once_does_what_waits_and_leaves(installation):
    job = nightly(installation)
    done = installation.run("worker", "--once")
    assert done.returncode == 0, done.stderr
    assert status(installation, job) == "succeeded"


def test_the_jobs_that_start_others_reach_every_practice(installation):
    """Deferred from inside a job, which runs in a thread of the worker."""
    with installation.database() as connection:
        connection.execute("UPDATE accounts_organisation SET time_zone = 'UTC'")
    noon = 1_795_262_400  # 2026-11-21 12:00 in UTC: past the nightly hour, and no pass yet
    for task in ("defer_nightly", "defer_sending"):
        defer(installation, task, f'{{"timestamp": {noon}}}')
    installation.run("worker", "--once")
    with installation.database() as connection:
        ended = dict(connection.execute("SELECT task_name, status FROM procrastinate_jobs").fetchall())
    assert ended["rebook.work.jobs.nightly_pass"] == "succeeded"
    assert ended["rebook.work.jobs.keep_sending"] == "succeeded"


def test_a_job_of_a_killed_worker_is_taken_over(installation):
    first = installation.start("worker", *SHORT)
    with psycopg.connect(installation.url) as blocking:
        # The pass cannot get on while somebody else has the table.
        blocking.execute("LOCK TABLE records_patient IN ACCESS EXCLUSIVE MODE")
        job = nightly(installation)
        until(lambda: waits_for_table(installation), "the pass to be in the middle of its work")
        assert status(installation, job) == "doing"
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=60)
    until(lambda: not waits_for_table(installation), "the database to notice that the worker is gone")
    assert status(installation, job) == "doing"
    assert snapshots(installation) == 0

    second = installation.start("worker", *SHORT)
    until(lambda: reaped(installation, job), "the second worker to take the job over")
    until(lambda: status(installation, job) == "succeeded", "the pass")
    assert snapshots(installation) == 1
    second.send_signal(signal.SIGINT)
    _, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert "taken over from a worker that died" in said


def waits_for_table(installation):
    with installation.database() as connection:
        return connection.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'records_patient'::regclass"
        ).fetchone()[0]


def reaped(installation, job):
    """The reaper comes once a minute; here it is sent for until the dead worker is silent for long enough."""
    if status(installation, job) != "doing":
        return True
    defer(installation, "reap_stalled", '{"timestamp": 0}')
    return False


def test_a_failing_job_is_logged_without_its_message(installation):
    job = defer(installation, "nightly_pass", '{"organisation_id": 999999}')
    done = installation.run("worker", "--once")
    assert done.returncode == 0
    assert status(installation, job) == "todo", "it is tried again later"
    assert "message withheld" in done.stderr
    assert "matching query" not in done.stderr


def test_a_worker_outlives_lost_connections(installation):
    worker = installation.start("worker", *SHORT)
    before = nightly(installation)
    until(lambda: status(installation, before) == "succeeded", "the worker to be there")
    with installation.database() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    job = nightly(installation)
    until(lambda: status(installation, job) == "succeeded", "the pass after the connections broke")
    assert worker.poll() is None
