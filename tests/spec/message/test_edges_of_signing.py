"""Signatures at their edges: what the house asks for, which state is told, what stands by what (R-A195)."""

from datetime import UTC, datetime, timedelta

import pytest

from rebook.core.outreach.approval import (
    ROLE_OF_STAFF,
    SIGN_OFF_ROLES,
    ApprovalRules,
    BadRules,
    Signature,
    approval_rules,
    standing,
)
from rebook.core.outreach.approved_content import (
    Change,
    Content,
    Part,
    Piece,
    changes,
    only_phrases_differ,
    word_diff,
)

NOW = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def signed(role="manager", by="user:1", *, lasts=365, of="now", revoked=False):
    at = NOW - 10 * DAY
    return Signature(role, by, at, at + lasts * DAY, of, NOW - DAY if revoked else None)


def stands(*signatures, needed=("any",), **more):
    return standing(signatures=signatures, needed=needed, content_hash="now", now=NOW, **more)


class TestTheHouse:
    def test_what_is_asked_for_where_a_practice_says_nothing(self):
        house = ApprovalRules()
        assert house == approval_rules({})
        assert house.as_json() == {
            "template": {"ordinary": ["any"], "clinical": ["any"], "marketing": ["compliance"]},
            "campaign": {
                "ordinary": ["any"],
                "clinical": ["clinical", "compliance"],
                "marketing": ["compliance", "manager"],
            },
            "days": 365,
            "four_eyes": False,
            "phrases": {},
        }

    def test_who_may_sign_as_what(self):
        assert dict(ROLE_OF_STAFF) == {
            "clinician": "clinical", "compliance": "compliance", "manager": "manager",
        }  # fmt: skip
        assert set(ROLE_OF_STAFF.values()) == set(SIGN_OFF_ROLES)

    def test_what_a_practice_says_is_read_back(self):
        said = {
            "template": {"ordinary": ["manager"], "clinical": ["clinical"], "marketing": ["manager"]},
            "campaign": {"ordinary": [], "clinical": ["any"], "marketing": []},
            "days": 1,
            "four_eyes": True,
            "phrases": {"en": ["Book here"], "es": ["Reserve aquí", "Elija hora"]},
        }
        assert approval_rules(said).as_json() == said
        assert approval_rules(said).four_eyes is True

    @pytest.mark.parametrize("days", [1, 1095])
    def test_a_signature_lasts_a_day_to_three_years(self, days):
        assert approval_rules({"days": days}).days == days

    @pytest.mark.parametrize(
        ("said", "says"),
        [
            ({"days": 1096}, "days: wants 1 to 1095 days"),
            ({"days": True}, "days: wants"),
            ({"template": {"ordinary": []}}, "template.ordinary: a text needs one signature at least"),
            ({"template": {"ordinary": {"any": 1}}}, "template.ordinary: wants a list"),
            ({"campaign": {"ordinary": "any"}}, "campaign.ordinary: wants a list"),
            ({"phrases": {"en": "Book here"}}, "phrases: wants a list"),
            ({"phrases": {"en": ["Book here", 7]}}, "phrases: wants a list"),
            ({"phrases": {"en": {"Book here": 1}}}, "phrases: wants a list"),
            ({"phrases": {"en": ["Book here", "now"]}}, "phrases.en: 'now' wants 2 words at least"),
            ({"phrases": {"en": ["x" * 60]}}, f"phrases.en: '{'x' * 40}' wants"),
        ],
    )
    def test_what_does_not_hold_together_is_told(self, said, says):
        with pytest.raises(BadRules, match=says) as raised:
            approval_rules(said)
        assert (raised.value.permanent, raised.value.is_for_people) == (True, True)


