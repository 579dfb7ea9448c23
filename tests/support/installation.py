"""Rebook as somebody installed it: the real command in processes of its own, on a database of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
from django.conf import settings

from rebook.config.embedded import ensure_database, ensure_running

SOURCES = Path(__file__).resolve().parents[2] / "src"
DEADLINE_SECONDS = 120


def heed_ctrl_c() -> None:
    """A run started in the background ignores Ctrl-C, and so would everything it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Installation:
    """A home and, unless ``url`` is empty, a database that is there already."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.url = url
        self.running: list[subprocess.Popen[str]] = []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("REBOOK_")}
        ours = {
            "REBOOK_HOME": str(self.home),
            "REBOOK_DATABASE_URL": self.url,
            "REBOOK_SECRET_KEY": "only-for-tests-" + "1" * 40,
            "PYTHONPATH": str(SOURCES),
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "100",
        }
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return {**kept, **ours, **more}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "rebook", *arguments]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run to the end, without a terminal."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    def answer(self, *arguments: str) -> object:
        """What ``--json`` says of a command that went well."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start and go on; ended at the end of the test if it still runs."""
        process = subprocess.Popen(
            self.command(*arguments),
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_ctrl_c,
        )
        self.running.append(process)
        return process

    def end_all(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate(timeout=DEADLINE_SECONDS)
        self.running.clear()

    def database(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url, autocommit=True)


def new_installation() -> Installation:
    """On a new, empty database of the tests' own server."""
    server = ensure_running(home=Path(settings.HOME))
    name = f"installed_{uuid4().hex[:12]}"
    ensure_database(server=server, name=name)
    home = Path(tempfile.mkdtemp(prefix="rbk-", dir=settings.HOME))
    return Installation(home, server.dsn(name))


def until(condition: Callable[[], object], what: str) -> object:
    """Wait for what has to come; fails with what it waited for."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)
    return found
