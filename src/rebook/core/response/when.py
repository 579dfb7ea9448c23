"""Until when a patient wants to be left in peace: "next month", "in 2 weeks", "en marzo"."""

import calendar
import re
from datetime import date, timedelta
from typing import Final

DEFAULT_SNOOZE_DAYS: Final = 30
LONGEST_SNOOZE_DAYS: Final = 400

_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "two": 2, "couple": 2, "dos": 2, "three": 3, "few": 3,
    "tres": 3, "unos": 3, "unas": 3, "four": 4, "cuatro": 4, "five": 5, "cinco": 5, "six": 6, "seis": 6,
    "eight": 8, "ocho": 8, "ten": 10, "diez": 10,
}  # fmt: skip
_UNITS: Final = {
    "day": 1, "days": 1, "dia": 1, "dias": 1, "week": 7, "weeks": 7, "semana": 7, "semanas": 7,
    "month": 30, "months": 30, "mes": 30, "meses": 30, "year": 365, "years": 365, "ano": 365, "anos": 365,
}  # fmt: skip
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
         "june jun junio", "july jul julio", "august aug agosto", "september sept sep septiembre",
         "october oct octubre", "november nov noviembre", "december dec diciembre"), 1)
    for name in names.split()
}  # fmt: skip
_SEASONS: Final = {
    "spring": 3, "primavera": 3, "summer": 6, "verano": 6, "fall": 9, "autumn": 9, "otono": 9,
    "winter": 12, "invierno": 12,
}  # fmt: skip
_SPAN = re.compile(
    rf" (?:in|en|dentro de|within|after|for|another) (?:about |a |like |otras? )?"
    rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
    rf"(?: of)? ({'|'.join(_UNITS)}) "
)
_NEXT = re.compile(
    r" (?:next|proximo|proxima|siguiente|otro|otra) (week|month|year|semana|mes|ano) "
    r"| (semana|mes|ano) que (?:viene|entra) "
)
_SEASON = re.compile(
    rf" (?:in|next|this|until|after|en|el|la|hasta|despues) (?:the |el |del )?({'|'.join(_SEASONS)}) "
)
_MONTH = re.compile(
    rf" (?:in|until|till|next|around|by|after|early|late|mid|en|hasta|para|de) (?:the |early |late |mid )?"
    rf"({'|'.join(_MONTHS)})(?: (\d{{1,2}}))? "
)
_HOLIDAYS = re.compile(
    r" after (?:the )?(?:holidays|new year|new years|christmas) "
    r"| despues de (?:las fiestas|navidad|ano nuevo) "
)


def snooze_until(text: str, *, today: date) -> date:
    """The day on which the patient may be asked again; 30 days when the words name none (Q-5).

    ``text`` is ``Words.text``. Never in the past, never more than 400 days ahead, never less than a day.
    """
    found = _named_day(text, today)
    if found is None:
        return today + timedelta(days=DEFAULT_SNOOZE_DAYS)
    return min(max(found, today + timedelta(days=1)), today + timedelta(days=LONGEST_SNOOZE_DAYS))


def _named_day(text: str, today: date) -> date | None:
    if span := _SPAN.search(text):
        count = int(span[1]) if span[1].isdigit() else _NUMBERS[span[1]]
        return today + timedelta(days=count * _UNITS[span[2]])
    if _HOLIDAYS.search(text):
        return date(today.year + 1, 1, 5)
    if coming := _NEXT.search(text):
        return _first_of_next(_UNITS[coming[1] or coming[2]], today)
    if month := _MONTH.search(text):
        return _month(_MONTHS[month[1]], int(month[2] or 1), today)
    if season := _SEASON.search(text):
        return _month(_SEASONS[season[1]], 1, today)
    return None


def _first_of_next(unit_days: int, today: date) -> date:
    if unit_days == 7:
        return today + timedelta(days=7 - today.weekday())
    if unit_days == 30:
        return date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return date(today.year + 1, 1, 5)


def _month(month: int, day: int, today: date) -> date:
    """The next time that day of the month comes round; a day the month lacks is its last."""
    this_year = _day_of(today.year, month, day)
    return this_year if this_year > today else _day_of(today.year + 1, month, day)


def _day_of(year: int, month: int, day: int) -> date:
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(max(day, 1), last))
