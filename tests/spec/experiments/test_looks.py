"""Tests on wording: bounds as published, errors as promised, and nothing said between looks (R-F51)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.outreach.experiment import (
    ArmCount,
    arm_of,
    due_look,
    judge,
    plan_as_json,
    plan_from_json,
    plan_test,
)
from rebook.core.outreach.experiment_bounds import looking_bounds

# Jennison and Turnbull (2000), table 2.3: O'Brien and Fleming, two-sided 5 %; constant times sqrt(K / k).
PUBLISHED = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040}


@pytest.mark.parametrize("looks", PUBLISHED)
def test_bounds_are_the_published_ones(looks):
    bounds = looking_bounds(looks=looks, alpha=0.05)
    expected = [PUBLISHED[looks] * (looks / number) ** 0.5 for number in range(1, looks + 1)]
    assert bounds == pytest.approx(expected, abs=0.003)


def plan(**changes):
    asked = {
        "element": "subject",
        "metric": "booked",
        "variants": ["b"],
        "baseline": 0.10,
        "effect": 0.05,
        "looks": 3,
    }
    return plan_test(**{**asked, **changes})


def counts(size, main, **arms):
    return [ArmCount("", size, main), *(ArmCount(name, size, won) for name, won in arms.items())]


def simulated(one, rate_main, rate_b, *, seed, times=2000):
    """Share of tests that called a winner or loser, by plain simulation of every patient."""
    chance = np.random.default_rng(seed)
    called = 0
    for _ in range(times):
        main = chance.random(one.per_arm) < rate_main
        other = chance.random(one.per_arm) < rate_b
        for number, size in enumerate(one.look_sizes, 1):
            found = judge(one, counts(size, int(main[:size].sum()), b=int(other[:size].sum())), look=number)
            if found.verdict in ("better", "worse"):
                called += 1
                break
    return called / times


@pytest.mark.parametrize("looks", [1, 3, 5])
def test_chance_looks_like_a_finding_in_five_of_a_hundred_however_often_one_looks(looks):
    # Three standard errors of two thousand simulated tests about five in a hundred.
    assert simulated(plan(looks=looks), 0.10, 0.10, seed=looks) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("looks", [1, 3])
def test_the_stated_difference_is_found_in_eight_of_ten(looks):
    assert simulated(plan(looks=looks), 0.10, 0.15, seed=10 + looks) == pytest.approx(0.80, abs=0.03)


def test_looking_at_every_size_without_bounds_would_deceive():
    """Why the bounds: the plain 1.96 at five looks calls chance a finding in about fourteen of a hundred."""
    chance = np.random.default_rng(3)
    steps = chance.standard_normal((20_000, 5)).cumsum(axis=1) / np.sqrt(np.arange(1, 6))
    assert (np.abs(steps) > 1.96).any(axis=1).mean() > 0.12
    bounds = np.array(looking_bounds(looks=5, alpha=0.05))
    assert (np.abs(steps) > bounds).any(axis=1).mean() == pytest.approx(0.05, abs=0.006)


def test_no_look_before_every_arm_has_its_size():
    one = plan()
    first = one.look_sizes[0]
    uneven = [ArmCount("", first, 5), ArmCount("b", first - 1, 50)]
    assert due_look(one, uneven, taken=0) is None
    with pytest.raises(ValueError, match="waits for"):
        judge(one, uneven, look=1)
    assert due_look(one, counts(first, 5, b=5), taken=0) == 1
    assert due_look(one, counts(first, 5, b=5), taken=1) is None


@pytest.mark.parametrize(
    ("main", "variant", "look", "verdict"),
    [
        (0.10, 0.30, 1, "better"),
        (0.30, 0.10, 1, "worse"),
        (0.10, 0.12, 1, "go_on"),
        (0.10, 0.11, 3, "no_difference"),
    ],
)
def test_what_a_look_says(main, variant, look, verdict):
    one = plan()
    size = one.look_sizes[look - 1]
    found = judge(one, counts(size, round(size * main), b=round(size * variant)), look=look)
    assert found.verdict == verdict
    assert found.variant == ("b" if verdict in ("better", "worse") else "")


def test_the_best_of_several_is_named_and_each_takes_its_part_of_the_error():
    one, two = plan(variants=["b"]), plan(variants=["b", "c"])
    assert two.bounds[-1] > one.bounds[-1]
    assert two.per_arm > one.per_arm
    size = two.look_sizes[-1]
    found = judge(two, counts(size, size // 10, b=size // 5, c=size // 3), look=3)
    assert (found.verdict, found.variant) == ("better", "c")


def test_one_worse_variant_does_not_end_a_test_of_two():
    two = plan(variants=["b", "c"])
    size = two.look_sizes[0]
    assert judge(two, counts(size, size // 3, b=size // 20, c=size // 3), look=1).verdict == "go_on"


def test_a_crooked_split_is_told():
    one = plan()
    crooked = [ArmCount("", one.per_arm, 100), ArmCount("b", one.per_arm * 2, 200)]
    assert judge(one, crooked, look=3).uneven
    assert not judge(one, counts(one.per_arm, 100, b=100), look=3).uneven


@given(st.text(min_size=1, max_size=20), st.integers(1, 3))
def test_the_arm_is_the_same_at_every_asking(unit, variants):
    one = plan(variants=["b", "c", "d"][:variants])
    assert arm_of(unit, plan=one, salt="1:7") == arm_of(unit, plan=one, salt="1:7")
    assert arm_of(unit, plan=one, salt="1:7") in one.arms


def test_arms_are_drawn_evenly_and_anew_for_each_test():
    one = plan(variants=["b", "c"])
    drawn = [arm_of(f"patient:{number}", plan=one, salt="1:1") for number in range(9_000)]
    again = [arm_of(f"patient:{number}", plan=one, salt="1:2") for number in range(9_000)]
    for arm in one.arms:
        assert abs(drawn.count(arm) - 3_000) < 200
    assert 2_700 < sum(a == b for a, b in zip(drawn, again, strict=True)) < 3_300


@settings(max_examples=50)
@given(st.floats(0.02, 0.5), st.floats(0.01, 0.3), st.integers(1, 5))
def test_a_plan_is_kept_as_it_was_stated(baseline, effect, looks):
    one = plan(baseline=baseline, effect=effect, looks=looks)
    assert plan_from_json(plan_as_json(one)) == one
    assert one.look_sizes[-1] == one.per_arm
    assert list(one.look_sizes) == sorted(one.look_sizes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"variants": []},
        {"variants": ["b", "b"]},
        {"variants": [""]},
        {"variants": ["b", "c", "d", "e"]},
        {"element": "dose"},
        {"metric": "opened"},
        {"looks": 0},
        {"looks": 9},
        {"baseline": 0},
        {"effect": 0.95},
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        plan(**wrong)
