import re

import pytest

from rebook.core.response.patterns import BadPattern, compile_patterns, pattern_source, words_of


def found(pattern, text):
    return bool(compile_patterns((pattern,)).search(f" {text} "))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("stop texting", "please stop texting me", True),
        ("stop texting", "stop textingme", False),
        ("stop (texting|calling me)", "stop calling me", True),
        ("stop [please] texting", "stop please texting", True),
        ("stop [please] texting", "stop texting", True),
        ("leave .. alone", "leave my old mother alone", True),
        ("leave .. alone", "leave one two three four alone", False),
        ("unsub*", "unsubscribing", True),
        ("^no mas$", "no mas", True),
        ("^no mas$", "no mas dolor", False),
        ("^stop", "do stop", False),
        ("text (me|$)", "do not text", True),
        ("(a (b|c)|d) e", "a c e", True),
        ("a.c", "abc", None),
    ],
)
def test_the_language_of_patterns(pattern, text, expected):
    if expected is None:
        with pytest.raises(BadPattern):
            pattern_source(pattern)
    else:
        assert found(pattern, text) is expected


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a)", "", "^$", "don't"])
def test_a_pattern_that_cannot_be_read_says_so(pattern):
    with pytest.raises(BadPattern):
        pattern_source(pattern)


def test_the_words_of_a_pattern_are_those_that_stand_alone():
    assert words_of("^stop (texting|call*) .. [me]$") == {"stop", "texting", "me"}


def test_a_pattern_is_a_plain_expression_without_surprises():
    re.compile(pattern_source("a (b|c) [d] .. e* f$"))
