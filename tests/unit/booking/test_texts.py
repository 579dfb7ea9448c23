"""Both languages say the same things, in few and short words."""

import re
import string

import pytest

from rebook.web.patient.texts import LANGUAGES, catalogue, text

CATALOGUES = {language: catalogue(language) for language in LANGUAGES}


def places(words):
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name)


def test_every_language_has_the_same_texts_with_the_same_places():
    english = {key: places(words) for key, words in CATALOGUES["en"].items()}
    for language, texts in CATALOGUES.items():
        assert {key: places(words) for key, words in texts.items()} == english, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_speaks_our_language(language):
    for key, words in CATALOGUES[language].items():
        assert words.strip() == words != "", key
        assert not re.search(r"\b(gap|case|slot|token|campaign|opt-out)\b", words, re.IGNORECASE), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    long = [
        (key, sentence)
        for key, words in CATALOGUES[language].items()
        for sentence in re.split(r"[.?!:]\s", words)
        if len(sentence.split()) > 24
    ]
    assert long == []


def test_a_text_that_is_not_there_is_an_error_not_a_hole():
    with pytest.raises(KeyError):
        text("en", "start.nothing")
    with pytest.raises(KeyError):
        text("en", "start.heading")
