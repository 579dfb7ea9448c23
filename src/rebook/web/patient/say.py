"""Dates, times, phones and reasons in the patient's language."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_time

from rebook.core.booking import Slot
from rebook.records.read.booking import VisitTypeView
from rebook.records.read.links import LinkView
from rebook.web.patient.texts import has_text, text

# Spanish as it is written in the United States: a twelve-hour clock.
_LOCALES = {"en": "en_US", "es": "es_US"}
_KINDS = ("interval", "follow_up_not_booked", "cancelled_not_rebooked", "no_show_not_rebooked", "inactive")

Say = Callable[..., str]


def day(value: date, language: str) -> str:
    """ "Tuesday, March 17", "martes, 17 de marzo"."""
    return format_date(value, "EEEE, MMMM d" if language == "en" else "EEEE, d 'de' MMMM", _LOCALES[language])


def short_day(value: date, language: str) -> str:
    """ "Tuesday, Mar 17", "martes, 17 mar", for a button."""
    return format_date(value, "EEEE, MMM d" if language == "en" else "EEEE, d MMM", _LOCALES[language])


def clock(value: datetime, language: str) -> str:
    """ "9:00 AM" of an instant that is already on the right clock."""
    return format_time(value, "short", locale=_LOCALES[language])


def month(value: date, language: str) -> str:
    """ "March 2025"."""
    return format_date(value, "MMMM y" if language == "en" else "MMMM 'de' y", _LOCALES[language])


def local(slot: Slot) -> datetime:
    """When a slot starts, on its location's clock."""
    return slot.starts_at.astimezone(ZoneInfo(slot.time_zone))


def when(slot: Slot, language: str) -> str:
    """ "Tuesday, March 17, 9:00 AM"."""
    return instant(local(slot), language)


def instant(at: datetime, language: str) -> str:
    """The same of an instant that is already on the right clock."""
    return text(language, "start.at", day=day(at.date(), language), time=clock(at, language))


def phone(number: str) -> str:
    """A number as it is written where it belongs; as given when it is none."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def visit(kind: VisitTypeView, language: str) -> str:
    """What the visit is, in the patient's words; the clinic's label where there are none."""
    key = f"visit_type.{kind.key}"
    return text(language, key) if has_text(language, key) else kind.label


def reason(link: LinkView, language: str) -> str:
    """Why the patient was written to. Only for a page behind the identity check."""
    if link.visit_type is None:
        return text(language, "reason.nothing")
    what = visit(link.visit_type, language)
    gap = link.gap
    if gap is None or gap.kind not in _KINDS:
        return text(language, "reason.general", visit=what)
    if gap.kind == "interval" and gap.anchor_on is not None:
        return text(language, "reason.interval_since", visit=what, month=month(gap.anchor_on, language))
    return text(language, f"reason.{gap.kind}", visit=what)
