"""Where a patient may be, from every hint there is (R-A32, R-A33)."""

import holidays
import pytest

from rebook.packs.jurisdictions_law import rule_file
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.places import (
    COUNTRIES,
    calendar_of,
    country_by_place,
    places_of,
    read_places,
    us_places,
)
from rebook.packs.places_plausible import plausible_places

EAST, CENTRAL, MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"


@pytest.mark.parametrize(
    ("hints", "keys", "zones"),
    [
        ({"patient_state": "MA"}, {"us-ma"}, {EAST}),
        ({"patient_state": "Massachusetts"}, {"us-ma"}, {EAST}),
        ({"patient_state": "us-ma"}, {"us-ma"}, {EAST}),
        ({"patient_state": "TX"}, {"us-tx"}, {CENTRAL, MOUNTAIN}),
        ({"patient_postal_code": "02139-1234"}, {"us-ma"}, {EAST}),
        ({"patient_postal_code": "96799"}, {"us-as", "us-hi"}, {"Pacific/Pago_Pago", "Pacific/Honolulu"}),
        ({"phone": "+14015550100"}, {"us-ri"}, {EAST}),
        ({"phone": "+19155550100"}, {"us-tx"}, {CENTRAL, MOUNTAIN}),
        ({"phone": "+17875550100"}, {"us-pr"}, {"America/Puerto_Rico"}),
        ({"phone": "+18005550100"}, set(), set()),
        ({"phone": "nonsense"}, set(), set()),
        ({"phone": "+14165550100"}, {"ca-on"}, {"America/Toronto", "America/Winnipeg"}),
        ({"phone": "+442079460000"}, {"gb", "gb-sct"}, {"Europe/London"}),
        ({"clinic_state": "RI", "clinic_zone": EAST}, {"us-ri"}, {EAST}),
        ({"patient_zone": "America/Phoenix", "patient_state": "MA"}, {"us-ma"}, {EAST, "America/Phoenix"}),
        ({"patient_zone": "Mars/Olympus", "patient_state": "MA"}, {"us-ma"}, {EAST}),
        ({"patient_state": "Narnia"}, {"us-narnia"}, set()),
        ({}, set(), set()),
        (
            {"patient_state": "CA", "phone": "+12125550100", "clinic_state": "NV"},
            {"us-ca", "us-ny", "us-nv"},
            {EAST, "America/Los_Angeles", MOUNTAIN},
        ),
    ],
)
def test_every_hint_adds_and_none_takes_away(hints, keys, zones):
    found_keys, found_zones = plausible_places(**hints)
    assert (set(found_keys), set(found_zones)) == (keys, zones)


def test_every_state_is_there():
    places = us_places()
    assert len(places.zones) == 56
    assert set(places.by_area_code.values()) >= set(places.zones) - {"us-as", "us-mp", "us-gu", "us-vi"}
    assert {key for keys in places.by_postal_prefix.values() for key in keys} >= set(places.zones)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ('zones = ["Mars/Olympus"]', "zones"),
        ("zones = []", "zones"),
        (f'zones = ["{EAST}"]\npostal_prefixes = ["02139"]', "postal_prefixes"),
        (f'zones = ["{EAST}"]\narea_codes = ["617"]', "area_codes"),
        (f'zones = ["{EAST}"]\ncapital = "Boston"', "capital"),
    ],
)
def test_a_bad_row_says_which_field(row, field):
    good = f'[[place]]\nkey = "us-aa"\nname = "A"\nzones = ["{EAST}"]\narea_codes = ["617"]\n'
    with pytest.raises(PackInvalid) as caught:
        read_places(parse_document("places.toml", f'{good}[[place]]\nkey = "us-bb"\nname = "B"\n{row}\n'))
    assert caught.value.errors[0].field == field
    assert caught.value.errors[0].line >= 6


TORONTO, SYDNEY, LONDON = "America/Toronto", "Australia/Sydney", "Europe/London"


