"""The daily look for stops that some path did not honour (R-A44): an alarm while there is one."""

from dataclasses import dataclass
from datetime import datetime

from rebook.flow.common.standing_alarm import keep_alarm
from rebook.records.read.consent_report import unapplied

ALARM = "stops_not_applied"


@dataclass(frozen=True, slots=True)
class StopWatchSummary:
    """Stops that something went past, and whether the alarm was raised or taken back."""

    unapplied: int = 0
    alarm: str = ""


def watch_stops(*, organisation_id: int, now: datetime) -> StopWatchSummary:
    """Raise one alarm for the manager while a stop is not applied everywhere."""
    found = len(unapplied(organisation_id=organisation_id, now=now))
    return StopWatchSummary(
        found, keep_alarm(organisation_id=organisation_id, key=ALARM, is_on=bool(found), now=now)
    )
