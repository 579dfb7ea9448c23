"""Sends one test to oneself in a process of its own, for the drill that kills it.

Arguments: database, organisation id, user id, address of the sink, the instant, and "before" to wait between
the claim and the hand-over; it says "claimed" when it gets there.
"""

import sys
import threading
from datetime import datetime

import django

django.setup()

from django.db import connections  # noqa: E402

from rebook.flow.outreach import test_sends  # noqa: E402
from support.sink import SinkChannel  # noqa: E402


def wait_instead(channel, message, *, now):
    sys.stdout.write("claimed\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    database, organisation_id, user_id, url, instant, where = sys.argv[1:]
    connections["default"].settings_dict["NAME"] = database
    if where == "before":
        test_sends.hand_over = wait_instead
    test_sends.send_tests(
        organisation_id=int(organisation_id),
        user_id=int(user_id),
        wanted=[test_sends.Wanted(channel="sms", body="TEST: a drill", template_key="due_visit")],
        press="drill",
        now=datetime.fromisoformat(instant),
        channels={"sms": SinkChannel(url)},
    )
