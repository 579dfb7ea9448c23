"""The headline effect compares like with like, each case by the definition of its own campaign."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.measure import Cell, lift, newcombe
from rebook.core.measure.lift import Arms, compared_strata, difference_over

CELL = Cell(1, "interval", 1, "sms", "contact", 1, holdout_possible=True, cases=0)


def arms(campaign, contact, contact_won, holdout, holdout_won, kind="interval"):
    one = replace(CELL, campaign_id=campaign, gap_kind=kind)
    return [
        replace(one, cases=contact, succeeded=contact_won),
        replace(one, arm="holdout", channel="", cases=holdout, succeeded=holdout_won),
    ]


def test_a_campaign_whose_patients_come_anyway_is_not_taken_for_an_effect():
    """Contact changes nothing in either; but one leaves out half, the other a tenth, and thrown together it
    would look like thirteen in a hundred."""
    come_anyway = arms(1, 900, 450, 100, 50)
    seldom_come = arms(2, 500, 50, 500, 50)
    thrown_together = 500 / 1400 - 100 / 600
    assert thrown_together > 0.13
    found = lift([*come_anyway, *seldom_come])
    assert found.difference == pytest.approx(0)
    assert found.low < 0 < found.high
    assert found.sentence.startswith("No difference can be seen yet")


def test_what_has_nobody_to_be_compared_with_is_left_out():
    both = arms(1, 200, 60, 100, 20)
    alone = [one for one in arms(2, 500, 400, 0, 0) if one.cases]
    other_kind = [one for one in arms(1, 300, 5, 0, 0, "inactive") if one.cases]
    assert compared_strata([*both, *alone, *other_kind]) == (Arms(200, 60, 100, 20),)
    found = lift([*both, *alone, *other_kind])
    assert (found.contact_cases, found.holdout_cases) == (200, 100)
    assert found.difference == pytest.approx(0.1)


def test_the_event_that_made_a_gap_makes_no_stratum():
    cells = [*arms(1, 100, 40, 50, 10, "inactive:7"), *arms(1, 100, 40, 50, 10, "inactive:8")]
    assert compared_strata(cells) == (Arms(200, 80, 100, 20),)


strata = st.builds(
    lambda a, b, x, y: Arms(a, round(x * a), b, round(y * b)),
    st.integers(5, 400), st.integers(5, 400), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip


@given(st.lists(strata, min_size=1, max_size=6))
def test_the_interval_holds_the_difference_and_that_lies_between_the_strata(found):
    difference, low, high = difference_over(found)
    assert -1 <= low <= difference + 1e-9
    assert difference - 1e-9 <= high <= 1
    each = [one.contact_won / one.contact - one.holdout_won / one.holdout for one in found]
    assert min(each) - 1e-9 <= difference <= max(each) + 1e-9


@given(strata, st.integers(2, 5))
def test_strata_that_are_alike_say_what_one_of_their_size_says(one, times):
    difference, low, high = difference_over([one] * times)
    whole = newcombe(
        one.contact_won * times, one.contact * times, one.holdout_won * times, one.holdout * times
    )
    assert difference == pytest.approx(whole[0])
    # Half a success added to each of several makes the interval a little wider, never narrower.
    assert low <= whole[1] + 1e-9
    assert high >= whole[2] - 1e-9
