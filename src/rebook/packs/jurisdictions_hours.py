"""Makes the windows of a place for the guard: its country's, its own, and the days the house rests."""

from datetime import date, time
from functools import lru_cache

import holidays

from rebook.core.outreach.values import JurisdictionWindows, Window

from .jurisdictions_law import country_file, own_rows, stands_in
from .jurisdictions_values import CLOSED, Row, RuleFile
from .loader import PackInvalid
from .places import calendar_of, places_of

ALL_DAY = Window(time.min, time.max)
HOUSE_RULE = "the house rule: not on public holidays"
NO_OWN_HOURS = "no hours of its own: the house rule"


@lru_cache(maxsize=512)
def public_holidays(calendar: str, division: str, years: tuple[int, ...]) -> frozenset[date]:
    """Public holidays of a country, and of one of its divisions when it is named ("KY")."""
    known = holidays.list_supported_countries(include_aliases=False).get(calendar, [])
    subdivision = division if division in known else None
    return frozenset(holidays.country_holidays(calendar, subdiv=subdivision, years=years))


def days_off(place: str, years: tuple[int, ...]) -> frozenset[date]:
    """Public holidays where ``place`` is; of a country whose part is not known, those of every part."""
    calendar, division = calendar_of(place)
    found = public_holidays(calendar, division, years)
    if not division and country_file(place).closes_on == "place":
        for part in holidays.list_supported_countries(include_aliases=False).get(calendar, []):
            if places_of(country_file(place).key).zones.get(f"{place}-{part.casefold()}"):
                found |= public_holidays(calendar, part, years)
    return found


@lru_cache(maxsize=4096)
def windows_of(
    place: str, years: tuple[int, ...], first: date, last: date
) -> tuple[JurisdictionWindows, ...]:
    """Every window that binds whoever may be in ``place``, of rows in force from ``first`` to ``last``.

    Rows keyed by the country bind all its places; the guard finds them by the first half of a place's key.
    """
    file = country_file(place)
    rows = [row for row in _rows(place, file) if row.hours and row.overlaps(first, last)]
    rest = file.key if file.closes_on == "country" else place
    found = [_rests(rest, file, years)]
    for row in rows:
        assert row.hours is not None
        general = row.place == file.key and row.hours.holiday is None
        calendar = place if row.place == file.key else row.place
        found.append(_window(row, file.key if general else place, days_off(calendar, years)))
    if not any(row.place == place for row in rows) and place != file.key:
        found.append(_plain(place, file, first, last))
    return tuple(found)


def _rows(place: str, file: RuleFile) -> tuple[Row, ...]:
    general = own_rows(file.key)
    if place == file.key:
        return general
    borrowed = (row for other in stands_in(place) for row in own_rows(other))
    return (*general, *borrowed, *own_rows(place))


def _rests(key: str, file: RuleFile, years: tuple[int, ...]) -> JurisdictionWindows:
    """The house rule's days off, on the calendar of the place, with declared emergencies (R-A39)."""
    off = days_off(key, years) | file.closed_on
    return JurisdictionWindows(key, (ALL_DAY,) * 7, CLOSED, off, source=HOUSE_RULE)


def _window(row: Row, key: str, off: frozenset[date]) -> JurisdictionWindows:
    hours = row.hours
    assert hours is not None
    source = ", ".join(row.sources)
    if hours.holiday is None:
        return JurisdictionWindows(key, hours.days, CLOSED, frozenset(), source=source, kinds=hours.kinds)
    return JurisdictionWindows(key, hours.days, hours.holiday, off, source=source, kinds=hours.kinds)


def _plain(place: str, file: RuleFile, first: date, last: date) -> JurisdictionWindows:
    """A place without hours of its own: its country's, so that the guard knows the place."""
    for row in own_rows(file.key):
        if row.hours and not row.hours.kinds and row.hours.holiday is None and row.overlaps(first, last):
            return _window(row, place, frozenset())
    return JurisdictionWindows(place, (ALL_DAY,) * 7, CLOSED, frozenset(), source=NO_OWN_HOURS)


@lru_cache(maxsize=1)
def house_window() -> JurisdictionWindows:
    """The house rule (R-A31): binds everybody, everywhere. Raises ``PackInvalid`` without a row of hours."""
    for row in own_rows("house"):
        if row.hours:
            hours = row.hours
            return JurisdictionWindows(
                "house", hours.days, CLOSED, frozenset(), source=", ".join(row.sources), always=True
            )
    raise PackInvalid([])
