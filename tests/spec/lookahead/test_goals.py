"""When a goal is reached: from bookings expected, the share that counts, and the days that takes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.lookahead.goals import (
    A_YEAR,
    COUNTS,
    USUAL_DAYS,
    Follows,
    Goal,
    as_json,
    follows,
    forecast_goal,
)
from rebook.core.lookahead.rates import Chance
from rebook.core.lookahead.values import MILLION

START = date(2026, 11, 18)
# Every booking counts, five days later, and nobody doubts it.
SURE = Follows(Chance(1.0, 1.0, 1.0, "measured", "said"), (0, 0, 0, 0, 0, MILLION), "said")
HALF = Follows(Chance(0.5, 0.4, 0.6, "measured", "said"), (MILLION,), "said")


def day(number):
    return START + timedelta(days=number)


def goal(wanted, *, by=None, won=0, visits=()):
    return Goal(
        7, "Due", wanted, None if by is None else day(by), won, tuple(map(day, visits)), "a kept visit"
    )


REACHED = [
    # goal, what follows, bookings by day, expected by then, reached on day (None: not)
    (goal(10, by=30), SURE, [1.0] * 31, 26, 14),
    (goal(10, by=13), SURE, [1.0] * 31, 9, None),
    (goal(10, by=14), SURE, [1.0] * 31, 10, 14),
    (goal(10, by=30, won=6), SURE, [1.0] * 31, 32, 8),
    # visits that are booked already come on their day
    (goal(3, by=30, visits=(2, 2, 9)), SURE, [0.0] * 31, 3, 9),
    (goal(3, by=30, visits=(2, 2, 40)), SURE, [0.0] * 31, 2, None),
    (goal(1, by=30, visits=(-1,)), SURE, [0.0] * 31, 1, 0),
    (goal(10, by=30), HALF, [1.0] * 31, 15.5, 18),
    # behind the days looked at it goes on as in the last fortnight of them
    (goal(20, by=60), SURE, [0.0] * 10 + [1.0] * 14, 46, 34),
    (goal(20, by=60), SURE, [5.0] * 4 + [0.0] * 14, 20, 8),
    # no day set: a year
    (goal(1_000), SURE, [1.0] * 30, A_YEAR - 4, None),
    (goal(300), SURE, [1.0] * 30, A_YEAR - 4, 304),
    # its day is over
    (goal(10, by=-3, won=4), SURE, [1.0] * 30, 4, None),
    (goal(5, by=30), SURE, [], 0, None),
]


@pytest.mark.parametrize(("wanted", "follow", "bookings", "expected", "reached"), REACHED)
def test_about_when_a_goal_is_reached(wanted, follow, bookings, expected, reached):
    found = forecast_goal(wanted, follow, start_on=START, bookings=bookings, doubt=0.2)
    assert found.expected.expected == pytest.approx(expected, abs=0.01)
    assert found.reached_on == (None if reached is None else day(reached))
    assert found.expected.low <= found.expected.expected <= found.expected.high
    assert found.until_on == (wanted.by_on or day(A_YEAR))


SAYS = [
    (goal(10, by=30), "goal reached by about 2026-12-02"),
    (goal(40, by=30), "not reached: 26 of 40 by 2026-12-18"),
    (goal(10, by=30, won=11), "goal reached: 11 of 10"),
    (goal(10, by=-3, won=4), "not reached: 4 of 10 by 2026-11-15"),
]


@pytest.mark.parametrize(("wanted", "says"), SAYS)
def test_what_is_said_of_it(wanted, says):
    found = forecast_goal(wanted, SURE, start_on=START, bookings=[1.0] * 31, doubt=0.2)
    assert found.says == says
    assert as_json(found)["says"] == says
    assert as_json(found)["counts"] == "a kept visit"


def test_the_range_of_the_day_lies_about_it_and_grows_with_doubt():
    narrow, wide = (
        forecast_goal(goal(30, by=120), SURE, start_on=START, bookings=[1.0] * 30, doubt=doubt)
        for doubt in (0.05, 0.5)
    )
    assert wide.earliest_on < narrow.earliest_on < narrow.reached_on < narrow.latest_on < wide.latest_on
    late = forecast_goal(goal(30, by=36), SURE, start_on=START, bookings=[1.0] * 30, doubt=0.5)
    assert (late.reached_on, late.latest_on) == (day(34), None)


def test_own_shares_go_before_beliefs_where_there_is_enough():
    assert sum(USUAL_DAYS) == MILLION
    few = follows(booked=39, won=39, days=[4] * 29)
    assert (few.counts, few.days) == (COUNTS, USUAL_DAYS)
    assert few.counts.origin == "belief"
    own = follows(booked=200, won=150, days=[4] * 100 + [9] * 50)
    assert (own.counts.value, own.counts.origin) == (0.75, "measured")
    assert own.counts.low < 0.75 < own.counts.high
    assert sum(own.days) == MILLION
    assert own.days[4] / own.days[9] == pytest.approx(2, rel=0.001)
    assert "150 of 200" in own.counts.says


@given(
    st.lists(st.floats(0, 20), max_size=40), st.integers(1, 200), st.integers(0, 150), st.integers(0, 90),
    st.lists(st.integers(-3, 60), max_size=12), st.floats(0, 1),
)  # fmt: skip
def test_a_higher_goal_is_never_reached_sooner(bookings, wanted, won, by, visits, doubt):
    follow = follows(booked=0, won=0, days=())
    nearer, further = (
        forecast_goal(
            goal(many, by=by, won=won, visits=visits), follow, start_on=START, bookings=bookings, doubt=doubt
        )
        for many in (wanted, wanted + 7)
    )
    assert nearer.expected == further.expected
    if further.reached_on is not None:
        assert nearer.reached_on is not None
        assert nearer.reached_on <= further.reached_on
    for one in (nearer, further):
        known = [on for on in (one.earliest_on, one.reached_on, one.latest_on) if on is not None]
        assert known == sorted(known)
        assert (one.reached_on is None) == (round(one.expected.expected) < one.goal.wanted)
