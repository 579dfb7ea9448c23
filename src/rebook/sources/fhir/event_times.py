"""FHIR's times as the spans of events: what is only known to the day stays open within it."""

import calendar
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from rebook.core.criteria import MAX, MIN, Span
from rebook.core.criteria.moments import LAST_OF_DAY, TICK, Pair, shifted, whole_day

_MOMENT = re.compile(
    r"^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$"
)
_AGE_UNITS = {"a": "years", "mo": "months", "wk": "weeks", "d": "days"}
Json = Mapping[str, Any]


class Times:
    """Reads times of one patient. What cannot be read is counted in ``ignored`` and taken as not given."""

    def __init__(self, ignored: Counter[str], birth_on: date | None = None) -> None:
        self._ignored = ignored
        self._birth_on = birth_on

    def moment(self, text: Any, where: str) -> Pair | None:
        """The earliest and the latest instant that ``text`` may mean; a date means its day in UTC."""
        if text is None:
            return None
        found = _MOMENT.match(text) if isinstance(text, str) else None
        if found:
            try:
                return _pair(found)
            except ValueError:
                pass  # A thirteenth month, a twenty-fifth hour.
        self._unread(where)
        return None

    def _unread(self, where: str) -> None:
        self._ignored[f"{where}: no time that can be read"] += 1

    def at(self, text: Any, where: str) -> Span | None:
        """The span of what happened at one moment."""
        pair = self.moment(text, where)
        return None if pair is None else Span(*pair, *pair)

    def period(self, value: Any, where: str) -> Span | None:
        """A Period: without an end it is not over; without a start that is not known."""
        if not isinstance(value, Mapping):
            return None
        start, end = self.moment(value.get("start"), where), self.moment(value.get("end"), where)
        end = end or (MAX, MAX)
        return Span(*(start or (MIN, end[1])), *end)

    def choice(self, resource: Json, name: str) -> Span | None:
        """``name``[x]: dateTime, instant, Period, or an Age or Range of ages."""
        where = f"{resource.get('resourceType')}.{name}"
        for suffix in ("DateTime", "Instant"):
            if resource.get(name + suffix) is not None:
                return self.at(resource[name + suffix], where)
        if resource.get(name + "Period"):
            return self.period(resource[name + "Period"], where)
        if resource.get(name + "Age"):
            return self._ages(resource[name + "Age"], resource[name + "Age"], where)
        if resource.get(name + "Range"):
            found = resource[name + "Range"]
            return self._ages(found.get("low"), found.get("high"), where)
        if resource.get(name + "Timing") or resource.get(name + "String"):
            self._ignored[f"{where}: a timing or free text"] += 1
        return None

    def _ages(self, low: Any, high: Any, where: str) -> Span | None:
        """From the day of the lower age until the day before a year after the higher."""
        first, last = self._birthday(low), self._birthday(high)
        if first is None or last is None:
            self._unread(where)
            return None
        end = shifted(last, ((1, "years"), (-1, "days")))
        return Span(*first, *end)

    def _birthday(self, age: Any) -> Pair | None:
        if self._birth_on is None or not isinstance(age, Mapping) or "value" not in age:
            return None
        unit = _AGE_UNITS.get(str(age.get("code") or age.get("unit")))
        amount = int(age["value"])
        if unit is None:
            return None
        step = (amount * 7, "days") if unit == "weeks" else (amount, unit)
        return shifted(whole_day(self._birth_on), (step,))

    def prevalence(self, condition: Json, *, is_active: bool) -> Span | None:
        """From onset to abatement. Without an abatement it is not over when active, else no one knows.

        A condition without an onset has always been there.
        """
        onset, abatement = self.choice(condition, "onset"), self.choice(condition, "abatement")
        start = (onset.starts_at, onset.starts_by) if onset else (MIN, MIN)
        if abatement is None:
            return Span(*start, *((MAX, MAX) if is_active else (start[0], MAX)))
        end = (abatement.ends_at, abatement.ends_by)
        if "abatementPeriod" in condition:
            # The end of the period is when it was over for good: not a moment of it.
            end = (start[0], MAX) if end[1] == MAX else (end[0] - TICK, end[1] - TICK)
        return Span(*start, *end)


def _pair(found: re.Match[str]) -> Pair:
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if hour is None:
        first = date(int(year), int(month or 1), int(day or 1))
        last_month = int(month or 12)
        last = date(int(year), last_month, int(day or calendar.monthrange(int(year), last_month)[1]))
        return datetime.combine(first, time(), UTC), datetime.combine(last, LAST_OF_DAY, UTC)
    offset = UTC if zone in (None, "Z") else _zone(zone)
    exact = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=offset)
    exact = exact.astimezone(UTC)
    if second is None:
        return exact, exact + timedelta(seconds=59, milliseconds=999)
    if fraction is None:
        return exact, exact + timedelta(milliseconds=999)
    exact += timedelta(milliseconds=int(fraction[:3].ljust(3, "0")))
    return exact, exact


def _zone(text: str) -> timezone:
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))
