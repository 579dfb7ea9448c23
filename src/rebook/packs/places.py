"""The places that packs know: their clocks, postal codes, area codes and names, country by country."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

# Files of rules, and of places beside them. "eu" holds its member states under keys of their own.
COUNTRIES = ("us", "ca", "gb", "eu", "au")
_KNOWN = {"key", "name", "zones", "postal_prefixes", "area_codes", "shared_area_codes", "holiday_calendar"}
_PREFIX = re.compile(r"([A-Z])|(\d{3,4})(?:-(\d{3,4}))?")


@dataclass(frozen=True, slots=True)
class Places:
    """A country's ``*_places.toml``, checked and turned round."""

    zones: Mapping[str, tuple[str, ...]]
    by_name: Mapping[str, str]
    by_postal_prefix: Mapping[str, tuple[str, ...]]
    by_area_code: Mapping[str, str]
    # Area codes that several places have in common.
    by_shared_area_code: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # How many signs of a postal code tell the place; 0 where none do.
    postal_width: int = 0
    # Places whose public holidays are a calendar of their own ("FR"), by key.
    calendars: Mapping[str, str] = field(default_factory=dict)
    # Where a word for a region is often none of the places (a county): it then says nothing.
    ignores_other_regions: bool = False
    # Leading digits of a national number that name the place; 0 where none do.
    area_width: int = 3
    names: Mapping[str, str] = field(default_factory=dict)


def read_places(document: Document) -> Places:
    """Raises ``PackInvalid`` for unknown zones, bad ranges and codes that two places share unsaid."""
    errors: list[PackError] = []
    zones: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    prefixes: dict[str, tuple[str, ...]] = {}
    codes: dict[str, str] = {}
    shared: dict[str, tuple[str, ...]] = {}
    calendars: dict[str, str] = {}
    for number, value in enumerate(document.data.get("place", [])):
        table = Table(document, "place", number, value, errors)
        table.only(_KNOWN)
        key = table.text("key")
        zones[key] = _zones(table)
        names[key] = table.text("name")
        if table.text("holiday_calendar"):
            calendars[key] = table.text("holiday_calendar")
        for prefix in _prefixes(table):
            prefixes[prefix] = (*prefixes.get(prefix, ()), key)
        for code in table.words("area_codes"):
            if codes.setdefault(code, key) != key:
                table.wrong("area_codes", f"{code} belongs to {codes[code]} already")
        for code in table.words("shared_area_codes"):
            shared[code] = (*shared.get(code, ()), key)
    top = Table(document, "", 0, document.data, errors)
    made = Places(
        zones,
        {name.casefold(): key for key, name in names.items()},
        prefixes,
        codes,
        by_shared_area_code=shared,
        postal_width=top.number_of("postal_width", 0),
        calendars=calendars,
        ignores_other_regions=top.flag("ignores_other_regions", False),
        area_width=top.number_of("area_width", 3),
        names=names,
    )
    if errors:
        raise PackInvalid(errors)
    return made


def _zones(table: Table) -> tuple[str, ...]:
    found = table.words("zones")
    for zone in found:
        if not is_zone(zone):
            table.wrong("zones", f"no such zone: {zone}")
    if not found:
        table.wrong("zones", "is required")
    return found


def is_zone(name: str) -> bool:
    """Whether there is an IANA zone of that name."""
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


def _prefixes(table: Table) -> list[str]:
    found: list[str] = []
    for text in table.words("postal_prefixes"):
        match = _PREFIX.fullmatch(text)
        if match is None or (match[3] and len(match[2]) != len(match[3])):
            table.wrong("postal_prefixes", f"wants prefixes like K, 010, 010-027 or 2000-2599, not {text}")
            continue
        first, last = match[2], match[3] or match[2]
        found += [match[1]] if match[1] else _range(first, last)
    return found


def _range(first: str, last: str) -> list[str]:
    return [f"{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]


@cache
def places_of(country: str) -> Places:
    """The places of a country ("us"), of the European Union ("eu"): its member states."""
    return read_places(read_document(PACKS / "jurisdiction" / f"{country}_places.toml"))


def us_places() -> Places:
    """The states and territories of the United States."""
    return places_of("us")


@cache
def country_by_place() -> Mapping[str, str]:
    """Key of every place that is known to the file that holds it ("us-ma" to "us", "fr" to "eu")."""
    found = {country: country for country in COUNTRIES if country != "eu"}
    for country in COUNTRIES:
        found.update(dict.fromkeys(places_of(country).zones, country))
    return found


def calendar_of(place: str) -> tuple[str, str]:
    """(calendar, subdivision) of the ``holidays`` library for a place: ("US", "MA"), ("FR", "")."""
    country, _, division = place.partition("-")
    own = places_of(country_by_place().get(place, "us")).calendars.get(place)
    return (own, "") if own else (country.upper(), division.upper())
