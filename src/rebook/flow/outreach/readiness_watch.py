"""The daily look whether what a launch asked for still holds while campaigns run (R-E38).

Somebody answers, the clinician on call was reached lately, the answer to an emergency is signed: a number
changes and a signature runs out long after the launch, and a red flag may come on any day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.flow.common.standing_alarm import keep_alarm
from rebook.records.read import campaigns as read
from rebook.records.read import readiness as read_ready
from rebook.records.read.campaigns import CampaignView

from .answering import inbox_check, on_call_check, safety_check
from .readiness import languages_of

# One alarm for each check, by its key.
ALARM = "no_longer_ready:"
WATCHED = ("inbox", "on_call", "safety")


@dataclass(frozen=True, slots=True)
class ReadinessWatchSummary:
    """Running campaigns, the checks that no longer hold, and what became of each alarm."""

    running: int = 0
    broken: tuple[str, ...] = ()
    alarms: dict[str, str] = field(default_factory=dict)


def watch_readiness(*, organisation_id: int, now: datetime) -> ReadinessWatchSummary:
    """Raise one alarm for each check that no longer holds while a campaign runs; take back the others."""
    running = read.campaigns(organisation_id=organisation_id, states=("active",))
    house = accounts.organisation(organisation_id=organisation_id)
    broken = {one.key for one in _checks(house, running, now) if one.reasons} if running else set()
    kept = {
        key: keep_alarm(organisation_id=organisation_id, key=ALARM + key, is_on=key in broken, now=now)
        for key in WATCHED
    }
    return ReadinessWatchSummary(
        len(running), tuple(sorted(broken)), {key: became for key, became in kept.items() if became}
    )


def _checks(
    house: OrganisationView, running: Iterable[CampaignView], now: datetime
) -> Iterator[ReadinessCheck]:
    said = read_ready.statements(organisation_id=house.id)
    languages = set().union(*(languages_of(house, one, now) for one in running))
    yield inbox_check(accounts.members(organisation_id=house.id), said)
    yield on_call_check(house, said, now=now)
    yield safety_check(house, languages, read.approved(organisation_id=house.id, now=now))
