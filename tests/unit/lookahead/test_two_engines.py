"""The look ahead said plainly and the fast one give the same whole numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.analytics.lookahead import look_ahead as fast
from rebook.core.lookahead.plain import look_ahead as plain
from rebook.core.lookahead.values import CHANNELS, LOST, MEASURES, MILLION
from rebook.flow.lookahead.rehearsal import invented_scenario


def assert_equal(one, other):
    for part in ("counts", "lost", "squares"):
        for name, cells in getattr(one, part).items():
            assert np.array_equal(cells, getattr(other, part)[name]), f"{part} {name}"
    for part in ("planned", "taken_in", "room"):
        assert np.array_equal(getattr(one, part), getattr(other, part)), part


@settings(max_examples=60)
@given(
    cases=st.integers(0, 120), days=st.integers(1, 25), seed=st.integers(0, 10**6),
    sites=st.integers(1, 3), campaigns=st.integers(1, 4), room=st.integers(0, 6),
)  # fmt: skip
def test_both_engines_agree_to_the_last_millionth(**invented):
    scenario = invented_scenario(**invented)
    assert_equal(plain(scenario), fast(scenario))


@pytest.mark.parametrize("seed", range(3))
def test_they_agree_on_a_practice_that_is_short_of_room(seed):
    scenario = invented_scenario(cases=1500, days=30, seed=seed, room=2)
    found = fast(scenario)
    assert_equal(plain(scenario), found)
    # It must not be a test of empty tables.
    assert found.counts["bookings"].sum() > MILLION
    assert sum(found.counts[name].sum() for name in CHANNELS) > 100 * MILLION


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), cases=st.integers(1, 200))
def test_nothing_is_lost_on_the_way(seed, cases):
    found = fast(invented_scenario(cases=cases, seed=seed))
    sent = sum(found.counts[name] for name in CHANNELS)
    lost = sum(found.lost[name] for name in LOST if name != "no_room")
    assert np.array_equal(found.planned, sent + lost)
    assert all((found.counts[name] >= 0).all() for name in MEASURES)
    # Nobody is taken in twice, and a campaign takes in no more a day than it may.
    assert found.taken_in.sum() * MILLION == found.counts["enrolled"].sum() <= cases * MILLION


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_visits_never_outnumber_the_free_times(seed):
    scenario = invented_scenario(cases=300, seed=seed, room=2)
    found = fast(scenario)
    times = sum(sum(kind[: scenario.days]) for site in scenario.free for kind in site if kind is not None)
    assert found.counts["visits"].sum() <= times * MILLION
    assert (found.taken_in <= [[one.daily_limit] for one in scenario.campaigns]).all()
