"""A campaign's days and dates in the clinic's words."""

from datetime import date
from typing import Any

from rebook.core.outreach.campaign_calendar import WEEKDAYS, WORKING_DAYS, EnrolmentCalendar, Trigger
from rebook.web.say import day


def calendar_words(calendar: EnrolmentCalendar) -> str:
    """On which days a campaign takes patients in: "every day, from September 1 to November 30"."""
    days = calendar.weekdays
    if len(days) == len(WEEKDAYS):
        said = "every day"
    elif days == WORKING_DAYS:
        said = "Monday to Friday"
    else:
        said = " and ".join(filter(None, (", ".join(WEEKDAYS[one] for one in days[:-1]), WEEKDAYS[days[-1]])))
    if calendar.season:
        begins, ends = (_day_of_year(*one) for one in (calendar.season.begins, calendar.season.ends))
        said += f", each year from {begins} to {ends}"
    for preposition, on in (("from", calendar.starts_on), ("until", calendar.ends_on)):
        said += f", {preposition} {day(on)}" if on else ""
    return said


def _day_of_year(month: int, number: int) -> str:
    return f"{date(2024, month, number):%B} {number}"


def trigger_words(trigger: Trigger) -> str:
    """Which day of a patient calls for contact: "14 days before the day the visit is due"."""
    what = {"birthday": "the birthday", "last_visit": "the last visit", "due": "the day the visit is due"}
    days = abs(trigger.offset_days)
    if not days:
        return f"on {what[trigger.field]}"
    side = "after" if trigger.offset_days > 0 else "before"
    return f"{days} {'day' if days == 1 else 'days'} {side} {what[trigger.field]}"


FILTERS: dict[str, Any] = {"calendar_words": calendar_words, "trigger_words": trigger_words}
