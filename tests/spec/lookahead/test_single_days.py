"""How far a single day may be off: believed at first, then as this practice's own days were."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.lookahead.daywise import BELIEVED, BY_ITSELF, BY_PEOPLE, MOST, DaySaid, timing, with_timing
from rebook.core.lookahead.intervals import doubts, expect
from rebook.core.lookahead.rates import Chance, chances
from rebook.core.lookahead.values import CHANNELS, MEASURES, MILLION, Outlook


def days(*pairs):
    return [DaySaid(float(expected), actual) for expected, actual in pairs]


# What the days were, the doubt about a single one (None: the belief).
TABLE = [
    ([], None),
    # too few days tell nothing
    (days(*[(10, 10)] * 19), None),
    # nothing happened at all: nothing is known of when it would
    (days(*[(10, 0)] * 30), None),
    # days on which nothing was expected and nothing came are no days
    (days(*[(0, 0)] * 30, *[(10, 10)] * 19), None),
    # as said, day by day: no more than chance, once it was so for long
    (days(*[(10, 10)] * 20), BY_PEOPLE),
    (days(*[(10, 10)] * 120), 0.0),
    # the level was wrong, the days were right: the sum is told elsewhere
    (days(*[(10, 30)] * 120), 0.0),
    # everything comes on every second day
    (days(*[(10, 0), (10, 20)] * 10), 0.95),
    # all on one day in twenty: told only up to a bound
    (days(*[(10, 0)] * 19, (10, 200)), MOST),
]


@pytest.mark.parametrize(("pairs", "doubt"), TABLE)
def test_a_day_is_as_doubtful_as_its_like_were(pairs, doubt):
    value, says = timing({"phone": pairs})["phone"]
    assert value == pytest.approx(BELIEVED["phone"] if doubt is None else doubt, abs=0.01)
    assert ("belief" in says) is (doubt is None)
    assert says


def test_what_people_do_is_less_certain_than_what_runs_by_itself():
    assert set(BELIEVED) >= set(MEASURES)
    assert {name for name, value in BELIEVED.items() if value == BY_PEOPLE} == {
        "phone", "replies", "bookings", "visits",
    }  # fmt: skip
    assert set(BELIEVED.values()) == {BY_ITSELF, BY_PEOPLE}


@given(st.floats(0, 1), st.floats(0, 1.5), st.integers(1, 60))
def test_a_sum_over_many_days_is_surer_than_a_day_and_never_surer_than_its_shares(doubt, timed, many):
    assert doubt <= with_timing(doubt, timed, days=many) <= with_timing(doubt, timed, days=1) + 1e-12


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.8])
def test_ranges_made_from_earlier_days_hold_nine_in_ten_of_later_ones(spread):
    """Days drawn with a spread of their own: ranges learned on the first 150 hold the next two hundred."""
    random = Random(4)

    def drawn(mean):
        level = random.gammavariate(1 / spread**2, mean * spread**2) if spread else mean
        # A count with that mean: arrivals within one unit of time.
        count, at = 0, random.expovariate(1.0)
        while at < level:
            count, at = count + 1, at + random.expovariate(1.0)
        return count

    learned = timing({"visits": [DaySaid(12.0, drawn(12)) for _ in range(150)]})["visits"][0]
    assert learned == pytest.approx(spread, abs=0.25)
    one = expect(12 * MILLION, doubt=with_timing(0.0, learned, days=1))
    held = sum(one.low <= drawn(12) <= one.high for _ in range(200))
    assert held >= 170


def outlook(**sent):
    cells = {name: [[[sent.get(name, 0) * MILLION]]] for name in MEASURES}
    return Outlook(cells, {}, {name: [[[0]]] for name in CHANNELS}, [[[0]]], [[0]], [[0]])


def test_beliefs_are_off_together_and_own_shares_apart():
    believed = chances({})
    sent = outlook(sms=100, phone=100)
    whole = doubts(believed, sent)["bookings"]
    parts = [doubts(believed, outlook(**{name: 100}))["bookings"] for name in ("sms", "phone")]
    # Two channels believed in are no surer than one.
    assert min(parts) <= whole <= max(parts)
    own = {
        name: {what: Chance(one.value, one.low, one.high, "measured", "") for what, one in row.items()}
        for name, row in believed.items()
    }
    assert doubts(own, sent)["bookings"] < min(
        doubts(own, outlook(**{name: 100}))["bookings"] for name in ("sms", "phone")
    )
