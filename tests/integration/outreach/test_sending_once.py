"""Sent once, recorded, and never past the guard: one worker, everything well."""

import pytest

from rebook.flow.outreach.dispatch import send_due
from rebook.records.read.outreach import attempt_totals

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_due_goes_out_once(rehearse, channels, sink, now):
    organisation_id = rehearse(60)
    summary = send_due(organisation_id=organisation_id, now=now, worker="w1", channels=channels)
    totals = attempt_totals(organisation_id=organisation_id)
    assert totals.adds_up
    assert set(sink.received.values()) == {1}
    assert len(sink.received) == totals.sent == summary.sent
    # Those who share a household get one message a day between them.
    assert totals.sent + totals.deferred == 60
    assert 54 <= totals.sent < 60
