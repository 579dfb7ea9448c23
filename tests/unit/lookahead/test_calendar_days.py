"""A day on which every desk is closed and no site has anything to tell is one line of the calendar."""

from datetime import date

import pytest

from rebook.flow.lookahead.calendar import CalendarDay, Place

CLOSED = {"site": None, "free": 0, "booked": 0, "due": 0, "expected": {}, "minutes": 0.0, "is_off": True}


def day(*places):
    return CalendarDay(
        on=date(2026, 11, 28),
        places=tuple(Place(**{**CLOSED, **one}) for one in places),
        total={},
        minutes=0.0,
        is_overloaded=False,
    )


@pytest.mark.parametrize(
    ("one", "is_at_rest"),
    [
        ({}, True),
        ({"free": None}, True),
        # What people book by themselves on a Sunday is said of all sites together.
        ({"expected": {"bookings": 0.4}}, True),
        ({"is_off": False}, False),
        ({"free": 3}, False),
        ({"booked": 1}, False),
        ({"due": 2}, False),
    ],
)
def test_when_the_whole_practice_is_at_rest(one, is_at_rest):
    assert day({}, one).is_at_rest is is_at_rest
