"""Shares, ranges, conditions and other plans of a look ahead: small tables in, answers out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.lookahead.booking import spread, take_times
from rebook.core.lookahead.changes import BadPlan, CampaignChange, read_changes
from rebook.core.lookahead.compare import compare
from rebook.core.lookahead.intervals import Expected, expect
from rebook.core.lookahead.rates import (
    BELIEFS,
    USUAL_LAG,
    Counted,
    chances,
    interval,
    lag_of,
    share_taken,
    shares_of,
)
from rebook.core.lookahead.values import CHANNELS, MILLION, ChannelShares
from rebook.core.outreach.sequence_when import ALWAYS, When

# (planned, refused, sent, replies, books, stops), what of each is measured.
COUNTS = [
    (Counted(), ()),
    (Counted(59, 10, 59, 10, 10, 10), ()),
    (Counted(60, 10, 60, 10, 5, 4), ("refused", "replies", "books")),
    (Counted(60, 4, 60, 4, 4, 4), ()),
    (Counted(500, 0, 500, 0, 0, 0), ("refused", "replies", "books", "stops")),
    (Counted(100, 5, 40, 20, 20, 20), ("refused",)),
]


@pytest.mark.parametrize(("counted", "measured"), COUNTS)
def test_own_shares_go_before_beliefs_where_there_is_enough(counted, measured):
    found = chances({"sms": counted})["sms"]
    assert tuple(what for what, one in found.items() if one.origin == "measured") == measured
    for what, one in found.items():
        assert one.low <= one.value <= one.high
        if one.origin == "belief":
            assert one == BELIEFS["sms"][what]
            assert one.says


def test_a_measured_share_says_of_how_many():
    one = chances({"email": Counted(1200, 60, 1140, 50, 57, 10)})["email"]["books"]
    assert one.value == pytest.approx(0.05)
    assert one.says == "57 of 1,140 e-mails of this practice"


@given(of=st.integers(1, 5000), share=st.floats(0, 1))
def test_ranges_hold_the_share_and_narrow_with_numbers(of, share):
    events = round(of * share)
    low, high = interval(events, of)
    assert 0 <= low <= events / of + 1e-9
    assert events / of - 1e-9 <= high <= 1
    wider = interval(events, of)
    tighter = interval(events * 10, of * 10)
    assert tighter[1] - tighter[0] <= wider[1] - wider[0] + 1e-9


def test_shares_never_exceed_the_whole():
    every = chances(dict.fromkeys(CHANNELS, Counted(100, 10, 100, 90, 80, 60)))
    assert all(one.books + one.stops <= MILLION for one in shares_of(every))
    with pytest.raises(ValueError, match="between nought and one"):
        ChannelShares(books=600_000, stops=600_000)


@pytest.mark.parametrize(
    ("days", "lag"),
    [
        ([0] * 6, USUAL_LAG), ([49, 0, 0, 0, 0, 0], USUAL_LAG),
        ([50, 0, 0, 0, 0, 0], (MILLION, 0, 0, 0, 0, 0)),
        ([30, 30, 0, 0, 0, 0], (500_000, 500_000, 0, 0, 0, 0)),
    ],
)  # fmt: skip
def test_when_bookings_come(days, lag):
    assert lag_of(days)[0] == lag
    assert sum(lag) == MILLION


# (condition, class, millionths of the cases that meet it)
CONDITIONS = [
    (ALWAYS, 1, 1_000_000),
    (When(min_class=3), 2, 0),
    (When(min_class=3), 3, 1_000_000),
    (When(max_class=1), 2, 0),
    (When(delivered="yes"), 1, 900_000),
    (When(delivered="no"), 1, 100_000),
    (When(replied="no", clicked="no"), 1, 765_000),
]


@pytest.mark.parametrize(("when", "risk_class", "taken"), CONDITIONS)
def test_how_many_cases_take_a_step(when, risk_class, taken):
    assert share_taken(when, risk_class=risk_class) == taken


def test_a_reason_given_is_rare_and_its_opposite_common():
    assert share_taken(When(barrier=("cost",)), risk_class=1) < 20_000
    assert share_taken(When(not_barrier=("cost",)), risk_class=1) > 980_000


@given(amount=st.integers(0, 10**9), parts=st.lists(st.integers(0, MILLION), min_size=1, max_size=6))
def test_spreading_bookings_over_days_loses_none(amount, parts):
    whole = sum(parts) or 1
    assert sum(spread(amount, [one * MILLION // whole for one in parts])) == amount


@given(free=st.lists(st.integers(0, 5), max_size=20), amount=st.integers(0, 60), day=st.integers(0, 25))
def test_free_times_are_taken_earliest_first_and_never_twice(free, amount, day):
    before = list(free)
    used, left = take_times(free, amount=amount, from_day=day)
    assert sum(part for _, part in used) + left == amount
    assert sum(before) - sum(free) == amount - left
    assert all(on >= day and part > 0 for on, part in used)
    # Something is left over only when nothing is free any more.
    assert left == 0 or not any(free[day:])


@pytest.mark.parametrize(
    ("amount", "certain", "doubt", "expected"),
    [
        (0, 0, 0.5, (0, 0, 0)), (5 * MILLION, 5 * MILLION, 0.0, (5, 5, 5)),
        (5_500_000, 5_500_000, 0.0, (5.5, 5, 6)),
    ],
)  # fmt: skip
def test_what_is_certain_has_no_range(amount, certain, doubt, expected):
    assert expect(amount, certain=certain, doubt=doubt) == Expected(*expected)


@given(mean=st.floats(0.01, 2000), doubt=st.floats(0, 1))
def test_a_range_holds_its_expectation_and_widens_with_doubt(mean, doubt):
    one, wider = expect(round(mean * MILLION), doubt=doubt), expect(round(mean * MILLION), doubt=doubt + 0.2)
    assert 0 <= one.low <= one.expected <= one.high
    assert wider.high >= one.high
    assert one.low == int(one.low)


@pytest.mark.parametrize("mean", [0.3, 1, 4, 20, 200])
def test_ranges_of_plain_counts_hold_nine_in_ten(mean):
    from scipy.stats import poisson

    one = expect(round(mean * MILLION))
    held = poisson.cdf(one.high, mean) - poisson.cdf(one.low - 1, mean)
    assert 0.9 <= held <= 0.995


GOOD = {
    "name": "Slower",
    "campaign": {"3": {"daily_limit": 5, "holdout_percent": 0}, "4": {"left_out": True}},
}


def test_a_plan_file_is_read():
    found = read_changes({**GOOD, "capacity": {"minutes_a_day": 60}})
    assert found.name == "Slower"
    assert found.campaigns == {3: CampaignChange(5, 0), 4: CampaignChange(is_left_out=True)}
    assert found.capacity == {"minutes_a_day": 60}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "table"), ({"nonsense": 1}, "knows no 'nonsense'"), ({"campaign": {"x": {}}}, "by its number"),
        ({"campaign": {"1": 5}}, "wants a table"), ({"campaign": []}, "campaign wants"),
        ({"campaign": {"1": {"daily_limit": -1}}}, "from 0 to 10,000"),
        ({"campaign": {"1": {"daily_limit": True}}}, "whole number"),
        ({"campaign": {"1": {"holdout_percent": 51}}}, "from 0 to 50"),
        ({"campaign": {"1": {"speed": 51}}}, "knows no 'speed'"),
        ({"campaign": {"1": {"sequence_key": 5}}}, "name of a sequence"),
        ({"campaign": {"1": {"left_out": "no"}}}, "true or false"),
        ({"capacity": {"window_days": 0}}, "window_days"), ({"capacity": 5}, "no table"),
        ({"name": ""}, "80 letters"), ({"name": "x" * 81}, "80 letters"),
        ({"campaign": {"9" * 30: {}}}, "by its number"),
    ],
)  # fmt: skip
def test_a_bad_plan_is_refused_with_its_field(value, says):
    with pytest.raises(BadPlan, match=says):
        read_changes(value)


ONE, TWO, THREE = (date(2026, 3, day) for day in (16, 17, 18))


def test_a_forecast_is_held_against_what_happened():
    cells = {(1, 5, ONE): Expected(4, 2, 7), (1, 5, TWO): Expected(4, 2, 7), (2, 5, ONE): Expected(0.3, 0, 1)}
    found = compare(
        "sms",
        cells=cells,
        actual={(1, 5, ONE): 6, (1, 5, TWO): 9, (9, 5, TWO): 1, (1, 5, THREE): 50},
        by_day={ONE: Expected(4.3, 2, 8), TWO: Expected(4, 2, 7)},
        total=Expected(8.3, 5, 13),
        days=[ONE, TWO],
    )
    assert (found.actual, found.is_inside, round(found.off_by, 2)) == (16, False, -0.48)
    # The other campaign's text was not forecast, so no range held it.
    assert (found.cells.cells, found.cells.inside) == (4, 2)
    assert (found.days.cells, found.days.inside) == (2, 1)
    assert [(one.cells, one.expected, one.actual) for one in found.bins] == [
        (1, 0, 1),
        (1, 0.3, 0),
        (2, 4, 7.5),
    ]


def test_nothing_said_and_nothing_happened_is_no_cell():
    found = compare("sms", cells={}, actual={}, by_day={}, total=Expected(0, 0, 0), days=[ONE])
    assert (found.cells.cells, found.cells.share, found.off_by, found.cells.is_as_said) == (
        0,
        None,
        None,
        True,
    )
