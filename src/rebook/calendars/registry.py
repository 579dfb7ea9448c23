"""The only list of booking systems."""

from rebook.calendars.local import LocalCalendar
from rebook.core.calendar import Calendar

_CALENDARS: dict[str, Calendar] = {LocalCalendar.key: LocalCalendar()}


class NoSuchCalendar(LookupError):
    """The organisation's settings name a booking system that is not there."""

    permanent = True


def calendar(key: str = LocalCalendar.key) -> Calendar:
    """The booking system of that name. Raises ``NoSuchCalendar``."""
    try:
        return _CALENDARS[key]
    except KeyError:
        raise NoSuchCalendar(f"there is no booking system '{key}': {', '.join(_CALENDARS)}") from None
