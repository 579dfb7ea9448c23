"""Words that reach a person at once, and what is said on the telephone: as shipped, and when wrong."""

import pytest

from rebook.core.response.classify import classify
from rebook.core.response.dispositions import DISPOSITIONS
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.red_flags import all_red_flags, read_red_flags, red_flags
from rebook.packs.response import LEXICONS, load_lexicon, shipped_lexicon
from rebook.packs.scripts import BRANCHES, HOUSE, call_script, read_script, scripts
from rebook.packs.specialties import specialty_keys

FLAGS = all_red_flags()
LEXICON = shipped_lexicon()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("flag", FLAGS, ids=lambda one: one.key)
def test_what_a_patient_may_write_reaches_a_person_at_once(flag, language):
    found = classify(flag.example[language], lexicon=LEXICON)
    assert found.level == 1
    assert f"{language}.{flag.key}" in found.rules
    assert found.has(flag.intent)
    assert flag.source.startswith("R-E")
    assert flag.signed_off_by == ""


@pytest.mark.parametrize("pack", specialty_keys())
def test_every_pack_has_flags_of_its_own(pack):
    assert red_flags(pack)


@pytest.mark.parametrize(
    "text",
    [
        "i see flashes of light in my left eye",
        "i have a fever since the extraction",
        "my defibrillator shocked me twice",
        "numb between my legs since the back pain",
        "i am soaking a pad every hour",
        "escribi una carta de despedida",
        "veo destellos en el ojo izquierdo",
    ],
)
def test_they_add_to_what_the_lexicons_know(text):
    assert classify(text, lexicon=load_lexicon(directory=LEXICONS)).level != 1
    assert classify(text, lexicon=LEXICON).level == 1


@pytest.mark.parametrize(
    "text",
    [
        "can i come for my eye exam on tuesday",
        "i lost my retainer, can i get an appointment",
        "do you have a time for laser next week",
        "my back appointment is at 3 and my husband drives",
        "what does the filler cost",
        "please book my baby for the check up",
        "i will give away my old glasses, do you collect them",
        "quiero cita para limpieza el martes",
        "puedo llevar a mi bebe el jueves",
        "cuanto cuesta el laser",
    ],
)
def test_ordinary_words_stay_ordinary(text):
    assert classify(text, lexicon=LEXICON).level != 1


FLAG = """[[flag]]
key = "fire"
meaning = "Something burns."
intent = "emergency"
en = ["house (burns|burning)"]
es = ["casa (quema|ardiendo)"]
example = { en = "my house burns", es = "mi casa ardiendo" }
source = "R-E22"
signed_off_by = ""
"""


def test_a_good_flag_is_read():
    (flag,) = read_red_flags(parse_document("red_flags.toml", FLAG), pack="test")
    assert (flag.key, flag.intent) == ("test.fire", "emergency")
    assert flag.phrases["es"] == ("casa (quema|ardiendo)",)


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ('intent = "emergency"', 'intent = "book"', 4, "intent", "must be one of abuse, crisis, emergency"),
        ('en = ["house (burns|burning)"]', 'en = ["house (burns"]', 5, "en", "never closed"),
        ('en = ["house (burns|burning)"]', 'en = ["House"]', 5, "en", "small letters"),
        ('es = ["casa (quema|ardiendo)"]\n', "", 1, "es", "wants phrases"),
        ('es = ["casa (quema|ardiendo)"]', 'es = ["se quemó"]', 6, "es", "without accents"),
        ('source = "R-E22"\n', "", 1, "source", "is missing"),
        ('signed_off_by = ""\n', "", 1, "signed_off_by", "empty until a clinician signs"),
        (', es = "mi casa ardiendo"', "", 7, "example", "no example in 'es'"),
        ('key = "fire"', 'key = ""', 2, "key", "a key of its own"),
        ('key = "fire"', 'key = "fire"\nlevel = 1', 3, "level", "unknown field"),
        ("[[flag]]", "[[flags]]", 1, "flags", "unknown field"),
    ],
)
def test_a_wrong_flag_is_told_where(old, new, line, field, words):
    assert old in FLAG
    with pytest.raises(PackInvalid) as caught:
        read_red_flags(parse_document("red_flags.toml", FLAG.replace(old, new, 1)), pack="test")
    found = [(one.line, one.field, one.reason) for one in caught.value.errors]
    assert any((at, name) == (line, field) and words in why for at, name, why in found), found


@pytest.mark.parametrize("pack", specialty_keys())
def test_a_call_script_has_every_branch_in_both_languages(pack):
    script = call_script(pack)
    assert [one.key for one in script.branches[: len(BRANCHES)]] == list(BRANCHES)
    assert len({one.key for one in script.branches}) == len(script.branches)
    for one in script.branches:
        assert set(one.hears) == set(one.say) == {"en", "es"}
        assert one.say["en"] != one.say["es"]
        assert one.record
        assert set(one.record) <= set(DISPOSITIONS)
    assert script.reason["en"] != script.reason["es"]
    assert script.source
    assert script.signed_off_by == ""


def test_a_pack_says_in_its_own_words_what_the_house_says_generally():
    found = scripts(["dental", "behavioural_health", "surgery"])
    say = {pack: {one.key: one.say["en"] for one in script.branches} for pack, script in found.items()}
    assert "raise your hand" in say["dental"]["afraid"]
    assert "Leave nothing" in say["behavioural_health"]["voicemail"]
    assert say["surgery"]["cost"] == say["dental"]["cost"]
    assert "{{ crisis_number }}" in say["dental"]["emergency"]


HOUSE_TEXT = HOUSE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ('key = "no_time"', 'key = "hurry"', "branch", "there is none for no_time"),
        ('record = ["wrong_number"]', 'record = ["wrong"]', "record", "no result of a call 'wrong'"),
        ('record = ["wrong_number"]', 'record = "wrong_number"', "record", "list of words"),
        ("I have no time.", "", "hears", "no words in 'en'"),
        ("Many people feel that way", "Your exam is free and many feel that way", "say", "an offer"),
        ("A mucha gente le pasa", "Es gratis y a mucha gente le pasa", "say", "an offer"),
        ('key = "cost"', 'key = "cost"\ntone = "kind"', "tone", "unknown field"),
        ('source = "', 'sources = "', "source", "is missing"),
    ],
)
def test_a_wrong_script_is_told_where(old, new, field, words):
    assert HOUSE_TEXT.count(old) >= 1
    with pytest.raises(PackInvalid) as caught:
        read_script(parse_document("scripts.toml", HOUSE_TEXT.replace(old, new, 1)), pack="")
    error = next(one for one in caught.value.errors if one.field == field)
    assert words in error.reason
    assert error.line >= 1
