"""How a phone number or e-mail address is written in the ledger, and what is wrong with a bad one.

Every comparison of numbers (opt-out, household, inbound reply) is on the value that comes out of here.
"""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

# Numbers that reach an emergency or crisis service, or nobody at all (R-B4).
_SHORT_NUMBERS = frozenset({"911", "988", "999", "112", "000", "111", "933", "411", "211"})

_LINE_TYPES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.TOLL_FREE: "toll_free",
}
_COUNTRIES = {"uk": "GB"}


@dataclass(frozen=True, slots=True)
class ContactReading:
    """``problem`` is empty when the value can be used; otherwise ``value`` is as given."""

    value: str
    line_type: str = ""
    problem: str = ""


def region_of(jurisdiction: str) -> str:
    """The country (ISO 3166, "US") of a jurisdiction key such as "us", "us-ma" or "uk"."""
    country = jurisdiction.replace("_", "-").split("-")[0].lower()
    return _COUNTRIES.get(country, country.upper()) or "US"


def read_phone(value: str, *, region: str) -> ContactReading:
    """E.164 of ``value``; numbers without a country code are read as of ``region``."""
    given = value.strip()
    digits = "".join(character for character in given if character.isdigit())
    if digits in _SHORT_NUMBERS:
        return ContactReading(given, problem="emergency or service number")
    if len(set(digits[-7:])) <= 1:
        return ContactReading(given, problem="not a number" if not digits else "one digit repeated")
    try:
        parsed = phonenumbers.parse(given, region)
    except phonenumbers.NumberParseException:
        return ContactReading(given, problem="not a number")
    if not phonenumbers.is_possible_number(parsed):
        return ContactReading(given, problem="wrong number of digits")
    if not phonenumbers.is_valid_number(parsed):
        return ContactReading(given, problem="no such number in the numbering plan")
    return ContactReading(
        phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        line_type=_LINE_TYPES.get(phonenumbers.number_type(parsed), "unknown"),
    )


@lru_cache(maxsize=4096)
def written_phone(value: str) -> str:
    """An E.164 number as people of its country write it, "(617) 555-0100"; anything else as it is."""
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_possible_number(parsed):
        return value
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)


def read_email(value: str) -> ContactReading:
    """``value`` in lower case if it is well formed; nobody is asked whether the domain exists."""
    given = value.strip()
    try:
        read = validate_email(given, check_deliverability=False)
    except EmailNotValidError:
        return ContactReading(given, problem="not an e-mail address")
    return ContactReading(read.normalized.lower())
