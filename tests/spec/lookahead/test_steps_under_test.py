"""A step under test in the look ahead: equal parts by each arm, and the days after it as before."""

from itertools import accumulate

import pytest

from rebook.core.lookahead.step_tests import spread_out
from rebook.core.lookahead.values import MILLION
from rebook.core.outreach.experiment_steps import arms_of_step
from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_when import When

PLAN = Sequence(
    "a.b",
    (
        Step(0, "sms", 0, fallbacks=("email",)),
        Step(1, "email", 4, fallbacks=("sms",), when=When(not_barrier=("cost",))),
        Step(2, "phone", 6),
        Step(3, "letter", 11),
    ),
)


def spread_by(element, *variants, position=1, plan=PLAN):
    arms = arms_of_step(PLAN, position=position, element=element, variants=variants)
    return spread_out(plan, [arms])


def days(spread):
    return list(accumulate(step.delay_days for step in spread.plan.steps))


SPREAD = [
    # what varies, step, variants; the days of all steps, the arms in the order of their days
    ("delay", 1, ("6",), [0, 4, 6, 10, 21], ("", "6")),
    ("delay", 1, ("2", "7"), [0, 2, 4, 7, 10, 21], ("2", "", "7")),
    ("delay", 0, ("3",), [0, 3, 4, 10, 21], ("", "3")),
    ("delay", 3, ("8",), [0, 4, 10, 18, 21], ("8", "")),
    # an arm later than what follows pushes it on
    ("delay", 1, ("12",), [0, 4, 12, 12, 23], ("", "12")),
    ("channel", 0, ("email",), [0, 0, 4, 10, 21], ("", "email")),
]


@pytest.mark.parametrize(("element", "position", "variants", "stands", "parts"), SPREAD)
def test_the_arms_stand_on_their_days_and_the_rest_on_its_own(element, position, variants, stands, parts):
    found = spread_by(element, *variants, position=position)
    assert (days(found), found.parts, found.position) == (stands, parts, position)
    assert [step.index for step in found.plan.steps] == list(range(len(stands)))


@pytest.mark.parametrize("variants", [("6",), ("2", "6"), ("2", "6", "8")])
def test_everybody_gets_the_step_once_and_class_three_as_it_is(variants):
    found, alone = spread_by("delay", *variants), spread_out(PLAN)
    arms = range(1, 2 + len(variants))
    for grade in range(6):
        parts = [found.taken(place, risk_class=grade) for place in arms]
        whole = alone.taken(1, risk_class=grade)
        assert whole - len(parts) <= sum(parts) <= whole
        if grade >= 3:
            assert sorted(parts) == [0] * len(variants) + [whole]
            assert found.parts[parts.index(whole)] == ""
        else:
            assert max(parts) - min(parts) <= 2 * len(parts)
    assert found.taken(0, risk_class=1) == MILLION
    assert found.taken(len(found.plan.steps) - 1, risk_class=1) == MILLION


def test_of_two_equal_parts_one_counts_for_the_caps():
    plain = spread_out(Sequence("a.b", PLAN.steps[:1]))
    found = spread_by("channel", "email", position=0)
    assert plain.taken(0, risk_class=1) == MILLION
    assert [2 * found.taken(place, risk_class=1) >= MILLION for place in (0, 1)] == [True, False]


def test_cases_under_way_go_on_at_the_same_step():
    found = spread_by("delay", "2", "6")
    assert [found.place_of(step) for step in range(4)] == [0, 1, 4, 5]
    assert [spread_out(PLAN).place_of(step) for step in range(4)] == [0, 1, 2, 3]


def test_what_changes_no_day_and_no_channel_or_is_of_another_plan_is_left_alone():
    assert spread_by("day_part", "evening").plan is PLAN
    other = Sequence("a.c", (PLAN.steps[0], Step(1, "email", 5), *PLAN.steps[2:]))
    assert spread_by("delay", "6", plan=other).plan is other
