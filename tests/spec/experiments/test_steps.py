"""Tests of a step: what may vary, when each arm goes out, and who is in none (R-E56, R-C5)."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.experiment import plan_test
from rebook.core.outreach.experiment_steps import (
    arm_due_at,
    arms_as_json,
    arms_from_json,
    arms_of_step,
    left_out_for,
    part_of_day,
    reasons_against_step,
    was_brought_forward,
    with_step,
)
from rebook.core.outreach.sequence import Sequence, Step, choose_channel
from rebook.core.outreach.sequence_effort import effort_for

ZONE = "America/New_York"
PLAN = Sequence(
    "own.three",
    (
        Step(0, "sms", 0, fallbacks=("email",)),
        Step(1, "email", 4, day_part="morning", business_days=True),
        Step(2, "phone", 7, day_part="evening"),
    ),
    max_class=1,
)
CARE = Sequence(
    "own.care",
    (
        Step(0, "phone", 0, preference_may_replace=False),
        Step(1, "letter", 3),
        Step(2, "phone", 4, preference_may_replace=False),
        Step(3, "sms", 4),
    ),
    min_class=2,
    max_class=4,
)


def local(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def stated(element, *variants, metric="booked"):
    return plan_test(element=element, metric=metric, variants=variants, baseline=0.1, effect=0.05, looks=3)


def arms(element, *variants, position=1, plan=PLAN):
    return arms_of_step(plan, position=position, element=element, variants=variants)


def against(element, *variants, position=1, plan=PLAN, metric="booked"):
    found = reasons_against_step(
        plan,
        arms(element, *variants, position=position, plan=plan),
        stated(element, *variants, metric=metric),
    )
    return [one.rule for one in found]


MAY = [
    ("day_part", ("evening",), 1),
    ("day_part", ("midday", "evening"), 1),
    ("delay", ("2", "7"), 1),
    ("channel", ("email",), 0),
    ("channel", ("phone",), 0),
    ("delay", ("3",), 0),
]
MAY_NOT = [
    ("day_part", ("morning",), 1, PLAN, "nothing_differs"),
    ("delay", ("4",), 1, PLAN, "nothing_differs"),
    ("channel", ("sms",), 0, PLAN, "nothing_differs"),
    ("delay", ("0",), 1, PLAN, "same_day"),
    ("delay", ("30",), 1, PLAN, "too_far_apart"),
    # The call is part of the care, and so is its day.
    ("channel", ("sms",), 0, CARE, "part_of_care"),
    ("channel", ("sms",), 0, CARE, "too_little_effort"),
    ("channel", ("sms",), 1, CARE, "too_little_effort"),
    ("delay", ("2",), 0, CARE, "too_little_effort"),
    ("day_part", ("evening",), 0, replace(CARE, min_class=3), "too_grave"),
]


@pytest.mark.parametrize(("element", "variants", "position"), MAY)
def test_what_may_be_tested_of_a_step(element, variants, position):
    assert against(element, *variants, position=position) == []


@pytest.mark.parametrize(("element", "variants", "position", "plan", "rule"), MAY_NOT)
def test_what_may_not_be_tested_is_named(element, variants, position, plan, rule):
    assert rule in against(element, *variants, position=position, plan=plan)


def test_answers_within_a_fortnight_ask_for_arms_that_lie_closer_together():
    assert against("delay", "14", metric="booked") == []
    assert against("delay", "14", metric="responded") == ["too_far_apart"]


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("day_part", "noon"),
        ("delay", "-3"),
        ("delay", "x"),
        ("delay", "400"),
        ("channel", "fax"),
        ("subject", "b"),
    ],
)
def test_a_name_that_means_nothing_is_refused(element, name):
    with pytest.raises(ValueError, match="nothing that this step"):
        arms(element, name)


@given(
    st.sampled_from(
        [("day_part", ["midday", "evening"]), ("delay", ["2", "5", "9"]), ("channel", ["sms", "phone"])]
    ),
    st.integers(0, 1),
)
def test_every_arm_makes_as_many_contacts_for_every_class(asked, position):
    """R-C5: an arm that may be tested does for a class what the plan did."""
    element, names = asked
    for name in names:
        if name == PLAN.steps[position].channel:
            continue
        one = arms(element, name, position=position)
        for risk_class in (0, 1):
            plan = with_step(PLAN, one.steps[name], position)
            assert (
                effort_for(plan, risk_class=risk_class).contacts
                == effort_for(PLAN, risk_class=risk_class).contacts
            )


def test_a_channel_put_first_keeps_the_others_as_ways_to_fall_back_on():
    one = arms("channel", "email", "phone", position=0)
    assert [(s.channel, s.fallbacks) for s in one.steps.values()] == [
        ("sms", ("email",)),
        ("email", ("sms",)),
        ("phone", ("sms", "email")),
    ]
    # Whatever the arm, a wish goes first.
    for step in one.steps.values():
        assert choose_channel(step, available={"sms", "email", "phone"}, preferred="email") == "email"


DUE = [
    # Drawn at nine on a Wednesday, the first time of any arm.
    ("day_part", ("midday", "evening"), "", "2026-11-18 09:00", "2026-11-18 09:00"),
    ("day_part", ("midday", "evening"), "midday", "2026-11-18 09:00", "2026-11-18 12:00"),
    ("day_part", ("midday", "evening"), "evening", "2026-11-18 09:00", "2026-11-18 17:00"),
    # Drawn late: a part that is over is the next day's, one under way is now.
    ("day_part", ("midday", "evening"), "", "2026-11-18 13:00", "2026-11-19 09:00"),
    ("day_part", ("midday", "evening"), "midday", "2026-11-18 13:00", "2026-11-18 13:00"),
    # Business days stay business days: Friday's morning that is over is Monday's.
    ("day_part", ("midday", "evening"), "", "2026-11-20 13:00", "2026-11-23 09:00"),
    ("delay", ("2", "7"), "2", "2026-11-18 09:00", "2026-11-18 09:00"),
    ("delay", ("2", "7"), "", "2026-11-18 09:00", "2026-11-20 09:00"),
    ("delay", ("2", "7"), "7", "2026-11-18 09:00", "2026-11-25 09:00"),
]


@pytest.mark.parametrize(("element", "variants", "name", "now", "due"), DUE)
def test_when_each_arm_is_due(element, variants, name, now, due):
    found = arm_due_at(PLAN, arms(element, *variants), name, now=local(now), zone=ZONE)
    assert found == local(due)


def test_a_first_step_without_a_time_goes_out_at_once_beside_a_later_one():
    one = arms("day_part", "evening", position=0)
    now = local("2026-11-18 08:10")
    assert arm_due_at(PLAN, one, "", now=now, zone=ZONE) == now
    assert arm_due_at(PLAN, one, "evening", now=now, zone=ZONE) == local("2026-11-18 17:00")


def test_everybody_is_drawn_at_the_first_time_of_any_arm():
    assert arms("delay", "2", "7").earliest.delay_days == 2
    assert arms("day_part", "morning", position=2).earliest.day_part == "morning"
    assert arms("channel", "phone", position=0).earliest == PLAN.steps[0]


@pytest.mark.parametrize(
    ("at", "part"),
    [
        ("08:15", "morning"),
        ("11:59", "morning"),
        ("12:00", "midday"),
        ("16:59", "midday"),
        ("17:00", "evening"),
    ],
)
def test_the_part_of_the_day_is_that_of_the_patients_clock(at, part):
    assert part_of_day(local(f"2026-11-18 {at}").astimezone(dt.UTC), ZONE) == part


def test_arms_are_of_a_plan_as_long_as_it_has_their_step_in_its_place():
    one = arms("day_part", "evening")
    assert one.is_of(PLAN, 1)
    assert not one.is_of(PLAN, 0)
    assert not one.is_of(with_step(PLAN, replace(PLAN.steps[1], delay_days=5), 1), 1)
    assert not one.is_of(replace(PLAN, steps=PLAN.steps[:1]), 1)
    # What changes elsewhere in the plan is nothing to the test.
    assert one.is_of(with_step(PLAN, replace(PLAN.steps[2], delay_days=5), 2), 1)


@pytest.mark.parametrize(("element", "variants"), [(one, two) for one, two, _ in MAY])
def test_arms_are_kept_as_they_were_stated(element, variants):
    position = next(three for one, two, three in MAY if (one, two) == (element, variants))
    one = arms(element, *variants, position=position)
    assert arms_from_json(arms_as_json(one)) == one


def test_after_the_end_a_step_brought_forward_is_known_by_its_day():
    one = arms("delay", "2")
    ended_at = local("2026-11-18 15:00")
    for days, brought in ((0, True), (2, True), (3, True), (4, False), (9, False)):
        now = local("2026-11-18 09:00") + dt.timedelta(days=days)
        assert was_brought_forward(one, ended_at=ended_at, now=now, zone=ZONE) is brought


BOTH = {"sms", "email"}
LEFT_OUT = [
    ("day_part", {}, ""),
    ("day_part", {"risk_class": 3}, "grave"),
    ("day_part", {"wish": "evening"}, "prefers"),
    ("day_part", {"preferred": "email", "reach": {"email"}}, ""),
    ("delay", {"wish": "evening"}, ""),
    ("channel", {}, ""),
    ("channel", {"risk_class": 4}, "grave"),
    ("channel", {"preferred": "email"}, "prefers"),
    ("channel", {"wish": "evening"}, ""),
    ("channel", {"reach": {"sms"}}, "one_way"),
    ("channel", {"worded": {"email"}}, "language"),
]


@pytest.mark.parametrize(("element", "changes", "why"), LEFT_OUT)
def test_who_is_not_drawn_and_why(element, changes, why):
    variants = {"day_part": "evening", "delay": "7", "channel": "email"}[element]
    asked = {"risk_class": 1, "preferred": "", "wish": "", "reach": BOTH, "worded": BOTH, **changes}
    one = arms(element, variants, position=0)
    assert left_out_for(one, stated(element, variants), **asked) == why
