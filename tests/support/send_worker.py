"""One sender in a process of its own, for the drills that kill it: works until nothing is due.

Arguments: database, organisation id, address of the sink, the instant, "ask" when the sink may be asked.
"""

import os
import sys
from datetime import datetime

import django

django.setup()

from django.db import connections  # noqa: E402

from rebook.flow.outreach.dispatch import send_due  # noqa: E402
from support.sink import SinkChannel  # noqa: E402


def main(database, organisation_id, url, instant, can_look_up):
    connections["default"].settings_dict["NAME"] = database
    channels = {"sms": SinkChannel(url, can_look_up=can_look_up)}
    print("ready", flush=True)
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


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5] == "ask")
