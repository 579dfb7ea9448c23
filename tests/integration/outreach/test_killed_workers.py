"""2,000 attempts, workers killed with ``kill -9`` at random: each message at most once, none lost."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from rebook.flow.outreach.dispatch import BATCH_ASKABLE, BATCH_UNASKABLE, send_due, settle_in_the_air
from rebook.records.models import Attempt, Task
from rebook.records.read.outreach import attempt_totals
from support.sink import Sink, SinkChannel

TESTS = Path(__file__).resolve().parents[2]
WORKERS = 3
PATIENCE_S = 100


class Crew:
    """Senders that are replaced when they are killed."""

    def __init__(self, organisation_id, sink, now, *, can_look_up):
        database = connection.settings_dict["NAME"]
        paths = [str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
        self.leader = subprocess.Popen(
            [
                *[sys.executable, "-m", "support.send_worker", database, str(organisation_id)],
                *[sink.url, now.isoformat(), "ask" if can_look_up else ""],
            ],
            env=os.environ | {"PYTHONPATH": ":".join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.working = []
        self.killed = set()

    def _ask(self, words):
        self.leader.stdin.write(words + "\n")
        self.leader.stdin.flush()
        return int(self.leader.stdout.readline())

    def hire(self):
        self.working.append(self._ask("hire"))

    def kill_one(self, chance):
        victim = chance.choice(self.working)
        self.working.remove(victim)
        os.kill(victim, signal.SIGKILL)
        self._ask(f"wait {victim}")
        self.killed.add(f"worker:{victim}")

    def finish(self):
        return [self._ask(f"wait {sender}") for sender in self.working]

    def close(self):
        self.leader.kill()
        self.leader.wait(10)
        self.leader.stdin.close()
        self.leader.stdout.close()


def _drill(organisation_id, sink, now, *, can_look_up, kills, every):
    """Let a crew send; kill one of them each time ``every`` more messages have arrived."""
    chance = random.Random(20261118)
    crew = Crew(organisation_id, sink, now, can_look_up=can_look_up)
    try:
        for _ in range(WORKERS):
            crew.hire()
        deadline = time.monotonic() + PATIENCE_S
        for number in range(1, kills + 1):
            while len(sink.received) < number * every:
                assert time.monotonic() < deadline, "the crew sends too slowly"
                time.sleep(0.002)
            crew.kill_one(chance)
            crew.hire()
        assert crew.finish() == [0] * WORKERS
    finally:
        crew.close()
    return crew


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_twice_and_nothing_is_lost(rehearse, now):
    organisation_id = rehearse(2000)
    sink = Sink(delay_s=0.002)
    try:
        crew = _drill(organisation_id, sink, now, can_look_up=False, kills=8, every=200)
        later = now + timedelta(minutes=20)
        hanging = set(Attempt.objects.filter(state="claimed").values_list("claimed_by", flat=True))
        assert hanging <= crew.killed
        settle_in_the_air(organisation_id=organisation_id, now=later, channels={"sms": SinkChannel(sink.url)})
    finally:
        sink.close()
    assert sink.twice == []
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.planned == 2000
    assert totals.adds_up
    assert (totals.in_the_air, totals.waiting, totals.failed, totals.expired) == (0, 0, 0, 0)
    assert totals.planned == totals.sent + totals.refused + totals.deferred + totals.unknown
    by_state = {}
    for reference, state in Attempt.objects.values_list("reference", "state"):
        by_state.setdefault(state, set()).add(reference)
    unknown, sent = by_state.get("unknown", set()), by_state["accepted"]
    assert sent <= set(sink.received)
    assert set(sink.received) <= sent | unknown
    # Only what was in the hands of the killed is in doubt, and each of those has somebody to settle it.
    assert len(unknown) <= len(crew.killed) * 2 * BATCH_UNASKABLE
    assert Task.objects.filter(kind="settle_unknown").count() == len(unknown)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_vendor_that_can_be_asked_leaves_no_doubt(rehearse, now):
    organisation_id = rehearse(1200)
    sink = Sink(delay_s=0.002)
    channels = {"sms": SinkChannel(sink.url, can_look_up=True)}
    try:
        crew = _drill(organisation_id, sink, now, can_look_up=True, kills=3, every=200)
        later = now + timedelta(minutes=20)
        summary = settle_in_the_air(organisation_id=organisation_id, now=later, channels=channels)
        assert summary.gone_out + summary.put_back <= len(crew.killed) * 2 * BATCH_ASKABLE
        assert summary.left_to_a_person == 0
        send_due(organisation_id=organisation_id, now=later, worker="last", limit=2000, channels=channels)
    finally:
        sink.close()
    assert sink.twice == []
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.planned == totals.sent + totals.deferred == 1200
    assert totals.sent == len(sink.received)
    assert not Task.objects.exists()
