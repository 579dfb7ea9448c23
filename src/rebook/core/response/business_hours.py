"""When staff are there, and when something promised "within so many business hours" falls due (R-E39)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A practice that is never open would make every promise endless; after so many days the search ends.
_HORIZON_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening times by weekday, Monday first, on the practice's clock; None is closed."""

    zone: ZoneInfo
    days: tuple[tuple[time, time] | None, ...]
    closed_on: frozenset[date] = frozenset()

    def day(self, on: date) -> tuple[datetime, datetime] | None:
        """(opens, closes) of one date as instants; None when closed."""
        hours = self.days[on.weekday()]
        if hours is None or on in self.closed_on:
            return None
        opens, closes = (datetime.combine(on, at, tzinfo=self.zone).astimezone(UTC) for at in hours)
        return opens, closes

    def is_open(self, *, at: datetime) -> bool:
        hours = self.day(at.astimezone(self.zone).date())
        return hours is not None and hours[0] <= at < hours[1]


_DEFAULT: Final[tuple[tuple[time, time] | None, ...]] = (*[(time(8), time(17))] * 5, None, None)


def business_hours(
    *, time_zone: str, settings: Mapping[str, Any] | None = None, closed_on: Collection[date] = ()
) -> BusinessHours:
    """The practice's hours: Monday to Friday 8 to 17 unless ``settings["business_hours"]`` says otherwise.

    That holds ``{"mon": ["08:00", "17:30"], "sat": null, ...}``; days it leaves out keep the default. What
    cannot be read falls back to the default of its day: a promise must always get a due time.
    """
    days = list(_DEFAULT)
    given = (settings or {}).get("business_hours")
    for place, key in enumerate(DAYS):
        if isinstance(given, Mapping) and key in given:
            days[place] = _hours(given[key], default=days[place])
    if not any(days):
        days = list(_DEFAULT)
    return BusinessHours(ZoneInfo(time_zone), tuple(days), frozenset(closed_on))


def _hours(value: object, *, default: tuple[time, time] | None) -> tuple[time, time] | None:
    if value is None:
        return None
    try:
        opens, closes = (time.fromisoformat(part) for part in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return default
    return (opens, closes) if opens < closes else default


def due_after(*, start: datetime, minutes: int, hours: BusinessHours) -> datetime:
    """The instant at which ``minutes`` of opening time have passed since ``start``.

    Nought minutes is ``start`` itself, open or not. Time outside opening hours does not count, so what comes
    in on Friday evening with 15 minutes is due on Monday a quarter past opening.
    """
    if minutes <= 0:
        return start
    left = timedelta(minutes=minutes)
    on = start.astimezone(hours.zone).date()
    for _ in range(_HORIZON_DAYS):
        day = hours.day(on)
        if day is not None:
            begins = max(day[0], start)
            if begins < day[1]:
                if left <= day[1] - begins:
                    return begins + left
                left -= day[1] - begins
        on += timedelta(days=1)
    return start + timedelta(minutes=minutes)
