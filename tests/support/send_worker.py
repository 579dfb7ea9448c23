"""Senders in processes of their own, for the drills that kill them.

Started once (a start costs seconds on a busy machine), it forks a sender for every line "hire" and answers
with its process id; "wait ID" answers with how that one ended. Arguments: database, organisation id, address
of the sink, the instant, "ask" when the sink may be asked what arrived.
"""

import os
import sys
import traceback
from datetime import datetime

import django

django.setup()

from django.db import connections  # noqa: E402

from rebook.flow.outreach.dispatch import send_due  # noqa: E402
from support.sink import SinkChannel  # noqa: E402


def send(database, organisation_id, url, instant, can_look_up):
    """Works until nothing is due."""
    connections["default"].settings_dict["NAME"] = database
    channels = {"sms": SinkChannel(url, can_look_up=can_look_up)}
    while True:
        summary = send_due(
            organisation_id=organisation_id,
            now=datetime.fromisoformat(instant),
            worker=f"worker:{os.getpid()}",
            limit=200,
            channels=channels,
        )
        if not summary.looked_at:
            return


def hire(arguments):
    child = os.fork()
    if child:
        return child
    try:
        send(arguments[0], int(arguments[1]), arguments[2], arguments[3], arguments[4] == "ask")
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    for line in sys.stdin:
        word, *rest = line.split()
        answer = hire(sys.argv[1:]) if word == "hire" else os.waitpid(int(rest[0]), 0)[1]
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
