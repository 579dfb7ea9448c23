"""Which contact a booking is tied to (Q-549, Q-550, R-F42): one row, one way of booking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outcome.touch import HOWS, Booked, any_touch, tie, touches

TABLE = [
    # story, origin, contact it was made from, last contact, in two weeks, how, which contact
    ("pressed in the text's page", "patient_page", "sms", "phone", True, "page", "sms"),
    ("a page given at the desk", "patient_page", "", "", False, "none", ""),
    ("a page given at the desk after a text", "patient_page", "", "sms", True, "last", "sms"),
    ("booked in the call", "staff", "phone", "phone", True, "talk", "phone"),
    ("rang after a letter", "staff", "letter", "letter", True, "talk", "letter"),
    ("rang out of the blue", "staff", "", "", False, "none", ""),
    ("rang long after a letter", "staff", "", "letter", False, "earlier", "letter"),
    ("answered a text, staff booked", "reply", "sms", "sms", True, "talk", "sms"),
    ("booked in the practice's system, lately contacted", "", "", "email", True, "last", "email"),
    ("booked in the practice's system, long after", "", "", "email", False, "earlier", "email"),
    ("booked in the practice's system, never contacted", "", "", "", False, "none", ""),
]


@pytest.mark.parametrize(("story", "origin", "own", "last", "is_recent", "how", "channel"), TABLE)
def test_tie(story, origin, own, last, is_recent, how, channel):
    found = tie(Booked(origin, own, last, is_recent, (), 1, 0))
    assert found == (how, channel), story


channels = st.sampled_from(["sms", "email", "phone", "letter"])
rows = st.lists(
    st.builds(
        lambda origin, own, before, recent, many, won: Booked(
            origin,
            own,
            before[-1] if before else "",
            recent,
            tuple(sorted(set(before))),
            many,
            min(won, many),
        ),
        st.sampled_from(["", "staff", "reply", "patient_page"]),
        channels | st.just(""),
        st.lists(channels, max_size=3),
        st.booleans(),
        st.integers(1, 50),
        st.integers(0, 50),
    )
)


@given(rows)
def test_every_booking_stands_in_exactly_one_line(booked):
    found = touches(booked)
    assert sum(one.bookings for one in found) == sum(one.bookings for one in booked)
    assert sum(one.succeeded for one in found) == sum(one.succeeded for one in booked)
    assert len({(one.how, one.channel) for one in found}) == len(found)
    assert [HOWS.index(one.how) for one in found] == sorted(HOWS.index(one.how) for one in found)


@given(rows)
def test_any_contact_before_never_counts_a_booking_twice_for_one_channel(booked):
    every = sum(one.bookings for one in booked)
    found = dict(any_touch(booked))
    for channel, count in found.items():
        assert 0 < count <= every
        assert count == sum(one.bookings for one in booked if channel in one.channels)
