"""Several Rebook processes, one server: who starts it, who stops it, and what a kill changes."""

import os
import signal
import time

import psycopg
import pytest

from rebook.config.embedded import ensure_database, ensure_running, release


def test_first_start_gives_a_private_durable_server(home):
    began = time.monotonic()
    server = ensure_running(home=home)
    assert time.monotonic() - began < 30, "a first start takes about a second"

    ensure_database(server=server, name="rebook")
    ensure_database(server=server, name="rebook")
    with psycopg.connect(server.dsn("rebook")) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        address = connection.execute("SELECT inet_server_addr()").fetchone()
    assert settings["listen_addresses"] == ""
    assert address == (None,)
    assert (settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"]) == ("on",) * 3
    assert (settings["server_encoding"], settings["TimeZone"]) == ("UTF8", "UTC")
    assert settings["max_connections"] == "200"
    assert role == (False, False), "row-level security binds the role Rebook connects as"
    assert server.socket_directory.stat().st_mode & 0o077 == 0


def test_the_second_start_attaches(home, client):
    first, second = client(), client()
    assert first.ask("ensure") == second.ask("ensure")


def test_a_call_when_it_runs_changes_nothing(home):
    server = ensure_running(home=home)
    assert ensure_running(home=home) == server


def test_processes_that_start_at_once_share_one_server(home, client):
    several = [client() for _ in range(4)]
    for each in several:
        each.tell("ensure")
    assert len({each.hear()["pid"] for each in several}) == 1


def test_the_last_process_stops_the_server(home, client, is_alive):
    first, second = client(), client()
    pid = first.ask("ensure")["pid"]
    second.ask("ensure")
    first.leave()
    assert is_alive(pid)
    second.leave()
    assert not is_alive(pid)


def test_a_process_that_gives_up_its_use_counts_no_more(home, client, is_alive):
    first, second = client(), client()
    pid = first.ask("ensure")["pid"]
    second.ask("ensure")
    first.ask("release")
    assert is_alive(pid)
    second.ask("release")
    assert not is_alive(pid)
    assert second.ask("ensure")["pid"] != pid


def test_a_killed_process_neither_stops_the_server_nor_keeps_it(home, client, is_alive):
    killed, other = client(), client()
    pid = killed.ask("ensure")["pid"]
    other.ask("ensure")
    killed.kill()
    assert is_alive(pid)
    assert other.ask("ensure")["pid"] == pid
    other.leave()
    assert not is_alive(pid)


def test_a_server_left_by_a_killed_last_process_is_taken_over(home, client, is_alive):
    last = client()
    pid = last.ask("ensure")["pid"]
    last.kill()
    assert is_alive(pid)
    heir = client()
    assert heir.ask("ensure")["pid"] == pid
    heir.leave()
    assert not is_alive(pid)


def test_a_forked_child_that_ends_leaves_the_server_to_its_parent(home, client, is_alive):
    parent = client()
    pid = parent.ask("ensure")["pid"]
    parent.ask("fork")
    assert is_alive(pid)
    parent.leave()
    assert not is_alive(pid)


def test_a_forked_child_that_outlives_its_parent_keeps_the_server(home, client, is_alive, wait_until):
    parent = client()
    pid = parent.ask("ensure")["pid"]
    child = parent.ask("fork and stay")["child"]
    stranger = client()
    stranger.ask("ensure")
    stranger.leave()
    assert is_alive(pid), "parent and child use it"
    # The end of the parent, by force, closes the pipe the child waits at: the child leaves last.
    parent.kill()
    wait_until(lambda: not is_alive(child), "the child to end")
    wait_until(lambda: not is_alive(pid), "the child to stop the server")


def test_nothing_committed_is_lost_when_the_server_is_killed(home, client, ledger):
    writer = client()
    pid = writer.ask("ensure")["pid"]
    writer.tell("commit for ever")
    committed = [int(writer.process.stdout.readline()) for _ in range(200)]
    os.kill(pid, signal.SIGKILL)
    committed += [int(line) for line in writer.process.stdout]  # until the writer's connection breaks

    server = ensure_running(home=home)
    assert server.postmaster_pid != pid
    with psycopg.connect(ledger()) as connection:
        kept = {number for (number,) in connection.execute("SELECT number FROM committed")}
    assert set(committed) <= kept
    # One more may have been committed without its writer hearing of it.
    assert len(kept) - len(committed) in (0, 1)


def test_a_process_goes_on_after_the_server_was_killed(home, client, is_alive, wait_until):
    user = client()
    pid = user.ask("ensure")["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), "the server to die")
    again = user.ask("ensure")["pid"]
    assert again != pid
    user.leave()
    assert not is_alive(again)


def test_orphans_that_do_not_notice_the_death_of_the_server_are_ended(
    home, monkeypatch, is_alive, wait_until
):
    monkeypatch.setattr("rebook.config.embedded.postmaster.ORPHAN_SECONDS", 0.2)
    server = ensure_running(home=home)
    connection = psycopg.connect(server.dsn("postgres"), autocommit=True)
    backend = connection.info.backend_pid
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
    os.kill(server.postmaster_pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(server.postmaster_pid), "the server to die")
    assert ensure_running(home=home).postmaster_pid != server.postmaster_pid
    assert not is_alive(backend)
    connection.close()


def test_data_is_there_after_a_stop_and_a_start(home, ledger):
    with psycopg.connect(ledger()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    release(home=home)
    with psycopg.connect(ledger()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_a_home_that_moved_while_stopped_works_at_its_new_place(home, signal_number):
    server = ensure_running(home=home / "old")
    os.kill(server.postmaster_pid, signal_number)
    release(home=home / "old")
    (home / "old").rename(home / "new")
    moved = ensure_running(home=home / "new")
    assert moved.home == home / "new"
    release(home=home / "new")
