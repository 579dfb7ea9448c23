"""Holdouts and tests at their edges: the last patient needed, the last place of a block, the exact bound."""

from dataclasses import replace

import pytest

from rebook.core.outreach.experiment import (
    ANSWER_WITHIN,
    ELEMENTS,
    METRICS,
    MOST_LOOKS,
    MOST_VARIANTS,
    NEVER_FROM_CLASS,
    ArmCount,
    Comparison,
    TestPlan,
    due_look,
    judge,
    plan_as_json,
    plan_from_json,
    plan_test,
)
from rebook.core.outreach.experiment_received import Received
from rebook.core.outreach.experiment_split import split_of
from rebook.core.outreach.holdout import Candidate, assign, is_left_out, stratum_of
from rebook.core.outreach.power import (
    ALPHA,
    OFFERED_PERCENTS,
    POWER,
    USUAL_LIFT,
    PowerStatement,
    Showing,
    patients_needed,
    power_statement,
    smallest_lift,
)

PLAN = TestPlan("subject", "booked", ("b",), 0.1, 0.05, 2, 100, (2.0, 1.5))


def arms(main, size=100, **others):
    return [ArmCount("", size, main), *(ArmCount(name, size, won) for name, won in others.items())]


class TestPlans:
    def test_what_was_stated_is_kept_and_read_back(self):
        kept = plan_as_json(PLAN)
        assert kept == {
            "element": "subject", "metric": "booked", "variants": ["b"], "baseline": 0.1, "effect": 0.05,
            "looks": 2, "per_arm": 100, "bounds": [2.0, 1.5],
        }  # fmt: skip
        assert plan_from_json(kept) == PLAN

    def test_what_may_vary_and_what_decides_is_the_stated_rule(self):
        assert ELEMENTS == (
            "subject", "call_to_action", "availability", "day_part", "delay", "channel",
        )  # fmt: skip
        assert (METRICS, MOST_VARIANTS, MOST_LOOKS, NEVER_FROM_CLASS) == (("booked", "responded"), 3, 5, 3)
        assert {key: span.days for key, span in ANSWER_WITHIN.items()} == {"booked": 30, "responded": 14}
        assert [replace(PLAN, element=one).is_of_step for one in ELEMENTS] == [False] * 3 + [True] * 3

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"baseline": 0}, "the usual rate"),
            ({"baseline": 1}, "the usual rate"),
            ({"effect": 0}, "the difference worth finding"),
            ({"baseline": 0.75, "effect": 0.25}, "the difference worth finding"),
            ({"looks": 0}, "one to 5 looks"),
            ({"looks": 6}, "one to 5 looks"),
            ({"variants": []}, "one to 3 others"),
            ({"variants": ["a", "b", "c", "d"]}, "one to 3 others"),
            ({"variants": ["a", "a"]}, "a name of its own"),
            ({"variants": [""]}, "a name of its own"),
            ({"element": "price"}, "what varies is one of"),
            ({"metric": "opened"}, "what decides is one of"),
        ],
    )
    def test_what_makes_no_test_is_refused(self, changed, problem):
        asked = {"element": "subject", "metric": "booked", "variants": ["b"], "baseline": 0.1, "effect": 0.05}
        with pytest.raises(ValueError, match=problem):
            plan_test(**{**asked, "looks": 2, **changed})


