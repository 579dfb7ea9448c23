"""Several webhooks and a sender at the same time: once each, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from rebook.channels.sandbox import Sandbox
from rebook.flow.outreach.dispatch import send_due
from rebook.records.models import Attempt, Consent, ContactPoint, Reply, Task

from .conftest import make_thread

pytestmark = pytest.mark.django_db(transaction=True)


def in_own_connection(act):
    def run(*arguments):
        try:
            return act(*arguments)
        finally:
            connection.close()

    return run


def test_one_message_delivered_four_times_at_once_is_acted_upon_once():
    thread = make_thread()
    phone = thread.phone.value

    @in_own_connection
    def deliver(_):
        return thread.says("chest pain, call me", of=phone, provider_id="sm-1").is_new

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(deliver, range(4))) == [False, False, False, True]
    assert (Reply.objects.count(), Task.objects.filter(kind="safety").count()) == (1, 1)
    assert Attempt.objects.filter(origin="safety").count() == 1


def test_stops_and_sends_at_the_same_time_never_block_each_other(tmp_path):
    thread = make_thread()
    vendor = Sandbox(key="sandbox", kind="sms", directory=tmp_path, secret="s")
    points = [
        ContactPoint.objects.create(
            organisation=thread.clinic.organisation,
            patient=thread.clinic.practice.patient(100 + number, language="en"),
            system="phone",
            value=f"+131255540{number:02}",
            state="verified",
            line_type="mobile",
        )
        for number in range(30)
    ]
    for point in points:
        thread.queue(point, channel="sms")

    @in_own_connection
    def stop(point):
        thread.says("STOP", of=point.value)

    @in_own_connection
    def send(_):
        send_due(
            organisation_id=thread.organisation_id,
            now=thread.now,
            worker="w",
            limit=5,
            channels={"sms": vendor},
        )

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(stop, point) for point in points]
        work += [pool.submit(send, number) for number in range(10)]
        for one in work:
            one.result(timeout=120)
    values = [point.value for point in points]
    assert Consent.objects.filter(contact_value__in=values, state="revoked").count() == len(points)
    # What was on its way before the stop went once; everything else was refused.
    states = Attempt.objects.filter(to_value__in=values, origin="manual").values_list("state", flat=True)
    assert set(states) <= {"accepted", "refused"}
    for point in points:
        thread.queue(point, channel="sms")
    before = len(list(vendor._spool.messages()))
    send(0)
    later = [m for m in list(vendor._spool.messages())[before:] if m.reference.startswith("queued")]
    assert later == []
