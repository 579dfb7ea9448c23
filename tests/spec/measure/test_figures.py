"""KPIs, funnel and lift from counted cells."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from rebook.core.measure import Cell, ChannelCounts, breakdown, funnel, lift, newcombe, rates

CUT_OFF = datetime(2026, 4, 1, tzinfo=UTC)
CELL = Cell(
    campaign_id=1,
    gap_kind="interval",
    location_id=1,
    channel="sms",
    arm="contact",
    risk_class=1,
    holdout_possible=True,
    cases=100,
    attempted=90,
    reached=80,
    responded=30,
    booked=20,
    kept=12,
    succeeded=14,
    shown=12,
    not_shown=3,
    attempts=150,
    maturing=0,
)
UNTOUCHED = dict.fromkeys(
    ("attempted", "reached", "responded", "booked", "kept", "shown", "not_shown", "attempts"), 0
)
HELD = replace(CELL, arm="holdout", channel="", **UNTOUCHED)

SENT = [ChannelCounts("sms", delivered=120, opted_out=3, bad_contact=6, attempted=150)]

RATES = [
    ("reached", 80, 90),
    ("response", 30, 80),
    ("booking", 20, 90),
    ("show", 12, 15),
    ("reactivation", 14, 100),
    ("opt_out", 3, 120),
    ("bad_contact", 6, 150),
]


@pytest.mark.parametrize(("key", "numerator", "denominator"), RATES)
def test_rate(key: str, numerator: int, denominator: int) -> None:
    found = {rate.key: rate for rate in rates([CELL, HELD], SENT, cut_off=CUT_OFF)}[key]
    assert (found.numerator, found.denominator) == (numerator, denominator)
    assert found.value == numerator / denominator
    assert found.cut_off == CUT_OFF
    assert not found.is_maturing


def test_a_rate_of_nobody_has_no_value() -> None:
    assert all(rate.value is None for rate in rates([], [], cut_off=CUT_OFF))


def test_rates_mature_while_a_window_is_open() -> None:
    assert all(rate.is_maturing for rate in rates([replace(CELL, maturing=1)], SENT, cut_off=CUT_OFF))


def test_funnel_counts_contact_only_after_the_first_two_steps() -> None:
    steps = funnel(identified=500, eligible=400, cells=[CELL, HELD])
    assert [(step.key, step.count) for step in steps] == [
        ("identified", 500),
        ("eligible", 400),
        ("attempted", 90),
        ("reached", 80),
        ("responded", 30),
        ("booked", 20),
        ("kept", 12),
    ]


def test_breakdown_adds_up_and_puts_the_largest_first() -> None:
    rows = breakdown(
        [CELL, replace(CELL, gap_kind="inactive", cases=300), CELL, HELD], by=lambda cell: cell.gap_kind
    )
    assert [(row.key, row.cases, row.kept) for row in rows] == [("inactive", 300, 12), ("interval", 200, 24)]


@pytest.mark.parametrize(
    ("held", "held_back", "why"),
    [(59, 20, "fewer than sixty held back"), (60, 0, "too few returns among them")],
)
def test_too_few_patients_to_tell(held: int, held_back: int, why: str) -> None:
    found = lift([replace(CELL, cases=1000, succeeded=60), replace(HELD, cases=held, succeeded=held_back)])
    assert found.difference is None
    assert found.sentence.startswith("Not enough patients to tell"), why


def test_lift_with_newcombes_interval() -> None:
    """56/70 against 48/80: the worked example of Newcombe (1998), method 10: 0.0524 to 0.3339."""
    treated = replace(CELL, cases=70, succeeded=56)
    found = lift([treated, replace(HELD, cases=80, succeeded=48)])
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert "brought back 20.0 more" in found.sentence


def test_lift_leaves_out_strata_without_a_holdout() -> None:
    urgent = replace(CELL, risk_class=4, holdout_possible=False, cases=1000, succeeded=999)
    compared = [replace(CELL, cases=200, succeeded=50), replace(HELD, cases=200, succeeded=50)]
    assert lift([*compared, urgent]).difference == lift(compared).difference == 0


@given(st.integers(60, 5000), st.integers(60, 5000), st.data())
def test_the_interval_holds_the_difference(treated: int, held: int, data: st.DataObject) -> None:
    back = data.draw(st.integers(0, treated))
    held_back = data.draw(st.integers(0, held))
    found = lift(
        [replace(CELL, cases=treated, succeeded=back), replace(HELD, cases=held, succeeded=held_back)]
    )
    if found.difference is not None:
        assert -1 <= found.low <= found.difference + 1e-9
        assert found.difference - 1e-9 <= found.high <= 1


@given(st.integers(1, 3000), st.integers(1, 3000), st.data())
def test_the_interval_is_the_one_of_statsmodels(treated: int, held: int, data: st.DataObject) -> None:
    back, held_back = data.draw(st.integers(0, treated)), data.draw(st.integers(0, held))
    low, high = confint_proportions_2indep(back, treated, held_back, held, method="newcomb", compare="diff")
    assert newcombe(back, treated, held_back, held)[1:] == pytest.approx(
        (max(low, -1), min(high, 1)), abs=1e-9
    )