class TestLooks:
    def test_each_look_has_its_size(self):
        assert replace(PLAN, per_arm=101).look_sizes == (51, 101)
        assert [due_look(PLAN, arms(0, size=size, b=0), taken=0) for size in (49, 50, 99, 100)] == [
            None, 1, 1, 2,
        ]  # fmt: skip
        assert due_look(PLAN, arms(0, size=99, b=0), taken=1) is None
        assert due_look(PLAN, [ArmCount("", 100, 0), ArmCount("b", 49, 0)], taken=0) is None
        assert due_look(PLAN, [], taken=0) is None

    @pytest.mark.parametrize(
        ("counts", "problem"),
        [
            (arms(1), "every arm is counted"),
            (arms(1, b=1, c=1), "every arm is counted"),
            (arms(1, size=49, b=1), "look 1 waits for 50"),
        ],
    )
    def test_what_may_not_be_judged_yet(self, counts, problem):
        with pytest.raises(ValueError, match=problem):
            judge(PLAN, counts, look=1)

    def test_on_the_bound_is_beyond_it(self):
        assert Comparison("b", 0, 0, 0, 2.0, 2.0).is_beyond
        assert Comparison("b", 0, 0, 0, -2.0, 2.0).is_beyond
        assert not Comparison("b", 0, 0, 0, 1.99, 2.0).is_beyond

    @pytest.mark.parametrize(
        ("look", "won", "verdict", "variant"),
        [
            (1, 30, "better", "b"),
            (1, 1, "worse", "b"),
            (1, 12, "go_on", ""),
            (2, 12, "no_difference", ""),
        ],
    )
    def test_what_a_look_says(self, look, won, verdict, variant):
        found = judge(PLAN, arms(12, b=won), look=look)
        assert (found.number, found.verdict, found.variant) == (look, verdict, variant)
        assert found.comparisons[0].bound == PLAN.bounds[look - 1]

    def test_of_several_that_are_better_the_best_is_named_and_one_bad_one_ends_nothing(self):
        three = replace(PLAN, variants=("b", "c"))
        assert judge(three, arms(10, b=30, c=40), look=1).variant == "c"
        assert judge(three, arms(30, b=10, c=30), look=1).verdict == "go_on"
        assert judge(three, arms(40, b=10, c=15), look=1).verdict == "worse"

    def test_nobody_in_any_arm_shows_no_difference(self):
        (found,) = judge(PLAN, arms(0, b=0), look=1).comparisons
        assert (found.z, found.difference) == (0, 0)

    def test_shares_of_an_arm(self):
        assert (ArmCount("", 40, 10).share, ArmCount("", 0, 0).share) == (0.25, 0)

    @pytest.mark.parametrize(("as_drawn", "is_thin"), [(80, False), (79, True), (0, True)])
    def test_four_in_five_got_what_they_were_drawn_for(self, as_drawn, is_thin):
        assert Received("b", as_drawn, 100 - as_drawn, 900).is_thin is is_thin
        assert not Received("b", 0, 0, 9).is_thin

    def test_arms_of_nobody_are_even(self):
        assert (split_of([0, 0]).chance, split_of([0, 0]).is_uneven) == (1.0, False)
        with pytest.raises(ValueError, match="two arms or more"):
            split_of([5])


