"""``serve``: pages come, the embedded PostgreSQL lives as long as it is needed, and ends with the last."""

import os
import re
import shutil
import signal
import socket
import tempfile
import urllib.request
from pathlib import Path

import psutil
import pytest

from rebook.config.embedded.layout import Layout
from rebook.config.embedded.owner import server_owner
from rebook.config.embedded.postmaster import Server, State
from support.installation import Installation, until


@pytest.fixture(scope="module")
def embedded():
    """An installation that brings its own PostgreSQL, with a practice in it."""
    home = Path(tempfile.mkdtemp(prefix="rbk-", dir="/tmp"))
    made = Installation(home)
    done = made.run("init", "--name", "Harbor Dental", "--time-zone", "America/Chicago")
    assert done.returncode == 0, done.stderr
    yield made
    made.end_all()
    server(made).kill_all()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def installation(embedded):
    yield embedded
    embedded.end_all()


def server(installation):
    return Server(layout=Layout.of(installation.home), binaries=None, owner=server_owner())


def served(installation):
    """A running ``rebook serve`` and the address it tells."""
    process = installation.start("serve", "--port", "0")
    said = process.stdout.readline()
    address = re.search(r"http://localhost:(\d+)", said)
    assert address, said + process.stderr.read()
    address = f"http://127.0.0.1:{address.group(1)}"
    until(lambda: answers(address), "the first page")
    return process, address


def answers(address, path="/sign-in/"):
    try:
        with urllib.request.urlopen(address + path, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def test_pages_come_until_it_is_told_to_stop_and_the_last_one_stops_the_database(installation):
    process, address = served(installation)
    assert answers(address) == 200
    assert answers(address, "/healthz") == 200
    assert answers(address, "/p/a-secret-token") == 404
    assert server(installation).state() is State.UP
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "a-secret-token" not in said
    assert "Traceback" not in said
    until(lambda: server(installation).state() is State.DOWN, "the database to stop")


def test_the_database_stays_whatever_comes_and_goes(installation):
    process, address = served(installation)
    database = server(installation).pid()
    # Another command starts and ends.
    assert installation.answer("report")["organisation"] == "Harbor Dental"
    assert server(installation).pid() == database
    # The process that answers requests dies, and is replaced.
    (child,) = psutil.Process(process.pid).children()
    child.kill()
    until(lambda: [one for one in psutil.Process(process.pid).children() if one.pid != child.pid], "another")
    until(lambda: answers(address) == 200, "pages from the new process")
    assert server(installation).pid() == database
    # The database itself dies, and is started again.
    os.kill(database, signal.SIGKILL)
    until(lambda: answers(address, "/healthz") == 200, "the database to be back")
    assert server(installation).pid() != database
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    until(lambda: server(installation).state() is State.DOWN, "the database to stop")


def test_a_port_that_is_taken(installation):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = installation.run("serve", "--port", str(port))
    assert done.returncode == 3
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_not_ours(installation):
    done = installation.run("serve", "--host", "192.0.2.1")
    assert done.returncode == 3
    assert "cannot listen on 192.0.2.1:8000" in done.stderr
