"""The headline effect at its edges: when it may be told, how strata weigh, in which words (R-F44, R-F55)."""

from dataclasses import replace
from datetime import UTC, datetime
from math import hypot
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.measure import Cell, funnel, lift, newcombe, rates
from rebook.core.measure.arms import ArmCell, won_by_arm
from rebook.core.measure.lift import Arms, compared_strata, difference_over, wilson
from rebook.core.measure.ways import FEWEST, SEGMENTS, ChannelCell, way
from rebook.core.measure.won import Definition, Won, definitions, won_by_kind
from rebook.core.outcome.success import SuccessRule, say

CELL = Cell(1, "interval", 1, "sms", "contact", 1, holdout_possible=True, cases=0)


def arms(contact, contact_won, holdout, holdout_won, **more):
    one = replace(CELL, **more)
    return [
        replace(one, cases=contact, succeeded=contact_won),
        replace(one, arm="holdout", channel="", cases=holdout, succeeded=holdout_won),
    ]


VISIT, REBOOKED = SuccessRule("visit", 90), SuccessRule("rebooked_and_kept", 120)


class TestEnoughToTell:
    @pytest.mark.parametrize(
        ("contact", "won", "held", "held_won", "is_told"),
        [
            (60, 30, 60, 30, True),
            (60, 30, 59, 30, False),
            # Five returns expected among those held back, and one fewer.
            (60, 5, 60, 5, True),
            (60, 5, 60, 4, False),
            (600, 30, 59, 59, False),
        ],
    )
    def test_sixty_held_back_and_five_expected(self, contact, won, held, held_won, is_told):
        found = lift(arms(contact, won, held, held_won))
        assert (found.difference is not None) is is_told
        assert found.sentence.startswith("Not enough patients to tell") is not is_told

    def test_where_nobody_can_be_compared_nothing_is_expected(self):
        found = lift([replace(CELL, cases=500, succeeded=200)])
        assert found.sentence == "Not enough patients to tell: 0 held back, 0.0 returns expected among them."
        assert (found.contact_cases, found.low, found.high) == (0, None, None)

    def test_a_stratum_without_anybody_contacted_is_none(self):
        assert compared_strata(arms(0, 0, 80, 20)) == ()

    def test_strata_without_a_holdout_are_left_out_whoever_is_in_them(self):
        assert compared_strata(arms(90, 9, 80, 8, holdout_possible=False)) == ()

    @pytest.mark.parametrize(
        ("cells", "is_maturing"),
        [
            ([replace(CELL, maturing=1), CELL], True),
            ([CELL, CELL], False),
            ([replace(CELL, maturing=1, holdout_possible=False), CELL], False),
        ],
    )
    def test_open_windows_count_where_somebody_could_be_held_back(self, cells, is_maturing):
        assert lift(cells).is_maturing is is_maturing


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (arms(1000, 300, 1000, 200),
         "Contact brought back 10.0 more patients in a hundred (95 % interval +6.2 to +13.7)."),
        (arms(1000, 200, 1000, 300),
         "Fewer came back with contact than without: 10.0 in a hundred (95 % interval -13.7 to -6.2)."),
        (arms(100, 22, 100, 20),
         "No difference can be seen yet: +2.0 patients in a hundred (95 % interval -9.3 to +13.3)."),
        (arms(100, 20, 100, 22),
         "No difference can be seen yet: -2.0 patients in a hundred (95 % interval -13.3 to +9.3)."),
    ],
)  # fmt: skip
def test_the_effect_in_words(cells, sentence):
    assert lift(cells).sentence == sentence


def test_nine_in_a_hundred_are_told_as_nine():
    assert lift(arms(100, 25, 100, 16)).sentence.startswith("No difference can be seen yet: +9.0 patients")


def test_every_rate_names_its_rule_and_one_open_window_among_the_arms_is_said():
    found = rates([CELL], [], cut_off=datetime(2026, 4, 1, tzinfo=UTC))
    assert {one.key: one.rule for one in found} == {
        "reached": "R-F14", "response": "R-F15", "booking": "R-F19", "show": "R-F20",
        "reactivation": "R-F21", "opt_out": "R-F16", "bad_contact": "R-F18",
    }  # fmt: skip
    cells = [ArmCell("", VISIT, 9, 2, 1), ArmCell("b", VISIT, 9, 2, 0)]
    assert won_by_arm(cells, arms=("", "b")).is_maturing


