"""On which days a campaign takes patients in, and which date of a patient calls for it (Q-153).

Nothing here knows the clock: ``today`` is the day on the practice's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from rebook.core.reasons import Reason

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING_DAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)

# A date that calls for contact still counts so long after it: nobody is missed by a weekend, a holiday or
# a weekly rhythm, and nobody is written to for a date that everybody has forgotten.
CALLS_FOR_DAYS = 6
TRIGGER_FIELDS = ("birthday", "last_visit", "due")
TriggerField = Literal["birthday", "last_visit", "due"]
# How far from its date a trigger may lie, in days either way.
LARGEST_OFFSET = 1_100
LARGEST_BIRTHDAY_OFFSET = 180


class BadCalendar(ValueError):
    """A calendar, season or trigger cannot be what this says; the message names the field."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Season:
    """A part of every year, both ends included, as (month, day). It may go over new year."""

    begins: tuple[int, int]
    ends: tuple[int, int]

    def has(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.begins <= self.ends:
            return self.begins <= here <= self.ends
        return here >= self.begins or here <= self.ends


@dataclass(frozen=True, slots=True)
class EnrolmentCalendar:
    """``weekdays``: Monday is 0; one weekday is a weekly rhythm. Dates and season include their ends."""

    weekdays: tuple[int, ...] = EVERY_DAY
    season: Season | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def against_enrolment(calendar: EnrolmentCalendar, *, today: date) -> Reason | None:
    """Why nobody is taken in on this day; None when it is one of its days."""
    if calendar.starts_on and today < calendar.starts_on:
        return Reason("not_begun", f"it begins on {calendar.starts_on}")
    if calendar.ends_on and today > calendar.ends_on:
        return Reason("is_over", f"it took patients in until {calendar.ends_on}")
    if calendar.season and not calendar.season.has(today):
        (month, day) = calendar.season.begins
        return Reason("out_of_season", f"its season begins on {month:02}-{day:02}")
    if today.weekday() not in calendar.weekdays:
        days = ", ".join(WEEKDAYS[one] for one in calendar.weekdays)
        return Reason("not_its_weekday", f"it takes patients in on {days}")
    return None


def next_enrolment_on(calendar: EnrolmentCalendar, *, today: date) -> date | None:
    """The first of its days from ``today`` on; None when there is none any more."""
    day = max(today, calendar.starts_on or today)
    # A season comes back within a year; a leap day within eight.
    for _ in range(366 * 8 + 7):
        if calendar.ends_on and day > calendar.ends_on:
            return None
        if against_enrolment(calendar, today=day) is None:
            return day
        day += timedelta(days=1)
    return None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A date of the patient that calls for contact: ``offset_days`` after it, before it when negative.

    It narrows whom a campaign takes in to those whose day has come. It never brings anybody in alone: a
    birthday is no reason to contact a patient, an open gap is.
    """

    field: TriggerField
    offset_days: int = 0


@dataclass(frozen=True, slots=True)
class PatientDates:
    """What triggers look at; None where it is not known."""

    birth_on: date | None = None
    last_visit_on: date | None = None
    due_on: date | None = None


def called_on(trigger: Trigger, dates: PatientDates, *, today: date) -> date | None:
    """The day that called for contact, if it is today or at most ``CALLS_FOR_DAYS`` ago; else None."""
    offset = timedelta(days=trigger.offset_days)
    if trigger.field == "birthday":
        if dates.birth_on is None or dates.birth_on > today:
            return None
        years = range(today.year - 1, today.year + 2)
        days = [birthday_in(year, dates.birth_on) + offset for year in years]
    else:
        on = dates.last_visit_on if trigger.field == "last_visit" else dates.due_on
        days = [] if on is None else [on + offset]
    return next((day for day in days if timedelta() <= today - day <= timedelta(days=CALLS_FOR_DAYS)), None)


def birthday_in(year: int, birth_on: date) -> date:
    """The birthday in a year; who was born on 29 February has it on the 28th in other years."""
    try:
        return birth_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def calendar_json(calendar: EnrolmentCalendar) -> dict[str, Any]:
    """As plain JSON; ``read_calendar`` reads it back."""
    season = calendar.season
    return {
        "weekdays": list(calendar.weekdays),
        "season": [list(season.begins), list(season.ends)] if season else None,
        "starts_on": calendar.starts_on.isoformat() if calendar.starts_on else None,
        "ends_on": calendar.ends_on.isoformat() if calendar.ends_on else None,
    }


def read_calendar(value: Mapping[str, Any]) -> EnrolmentCalendar:
    """A calendar from JSON; what is left out is as usual. Raises ``BadCalendar``."""
    unknown = sorted(set(value) - {"weekdays", "season", "starts_on", "ends_on"})
    if unknown:
        raise BadCalendar(f"a calendar knows no '{unknown[0]}'")
    weekdays = value.get("weekdays", list(EVERY_DAY))
    if (
        not isinstance(weekdays, list | tuple)
        or not weekdays
        or any(type(one) is not int or one not in EVERY_DAY for one in weekdays)
    ):
        raise BadCalendar("choose at least one weekday on which patients are taken in")
    starts_on, ends_on = (_day(value.get(name), name) for name in ("starts_on", "ends_on"))
    if starts_on and ends_on and ends_on < starts_on:
        raise BadCalendar("it ends before it begins")
    season = value.get("season")
    return EnrolmentCalendar(
        tuple(sorted(set(weekdays))), _season(season) if season else None, starts_on, ends_on
    )


def read_trigger(value: Mapping[str, Any] | None) -> Trigger | None:
    """A trigger from JSON, None for an empty one. Raises ``BadCalendar``."""
    if not value:
        return None
    field, days = value.get("field"), value.get("offset_days", 0)
    if field not in TRIGGER_FIELDS:
        raise BadCalendar(f"a date to go by is one of {', '.join(TRIGGER_FIELDS)}")
    most = LARGEST_BIRTHDAY_OFFSET if field == "birthday" else LARGEST_OFFSET
    if isinstance(days, bool) or not isinstance(days, int) or abs(days) > most:
        raise BadCalendar(f"the days from the {field} lie between -{most} and {most}")
    if field == "last_visit" and days < 0:
        raise BadCalendar("days before the last visit are over already")
    return Trigger(field, days)


def _day(value: object, name: str) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadCalendar(f"{name} is no date like 2026-03-31") from None


def _season(value: Any) -> Season:
    try:
        (from_month, from_day), (to_month, to_day) = value
        for month, day in ((from_month, from_day), (to_month, to_day)):
            # A leap year: the 29th of February may end a season.
            date(2024, month, day)
    except (TypeError, ValueError):
        raise BadCalendar("a season is two days of the year, like [[9, 1], [11, 30]]") from None
    return Season((from_month, from_day), (to_month, to_day))
