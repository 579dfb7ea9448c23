"""Whom to call when there is danger is data of the place, in all that staff or patients read (R-B4)."""

import re
from types import SimpleNamespace

import pytest

from rebook.flow.outreach.answering import numbers_check
from rebook.packs.loader import PACKS, PackInvalid, parse_document
from rebook.packs.script_numbers import number_problems, numbers_at
from rebook.packs.scripts import HOUSE, call_script, read_script, spoken_script
from rebook.packs.specialties import specialty_keys
from rebook.web.patient import page as patient_page

PLACES = [
    # jurisdiction, emergency number, crisis line
    ("us", "911", "988"),
    ("us-ma", "911", "988"),
    ("ca", "911", "988"),
    ("gb", "999", "116 123"),
    ("de", "112", "112"),
    ("au", "000", "13 11 14"),
]
AMERICAN = re.compile(r"\b(911|988)\b")


@pytest.mark.parametrize(("place", "emergency", "crisis"), PLACES)
def test_the_numbers_of_a_place(place, emergency, crisis):
    found = numbers_at(place)
    assert (found["emergency_number"], found["crisis_number"]) == (emergency, crisis)
    # Only the American and Canadian line is known to take texts.
    assert found["crisis_text_number"] == ("988" if crisis == "988" else "")
    assert numbers_check(SimpleNamespace(jurisdiction=place)).state == "right"


@pytest.mark.parametrize("pack", specialty_keys())
@pytest.mark.parametrize(("place", "emergency", "crisis"), PLACES)
def test_a_script_says_the_numbers_of_the_place(place, emergency, crisis, pack):
    script = spoken_script(pack, numbers=numbers_at(place))
    said = {one.key: one.say for one in script.branches}
    for language in ("en", "es"):
        assert emergency in said["emergency"][language]
        assert crisis in said["emergency"][language]
        whole = " ".join([script.reason[language], *(one.say[language] for one in script.branches)])
        assert "{{" not in whole
        assert AMERICAN.search(whole) is None or emergency == "911"


def test_where_nobody_knows_the_number_staff_say_the_right_thing_and_nothing_is_launched():
    assert numbers_at("zz") == {}
    say = next(one for one in spoken_script("dental", numbers={}).branches if one.key == "emergency").say
    assert "call the local emergency number" in say["en"]
    assert "al número local de emergencias" in say["es"]
    check = numbers_check(SimpleNamespace(jurisdiction="zz"))
    assert (check.state, check.where) == ("refused", "places")
    assert "set the practice's country" in check.reasons[0].detail


def test_no_shipped_script_names_a_number_itself():
    for pack in specialty_keys():
        for one in call_script(pack).branches:
            assert [found for text in one.say.values() for found in number_problems(text)] == []
    written = [path for path in PACKS.rglob("*.liquid") if re.search(r"\b(911|988)\b", path.read_text())]
    assert written == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("call 911 now", "names 911, a number of one place"),
        ("call 116 123 now", "names 116 123"),
        ("call {{ police_number }} now", "asks for police_number"),
        ("call {{ emergency_number now", "cannot be filled"),
    ],
)
def test_a_script_with_a_number_of_one_place_is_told_where(wrong, words):
    text = HOUSE.read_text(encoding="utf-8")
    old = "Ask them to call {{ emergency_number }}, stay"
    assert text.count(old) == 1
    with pytest.raises(PackInvalid) as caught:
        read_script(parse_document("scripts.toml", text.replace(old, f"{wrong}, stay")), pack="")
    assert [one.field for one in caught.value.errors] == ["say"]
    assert words in caught.value.errors[0].reason


@pytest.mark.parametrize(
    ("place", "language", "says"),
    [
        ("us-ma", "en", "If this is an emergency, call 911."),
        ("gb", "en", "If this is an emergency, call 999."),
        ("au", "es", "Si es una emergencia, llame al 000."),
        ("", "en", "If this is an emergency, call your local emergency number."),
    ],
)
def test_the_patients_page_names_the_number_of_the_practice(place, language, says):
    assert patient_page._words(language, jurisdiction=place)["emergency"] == says
