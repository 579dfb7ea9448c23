"""Django's connection starts the embedded server when it is asked for one, and again when it died."""

import os
import signal

import pytest
from django.db.utils import ConnectionHandler

from rebook.config.database import ServerTooOld, database_settings


@pytest.fixture
def connect(django_db_blocker):
    """Connections of their own beside the one of the test run, whose database is not touched."""
    made = []

    def make(settings):
        made.append(ConnectionHandler({"default": settings})["default"])
        return made[-1]

    with django_db_blocker.unblock():
        yield make
        for connection in made:
            connection.close()


@pytest.fixture
def connection(home, connect):
    return connect(database_settings(home=home, url=None))


def _ask(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_settings_start_nothing(home):
    database_settings(home=home / "untouched", url=None)
    assert not (home / "untouched").exists()


def test_the_first_connection_starts_the_server_and_makes_the_database(connection):
    assert _ask(connection, "SELECT current_database()") == "rebook"
    assert _ask(connection, "SELECT current_user") == "rebook"


def test_a_connection_after_the_death_of_the_server_starts_it_again(connection, home, wait_until, is_alive):
    _ask(connection, "SELECT 1")
    pid = int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), "the server to die")
    connection.close_if_health_check_failed()
    connection.close()
    assert _ask(connection, "SELECT 1") == 1


def test_a_named_server_is_used_as_it_is(home, ledger, connect):
    settings = database_settings(home=home, url=ledger())
    connection = connect(settings)
    assert "EMBEDDED_HOME" not in settings
    assert _ask(connection, "SELECT current_setting('application_name')") == "rebook"


def test_a_server_that_is_too_old_is_refused_when_used(connection, monkeypatch):
    monkeypatch.setattr("rebook.config.database.OLDEST_MAJOR_VERSION", 99)
    # Django asks once for each alias in a process.
    monkeypatch.setattr("django.db.backends.base.base.RAN_DB_VERSION_CHECK", set())
    with pytest.raises(ServerTooOld, match="PostgreSQL 18; Rebook needs 99 or later"):
        _ask(connection, "SELECT 1")
