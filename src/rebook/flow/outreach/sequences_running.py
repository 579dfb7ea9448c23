"""What running cases need of their sequences: the version each is on, what happened, the days off."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from rebook.core.channel import Channel
from rebook.core.outreach.campaign_reentry import GENTLE_VERSION
from rebook.core.outreach.sequence import Sequence, from_json
from rebook.core.outreach.sequence_when import SoFar
from rebook.core.reasons import Reason
from rebook.core.response.business_hours import business_hours
from rebook.packs.jurisdictions import public_holidays
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import sequences as read
from rebook.records.write.planning import DueCase

from .subject import House

# No step waits longer than a year, so the holidays of this year and the two after it are enough.
YEARS_AHEAD = 2
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


def days_off(house: House, location_id: int | None, *, now: datetime) -> frozenset[date]:
    """Days on which a site does not work: public holidays, days it said it is closed, closed weekdays.

    Weekends are no business days in any case; what opens on a Saturday is not asked here.
    """
    organisation = house.organisation
    site = house.locations.get(location_id or 0)
    country, _, state = organisation.jurisdiction.partition("-")
    settings: Mapping[str, object] = organisation.settings
    hours = business_hours(time_zone=organisation.time_zone, settings=settings)
    closed = tuple(str(one) for one in settings.get("closed_on") or ())  # type: ignore[attr-defined]
    weekdays = tuple(place for place, opens in enumerate(hours.days) if opens is None)
    return _days_off(country or "us", (site.state if site else "") or state, closed, weekdays, now.year)


@lru_cache(maxsize=512)
def _days_off(
    country: str, state: str, closed: tuple[str, ...], weekdays: tuple[int, ...], year: int
) -> frozenset[date]:
    years = tuple(range(year, year + YEARS_AHEAD + 1))
    try:
        off = set(public_holidays(country.upper(), state.upper(), years))
    except NotImplementedError:
        # A country without a calendar has only the practice's own closed days.
        off = set()
    for text in closed:
        try:
            off.add(date.fromisoformat(text))
        except ValueError:
            continue
    first, last = date(year, 1, 1).toordinal(), date(years[-1], 12, 31).toordinal()
    off.update(day for day in map(date.fromordinal, range(first, last + 1)) if day.weekday() in weekdays)
    return frozenset(off)
