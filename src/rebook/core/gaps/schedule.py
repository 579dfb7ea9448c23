"""Lengths of time that change: ages at which something is due, phases after a start, seasons of the year."""

import re
from dataclasses import dataclass
from datetime import date

from .dates import add_days, add_interval, add_months

_AGE = re.compile(r"^(\d{1,4})(d|w|m|y)$")
_DAY_OF_YEAR = re.compile(r"^(\d{2})-(\d{2})$")
# Days of each month in a leap year: a season may end on 29 February.
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Age:
    """An age as it is written, "3d", "6w", "4m" or "3y"; first the months count, then the days."""

    text: str
    months: int
    days: int

    @property
    def nominal_days(self) -> int:
        """About how many days, for comparing ages; a month counts 30.44 days."""
        return round(self.months * 30.44) + self.days

    def on(self, birth_on: date) -> date:
        return add_interval(birth_on, self.months, self.days)


@dataclass(frozen=True, slots=True)
class Phase:
    """The interval in force until so many months after the anchor; None: from then on for good."""

    interval_months: int = 0
    interval_days: int = 0
    until_months: int | None = None


def read_age(text: str) -> Age | None:
    """The age that ``text`` ("18m") means; None when it is not one."""
    found = _AGE.match(text)
    if not found:
        return None
    number, unit = int(found[1]), found[2]
    months = number * {"m": 1, "y": 12}.get(unit, 0)
    return Age(text, months, number * {"d": 1, "w": 7}.get(unit, 0))


def read_day_of_year(text: str) -> int | None:
    """ "09-01" as 901, so that days of a year can be compared; None when there is no such day."""
    found = _DAY_OF_YEAR.match(text)
    if not found:
        return None
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not 1 <= day <= _MONTH_DAYS[month - 1]:
        return None
    return month * 100 + day


def is_in_season(season: tuple[str, str], day: date) -> bool:
    """Whether ``day`` lies in the season, both ends included; it may wrap the year."""
    first, last = (read_day_of_year(one) or 0 for one in season)
    at = day.month * 100 + day.day
    return first <= at <= last if first <= last else at >= first or at <= last


def age_due(
    ages: tuple[Age, ...], birth_on: date, *, last_on: date | None, early_days: int
) -> tuple[Age, date] | None:
    """The first age later than ``last_on`` plus ``early_days``, and its day; None when all are behind.

    Without a last visit it is the first of the ages.
    """
    covered = add_days(last_on, early_days) if last_on is not None else None
    for age in ages:
        day = age.on(birth_on)
        if covered is None or day > covered:
            return age, day
    return None


def age_spacing(ages: tuple[Age, ...], at: int) -> int:
    """About how many days from the age at place ``at`` to the next; for the last one, from the one before."""
    if len(ages) == 1:
        return max(ages[0].nominal_days, 1)
    low, high = (at, at + 1) if at + 1 < len(ages) else (at - 1, at)
    return max(ages[high].nominal_days - ages[low].nominal_days, 1)


def phase_at(phases: tuple[Phase, ...], *, anchor_on: date | None, day: date) -> Phase:
    """The phase in force on ``day``; the last one where nobody knows when it began."""
    for phase in phases:
        if phase.until_months is None:
            return phase
        if anchor_on is not None and day < add_months(anchor_on, phase.until_months):
            return phase
    return phases[-1]
