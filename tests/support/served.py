"""The real web server in a process of its own, on the tests' database."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import HTTPError, URLError

from django.db import connection


def database_url() -> str:
    """Where another process finds the database this test runs on."""
    at = connection.settings_dict
    return f"postgresql://{at['USER']}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"


@contextlib.contextmanager
def served_pages(*, workers: int = 2, threads: int = 8):
    """Yield the address of a running gunicorn; stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "rebook.config.wsgi:application"]
    command += [f"--bind=127.0.0.1:{port}", f"--workers={workers}", f"--threads={threads}", "--backlog=2048"]
    environment = {**os.environ, "REBOOK_DATABASE_URL": database_url()}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while True:
        if server.poll() is not None:
            raise AssertionError(f"the web server ended: {server.stderr.read()}")
        try:
            # No such link: the answer shows that pages and database are there.
            urllib.request.urlopen(f"{address}/p/{'x' * 22}", timeout=60).close()
        except HTTPError as answer:
            if answer.code == 404:
                return
            raise
        except (URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < deadline, "the web server did not come up"
            time.sleep(0.1)
