"""From the text of one cell to a value, or the reason why not.

Dates that read both ways (3/4/2016) are never guessed: the mapping says their format. Five digits
in a date column are a spreadsheet's day number (43000 is 2017-09-22).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from rebook.sources.checks import MOST_UNITS

NOON = time(12)
OLDEST_AGE = 130
MOST_CENTS = 10**15

_SPREADSHEET_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar's origin, on no clock
_DAY_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?")
_DAMAGED_ID = re.compile(r"\d+(?:[.,]\d+)?[eE][+-]?\d+")
_FORMULA = re.compile(r'="(.*)"')
_HAS_TIME = re.compile(r"%[HIcXs]")


class BadValue(Exception):
    """The cell cannot be made sense of; ``str()`` is the reason, without the value.

    ``column`` is named when it is not the field's own.
    """

    def __init__(self, reason: str, *, column: str = "") -> None:
        super().__init__(reason)
        self.column = column


def cell_text(cell: str) -> str:
    """A cell without what spreadsheets put around it."""
    text = cell.strip()
    if not text.startswith("=") and "\0" not in text:
        return text
    text = text.replace("\0", "").strip()
    formula = _FORMULA.fullmatch(text)
    return formula[1].strip() if formula else text


def identifier(text: str) -> str:
    if not text.isdecimal() and _DAMAGED_ID.fullmatch(text):
        raise BadValue("the id was damaged by a spreadsheet (digits lost to 1E+14): export it again as text")
    if len(text) > 200:
        raise BadValue("the id is longer than 200 characters")
    return text


@lru_cache(maxsize=100_000)
def moment(text: str, formats: tuple[str, ...]) -> datetime | date:
    """A date, or a date and time that may lack a zone. ISO 8601 is always understood."""
    for shape in formats:
        try:
            read = datetime.strptime(text, shape)  # noqa: DTZ007 - the caller knows the clock
        except ValueError:
            continue
        return read if _HAS_TIME.search(shape) else read.date()
    try:
        if len(text) == 10 and text[4] == "-":
            return date.fromisoformat(text)
        if len(text) > 10 and text[4] == "-":
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    if _DAY_NUMBER.fullmatch(text):
        number = float(text.replace(",", "."))
        read = _SPREADSHEET_ZERO + timedelta(seconds=round(number * 86_400))
        return read if read.time() != time(0) else read.date()
    known = ", ".join(formats) or "2016-04-29"
    raise BadValue(f"not a date of the form {known} (say formats = [...] in the mapping)")


def day_of(read: datetime | date, zone: ZoneInfo) -> date:
    """The calendar date on the local clock."""
    if not isinstance(read, datetime):
        return read
    try:
        return read.date() if read.tzinfo is None else read.astimezone(zone).date()
    except OverflowError:
        raise BadValue("not a time anybody lives in") from None


def instant_of(read: datetime | date, zone: ZoneInfo) -> datetime:
    """The instant in UTC. A mere date is noon on the local clock."""
    if not isinstance(read, datetime):
        read = datetime.combine(read, NOON)
    try:
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise BadValue("not a time anybody lives in") from None


def birth_from_age(text: str, at: date) -> date:
    """The middle of the year in which somebody was born who is ``text`` years old on ``at``."""
    try:
        age = int(float(text.replace(",", ".")))
    except (ValueError, OverflowError):
        raise BadValue("not an age") from None
    if float(text.replace(",", ".")) < 0:
        raise BadValue("the age is below zero")
    if age > OLDEST_AGE:
        raise BadValue(f"the age is above {OLDEST_AGE}")
    if at.year < 1900:
        raise BadValue("the age is of a time long gone")
    birthday = date(at.year - age, at.month, min(at.day, 28))
    return birthday - timedelta(days=182)


def cents(text: str) -> int:
    """A whole number of cents; "12500.0" is one too."""
    try:
        number = Decimal(text)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadValue('not a whole number of cents (say unit = "currency" in the mapping?)') from None
    if whole != number:
        raise BadValue('not a whole number of cents (say unit = "currency" in the mapping?)')
    return whole


def count(text: str) -> int:
    """A whole number from nought to ten thousand; "12.0" is one too."""
    try:
        number = Decimal(text)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadValue("not a whole number") from None
    if whole != number or not 0 <= whole <= MOST_UNITS:
        raise BadValue(f"not a whole number from 0 to {MOST_UNITS:,}")
    return whole


def currency_cents(text: str) -> int:
    """An amount in the currency's unit ("1,234.50", "1.234,50", "$80", "(80)") as cents."""
    digits = re.sub(r"[^\d.,()-]", "", text)
    sign = -1 if digits.startswith(("-", "(")) else 1
    digits = digits.strip("()-")
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return _money(sign * round(Decimal(digits.replace(",", "")) * 100))
    except (InvalidOperation, ValueError, OverflowError):
        raise BadValue("not an amount of money") from None


def _money(number: int) -> int:
    if abs(number) > MOST_CENTS:
        raise BadValue("more money than there is")
    return number


@lru_cache(maxsize=10_000)
def key_of(text: str) -> str:
    """A source's own word as a key of ours: "Check-up (adult)" is "check_up_adult"."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:60]
