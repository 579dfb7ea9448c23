"""A real sender in a process of its own, in the middle of a batch, and somebody presses stop.

Nothing is handed over later than two seconds after the stop is committed (R-A131), not even what was claimed
before; what the channel had in its hands is counted, nothing is lost, and it goes on when the stop ends.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.stops import end_stop, stop
from rebook.records.models import Attempt, Campaign
from support.sink import SinkChannel

TESTS = Path(__file__).resolve().parents[2]
LIMIT_S = 2.0
ATTEMPTS = 600
# The channel takes so long for each, sixteen at once: what is claimed together would take eight seconds.
EACH_S = 0.2
PATIENCE_S = 60


@pytest.fixture
def sender(sink, now):
    """Starts a sender for an organisation; ended when the test is over."""
    started = []

    def start(organisation_id):
        paths = [str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
        database = connection.settings_dict["NAME"]
        worker = subprocess.Popen(
            [
                *[sys.executable, "-m", "support.send_worker", database, str(organisation_id)],
                *[sink.url, now.isoformat(), "ask"],
            ],
            env=os.environ | {"PYTHONPATH": ":".join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(worker)
        worker.stdin.write("hire\n")
        worker.stdin.flush()
        number = int(worker.stdout.readline())
        return worker, number

    yield start
    for worker in started:
        worker.kill()
        worker.wait(10)
        worker.stdin.close()
        worker.stdout.close()


def scope_of(word, organisation_id):
    campaign = Campaign.objects.get(organisation_id=organisation_id)
    return {"organisation": "", "campaign": str(campaign.pk), "channel": "sms"}[word]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("word", ["organisation", "campaign", "channel"])
def test_nothing_goes_out_two_seconds_after_stop(word, rehearse, sink, sender, now, record_property):
    arrivals = []
    sink.delay_s = EACH_S
    sink.on_message = lambda reference: arrivals.append(time.monotonic())
    organisation_id = rehearse(ATTEMPTS)
    worker, number = sender(organisation_id)
    deadline = time.monotonic() + PATIENCE_S
    while len(arrivals) < 40:
        assert time.monotonic() < deadline, "the sender sends too slowly"
        time.sleep(0.01)
    key = scope_of(word, organisation_id)
    pressed = time.monotonic()
    assert stop(organisation_id=organisation_id, scope=word, key=key, now=now, actor="user:1")
    worker.stdin.write(f"wait {number}\n")
    worker.stdin.flush()
    assert int(worker.stdout.readline()) == 0, "the sender did not end well"
    after = [at - pressed for at in arrivals if at > pressed]
    record_property("in_the_air", len(after))
    record_property("last_s", round(max(after, default=0.0), 3))
    assert max(after, default=0.0) <= LIMIT_S
    states = dict.fromkeys(("accepted", "planned", "deferred"), 0)
    for state in Attempt.objects.values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    assert states["accepted"] == len(sink.received) < ATTEMPTS
    assert states["accepted"] + states["planned"] + states["deferred"] == ATTEMPTS
    assert sink.twice == []

    sink.delay_s = 0.0
    assert end_stop(organisation_id=organisation_id, scope=word, key=key, now=now, actor="user:1")
    # As a worker does, again and again: where the stops are read late, doubt holds some back for once.
    for _ in range(10):
        done = send_due(
            organisation_id=organisation_id,
            now=now,
            worker="again",
            limit=ATTEMPTS,
            channels={"sms": SinkChannel(sink.url, can_look_up=True)},
        )
        if not done.sent:
            break
    # Everything went on but what the caps of a household put off by themselves.
    assert Attempt.objects.filter(state="accepted").count() == len(sink.received) > ATTEMPTS * 0.9
    waiting = Attempt.objects.exclude(state="accepted").values_list("state", "reasons")
    assert {(state, reasons[0]["rule"]) for state, reasons in waiting} <= {("deferred", "cap_reached")}
    assert sink.twice == []
