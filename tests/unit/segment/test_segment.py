"""A segment says whom it means, what is wrong with it, and itself in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.segment import FIELDS, BadSegment, Filter, Segment, from_lists, sentence

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)


@st.composite
def filters(draw):
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    is_not = draw(st.booleans())
    if field.shape == "range":
        ends = sorted(
            draw(st.lists(st.integers(field.least, field.most), min_size=1, max_size=2, unique=True))
        )
        low, high = (
            (ends[0], ends[1])
            if len(ends) == 2
            else draw(st.sampled_from([(ends[0], None), (None, ends[0])]))
        )
        return Filter(field.key, low=low, high=high, is_not=is_not)
    words = st.sampled_from(field.words) if field.words else WORDS
    if field.shape == "ids":
        words = st.integers(0, 10**17).map(str)
    values = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    return Filter(field.key, tuple(values), is_not=is_not)


@st.composite
def segments(draw):
    chosen = draw(st.lists(filters(), max_size=6, unique_by=lambda one: one.field))
    who = draw(st.sampled_from(["due", "everybody"]))
    if who == "everybody":
        chosen = [one for one in chosen if FIELDS[one.field].about != "reason"]
    order = list(FIELDS)
    return Segment(tuple(sorted(chosen, key=lambda one: order.index(one.field))), who)


@given(segments())
def test_what_is_written_is_read_back(segment):
    assert Segment.from_json(segment.as_json()) == segment


@given(segments())
def test_every_segment_can_be_said_and_every_value_is_in_what_is_said(segment):
    said = sentence(segment, label=lambda field, value: f"[{field}:{value}]")
    assert said.endswith(".")
    for one in segment.filters:
        for value in one.values:
            assert f"[{one.field}:{value}]" in said
        for number in (one.low, one.high):
            assert number is None or f"{number:,}" in said


def test_the_order_in_which_filters_are_given_does_not_matter():
    one, two = {"field": "age", "from": 40}, {"field": "tier", "any_of": ["lost"]}
    assert Segment.from_json({"filters": [one, two]}) == Segment.from_json({"filters": [two, one]})


def test_it_reads_as_a_person_would_say_it():
    segment = Segment.from_json(
        {
            "filters": [
                {"field": "age", "from": 40, "to": 74},
                {"field": "last_visit_months", "from": 12},
                {"field": "payer_class", "none_of": ["self_pay"]},
                {"field": "overdue_days", "to": 90},
                {"field": "channel", "any_of": ["sms", "email"]},
            ]
        }
    )
    assert sentence(segment) == (
        "Patients with a reason to come back, overdue for at most 90 days, last seen 12 months or more ago, "
        "aged 40 to 74 years, who can be reached by sms or email, not covered by self pay."
    )
    assert sentence(Segment(who="everybody")) == "All patients."


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ({"field": "colour", "any_of": ["blue"]}, "colour", "no such field"),
        ({"field": 7}, "7", "no such field"),
        ({"any_of": ["x"]}, "None", "no such field"),
        ({"field": "gap_kind", "any_of": ["lead"]}, "gap_kind", "'lead' is none of"),
        ({"field": "gap_kind", "any_of": "interval"}, "gap_kind", "wants a list"),
        ({"field": "gap_kind", "any_of": []}, "gap_kind", "wants a list"),
        ({"field": "gap_kind", "any_of": [["interval"]]}, "gap_kind", "no word"),
        ({"field": "gap_kind", "any_of": [True]}, "gap_kind", "no word"),
        ({"field": "gap_kind"}, "gap_kind", "any_of or none_of"),
        ({"field": "tier", "any_of": ["lost"], "none_of": ["lost"]}, "tier", "any_of or none_of"),
        ({"field": "tier", "from": 3}, "tier", "any_of or none_of"),
        ({"field": "location", "any_of": ["9"]}, "location", "no site 9"),
        ({"field": "location", "any_of": ["x"]}, "location", "no number"),
        ({"field": "location", "any_of": ["9" * 19]}, "location", "no number"),
        ({"field": "definition", "any_of": [""]}, "definition", "no key"),
        ({"field": "definition", "any_of": ["a\x00b"]}, "definition", "no key"),
        ({"field": "definition", "any_of": ["x" * 101]}, "definition", "no key"),
        ({"field": "definition", "any_of": [str(n) for n in range(201)]}, "definition", "more than 200"),
        ({"field": "age", "from": 74, "to": 40}, "age", "the first is greater"),
        ({"field": "age", "from": -1}, "age", "lies between 0 and 130"),
        ({"field": "age", "to": 131}, "age", "lies between 0 and 130"),
        ({"field": "age", "from": "40"}, "age", "whole numbers"),
        ({"field": "age", "from": True}, "age", "whole numbers"),
        ({"field": "age"}, "age", "from or to"),
        ({"field": "age", "any_of": ["40"]}, "age", "wants from and to"),
        ({"field": "age", "from": 40, "until": 50}, "age", "does not know 'until'"),
    ],
)
def test_what_is_wrong_is_named(row, field, says):
    with pytest.raises(BadSegment, match=says) as caught:
        Segment.from_json({"filters": [row]}, locations={3})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"who": "nobody"}, "who"),
        ({"people": []}, "people"),
        ({"filters": "age"}, "filters"),
        ({"filters": ["age"]}, "filters"),
        ({"filters": [{"field": "age", "to": 3}, {"field": "age", "from": 5}]}, "age"),
        ({"who": "everybody", "filters": [{"field": "tier", "any_of": ["lost"]}]}, "tier"),
    ],
)
def test_a_segment_that_cannot_be_is_refused(value, field):
    with pytest.raises(BadSegment) as caught:
        Segment.from_json(value)
    assert caught.value.field == field


def test_a_site_of_the_practice_and_a_language_not_known_are_fine():
    rows = [{"field": "location", "any_of": [3]}, {"field": "language", "any_of": ["es", ""]}]
    segment = Segment.from_json({"filters": rows}, locations={3})
    assert segment.of("location") == Filter("location", ("3",))
    assert segment.of("language") == Filter("language", ("es", ""))
    assert segment.of("age") is None


def test_the_short_form_says_the_same():
    short = {"kinds": ["interval"], "tiers": ["lost", "lost"], "locations": [3], "visit_types": []}
    assert Segment.from_json(from_lists(short)) == Segment(
        (Filter("gap_kind", ("interval",)), Filter("tier", ("lost",)), Filter("location", ("3",)))
    )
    assert Segment.from_json(from_lists({})) == Segment()
    long = {"who": "everybody", "filters": []}
    assert from_lists(long) == long


@pytest.mark.parametrize("value", [{"colour": ["blue"]}, {"kinds": "interval"}, {"kinds": ["lead"]}])
def test_a_short_form_that_cannot_be_is_refused(value):
    with pytest.raises(BadSegment):
        from_lists(value)
