"""What ticks on the patient's page change: nothing they left alone, never an opening for offers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.consent_choices import ASKED_CHANNELS, WISHES, Change, changes, wish_now

UNSAID = dict.fromkeys(ASKED_CHANNELS, ("unsaid", "unsaid"))
STATES = ("unsaid", "allowed", "stopped")


@pytest.mark.parametrize(
    ("care", "visits", "expected"),
    [
        ("unsaid", "unsaid", "care"),
        ("allowed", "stopped", "care"),
        ("stopped", "unsaid", "visits"),
        ("stopped", "allowed", "visits"),
        ("stopped", "stopped", "nothing"),
    ],
)
def test_what_the_page_shows(care, visits, expected):
    assert wish_now(care=care, visits=visits) == expected


@pytest.mark.parametrize(
    ("stands", "wish", "expected"),
    [
        (("unsaid", "unsaid"), "care", ()),
        (("unsaid", "unsaid"), "nothing", (Change("sms", stops=("all",)),)),
        (
            ("unsaid", "unsaid"),
            "visits",
            (Change("sms", stops=("treatment_recall", "informational", "marketing")),),
        ),
        (("stopped", "stopped"), "visits", (Change("sms", allows=("operations",)),)),
        (
            ("stopped", "stopped"),
            "care",
            (Change("sms", allows=("treatment_recall", "operations", "informational")),),
        ),
        (("stopped", "stopped"), "nothing", ()),
        (("stopped", "stopped"), "gossip", ()),
        (("stopped", "stopped"), "", ()),
    ],
)
def test_what_a_tick_changes(stands, wish, expected):
    assert changes({**UNSAID, "sms": stands}, {"sms": wish}) == expected


@pytest.mark.parametrize(("care", "visits"), itertools.product(STATES, STATES))
def test_saving_the_page_as_it_stands_changes_nothing(care, visits):
    stands = dict.fromkeys(ASKED_CHANNELS, (care, visits))
    assert changes(stands, dict.fromkeys(ASKED_CHANNELS, wish_now(care=care, visits=visits))) == ()


@given(
    stands=st.fixed_dictionaries(
        {one: st.tuples(st.sampled_from(STATES), st.sampled_from(STATES)) for one in ASKED_CHANNELS}
    ),
    wishes=st.dictionaries(st.sampled_from((*ASKED_CHANNELS, "fax")), st.sampled_from((*WISHES, "x"))),
)
def test_no_tick_ever_opens_offers(stands, wishes):
    for change in changes(stands, wishes):
        assert not {"marketing", "all"} & set(change.allows)
        assert change.channel in wishes
