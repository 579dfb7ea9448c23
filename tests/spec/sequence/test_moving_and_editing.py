"""A sequence changed step by step, laid out on a calendar, and exchanged under running cases."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.sequence import MOST_STEPS, BadSequence, Sequence, Step, from_json
from rebook.core.outreach.sequence_edit import add_step, change_step, move_step, remove_step
from rebook.core.outreach.sequence_move import (
    MOVE_KINDS,
    Move,
    days_of,
    due_after_move,
    effect_of,
    move_case,
)
from rebook.core.outreach.sequence_timeline import timeline
from rebook.core.outreach.sequence_when import When

ZONE = "America/New_York"


def utc(*when):
    return datetime(*when, tzinfo=UTC)


def plan(*steps):
    """(channel, days since the step before) of each step, or a Step."""
    made = [
        replace(one, index=index) if isinstance(one, Step) else Step(index, one[0], one[1])
        for index, one in enumerate(steps)
    ]
    return Sequence("x.y", tuple(made))


SMS, EMAIL, CALL, LETTER = ("sms", 0), ("email", 4), ("phone", 6), ("letter", 11)
OLD = plan(SMS, EMAIL, CALL)

MOVES = [
    # the new plan, steps done of (sms 0, e-mail 4, call 10), where it goes on
    (OLD, 0, Move(0, "same", (), True)),
    (OLD, 1, Move(1, "same", (), True)),
    (OLD, 2, Move(2, "same", (), True)),
    (OLD, 3, Move(3, "over")),
    # one more at the end
    (plan(SMS, EMAIL, CALL, LETTER), 2, Move(2, "same", (), True)),
    (plan(SMS, EMAIL, CALL, LETTER), 3, Move(3, "gains")),
    # the last one taken out
    (plan(SMS, EMAIL), 1, Move(1, "same", (), True)),
    (plan(SMS, EMAIL), 2, Move(2, "ends")),
    # one put in before what comes next: it never comes to who is past it
    (plan(SMS, ("letter", 2), ("email", 2), CALL), 1, Move(2, "skips", (1,), True)),
    (plan(SMS, ("letter", 2), ("email", 2), CALL), 0, Move(0, "same", (), True)),
    # the next one comes on another day, by another way
    (plan(SMS, ("email", 6), CALL), 1, Move(1, "changed")),
    (plan(SMS, ("letter", 4), CALL), 1, Move(1, "changed")),
    (plan(("email", 0), EMAIL, CALL), 0, Move(0, "changed")),
    # what the new plan has on days gone by is skipped
    (plan(SMS, ("letter", 3), ("phone", 20)), 2, Move(2, "skips", (1,))),
    (plan(("letter", 0), ("letter", 9)), 1, Move(1, "skips", (0,))),
    # a plan that is over before the case's day
    (plan(SMS, ("email", 1)), 3, Move(2, "over")),
    (plan(("letter", 1)), 1, Move(0, "changed")),
    (plan(("letter", 3)), 2, Move(1, "ends")),
]


@pytest.mark.parametrize(("new", "done", "goes_on"), MOVES)
def test_a_case_goes_on_after_the_day_it_has_done(new, done, goes_on):
    assert move_case(OLD, new, position=done) == goes_on


plans = st.lists(
    st.tuples(st.sampled_from(("sms", "email", "phone", "letter")), st.integers(1, 12)),
    min_size=1,
    max_size=6,
).map(lambda steps: plan(*steps))


@given(plans, plans, st.integers(0, 6))
def test_a_moved_case_never_comes_to_a_day_it_has_done(old, new, done):
    done = min(done, len(old.steps))
    move = move_case(old, new, position=done)
    assert 0 <= move.position <= len(new.steps)
    assert (move.position == len(new.steps)) is (move.kind in ("ends", "over"))
    if done and move.position < len(new.steps):
        assert days_of(new)[move.position] > days_of(old)[done - 1]
    assert all(index < move.position for index in move.skipped)


@given(plans, st.integers(0, 6))
def test_the_same_plan_changes_nothing(old, done):
    move = move_case(old, old, position=min(done, len(old.steps)))
    assert move.kind in ("same", "over")
    assert move.position == min(done, len(old.steps))
    assert move.skipped == ()


@given(st.lists(st.tuples(st.sampled_from(MOVE_KINDS), st.integers(0, 4))))
def test_every_case_is_counted_once(kinds):
    effect = effect_of((Move(0, kind), risk) for kind, risk in kinds)
    assert effect.cases == len(kinds) == sum(count for _, count in effect.kinds)
    assert effect.told == sum(kind == "ends" and risk >= 3 for kind, risk in kinds)
    assert all(effect.of(kind) == [one for one, _ in kinds].count(kind) for kind in MOVE_KINDS)
    assert effect.stamp.startswith(f"cases={len(kinds)}")


DUE = [
    # new plan, steps done, last step, now, when the next one falls due
    (plan(SMS, ("email", 6), CALL), 1, utc(2026, 12, 1, 15), utc(2026, 12, 2, 15), utc(2026, 12, 7, 15)),
    # long past: now, not a heap of yesterdays
    (plan(SMS, ("email", 6), CALL), 1, utc(2026, 11, 1, 15), utc(2026, 12, 2, 15), utc(2026, 12, 2, 15)),
    # the call of day 20 after the e-mail of day 4
    (plan(SMS, ("letter", 3), ("phone", 17)), 2, utc(2026, 12, 1, 15), utc(2026, 12, 2),
     utc(2026, 12, 17, 15)),
    (plan(SMS, EMAIL), 2, utc(2026, 12, 1, 15), utc(2026, 12, 2, 15), None),
]  # fmt: skip


@pytest.mark.parametrize(("new", "done", "last", "now", "due"), DUE)
def test_the_days_between_the_two_steps_are_kept(new, done, last, now, due):
    move = move_case(OLD, new, position=done)
    found = due_after_move(
        OLD, new, move, position=done, last_step_at=last, opened_at=last, now=now, zone=ZONE
    )
    assert found == due


def test_steps_are_added_changed_moved_and_taken_out():
    made = add_step(OLD, place=1, step=Step(9, "letter", 3))
    assert [(one.index, one.channel) for one in made.steps] == [
        (0, "sms"),
        (1, "letter"),
        (2, "email"),
        (3, "phone"),
    ]
    assert move_step(made, index=1, by=1).steps[2].channel == "letter"
    assert move_step(made, index=0, by=-1) == made
    assert move_step(made, index=3, by=1) == made
    assert remove_step(made, index=1) == OLD
    assert change_step(OLD, index=0, step=Step(4, "email", 1)).steps[0] == Step(0, "email", 1)


@pytest.mark.parametrize(
    "act",
    [
        lambda: remove_step(plan(SMS), index=0),
        lambda: remove_step(OLD, index=3),
        lambda: change_step(OLD, index=-1, step=Step(0, "sms", 0)),
        lambda: move_step(OLD, index=7, by=1),
        lambda: add_step(OLD, place=9, step=Step(0, "sms", 0)),
        lambda: add_step(plan(*[SMS] * MOST_STEPS), place=0, step=Step(0, "sms", 0)),
        lambda: from_json({"key": "x", "steps": [{"channel": "sms"}] * (MOST_STEPS + 1)}),
    ],
)
def test_what_cannot_be_done_to_a_plan_is_told(act):
    with pytest.raises(BadSequence):
        act()


def test_the_timeline_is_that_of_a_calendar():
    conditional = Step(2, "phone", 2, business_days=True, day_part="evening", when=When(delivered="no"))
    laid = timeline(
        plan(SMS, EMAIL, conditional),
        starts_at=utc(2026, 11, 18, 17),
        zone=ZONE,
        holidays={date(2026, 11, 24)},
    )
    assert laid.lanes == ("sms", "email", "phone")
    assert [(one.day, one.lane, one.is_conditional) for one in laid.placed] == [
        (0, 0, False),
        (4, 1, False),
        # Sunday, two business days without Tuesday: Wednesday.
        (7, 2, True),
    ]
    assert laid.placed[2].at == utc(2026, 11, 25, 22)
    assert laid.marks == (0, 1, 2, 3, 4, 5, 6, 7)


@given(plans)
def test_the_axis_has_few_marks_and_reaches_the_last_step(made):
    laid = timeline(made, starts_at=utc(2026, 3, 6, 15), zone=ZONE)
    assert laid.marks[0] == 0
    assert len(laid.marks) <= 8
    assert all(0 <= one.day <= laid.last_day for one in laid.placed)
    assert [one.at for one in laid.placed] == sorted(one.at for one in laid.placed)
