"""The days on which a site works: by its hours, when the inbox is staffed, and the holidays.

What is said for a site and for the practice counts together; Monday to Friday where nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rebook.accounts.read import OrganisationView
from rebook.core.outreach.campaign_readiness import BadStatement, read_staffed
from rebook.core.outreach.day_part import MONDAY_TO_FRIDAY, DaysOff
from rebook.core.response.business_hours import DAYS, business_hours
from rebook.packs.jurisdictions import public_holidays
from rebook.records.read import readiness
from rebook.records.read.opening import weekdays_by_site

# No step waits longer than a year, so the holidays of this year and the two after it are enough.
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Weekdays (Monday is 0) of each site; ``practice`` for a site of which nothing else is known."""

    by_site: Mapping[int, frozenset[int]]
    practice: frozenset[int]

    def of(self, location_id: int | None) -> frozenset[int]:
        return self.by_site.get(location_id or 0, self.practice)


def open_days(house: OrganisationView, *, on: date) -> OpenDays:
    """What is known of a practice's opening days on ``on``."""
    given = house.settings.get("business_hours")
    stated = _staffed(house.id)
    shut: frozenset[int] = frozenset()
    if isinstance(given, Mapping):
        hours = business_hours(time_zone=house.time_zone, settings=house.settings)
        stated |= {place for place, opens in enumerate(hours.days) if opens is not None}
        shut = frozenset(place for place, key in enumerate(DAYS) if key in given and given[key] is None)
    sites = weekdays_by_site(organisation_id=house.id, on=on)
    practice = (stated - shut) or MONDAY_TO_FRIDAY
    return OpenDays({site: (days | stated) - shut or practice for site, days in sites.items()}, practice)


def _staffed(organisation_id: int) -> frozenset[int]:
    said = readiness.statements(organisation_id=organisation_id).get(("staffed", ""))
    if said is None:
        return frozenset()
    try:
        return frozenset(read_staffed(said.detail).weekdays)
    except BadStatement:
        return frozenset()


def days_off(house: OrganisationView, *, weekdays: frozenset[int], state: str, year: int) -> DaysOff:
    """Days on which a site with these ``weekdays`` rests, from the beginning of ``year`` for three years.

    ``state`` is the site's, the jurisdiction's where it has none: it knows the public holidays. Besides: the
    days that the practice says it is closed (``settings["closed_on"]``).
    """
    country, _, own_state = house.jurisdiction.partition("-")
    closed = tuple(str(one) for one in house.settings.get("closed_on") or ())
    return _days_off((country or "us").upper(), (state or own_state).upper(), closed, weekdays, year)


@lru_cache(maxsize=512)
def _days_off(
    country: str, state: str, closed: tuple[str, ...], weekdays: frozenset[int], year: int
) -> DaysOff:
    years = tuple(range(year, year + YEARS_AHEAD + 1))
    try:
        off = set(public_holidays(country, state, years))
    except NotImplementedError:
        # A country without a calendar has only the practice's own closed days.
        off = set()
    for text in closed:
        try:
            off.add(date.fromisoformat(text))
        except ValueError:
            continue
    first, last = date(year, 1, 1).toordinal(), date(years[-1], 12, 31).toordinal()
    off.update(day for day in map(date.fromordinal, range(first, last + 1)) if day.weekday() not in weekdays)
    return DaysOff(off)
