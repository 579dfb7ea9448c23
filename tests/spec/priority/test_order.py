"""The order of the list: small tables in, the order out."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.expected_gain import Arms, Gain
from rebook.core.priority import (
    MOST_OVERDUE,
    Intent,
    Ranked,
    overdue_thousandths,
    rank_key,
    rank_reasons,
)

AS_OF = date(2025, 11, 21)
YES, CALL, CLICKS = Intent(said_yes=True), Intent(asked_for_call=True), Intent(links_opened=2)


def worth(points):
    """A contact that adds so many returns in a hundred."""
    return Gain(points / 100, -1.0, 1.0, 0.1, "own", Arms(), f"adds {points}")


def gap(number, *, grade=1, overdue=100, interval=365, value=0, intent=Intent(), first=False, gain=None):
    overdue_on = AS_OF - timedelta(days=overdue)
    return Ranked(number, grade, overdue_on, interval, value, intent, first, worth(gain) if gain else None)


# (why, first, second): the first is looked after before the second.
ORDERS = [
    ("a graver class first, however long the other waits", gap(2, grade=2, overdue=0), gap(1, overdue=3000)),
    ("overdue for its interval, not in days", gap(2, overdue=90, interval=90), gap(1, overdue=180)),
    ("a quarter of the interval outweighs a yes", gap(2, overdue=200), gap(1, overdue=100, intent=YES)),
    ("within a quarter a yes comes first", gap(2, overdue=100, intent=YES), gap(1, overdue=170)),
    ("asked for a call counts like a yes", gap(2, overdue=100, intent=CALL), gap(1, overdue=170)),
    ("a yes before two links", gap(2, intent=YES), gap(1, intent=CLICKS)),
    ("two links before nothing", gap(2, intent=CLICKS), gap(1)),
    ("one link says nothing", gap(2, overdue=101), gap(1, intent=Intent(links_opened=1))),
    ("the longer overdue within a quarter", gap(2, overdue=120), gap(1, overdue=110, value=9_999_999)),
    ("a graver class before any gain", gap(2, grade=2, overdue=0), gap(1, overdue=90, gain=60)),
    ("a quarter more overdue before any gain", gap(2, overdue=200), gap(1, overdue=100, gain=60)),
    ("intent before any gain", gap(2, intent=CLICKS), gap(1, gain=60)),
    ("gain before days within a quarter", gap(2, overdue=100, gain=9), gap(1, overdue=170, gain=4)),
    ("gain before money", gap(2, gain=5), gap(1, gain=4, value=9_999_999)),
    ("who comes less with contact stands behind", gap(2), gap(1, gain=-3)),
    ("less than one in a hundred is no difference", gap(1, gain=5.1), gap(2, gain=5.4)),
    ("money breaks a tie", gap(2, value=10), gap(1, value=9)),
    ("the lower number where nothing else differs", gap(1), gap(2)),
    ("beyond four intervals nobody is more overdue", gap(2, overdue=1500, value=1), gap(1, overdue=9000)),
    (
        "a visit never recorded here counts one interval at most",
        gap(2, overdue=460),
        gap(1, overdue=3000, first=True),
    ),
    (
        "an event without an interval counts by the month",
        gap(2, overdue=30, interval=None),
        gap(1, overdue=180),
    ),
    ("not yet overdue is not negative", gap(1, overdue=-30), gap(2, overdue=0)),
]


@pytest.mark.parametrize(("why", "first", "second"), ORDERS, ids=[why for why, *_ in ORDERS])
def test_the_first_comes_first(why, first, second):
    assert rank_key(first, as_of=AS_OF) < rank_key(second, as_of=AS_OF)


RANKED = st.builds(
    Ranked,
    gap_id=st.integers(1, 10_000),
    risk_class=st.integers(0, 4),
    overdue_on=st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    interval_days=st.none() | st.integers(1, 4000),
    value_cents=st.integers(0, 10**9),
    intent=st.builds(Intent, st.booleans(), st.booleans(), st.integers(0, 5)),
    is_first=st.booleans(),
    gain=st.none() | st.builds(worth, st.integers(-100, 100)),
)


@given(gaps=st.lists(RANKED, max_size=4, unique_by=lambda one: one.gap_id))
def test_the_order_does_not_depend_on_where_one_starts(gaps):
    def key(one):
        return rank_key(one, as_of=AS_OF)

    orders = {tuple(one.gap_id for one in sorted(some, key=key)) for some in permutations(gaps)}
    assert len(orders) == 1


@given(one=RANKED, other=RANKED)
def test_money_never_decides_but_between_equals(one, other):
    key, against = rank_key(one, as_of=AS_OF), rank_key(other, as_of=AS_OF)
    if key[:5] != against[:5]:
        assert (key < against) == (key[:5] < against[:5])


@given(one=RANKED, other=RANKED)
def test_gain_never_decides_before_need(one, other):
    key, against = rank_key(one, as_of=AS_OF), rank_key(other, as_of=AS_OF)
    if key[:3] != against[:3]:
        assert (key < against) == (key[:3] < against[:3])


@given(one=RANKED)
def test_overdue_stays_within_its_bounds(one):
    share = overdue_thousandths(one, as_of=AS_OF)
    assert 0 <= share <= MOST_OVERDUE


def test_neither_language_nor_payer_can_be_looked_at():
    assert set(Ranked.__dataclass_fields__) == {
        *("gap_id", "risk_class", "overdue_on", "interval_days", "value_cents", "intent", "is_first", "gain")
    }


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            gap(1, overdue=35, interval=184),
            ["class 1: routine prevention", "overdue for 35 days; the interval is 184 days"],
        ),
        (
            gap(1, overdue=0, gain=7),
            ["class 1: routine prevention", "overdue since today", "adds 7"],
        ),
        (gap(1, overdue=0), ["class 1: routine prevention", "overdue since today"]),
        (gap(1, overdue=-2), ["class 1: routine prevention", "due, not yet overdue"]),
        (
            gap(1, grade=2, overdue=1, interval=None, intent=Intent(True, True, 3)),
            [
                "class 2: chronic follow-up or treatment course",
                "overdue for 1 days; the interval is 30 days",
                "asked to be called",
                "said yes and has no appointment",
                "opened 3 links",
            ],
        ),
    ],
)
def test_the_reasons_are_plain_words(one, words):
    assert [reason.detail for reason in rank_reasons(one, as_of=AS_OF)] == words