class TestShowing:
    def test_errors_and_shares_on_offer_are_the_stated_ones(self):
        assert (ALPHA, POWER, OFFERED_PERCENTS, USUAL_LIFT) == (0.05, 0.8, (10, 20, 30, 50), 0.05)

    @pytest.mark.parametrize(
        ("lift", "is_enough"), [(0.05, True), (0.0501, False), (None, False), (0.01, True)]
    )
    def test_a_lift_of_the_usual_size_would_be_seen(self, lift, is_enough):
        showing = Showing(10, 100, 9.0, lift)
        assert PowerStatement(1000, 0, 0.03, "prior", showing, ()).is_enough is is_enough

    def test_other_shares_are_offered_beside_the_chosen_one(self):
        said = power_statement(patients=9000, never_drawn=5, percent=20, organic=0.03, organic_source="own")
        assert [one.percent for one in said.others] == [10, 30, 50]
        assert (said.chosen.percent, said.chosen.held_back, said.chosen.expected_back) == (20, 1800, 54.0)

    @pytest.mark.parametrize(
        ("patients", "organic", "why"),
        [
            (599, 0.5, "59 held back, 60 needed"),
            (600, 0.5, ""),
            (1000, 0.05, ""),
            (1000, 0.049, "about 4.9 of them would come back anyway, 5 needed"),
        ],
    )
    def test_sixty_held_back_and_five_expected_are_enough(self, patients, organic, why):
        said = power_statement(
            patients=patients, never_drawn=0, percent=10, organic=organic, organic_source="own"
        )
        assert said.chosen.why_not == why
        assert (said.chosen.lift is not None) is (why == "")

    def test_without_a_holdout_nothing_is_expected(self):
        said = power_statement(patients=9000, never_drawn=0, percent=0, organic=0.03, organic_source="own")
        assert said.chosen == Showing(0, 0, 0.0, None, "nobody is left out for comparison")

    @pytest.mark.parametrize(("patients", "organic"), [(5, 0.03), (20, 0.5), (10**6, 0.99995)])
    def test_a_list_too_small_shows_nothing(self, patients, organic):
        assert smallest_lift(patients=patients, organic=organic, percent=10) is None

    def test_a_list_that_is_just_large_enough_shows_the_largest_there_is(self):
        most = patients_needed(organic=0.5, lift=0.5, percent=50)
        assert smallest_lift(patients=most, organic=0.5, percent=50) is not None
        assert smallest_lift(patients=most - 1, organic=0.5, percent=50) is None

    @pytest.mark.parametrize("patients", range(1000, 1400, 25))
    def test_no_smaller_lift_would_be_seen(self, patients):
        lift = smallest_lift(patients=patients, organic=0.05, percent=20)
        assert patients_needed(organic=0.05, lift=lift, percent=20) <= patients
        assert patients_needed(organic=0.05, lift=lift - 0.0001, percent=20) > patients

    @pytest.mark.parametrize("wrong", [{"organic": 1.0}, {"organic": -0.01}, {"percent": 0}, {"percent": 51}])
    def test_rates_and_shares_that_cannot_be_are_refused(self, wrong):
        with pytest.raises(ValueError, match="lies between"):
            smallest_lift(**{"patients": 1000, "organic": 0.03, "percent": 10, **wrong})

    @pytest.mark.parametrize(("lift", "is_fine"), [(0.25, True), (0.2502, False), (1.0, False)])
    def test_no_lift_goes_beyond_everybody(self, lift, is_fine):
        if is_fine:
            assert patients_needed(organic=0.75, lift=lift, percent=10) > 0
            return
        with pytest.raises(ValueError, match="what is left to 1"):
            patients_needed(organic=0.75, lift=lift, percent=10)

    def test_rates_and_shares_at_either_end(self):
        assert patients_needed(organic=0, lift=0.1, percent=1) > patients_needed(
            organic=0, lift=0.1, percent=50
        )


def person(number, **changed):
    return Candidate(**{
        "patient_id": number, "household_key": "", "location_id": 1, "reason": "interval", "risk_class": 1,
        **changed,
    })  # fmt: skip


class TestDraw:
    @pytest.mark.parametrize(
        ("percent", "block", "wanted"), [(10, 10, 1), (5, 20, 1), (15, 20, 3), (50, 2, 1), (7, 100, 7)]
    )
    def test_every_block_has_exactly_its_share(self, percent, block, wanted):
        for start in range(0, 10 * block, block):
            places = range(start, start + block)
            assert sum(is_left_out(one, percent=percent, salt="s", stratum="x") for one in places) == wanted

    def test_like_cases_are_of_one_site_reason_and_risk(self):
        assert stratum_of(person(1)) == "1|interval|1"
        assert stratum_of(person(1, location_id=None)) == "-|interval|1"

    @pytest.mark.parametrize(
        ("changed", "percent", "assigned", "rule", "detail", "is_new"),
        [
            ({"risk_class": 3}, 10, {}, "holdout_never", "risk class 3 is never left out", False),
            ({}, 0, {}, "holdout_off", "the campaign leaves nobody out", False),
            ({}, 10, {"patient:1": "contact"}, "holdout_sticky", "drawn before in this cycle", False),
            ({"risk_class": 2}, 10, {}, "holdout_drawn", "place 1 of its stratum", True),
        ],
    )
    def test_why_somebody_is_in_their_arm(self, changed, percent, assigned, rule, detail, is_new):
        (found,) = assign([person(1, **changed)], percent=percent, salt="s", assigned=assigned, drawn={})
        assert (found.reason.rule, found.reason.detail, found.is_new) == (rule, detail, is_new)
        assert found.arm in ("contact", "holdout")

    def test_arms_are_the_words_of_the_ledger(self):
        found = assign([person(one) for one in range(20)], percent=50, salt="s", assigned={}, drawn={})
        assert {one.arm for one in found} == {"contact", "holdout"}
