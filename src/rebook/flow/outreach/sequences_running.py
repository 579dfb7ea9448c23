"""What running cases need of their sequences: the version each is on, what happened, the days off."""

from collections.abc import Mapping
from datetime import datetime
from weakref import WeakKeyDictionary

from rebook.core.channel import Channel
from rebook.core.outreach.campaign_reentry import GENTLE_VERSION
from rebook.core.outreach.day_part import DaysOff
from rebook.core.outreach.sequence import Sequence, from_json
from rebook.core.outreach.sequence_when import SoFar
from rebook.core.reasons import Reason
from rebook.flow.common import work_days
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import sequences as read
from rebook.records.write.planning import DueCase

from .subject import House

# Asked for once for each batch's house, and gone with it.
_OPEN_DAYS: WeakKeyDictionary[House, work_days.OpenDays] = WeakKeyDictionary()
NO_WAY = Reason("no_way_left", "every channel of this step was tried")


def frozen_plans(*, organisation_id: int) -> dict[tuple[int, int], Sequence]:
    """Every running campaign's plans by (campaign, version); version 0 is the present one.

    ``GENTLE_VERSION`` is the calmer one of who is taken in again.
    """
    running = read_campaigns.campaigns(organisation_id=organisation_id, states=["active"])
    plans = {(one.id, 0): from_json(one.sequence) for one in running}
    plans |= {(one.id, GENTLE_VERSION): from_json(one.plan.get("gentle") or one.sequence) for one in running}
    former = read.former_sequences(organisation_id=organisation_id)
    return plans | {place: from_json(content) for place, content in former.items()}


def not_stopped(channels: Mapping[str, Channel], *, organisation_id: int) -> dict[str, Channel]:
    """The channels that no stop of their kind or key is in force against: steps go by the others."""
    stopped = {
        stop.key
        for stop in read_campaigns.stops_in_force(organisation_id=organisation_id)
        if stop.scope == "channel"
    }
    return {kind: one for kind, one in channels.items() if not stopped & {kind, one.key}}


def so_far_of(case: DueCase) -> SoFar:
    """What has happened in a case that is due, for the conditions of its step."""
    return SoFar(
        delivered=case.was_delivered,
        read=case.was_read,
        clicked=case.has_clicked,
        replied=case.has_replied,
        barrier=case.barrier,
        risk_class=case.risk_class,
        tier=case.tier,
    )


def days_off(house: House, location_id: int | None, *, now: datetime) -> DaysOff:
    """Days on which a site does not work: public holidays, closed days, weekdays on which nobody is there."""
    if house not in _OPEN_DAYS:
        _OPEN_DAYS[house] = work_days.open_days(house.organisation, on=now.date())
    site = house.locations.get(location_id or 0)
    return work_days.days_off(
        house.organisation,
        weekdays=_OPEN_DAYS[house].of(location_id),
        state=site.state if site else "",
        year=now.year,
    )
