"""Words written with signs for letters, torn apart, stretched or misspelt (R-E11)."""

import pytest

from rebook.core.response.lexicon import Spelling
from rebook.core.response.normalise import near, normalise, without_quotes

KNOWN = frozenset({"stop", "leave", "text", "alto", "quit", "baja", "needs", "book", "isla"})
SPELLING = Spelling(variants={"u": "you", "pls": "please"}, near=("unsubscribe", "texting"), known=KNOWN)


def plain(text):
    return normalise(text, spelling=SPELLING).text.strip()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("st0p", "stop"), ("qu1t", "quit"), ("l3ave", "leave"), ("b4ja", "baja"), ("5top", "stop"),
        ("7ext", "text"), ("b@ja", "baja"), ("$top", "stop"), ("+ext", "text"), ("s*top", "stop"),
        ("St0P", "stop"), ("1$l@", "isla"),
    ],
)  # fmt: skip
def test_signs_that_stand_for_letters(typed, meant):
    assert plain(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stooop", "stop"), ("boook", "book"), ("booook", "book"), ("s t o p", "stop"), ("S.T.O.P.", "stop"),
        ("sto p", "stop"), ("st op", "stop"), ("s t", "s t"), ("don't", "dont"), ("don`t", "dont"),
        ("don\u2019t \u2018x\u00b4", "dont x"), ("snake_case", "snake case"), ("2pm", "2pm"),
        ("u pls", "you please"),
        ("unsubscrbie", "unsubscribe"), ("unsubscrbe", "unsubscribe"), ("texitng", "texting"),
        ("textinggg", "texting"), ("tacting", "tacting"),
    ],
)  # fmt: skip
def test_words_torn_stretched_and_misspelt(typed, meant):
    assert plain(typed) == meant


@pytest.mark.parametrize("sign", [".", ",", ";", ":", "!", "?", "\n"])
def test_a_clause_ends_at_each_of_these(sign):
    assert normalise(f"one two{sign} three", spelling=SPELLING).breaks == {2}


def test_nothing_else_ends_a_clause_and_words_are_counted():
    found = normalise("one - two (three)", spelling=SPELLING)
    assert (found.breaks, found.count, found.text) == (frozenset(), 3, " one two three ")
    assert normalise("...", spelling=SPELLING).text == " "


@pytest.mark.parametrize(
    ("one", "other", "limit", "is_near"),
    [
        ("abcdef", "abcdef", 0, True), ("abcdef", "abcdxf", 0, False), ("abcdef", "abcdxf", 1, True),
        ("abcdef", "bacdef", 1, True), ("abcdef", "abcdfe", 1, True), ("abcdef", "abcde", 1, True),
        ("abcdef", "abcd", 1, False), ("abcdef", "abcd", 2, True),
        ("ab", "ba", 1, True), ("ab", "ba", 0, False),
        ("abcdef", "badcef", 1, False), ("abcdef", "badcef", 2, True),
        ("a", "b", 1, True), ("", "a", 1, True),
    ],
)  # fmt: skip
def test_how_many_letters_apart(one, other, limit, is_near):
    assert near(one, other, limit) is is_near
    assert near(other, one, limit) is is_near


def test_lines_before_a_quotation_are_kept_as_lines():
    assert without_quotes("one\ntwo\n> three\nfour") == "one\ntwo"


LONG = Spelling(near=("absent", "everywhere", "unsubscribe"), known=frozenset({"stop", "ab"}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # Six letters at least, one wrong; two wrong from eleven letters on.
        ("absemt", "absent"), ("absen", "absen"), ("absnt", "absnt"), ("absemx", "absemx"),
        ("everywhexe", "everywhere"), ("everywhexx", "everywhexx"), ("unsubscrixx", "unsubscribe"),
        ("unsubscxyze", "unsubscxyze"), ("absemttt", "absent"), ("1234567", "1234567"),
        # Letters alone are put together only where they are a word.
        ("s t o p 1", "stop 1"), ("x y z", "x y z"), ("s t o p it", "stop it"), ("a b", "ab"),
        ("1 2 3", "1 2 3"),
    ],
)  # fmt: skip
def test_how_much_may_be_wrong_and_what_is_put_together(typed, meant):
    assert normalise(typed, spelling=LONG).text.strip() == meant