@pytest.mark.parametrize(
    ("hints", "keys", "zones"),
    [
        # Canada: the first letter of a postal code, the area code.
        ({"country": "CA", "patient_postal_code": "M5V 2T6"}, {"ca-on"}, {TORONTO, "America/Winnipeg"}),
        ({"country": "CA", "patient_postal_code": "h2x1y4"}, {"ca-qc"}, {TORONTO, "America/Blanc-Sablon"}),
        ({"country": "CA", "patient_postal_code": "X1A"}, {"ca-nt", "ca-nu"}, None),
        ({"country": "CA", "patient_state": "British Columbia"}, {"ca-bc"}, None),
        ({"country": "CA", "patient_state": "AB"}, {"ca-ab"}, {"America/Edmonton"}),
        ({"country": "CA", "phone": "+19025550100"}, {"ca-ns", "ca-pe"}, {"America/Halifax"}),
        (
            {"country": "CA", "patient_state": "ON", "phone": "+12125550100"},
            {"ca-on", "us-ny"},
            {TORONTO, "America/Winnipeg", EAST},
        ),
        # The United Kingdom: a county says no more than the country, and Scotland counts beside it.
        ({"country": "GB", "patient_state": "Kent"}, {"gb", "gb-sct"}, {LONDON}),
        ({"country": "GB", "patient_postal_code": "EH1 1AA"}, {"gb", "gb-sct"}, {LONDON}),
        ({"country": "GB", "patient_state": "Wales", "phone": "+442079460000"}, {"gb-wls"}, {LONDON}),
        ({"country": "GB", "patient_state": "Scotland"}, {"gb-sct"}, {LONDON}),
        # The European Union: by country.
        ({"country": "FR", "patient_postal_code": "75001", "patient_state": "IDF"}, {"fr"}, {"Europe/Paris"}),
        ({"country": "ES", "clinic_zone": "Europe/Madrid"}, {"es"}, {"Europe/Madrid", "Atlantic/Canary"}),
        ({"country": "DE", "clinic_zone": "Europe/Berlin", "phone": "+33142685300"}, {"de", "fr"}, None),
        ({"country": "PT", "patient_postal_code": "1000"}, {"pt"}, {"Europe/Lisbon", "Atlantic/Azores"}),
        # Australia: ranges of postal codes, one digit of an area code.
        ({"country": "AU", "patient_postal_code": "2600"}, {"au-act"}, {SYDNEY}),
        ({"country": "AU", "patient_postal_code": "2880"}, {"au-nsw"}, {SYDNEY, "Australia/Broken_Hill"}),
        ({"country": "AU", "patient_postal_code": "0870"}, {"au-nt"}, {"Australia/Darwin"}),
        ({"country": "AU", "phone": "+61731234567"}, {"au-qld"}, {"Australia/Brisbane"}),
        ({"country": "AU", "phone": "+61391234567"}, {"au-vic", "au-tas"}, None),
        # Nowhere that a file holds.
        ({"country": "MX", "patient_state": "Jalisco"}, {"mx"}, set()),
        ({"patient_state": "MA", "phone": "+525512345678"}, {"us-ma", "mx"}, None),
    ],
)
def test_hints_in_other_countries(hints, keys, zones):
    found_keys, found_zones = plausible_places(**hints)
    assert set(found_keys) == keys
    assert zones is None or set(found_zones) == zones


def test_a_clinic_is_somewhere_in_its_country():
    """Where no hint names a state, each state that has rules of its own counts beside the country."""
    keys, zones = plausible_places(country="US", clinic_zone=CENTRAL)
    assert {"us", "us-ky", "us-ri", "us-al"} <= set(keys)
    assert "us-ny" not in keys
    assert zones == (CENTRAL,)
    assert plausible_places(country="US", clinic_zone=CENTRAL, patient_state="NY")[0] == ("us-ny",)


def test_a_mobile_of_a_wide_country_says_the_country_only():
    keys, zones = plausible_places(country="AU", phone="+61412345678", clinic_zone="Australia/Perth")
    assert {"au", "au-nsw", "au-wa"} <= set(keys)
    assert zones == ("Australia/Perth",)


def test_every_country_holds_what_its_file_of_rules_names():
    for country in COUNTRIES:
        places = places_of(country)
        assert rule_file(country).places <= set(places.zones)
        assert set(places.by_name.values()) == set(places.zones)
    assert len(places_of("ca").zones) == 13
    assert len(places_of("gb").zones) == 4
    assert len(places_of("eu").zones) == 27
    assert len(places_of("au").zones) == 8


def test_every_place_has_a_calendar_of_holidays():
    known = holidays.list_supported_countries(include_aliases=False)
    for place in country_by_place():
        calendar, division = calendar_of(place)
        assert calendar in known, place
        assert not division or division in known[calendar], place


@pytest.mark.parametrize("text", ["2599-2000x", "ABC", "20-30", "1000-999"])
def test_bad_ranges_of_postal_codes(text):
    row = f'[[place]]\nkey = "xx-a"\nname = "A"\nzones = ["{EAST}"]\npostal_prefixes = ["{text}"]\n'
    with pytest.raises(PackInvalid) as caught:
        read_places(parse_document("places.toml", row))
    assert (caught.value.errors[0].field, caught.value.errors[0].line) == ("postal_prefixes", 5)
