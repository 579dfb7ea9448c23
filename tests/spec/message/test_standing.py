"""Whether what was signed still stands: a table, and what no change may leave standing (field note 3.21)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.approval import (
    BadRules,
    Signature,
    approval_rules,
    expires_at,
    standing,
)
from rebook.core.outreach.approved_content import (
    Content,
    Part,
    changes,
    content_from_json,
    only_phrases_differ,
    word_diff,
)

NOW = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def signed(role="manager", by="user:1", *, days=-10, lasts=365, of="now", revoked=False):
    at = NOW + days * DAY
    return Signature(role, by, at, at + lasts * DAY, of, NOW - DAY if revoked else None)


BOTH = ("clinical", "compliance")
TABLE = [
    # signatures, needed, state, what is wanting
    ([], ("any",), "missing", ["needs_any"]),
    ([signed()], ("any",), "approved", []),
    ([signed("clinical")], ("any",), "approved", []),
    ([], (), "not_needed", []),
    ([signed("clinical")], BOTH, "missing", ["needs_compliance"]),
    ([signed("clinical"), signed("compliance", "user:2")], BOTH, "approved", []),
    ([signed("clinical"), signed("compliance", revoked=True)], BOTH, "missing", ["needs_compliance"]),
    ([signed(revoked=True)], ("any",), "withdrawn", ["needs_any"]),
    ([signed(days=-400)], ("any",), "expired", ["needs_any"]),
    ([signed(days=-365)], ("any",), "expired", ["needs_any"]),
    ([signed(days=-364)], ("any",), "approved", []),
    ([signed(days=-400), signed("manager", days=0)], ("any",), "approved", []),
    ([signed(of="before")], ("any",), "changed", ["needs_any"]),
    ([signed(of="before", revoked=True)], ("any",), "changed", ["needs_any"]),
    ([signed(of="before"), signed()], ("any",), "approved", []),
    ([signed("manager")], ("manager", "any"), "approved", []),
]


@pytest.mark.parametrize(("signatures", "needed", "state", "wanting"), TABLE)
def test_where_it_stands(signatures, needed, state, wanting):
    found = standing(signatures=signatures, needed=needed, content_hash="now", now=NOW)
    assert (found.state, [one.rule for one in found.missing]) == (state, wanting)
    assert found.is_approved == (not wanting)
    assert (found.expires_at is not None) == (state == "approved")


def test_it_ends_with_the_first_need_that_falls_open():
    rows = [signed("clinical", lasts=30), signed("compliance", lasts=200), signed("clinical", lasts=60)]
    found = standing(signatures=rows, needed=BOTH, content_hash="now", now=NOW)
    assert found.expires_at == NOW - 10 * DAY + 60 * DAY


@pytest.mark.parametrize(
    ("by", "writer", "is_approved"),
    [
        (["user:1"], "user:1", False),
        (["user:2"], "user:1", True),
        (["user:1", "user:2"], "user:1", True),
        (["user:1"], "", True),
    ],
)
def test_four_eyes(by, writer, is_approved):
    rows = [signed(role, who) for role, who in zip(("manager", "clinical"), by, strict=False)]
    found = standing(
        signatures=rows, needed=("any",), content_hash="now", now=NOW, writer=writer, four_eyes=True
    )
    assert found.is_approved == is_approved
    plain = standing(signatures=rows, needed=("any",), content_hash="now", now=NOW, writer=writer)
    assert plain.is_approved


def test_the_house_s_rules_and_what_a_practice_lays_over_them():
    house = approval_rules(None)
    assert house.needed("template", "ordinary") == ("any",)
    assert house.needed("template", "marketing") == ("compliance",)
    assert house.needed("campaign", "clinical") == BOTH
    own = approval_rules({"template": {"ordinary": ["manager", "manager"]}, "days": 30})
    assert own.needed("template", "ordinary") == ("manager",)
    assert own.needed("template", "marketing") == ("compliance",)
    assert expires_at(signed_at=NOW, rules=own) == NOW + 30 * DAY
    assert approval_rules(own.as_json()) == own


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], ""),
        ("any", "approvals: wants a table"),
        ({"x": 1}, "approvals.x"),
        ({"days": 0}, "approvals.days"),
        ({"days": "90"}, "approvals.days"),
        ({"days": 5000}, "approvals.days"),
        ({"template": []}, "approvals.template"),
        ({"template": {"loud": ["any"]}}, "approvals.template"),
        ({"template": {"ordinary": "any"}}, "approvals.template.ordinary"),
        ({"campaign": {"ordinary": ["desk"]}}, "approvals.campaign.ordinary"),
        ({"four_eyes": 1}, "approvals.four_eyes"),
        ({"phrases": ["Pick a time"]}, "approvals.phrases"),
        ({"phrases": {"en": ["now"]}}, "approvals.phrases.en"),
    ],
)
def test_rules_that_do_not_hold_together_name_the_field(given, field):
    if not given:
        assert approval_rules(given).days == 365
        return
    with pytest.raises(BadRules, match=field.replace(".", r"\.")):
        approval_rules(given)


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
parts = st.builds(Part, key=words, title=words, text=words, data=st.sampled_from(["", "x"]) | words)
contents = st.lists(parts, min_size=1, max_size=4, unique_by=lambda one: one.key).map(
    lambda rows: Content(tuple(rows))
)


@given(contents, st.data())
def test_any_change_of_any_byte_voids_what_was_signed(content, data):
    number = data.draw(st.integers(0, len(content.parts) - 1))
    part = content.parts[number]
    field = "data" if part.data else "text"
    value = getattr(part, field)
    at = data.draw(st.integers(0, len(value)))
    letter = data.draw(words.filter(bool))
    changed = value[:at] + letter + value[at:]
    rows = list(content.parts)
    rows[number] = replace(part, **{field: changed})
    after = Content(tuple(rows))
    assert after.hash != content.hash
    rows = [Signature("manager", "user:1", NOW, NOW + DAY, content.hash)]
    assert standing(signatures=rows, needed=("any",), content_hash=content.hash, now=NOW).is_approved
    assert not standing(signatures=rows, needed=("any",), content_hash=after.hash, now=NOW).is_approved
    assert [one.key for one in changes(content, after)] == [part.key]


@given(contents)
def test_taking_a_part_away_or_turning_the_order_voids_it_too(content):
    fewer = Content(content.parts[1:])
    assert fewer.hash != content.hash
    assert content.parts[0].key in {one.key for one in changes(content, fewer)}
    turned = Content(content.parts[::-1])
    if turned.parts != content.parts:
        assert turned.hash != content.hash
        assert changes(content, turned)
    assert content_from_json(content.as_json()) == content


def test_the_words_for_what_is_signed_may_be_put_better():
    before = Content((Part("limits", "How many", "At most 50.", '{"daily": 50}'),))
    after = Content((Part("limits", "How many", "Fifty at most.", '{"daily": 50}'),))
    assert before.hash == after.hash
    assert changes(before, after) == ()


@given(words, words)
def test_two_texts_side_by_side_are_the_texts(before, after):
    left, right = word_diff(before, after)
    assert "".join(one.text for one in left) == before
    assert "".join(one.text for one in right) == after
    same = ["".join(one.text for one in side if one.kind == "same") for side in (left, right)]
    assert same[0] == same[1]


def body(text, data="x"):
    return Content((Part("body", "Text", text, ""), Part("kind", "Kind", "recall", data)))


PHRASES = ["Pick a time", "See open times", "Book here"]


@pytest.mark.parametrize(
    ("before", "after", "is_fine"),
    [
        ("Hello. Pick a time: link", "Hello. See open times: link", True),
        ("Pick a time. Book here.", "Book here. Pick a time.", True),
        ("Hello. Pick a time", "Hello. Pick any time", False),
        ("Hello. Pick a time", "Hello.", False),
        ("Hello. Pick a time", "Hi. See open times", False),
        ("A visit is due. Pick a time", "A visit is due. Pick a time today", False),
        ("Pick a timeline", "See open timesline", False),
        ("same", "same", True),
    ],
)
def test_only_phrases_may_take_each_other_s_place(before, after, is_fine):
    assert only_phrases_differ(body(before), body(after), phrases=PHRASES) == is_fine
    assert not only_phrases_differ(body(before), body(after, "y"), phrases=PHRASES)
