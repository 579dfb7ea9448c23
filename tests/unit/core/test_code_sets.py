"""Value sets as the rules hold them: told apart by content, and what is missing said."""

import pytest

from rebook.core.criteria import parse_expression
from rebook.core.gaps import GapSettings
from rebook.core.gaps.codes import NO_CODES, CodeSets, asked_sets, not_loaded

KIDNEY = "http://example.org/sets/kidney"
ONE = {KIDNEY: frozenset({("urn:codes", "K1"), ("urn:codes", "K2")})}


def test_the_same_content_is_the_same_whatever_its_order():
    again = CodeSets({KIDNEY: frozenset({("urn:codes", "K2"), ("urn:codes", "K1")})})
    assert CodeSets(ONE) == again
    assert hash(CodeSets(ONE)) == hash(again)
    assert hash(GapSettings(value_sets=CodeSets(ONE))) == hash(GapSettings(value_sets=again))


@pytest.mark.parametrize(
    "other",
    [
        {},
        {KIDNEY: frozenset()},
        {KIDNEY: frozenset({("urn:codes", "K1")})},
        {KIDNEY: frozenset({("urn:other", "K1"), ("urn:codes", "K2")})},
        {f"{KIDNEY}/2": ONE[KIDNEY]},
        {**ONE, "http://example.org/sets/empty": frozenset()},
    ],
)
def test_other_content_is_another(other):
    assert CodeSets(other) != CodeSets(ONE)
    assert str(CodeSets(other)) != str(CodeSets(ONE))
    assert GapSettings(value_sets=CodeSets(other)) != GapSettings(value_sets=CodeSets(ONE))


def test_an_empty_set_is_there_and_a_missing_one_is_not():
    codes = CodeSets({KIDNEY: frozenset()})
    assert KIDNEY in codes
    assert KIDNEY not in NO_CODES
    assert codes.lines(KIDNEY) == ""


def test_what_cannot_be_a_code_is_left_out():
    codes = CodeSets({KIDNEY: frozenset({("urn:codes", "K\n1"), ("urn\tcodes", "K1"), ("urn:codes", "K 1")})})
    assert codes.sets[KIDNEY] == {("urn:codes", "K 1")}
    assert codes.lines(KIDNEY) == "urn:codes\tK 1"


@pytest.mark.parametrize(
    ("asked", "loaded", "missing"),
    [
        ({"condition": "renal"}, {}, ()),
        ({"in": KIDNEY, "kind": "condition"}, ONE, ()),
        ({"in": KIDNEY, "kind": "condition"}, {}, (f"needs value set {KIDNEY}: not loaded",)),
        ({"in": KIDNEY, "kind": "visit"}, ONE, ("needs the code of each visit: not loaded",)),
        (
            {"any": [{"in": KIDNEY, "kind": "condition"}, {"not": {"in": KIDNEY, "kind": "procedure"}}]},
            {},
            (f"needs value set {KIDNEY}: not loaded",),
        ),
    ],
)
def test_what_is_not_loaded_is_said_once(asked, loaded, missing):
    expression = parse_expression(asked)
    assert not_loaded((expression,), CodeSets(loaded)) == missing
    assert asked_sets((expression, expression)) == set(expression.value_sets)
