"""Spans of time as the schedule writes them ("12 months - 4 days"), and adding them to a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_PART: Final = re.compile(r"\s*([+-]?)\s*(\d+)\s*(year|month|week|day)s?\s*", re.IGNORECASE)
_DAYS_IN_WEEK: Final = 7
_MONTHS_IN_YEAR: Final = 12


class PeriodInvalid(ValueError):
    """The words are no span of time. Trying again changes nothing."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Period:
    """``months`` (a year is twelve) and ``days`` (a week is seven); either may be below zero."""

    months: int = 0
    days: int = 0
    words: str = ""

    def __str__(self) -> str:
        return self.words


def read_period(words: str) -> Period | None:
    """None for an empty text. Raises PeriodInvalid for anything but sums of years, months, weeks, days."""
    text = words.strip()
    if not text:
        return None
    months = days = position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None or (position and not part[1]):
            raise PeriodInvalid(f"'{text}' is no span of years, months, weeks or days")
        count = int(part[2]) * (-1 if part[1] == "-" else 1)
        unit = part[3].lower()
        months += count * {"year": _MONTHS_IN_YEAR, "month": 1}.get(unit, 0)
        days += count * {"week": _DAYS_IN_WEEK, "day": 1}.get(unit, 0)
        position = part.end()
    return Period(months, days, text)


@lru_cache(maxsize=100_000)
def after(day: date, period: Period) -> date:
    """``day`` plus ``period``: months first, a day that does not exist becomes the next first, then days.

    CDSi CALCDT-1 to CALCDT-6. Raises OverflowError beyond the calendar.
    """
    whole = day.year * _MONTHS_IN_YEAR + day.month - 1 + period.months
    year, month = divmod(whole, _MONTHS_IN_YEAR)
    try:
        moved = date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(whole + 1, _MONTHS_IN_YEAR)
        moved = date(year, month + 1, 1)
    return moved + timedelta(days=period.days)


def day_after(day: date | None, period: Period | None) -> date | None:
    """None where either is missing."""
    return None if day is None or period is None else after(day, period)
