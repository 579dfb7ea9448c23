"""The brake between a claim and its channel: what it holds back, and what doubt does."""

from rebook.flow.outreach import brake as module
from rebook.flow.outreach.brake import STALE_S, Brake
from rebook.flow.outreach.sending import STOPPED, Sender
from rebook.records.write.attempts import DueAttempt
from support.outreach import NOW, Vendor

SMS = {"campaign_id": 7, "channel": "sms", "adapter": "twilio"}


class Clock:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def reading(monkeypatch, *standing):
    monkeypatch.setattr(module, "braked", lambda organisation_id: frozenset(standing))
    monkeypatch.setattr(module.connections, "close_all", lambda: None)


def started(monkeypatch, *standing):
    """A brake that has read these stops."""
    reading(monkeypatch, *standing)
    clock = Clock()
    brake = Brake(organisation_id=1, poll_s=0.001, stopwatch=clock)
    brake.start()
    while standing and not brake.holds(**SMS) and brake._braked != frozenset(standing):
        pass
    return brake, clock


def test_it_holds_back_what_is_stopped_and_nothing_else(monkeypatch):
    for stop, holds in (
        (("organisation", ""), True),
        (("campaign", "7"), True),
        (("campaign", "8"), False),
        (("channel", "sms"), True),
        (("channel", "twilio"), True),
        (("channel", "email"), False),
    ):
        brake, _ = started(monkeypatch, stop)
        try:
            assert brake.holds(**SMS) is holds, stop
        finally:
            brake.close()


def test_before_it_starts_nothing_is_held():
    assert not Brake(organisation_id=1).holds(**SMS)


def test_stops_that_nobody_can_read_hold_everything_back(monkeypatch):
    brake, clock = started(monkeypatch)
    brake.close()
    assert not brake.holds(**SMS)
    clock.at += STALE_S + 0.1
    assert brake.holds(**SMS)


class Held(Brake):
    """Started, and holding everything back."""

    def __init__(self):
        self.is_started = False

    def start(self):
        self.is_started = True

    def close(self):
        pass

    def holds(self, **_):
        return self.is_started


def due(number):
    return DueAttempt(
        number, number, None, "", "campaign", "treatment_recall", "sms", 0, f"r{number}", None,
        "+12125550001", "", "", "en", "", "text", "", "", NOW, NOW, 0, 7,
    )  # fmt: skip


def test_few_go_at_once_and_many_are_watched():
    for count, is_watched in ((2, False), (3, True)):
        vendor, held = Vendor(), Held()
        sender = Sender({"sms": vendor}, brake=held, parallel=2)
        results = [one.result() for one in sender.start([due(n) for n in range(count)], now=NOW)]
        sender.close()
        assert held.is_started is is_watched
        assert len(vendor.sent) == (0 if is_watched else count)
        assert all((one.result == STOPPED) is is_watched for one in results)