def by_hand(strata):
    """Weights of Mantel and Haenszel, then Newcombe on numbers that spread as the weighed shares do."""
    weights = [1 / (1 / one.contact + 1 / one.holdout) for one in strata]
    arms_of = []
    for counts in (
        [(s.contact_won, s.contact) for s in strata],
        [(s.holdout_won, s.holdout) for s in strata],
    ):
        share = sum(w * won / n for w, (won, n) in zip(weights, counts, strict=True)) / sum(weights)
        softened = [(won + 0.5) / (n + 1) for won, n in counts]
        middle = sum(w * p for w, p in zip(weights, softened, strict=True)) / sum(weights)
        variance = (
            sum(w * w * p * (1 - p) / n for w, p, (_, n) in zip(weights, softened, counts, strict=True))
            / sum(weights) ** 2
        )
        size = min(middle * (1 - middle) / variance, sum(n for _, n in counts))
        arms_of.append((share, size))
    (share, size), (other, other_size) = arms_of
    low, high = wilson(share * size, size)
    other_low, other_high = wilson(other * other_size, other_size)
    return (
        share - other,
        share - other - hypot(share - low, other_high - other),
        share - other + hypot(high - share, other - other_low),
    )


UNLIKE = [Arms(100, 50, 100, 30), Arms(300, 30, 100, 5), Arms(40, 0, 20, 0)]


def test_strata_weigh_by_both_their_arms():
    difference, low, high = difference_over(UNLIKE[:2])
    assert difference == pytest.approx((50 * 0.2 + 75 * 0.05) / 125)
    assert (difference, low, high) == pytest.approx(by_hand(UNLIKE[:2]))
    assert difference_over(UNLIKE) == pytest.approx(by_hand(UNLIKE))


some = st.builds(
    lambda a, b, x, y: Arms(a, round(x * a), b, round(y * b)),
    st.integers(5, 400), st.integers(5, 400), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip


@given(st.lists(some, min_size=2, max_size=4))
def test_any_strata_weigh_as_is_said(strata):
    assert difference_over(strata) == pytest.approx(by_hand(strata), abs=1e-9)


def test_one_stratum_is_the_plain_interval():
    assert difference_over(UNLIKE[:1]) == newcombe(50, 100, 30, 100)


def test_the_interval_is_wilsons():
    z = NormalDist().inv_cdf(0.975)
    low, high = wilson(10, 50)
    for bound in (low, high):
        assert abs(bound - 0.2) == pytest.approx(z * (bound * (1 - bound) / 50) ** 0.5)
    assert wilson(0, 50)[0] == 0


class TestWhatWasWonBack:
    CELLS = (
        *arms(10, 4, 3, 1, gap_kind="inactive:7", rule=VISIT),
        *arms(5, 2, 0, 0, gap_kind="inactive:8", rule=VISIT),
        *arms(20, 6, 0, 0, gap_kind="inactive", rule=REBOOKED, maturing=1),
        *arms(15, 1, 9, 0, gap_kind="interval", rule=VISIT),
    )

    def test_one_line_for_each_kind_and_definition_most_cases_first(self):
        assert won_by_kind(self.CELLS) == (
            Won("inactive", REBOOKED, 20, 6, 0, 0, True),
            Won("inactive", VISIT, 15, 6, 3, 1, False),
            Won("interval", VISIT, 15, 1, 9, 0, False),
        )
        assert won_by_kind(self.CELLS)[0].says == say(REBOOKED)

    def test_one_open_window_among_many_is_said(self):
        (line,) = won_by_kind([replace(CELL, cases=1, maturing=1), replace(CELL, cases=1)])
        assert line.is_maturing

    def test_every_definition_is_named_with_what_it_counted(self):
        assert definitions(self.CELLS) == (
            Definition(VISIT.key, say(VISIT), ("inactive", "interval"), 42),
            Definition(REBOOKED.key, say(REBOOKED), ("inactive",), 20),
        )

    def test_nothing_is_nothing(self):
        assert (won_by_kind([]), definitions([])) == ((), ())


def test_the_funnel_counts_those_who_were_contacted():
    contact = replace(CELL, cases=9, attempted=8, reached=7, responded=6, booked=5, kept=4)
    held = replace(contact, arm="holdout", channel="")
    steps = funnel(identified=100, eligible=50, cells=[contact, held])
    assert [(one.key, one.count) for one in steps] == [
        ("identified", 100), ("eligible", 50), ("attempted", 8), ("reached", 7), ("responded", 6),
        ("booked", 5), ("kept", 4),
    ]  # fmt: skip


def test_ways_and_segments_are_the_stated_ones():
    assert (FEWEST, SEGMENTS) == (20, ("kind", "tier", "location", "language", "age"))
    assert ChannelCell("interval", "sms", 20, 1, 1, 1, 5).share == 0.25
    assert ChannelCell("interval", "sms", 19, 1, 1, 1, 5).share is None
    # More at a step than at the one before it: nobody left there.
    assert [one.left for one in way("k", "sms", [("a", 3), ("b", 5)]).stages] == [0, 0]
