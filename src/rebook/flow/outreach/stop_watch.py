"""The daily look for stops that some path did not honour (R-A44): an alarm while there is one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.records.read.consent_report import unapplied
from rebook.records.write import alarms

ALARM = "stops_not_applied"


@dataclass(frozen=True, slots=True)
class StopWatchSummary:
    """Stops that something went past, and whether the alarm was raised or taken back."""

    unapplied: int = 0
    alarm: str = ""


def watch_stops(*, organisation_id: int, now: datetime) -> StopWatchSummary:
    """Raise one alarm for the manager while a stop is not applied everywhere."""
    found = len(unapplied(organisation_id=organisation_id, now=now))
    with transaction.atomic(durable=True):
        if found:
            is_new = alarms.raise_alarm(
                organisation_id=organisation_id, key=ALARM, owner_role="manager", now=now
            )
            return StopWatchSummary(found, "raised" if is_new else "stands")
        was_open = alarms.end_alarm(organisation_id=organisation_id, key=ALARM, now=now)
    return StopWatchSummary(0, "taken back" if was_open else "")
