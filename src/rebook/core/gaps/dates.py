"""Calendar arithmetic as every engine does it: a month later is the same day, or the month's last one."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """``day`` plus ``months``; the 31st becomes the last day of a shorter month. Never past ``date.max``."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year > date.max.year:
        return date.max
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_days(day: date, days: int) -> date:
    """``day`` plus ``days``, never past ``date.max``."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def add_interval(day: date, months: int, days: int) -> date:
    """First the months, then the days."""
    return add_days(add_months(day, months) if months else day, days)
