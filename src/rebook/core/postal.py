"""A postal address as it is written on a letter, and why one cannot be written."""

import re
from dataclasses import dataclass

# What the ledger keeps of where a contact went.
LONGEST = 254
# Longer lines leave the window of an envelope.
LONGEST_LINE = 42
MOST_LINES = 5
_ZIP = re.compile(r"\d{5}(-\d{4})?")
# Countries that write the postal code behind the town, or on a line of its own.
_BEHIND = frozenset({"us", "ca", "au"})
_BELOW = frozenset({"uk", "gb", "ie"})


@dataclass(frozen=True, slots=True)
class PostalReading:
    """``value`` is name and address, one line each; ``problem`` is empty when a letter can go there."""

    value: str = ""
    problem: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.value.split("\n")) if self.value else ()


def read_postal(
    *, name: str, address_line: str, city: str, state: str, postal_code: str, country: str = "us"
) -> PostalReading:
    """Name and address as lines for an envelope's window, in the order of ``country`` ("us", "uk", "de").

    Lines of the street are separated in ``address_line`` by line ends or ``;``. Nothing is guessed: without
    name, street, town or postal code, or where it does not fit, there is a problem.
    """
    street = [_clean(one) for one in re.split(r"[\n;]", address_line)]
    parts = {"name": _clean(name), "street": "".join(street), "town": _clean(city)}
    parts["postal code"] = _clean(postal_code)
    for what, value in parts.items():
        if not value:
            return PostalReading(problem=f"no {what}")
    if country == "us" and not _ZIP.fullmatch(parts["postal code"]):
        return PostalReading(problem="the postal code is no ZIP code")
    lines = [parts["name"], *(one for one in street if one)]
    lines += _town(parts["town"], _clean(state), parts["postal code"], country)
    if len(lines) > MOST_LINES:
        return PostalReading(problem=f"more than {MOST_LINES} lines")
    if any(len(line) > LONGEST_LINE for line in lines):
        return PostalReading(problem=f"a line is longer than {LONGEST_LINE} letters")
    value = "\n".join(lines)
    return PostalReading(problem="too long") if len(value) > LONGEST else PostalReading(value)


def _town(city: str, state: str, code: str, country: str) -> list[str]:
    if country in _BEHIND:
        # "Cambridge, MA 02139"
        return [f"{city}, {state} {code}" if state else f"{city} {code}"]
    if country in _BELOW:
        return [city, code]
    return [f"{code} {city}"]


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def postal_order(value: str, *, country: str) -> tuple[str, ...]:
    """What letters are sorted by before they are handed in: postal code, town, street, name.

    By the whole code (ZIP+4, forward sortation area, Postleitzahl), so that what goes to one place lies
    together. ``value`` is as ``PostalReading.value``.
    """
    name, *street, last = value.split("\n") if "\n" in value else (value, "")
    if country in _BELOW and street:
        code, town, street = last, street[-1], street[:-1]
    elif country in _BEHIND:
        # A Canadian code has two parts: "K1A 0B1".
        parts = last.rsplit(" ", 2 if country == "ca" else 1)
        code, town = "".join(parts[1:]), parts[0]
    else:
        code, _, town = last.partition(" ")
    return (
        code.replace(" ", "").upper(),
        town.casefold(),
        *(one.casefold() for one in reversed(street)),
        name,
    )
