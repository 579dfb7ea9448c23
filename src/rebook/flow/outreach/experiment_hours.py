"""Whether a part of the day lies in the hours in which a practice may contact anybody there (R-A31)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.core.outreach.guard_hours import QUIET_CHANNELS, clocks_at, is_open
from rebook.core.outreach.sequence import DAY_PARTS
from rebook.core.response.business_hours import business_hours
from rebook.packs.outreach import plausible_places

from .subject import House

WORKING_DAYS = 5


def hours_against(house: House, *, part: str, channel: str, now: datetime) -> str:
    """Why a contact cannot go out as this part of the day begins; "" when it can on the working days.

    Every site is asked. A call also needs somebody there to make it.
    """
    sites = [(one.state, one.time_zone or house.organisation.time_zone) for one in house.locations.values()]
    state = house.organisation.jurisdiction.partition("-")[2].upper()
    for site_state, zone in sites or [(state, house.organisation.time_zone)]:
        if channel in QUIET_CHANNELS and not _is_allowed(
            house, site_state or state, zone, part, channel, now
        ):
            return f"the {part} lies outside the hours in which this channel may be used"
        if channel == "phone" and not _is_staffed(house, zone, part, now):
            return f"nobody is at the practice to call in the {part}"
    return ""


def _is_allowed(house: House, state: str, zone: str, part: str, channel: str, now: datetime) -> bool:
    keys, zones = plausible_places(country=house.country, clinic_state=state, clinic_zone=zone)
    policy = house.policy(frozenset(keys), now=now)
    kind = "call" if channel == "phone" else channel
    clocks = clocks_at(policy, kind=kind, places=keys, time_zones=zones)
    margin = policy.closing_margin_minutes
    # Most of them: a holiday among the days says nothing about the hour.
    allowed = [is_open(clocks, at, margin_minutes=margin) for at in _days(part, zone, now)]
    return sum(allowed) >= len(allowed) - 2


def _is_staffed(house: House, zone: str, part: str, now: datetime) -> bool:
    hours = business_hours(time_zone=zone, settings=house.organisation.settings)
    return any(hours.is_open(at=at) for at in _days(part, zone, now))


def _days(part: str, zone: str, now: datetime) -> list[datetime]:
    """The beginning of a part of the day on the next week's working days."""
    clock = ZoneInfo(zone)
    first = now.astimezone(clock).date()
    days = [first + timedelta(days=number) for number in range(1, 8)]
    return [
        datetime.combine(day, DAY_PARTS[part], tzinfo=clock) for day in days if day.weekday() < WORKING_DAYS
    ]
