"""Real processes that use the embedded server, each told line by line what to do."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from rebook.config.embedded import ensure_database, ensure_running, release
from rebook.config.embedded.layout import Layout
from rebook.config.embedded.owner import server_owner
from rebook.config.embedded.postmaster import Server, State

SOURCES = Path(__file__).resolve().parents[3] / "src"
DEADLINE_SECONDS = 60

# Answers every line with one line of JSON; ends, as any Python program does, at the end of its input.
CLIENT = """
import json, os, sys
from pathlib import Path

import psycopg

from rebook.config.embedded import UnableToStart, ensure_database, ensure_running, release

home = Path(sys.argv[1])
children = []


def ledger():
    server = ensure_running(home=home)
    ensure_database(server=server, name="rebook")
    return server.dsn("rebook")


def do(command):
    if command == "ensure":
        server = ensure_running(home=home)
        return {"pid": server.postmaster_pid, "socket": str(server.socket_directory)}
    if command == "release":
        release(home=home)
        return {}
    if command == "fork":
        child = os.fork()
        if child == 0:
            sys.exit()
        os.waitpid(child, 0)
        return {"child": child}
    if command == "fork and stay":
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(write)
            os.dup2(read, 0)
            os.read(0, 1)
            sys.exit()
        children.append(write)
        return {"child": child}
    if command == "commit for ever":
        with psycopg.connect(ledger(), autocommit=True) as connection:
            connection.execute("CREATE TABLE committed (number bigint PRIMARY KEY)")
            for number in range(10_000_000):
                connection.execute("INSERT INTO committed VALUES (%s)", [number])
                print(number, flush=True)


for line in sys.stdin:
    try:
        answer = do(line.strip())
    except UnableToStart as failure:
        answer = {"failure": type(failure).__name__, "message": str(failure)}
    print(json.dumps(answer), flush=True)
"""


class Client:
    """A process that uses the server of one home."""

    def __init__(self, home):
        environment = os.environ | {"PYTHONPATH": str(SOURCES)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, command):
        self.tell(command)
        return self.hear()

    def leave(self):
        """Ends as a program does that has nothing more to do."""
        self.process.stdin.close()
        self.process.wait(DEADLINE_SECONDS)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE_SECONDS)


def until(condition, what):
    """Waits for what has to come; fails with what it waited for."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


def lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def described(home):
    return Server(layout=Layout.of(home), binaries=None, owner=server_owner())


@pytest.fixture
def home():
    """A home of its own, short enough for a socket, with nothing left running afterwards."""
    path = Path(tempfile.mkdtemp(prefix="rbk-", dir="/tmp"))
    yield path
    release(home=path)
    server = described(path)
    if server.layout.root.exists():
        server.kill_all()
        until(lambda: server.state() is State.DOWN, "the server to end")
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


@pytest.fixture
def client(home):
    """Makes processes that use the server of `home`."""
    made = []

    def make():
        made.append(Client(home))
        return made[-1]

    yield make
    for each in made:
        with contextlib.suppress(ProcessLookupError, BrokenPipeError):
            each.kill()
        with contextlib.suppress(BrokenPipeError):
            each.process.stdin.close()
        each.process.stdout.close()


@pytest.fixture
def wait_until():
    return until


@pytest.fixture
def is_alive():
    return lives


@pytest.fixture
def ledger(home):
    """Gives the address of Rebook's database on a running server."""

    def address():
        server = ensure_running(home=home)
        ensure_database(server=server, name="rebook")
        return server.dsn("rebook")

    return address
