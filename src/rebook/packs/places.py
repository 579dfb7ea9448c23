"""Where a patient may plausibly be: jurisdictions and time zones from every hint there is (R-A32, R-A33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_zones

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

_KNOWN = {"key", "name", "zones", "postal_prefixes", "area_codes"}
# A number without a place (toll-free) names every zone there is: no hint.
_TOO_MANY_ZONES = 8


@dataclass(frozen=True, slots=True)
class Places:
    """``us_places.toml``, checked and turned round."""

    zones: Mapping[str, tuple[str, ...]]
    by_name: Mapping[str, str]
    by_postal_prefix: Mapping[str, tuple[str, ...]]
    by_area_code: Mapping[str, str]


def read_places(document: Document) -> Places:
    """Raises ``PackInvalid`` for unknown zones, bad ranges and codes that two places share."""
    errors: list[PackError] = []
    zones: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    prefixes: dict[str, tuple[str, ...]] = {}
    codes: dict[str, str] = {}
    for number, value in enumerate(document.data.get("place", [])):
        table = Table(document, "place", number, value, errors)
        table.only(_KNOWN)
        key, zones_here = table.text("key"), table.words("zones")
        for zone in zones_here:
            if not _is_zone(zone):
                table.wrong("zones", f"no such zone: {zone}")
        if not zones_here:
            table.wrong("zones", "is required")
        zones[key] = zones_here
        names[table.text("name").casefold()] = key
        for prefix in _prefixes(table):
            prefixes[prefix] = (*prefixes.get(prefix, ()), key)
        for code in table.words("area_codes"):
            if codes.setdefault(code, key) != key:
                table.wrong("area_codes", f"{code} belongs to {codes[code]} already")
    if errors:
        raise PackInvalid(errors)
    return Places(zones, names, prefixes, codes)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


def _prefixes(table: Table) -> list[str]:
    found: list[str] = []
    for text in table.words("postal_prefixes"):
        first, _, last = text.partition("-")
        if not (first + last).isdigit() or len(first) != 3 or len(last) not in (0, 3):
            table.wrong("postal_prefixes", f"wants prefixes like 010 or 010-027, not {text}")
            continue
        found += [f"{number:03}" for number in range(int(first), int(last or first) + 1)]
    return found


@cache
def us_places() -> Places:
    return read_places(read_document(PACKS / "jurisdiction" / "us_places.toml"))


@lru_cache(maxsize=8192)
def plausible_places(
    *,
    country: str = "US",
    patient_zone: str = "",
    patient_state: str = "",
    patient_postal_code: str = "",
    phone: str = "",
    clinic_state: str = "",
    clinic_zone: str = "",
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """See ``packs.outreach.plausible_places``."""
    places = us_places()
    keys: set[str] = set()
    zones: set[str] = {zone for zone in (patient_zone, clinic_zone) if _is_zone(zone)}
    if country == "US":
        keys |= _state_key(patient_state, places) | _state_key(clinic_state, places)
        keys |= set(places.by_postal_prefix.get(patient_postal_code.strip()[:3], ()))
    number_keys, zones_of_number = _from_number(phone, places)
    keys |= number_keys
    zones |= zones_of_number
    # Every clock of every place: a stated zone adds one, it never takes one away.
    for key in keys:
        zones |= set(places.zones.get(key, ()))
    return tuple(sorted(keys)), tuple(sorted(zones))


def _state_key(state: str, places: Places) -> set[str]:
    """ "MA", "us-ma" and "Massachusetts" are the same; a state that is not known is kept as itself, so the
    guard finds no row for it and takes the strictest of all (R-B2)."""
    word = state.strip().casefold()
    if not word:
        return set()
    key = places.by_name.get(word, word if word.startswith("us-") else f"us-{word}")
    return {key} if key in places.zones else {f"unknown-{word}"}


def _from_number(phone: str, places: Places) -> tuple[set[str], set[str]]:
    """Jurisdictions and zones that a number's area code hints at; nothing for numbers without a place."""
    if not phone.startswith("+"):
        return set(), set()
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return set(), set()
    region = (phonenumbers.region_code_for_number(number) or "").casefold()
    national = str(number.national_number)
    zones = {zone for zone in number_zones.time_zones_for_number(number) if _is_zone(zone)}
    if len(zones) > _TOO_MANY_ZONES:
        return set(), set()
    if number.country_code == 1 and (state := places.by_area_code.get(national[:3])):
        return {state}, zones
    if region and region != "us":
        return {region}, zones
    return set(), zones
