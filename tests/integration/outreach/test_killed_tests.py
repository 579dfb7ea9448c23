"""A test to oneself whose process is killed with ``kill -9``: at most once, and settled by asking."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from rebook.flow.outreach.test_sends_later import settle_tests
from rebook.records.models import SentTest
from support.outreach import MINUTE, NOW, make_clinic
from support.own_tests import MINE, Desk
from support.sink import SinkChannel

TESTS = Path(__file__).resolve().parents[2]
PATIENCE_S = 100


@pytest.fixture
def desk(transactional_db, settings):
    settings.PUBLIC_URL = "https://visits.example"
    clinic = make_clinic()
    return Desk(clinic, clinic.manager).confirmed()


def hire(desk, sink, where):
    paths = [str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
    arguments = [connection.settings_dict["NAME"], str(desk.clinic.id), str(desk.user.pk), sink.url]
    return subprocess.Popen(
        [sys.executable, "-m", "support.own_test_worker", *arguments, NOW.isoformat(), where],
        env=os.environ | {"PYTHONPATH": ":".join(paths)},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(worker):
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(30)
    worker.stdout.close()


@pytest.mark.parametrize(
    ("where", "can_look_up", "state", "messages"),
    [
        # Killed before the channel had it: known to nobody, so it failed, and only a person presses again.
        ("before", True, "failed", 0),
        ("before", False, "unknown", 0),
        # Killed while the channel answered: it went out, once.
        ("during", True, "accepted", 1),
        ("during", False, "unknown", 1),
    ],
)
def test_killed_it_goes_out_at_most_once(desk, sink, where, can_look_up, state, messages):
    arrived, release = threading.Event(), threading.Event()
    sink.on_message = lambda reference: (arrived.set(), release.wait(PATIENCE_S))
    worker = hire(desk, sink, where)
    try:
        if where == "before":
            assert worker.stdout.readline() == "claimed\n"
        else:
            assert arrived.wait(PATIENCE_S)
    finally:
        kill(worker)
        release.set()
    channels = {"sms": SinkChannel(sink.url, can_look_up=can_look_up)}
    # The same press again, as the page that is loaded anew would: it shows the claim and sends nothing.
    assert desk.send(press="drill", channels=channels)[0].state == "claimed"
    settle_tests(organisation_id=desk.clinic.id, now=NOW + 11 * MINUTE, channels=channels)
    assert desk.send(press="drill", now=NOW + 12 * MINUTE, channels=channels)[0].state == state
    assert SentTest.objects.filter(press="drill").count() == 1
    assert sum(sink.received.values()) == messages
    assert set(sink.to.values()) <= {MINE}
