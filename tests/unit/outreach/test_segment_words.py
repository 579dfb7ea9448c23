"""A segment says which open gaps a campaign is for, and what is wrong with it."""

import pytest

from rebook.core.outreach.segment import BadSegment, Segment


def test_what_is_written_is_read_back():
    segment = Segment.from_json({"kinds": ["interval"], "locations": [3], "tiers": ["dormant", "lost"]})
    assert Segment.from_json(segment.as_json(), locations={3}) == segment


def test_nothing_chosen_means_everything():
    assert Segment.from_json({}) == Segment()
    assert Segment().in_words(site_names={}, labels={}) == "every kind of reason"


def test_a_word_given_twice_counts_once():
    assert Segment.from_json({"tiers": ["lost", "lost"]}).tiers == ("lost",)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"colour": ["blue"]}, "colour"),
        ({"kinds": ["lead"]}, "kinds"),
        ({"kinds": "interval"}, "kinds"),
        ({"kinds": [["interval"]]}, "kinds"),
        ({"tiers": ["churned"]}, "tiers"),
        ({"locations": ["3"]}, "locations"),
        ({"locations": [True]}, "locations"),
        ({"locations": [9]}, "locations"),
        ({"definitions": [""]}, "definitions"),
        ({"visit_types": [7]}, "visit_types"),
    ],
)
def test_what_is_wrong_is_named(value, field):
    with pytest.raises(BadSegment) as caught:
        Segment.from_json(value, locations={3})
    assert caught.value.field == field


def test_it_can_be_said_in_words():
    segment = Segment(
        kinds=("interval",), tiers=("dormant", "lost"), locations=(3, 4), visit_types=("hygiene",)
    )
    words = segment.in_words(site_names={3: "Elm Street"}, labels={"interval": "overdue visits"})
    assert words == "overdue visits, hygiene, dormant or lost, at Elm Street or site 4"
