"""Where a patient may plausibly be: places and time zones from every hint there is (R-A32, R-A33)."""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone as number_zones

from .jurisdictions_law import rule_file
from .places import COUNTRIES, Places, country_by_place, is_zone, places_of

# A number without a place (toll-free) names every zone there is: no hint.
_TOO_MANY_ZONES = 8
_NOBODY: tuple[set[str], set[str]] = (set(), set())


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
    home = country.casefold()
    keys = _region(home, patient_state) | _region(home, clinic_state)
    keys |= _postal(home, patient_postal_code)
    zones: set[str] = {zone for zone in (patient_zone, clinic_zone) if is_zone(zone)}
    number_keys, zones_of_number = _from_number(phone)
    keys |= number_keys
    zones |= zones_of_number
    # Where no hint names a part of it, a clinic is at least somewhere in its own country.
    if clinic_zone and not any(_country(key) == home or key == home for key in keys):
        keys.add(home)
    keys = _without_vague(keys)
    # Every clock of every place: a stated zone adds one, it never takes one away.
    for key in keys:
        zones |= set(_zones(key))
    if keys and not zones:
        zones |= {zone for key in keys for zone in _all_zones(key)}
    for key in keys & set(COUNTRIES):
        keys = keys | rule_file(key).places
    return tuple(sorted(keys)), tuple(sorted(zones))


def _country(key: str) -> str:
    return country_by_place().get(key, key.partition("-")[0])


def _without_vague(keys: set[str]) -> set[str]:
    """A country is left out where a part of it is known: the part says more than a number's country code."""
    parts = {key.partition("-")[0] for key in keys if "-" in key}
    return {key for key in keys if key not in parts}


def _zones(key: str) -> tuple[str, ...]:
    file = country_by_place().get(key)
    found = places_of(file).zones.get(key, ()) if file else ()
    return found or (_all_zones(key) if len(_all_zones(key)) == 1 else ())


def _all_zones(key: str) -> tuple[str, ...]:
    """Every zone of a country that is a file of its own; nothing for its parts."""
    if key not in COUNTRIES:
        return ()
    return tuple(sorted({zone for zones in places_of(key).zones.values() for zone in zones}))


def _table(home: str) -> Places | None:
    file = country_by_place().get(home)
    return places_of(file) if file and file != "eu" else None


def _region(home: str, region: str) -> set[str]:
    """ "MA", "us-ma" and "Massachusetts" are the same. A state that is not known is kept as itself and takes
    the strictest of its country; in a country that is not known, of everything (R-B2). Where the region is
    often none of the places (a county) it says no more than the country."""
    word = region.strip().casefold()
    if not word:
        return set()
    places = _table(home)
    if places is None:
        return {home}
    word = word.replace(" ", "_")
    key = places.by_name.get(
        region.strip().casefold(), word if word.startswith(f"{home}-") else f"{home}-{word}"
    )
    if key in places.zones:
        return {key}
    return {home} if places.ignores_other_regions else {key}


def _postal(home: str, code: str) -> set[str]:
    places = _table(home)
    if places is None or not places.postal_width:
        return {home} if code.strip() and home in country_by_place() else set()
    return set(places.by_postal_prefix.get(code.strip().upper()[: places.postal_width], ()))


def _from_number(phone: str) -> tuple[set[str], set[str]]:
    """Places and zones that a number hints at; nothing for numbers without a place."""
    if not phone.startswith("+"):
        return _NOBODY
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return _NOBODY
    region = (phonenumbers.region_code_for_number(number) or "").casefold()
    if not region and number.country_code not in (1, None):
        # A number that no network uses yet still begins with a country's code.
        region = phonenumbers.region_code_for_country_code(number.country_code or 0).casefold()
    zones = {zone for zone in number_zones.time_zones_for_number(number) if is_zone(zone)}
    parts = _parts_by_number(number, region)
    if parts:
        return parts, zones if len(zones) <= _TOO_MANY_ZONES else set()
    if region == "us" or (len(zones) > _TOO_MANY_ZONES and region not in country_by_place()):
        return set(), zones if len(zones) <= _TOO_MANY_ZONES else set()
    # A mobile of a country with many clocks names them all; the country alone is the hint then.
    vague = region in COUNTRIES and len(zones) > 2
    return ({region} if region else set()), (set() if vague else zones)


def _parts_by_number(number: phonenumbers.PhoneNumber, region: str) -> set[str]:
    """The states or provinces of an area code. One plan (+1) serves several countries."""
    national = str(number.national_number)
    for country in ("us", "ca") if number.country_code == 1 else (region,):
        file = country_by_place().get(country)
        if file is None or file == "eu":
            continue
        places = places_of(file)
        code = national[: places.area_width]
        if key := places.by_area_code.get(code):
            return {key}
        if shared := places.by_shared_area_code.get(code):
            return set(shared)
    return set()
