"""Where a patient may be, from every hint there is (R-A32, R-A33)."""

import pytest

from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.outreach import plausible_places
from rebook.packs.places import read_places, us_places

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
