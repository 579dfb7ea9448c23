"""Dates, times, numbers and names as a clinic in the United States writes them.

Filters that need the practice's clock take it from the page's context (``zone``, ``now``).
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from jinja2 import pass_context
from jinja2.runtime import Context

MINUTES_PER_HOUR = 60
HOURS_SHOWN_AS_HOURS = 48
NEAR_DAYS = 6
DUE_NOW = timedelta(minutes=5)


def day(value: date | datetime | str | None) -> str:
    """ "Mar 3, 2026"; a dash for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return f"{value:%b} {value.day}, {value:%Y}"


def month(value: date | None) -> str:
    """ "March 2026"."""
    return f"{value:%B %Y}" if value else "–"


def clock(value: datetime) -> str:
    """ "2:30 pm"."""
    return f"{int(value.strftime('%I'))}:{value:%M} {'am' if value.hour < 12 else 'pm'}"


@pass_context
def local_day(context: Context, value: datetime | None) -> str:
    return day(value.astimezone(context["zone"]).date()) if value else "–"


def on_clock(value: datetime, zone: str, form: str) -> str:
    """An instant on the clock of ``zone`` in this form; "am" and "pm" as elsewhere."""
    return value.astimezone(ZoneInfo(zone)).strftime(form).replace("AM", "am").replace("PM", "pm")


@pass_context
def when(context: Context, value: datetime | None) -> str:
    """An instant on the practice's clock: "today 2:30 pm", "Tue 9:00 am", "Mar 3, 2026, 9:00 am"."""
    if value is None:
        return "–"
    local = value.astimezone(context["zone"])
    today = context["now"].astimezone(context["zone"]).date()
    days = (local.date() - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    if near is None and abs(days) <= NEAR_DAYS:
        near = f"{local:%a} {local:%b} {local.day},"
    if near is None:
        near = f"{day(local.date())},"
    return f"{near} {clock(local)}"


@pass_context
def slot(context: Context, value: datetime, zone: str = "") -> str:
    """A free time on the clock of its site: "Tue, Mar 3 at 9:00 am"."""
    local = value.astimezone(ZoneInfo(zone) if zone else context["zone"])
    return f"{local:%a}, {local:%b} {local.day} at {clock(local)}"


def span(length: timedelta) -> str:
    """ "5 min", "3 h", "12 days"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes} min"
    hours = minutes // MINUTES_PER_HOUR
    if hours < HOURS_SHOWN_AS_HOURS:
        return f"{hours} h"
    return f"{hours // 24} days"


@pass_context
def waiting(context: Context, since: datetime) -> str:
    return span(context["now"] - since)


@pass_context
def due(context: Context, value: datetime) -> str:
    """ "due now", "due in 2 h", "3 h late"."""
    left = value - context["now"]
    if abs(left) < DUE_NOW:
        return "due now"
    return f"{span(-left)} late" if left < timedelta(0) else f"due in {span(left)}"


@pass_context
def age(context: Context, birth_on: date | None) -> str:
    if birth_on is None:
        return "age unknown"
    today = context["now"].astimezone(context["zone"]).date()
    years = today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
    return f"{years} years" if years >= 2 else "under 2"


def number(value: int | float | None) -> str:
    """ "12,345"; a dash for nothing."""
    return "–" if value is None else f"{value:,}"


def percent(value: float | None, digits: int = 0) -> str:
    """A share between 0 and 1 as "42%"."""
    return "–" if value is None else f"{value * 100:.{digits}f}%"


def telephone(value: str) -> str:
    """ "(617) 555-0142"; as it is when it is no number."""
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 1
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 patient", "2 patients"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


FILTERS: dict[str, Any] = {
    "day": day,
    "month": month,
    "clock": clock,
    "local_day": local_day,
    "when": when,
    "on_clock": on_clock,
    "slot": slot,
    "waiting": waiting,
    "due": due,
    "age": age,
    "number": number,
    "percent": percent,
    "telephone": telephone,
    "plural": plural,
}