class TestStanding:
    @pytest.mark.parametrize(
        ("role", "who"),
        [
            ("any", "a clinician, compliance or the manager"),
            ("clinical", "a clinician"),
            ("compliance", "compliance"),
            ("manager", "the manager"),
        ],
    )
    def test_who_is_wanted(self, role, who):
        (reason,) = stands(needed=(role,)).missing
        assert (reason.rule, reason.detail) == (f"needs_{role}", f"{who} has not signed it as it stands")

    @pytest.mark.parametrize(
        ("signatures", "needed", "state"),
        [
            # Taken back before it ran out: that is what became of it.
            ([signed(lasts=5, revoked=True)], ("any",), "withdrawn"),
            ([signed(lasts=5)], ("any",), "expired"),
            ([signed(lasts=10)], ("any",), "expired"),
            ([signed(revoked=True), signed(by="user:2", revoked=True)], ("any",), "withdrawn"),
            # Signed by one of two as it stands, and once before it changed: one is simply missing.
            ([signed("clinical"), signed("compliance", of="before")], ("clinical", "compliance"), "missing"),
            ([signed(of="before"), signed(of="older")], ("any",), "changed"),
            ([], ("any",), "missing"),
        ],
    )
    def test_what_became_of_it(self, signatures, needed, state):
        assert stands(*signatures, needed=needed).state == state

    def test_the_writer_alone_is_told_so_and_one_who_is_missing_is_told_first(self):
        alone = stands(signed(), writer="user:1", four_eyes=True)
        assert [one.rule for one in alone.missing] == ["four_eyes"]
        both = stands(signed(), writer="user:1", four_eyes=True, needed=("manager", "clinical"))
        assert [one.rule for one in both.missing] == ["needs_clinical"]

    def test_what_nobody_here_wrote_needs_no_second_pair_of_eyes(self):
        assert stands(signed(by=""), writer="", four_eyes=True).is_approved

    def test_only_those_that_count_are_told(self):
        good, late = signed(), signed("clinical", lasts=2)
        assert stands(good, late, signed(revoked=True)).signed == (good,)


def text(key="body", words="Hello", data=""):
    return Part(key, key.title(), words, data)


class TestSideBySide:
    def test_a_part_that_came_and_one_that_went(self):
        found = changes(Content((text("old", "Bye"),)), Content((text("new", "Hi"),)))
        assert found == (
            Change("new", "New", (), (Piece("new", "Hi"),)),
            Change("old", "Old", (Piece("gone", "Bye"),), ()),
        )

    def test_what_changed_behind_the_same_words_is_called_hidden(self):
        (hidden,) = changes(Content((text(data="1"),)), Content((text(data="2"),)))
        (seen,) = changes(Content((text(data="1"),)), Content((text(words="Hi", data="2"),)))
        assert (hidden.is_hidden, seen.is_hidden) == (True, False)
        assert hidden.before == hidden.after == (Piece("same", "Hello"),)

    def test_a_turned_order_is_told_where_nothing_else_is(self):
        one, two = text("a"), text("b")
        (order,) = changes(Content((one, two)), Content((two, one)))
        assert (order.key, order.title) == ("order", "The order")
        assert "".join(piece.text for piece in order.before) == "A\nB"
        assert "".join(piece.text for piece in order.after) == "B\nA"
        more = changes(Content((one, two)), Content((two, text("a", "Bye"))))
        assert [change.key for change in more] == ["a"]

    def test_word_by_word(self):
        assert word_diff("A visit is due.", "A check is due!") == (
            (Piece("same", "A "), Piece("gone", "visit"), Piece("same", " is due"), Piece("gone", ".")),
            (Piece("same", "A "), Piece("new", "check"), Piece("same", " is due"), Piece("new", "!")),
        )

    def test_a_word_that_many_texts_hold_is_still_compared(self):
        # More than two hundred of the same piece: no piece may be called too common to look at.
        long = "a " * 300
        left, right = word_diff("x " + long, "y " + long)
        assert (left[0], right[0]) == (Piece("gone", "x"), Piece("new", "y"))
        assert len(left) == len(right) == 2

    def test_the_hash_of_what_was_signed_never_changes(self):
        # Another hash would void every signature that was ever given.
        assert Content((text(words="Señal"), text("kind", "x", "y"))).hash[:16] == "862fb043ed827363"


@pytest.mark.parametrize(
    ("before", "after", "phrases", "is_fine"),
    [
        ("Book here now", "Book here soon", ["Book here"], False),
        ("Pick a time today", "Pick a time", ["Pick a time", "Pick a time today"], True),
        ("Hello", "Hello", [], True),
        ("Hello", "Goodbye", [], False),
        ("Hello there", "Hello  there", [], False),
    ],
)
def test_the_longest_phrase_is_taken_and_without_any_nothing_may_change(before, after, phrases, is_fine):
    one, two = (Content((text(words=words),)) for words in (before, after))
    assert only_phrases_differ(one, two, phrases=phrases) is is_fine


def test_another_part_is_no_phrase():
    assert only_phrases_differ(Content((text("a"),)), Content((text("b"),)), phrases=[]) is False
