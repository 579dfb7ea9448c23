"""The days of a plan hold (R-C146): what is passed over, or put off a little, moves nothing that follows."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_days import (
    ON_PLAN,
    Contact,
    Stood,
    counted_from,
    days_of,
    step_after,
    stood_of,
)
from rebook.core.outreach.sequence_timeline import timeline
from rebook.packs.outreach import sequences

ZONE = "America/New_York"
CLOCK = ZoneInfo(ZONE)
# A Wednesday.
FIRST = date(2026, 11, 18)


def on(day, at=time(10)):
    return datetime.combine(FIRST + timedelta(days=day), at, tzinfo=CLOCK).astimezone(UTC)


def plan(*days, **of_last):
    delays = [days[0], *(later - sooner for sooner, later in pairwise(days))]
    steps = [Step(index, "sms", delay) for index, delay in enumerate(delays)]
    steps[-1] = Step(len(steps) - 1, "sms", delays[-1], **of_last)
    return Sequence("a.b", tuple(steps))


def day_of(at):
    return (at.astimezone(CLOCK).date() - FIRST).days


PLAN = plan(0, 4, 5, 10, 21)
DAYS = [
    # went out as (place, day), place just dealt with, on day, the day of the next
    (((0, 0),), 0, 0, 4),
    (((0, 0), (1, 4)), 1, 4, 5),
    # passed over: the step after keeps its day, even when the branch had waited for its working day
    (((0, 0), (1, 4)), 2, 5, 10),
    (((0, 0), (1, 4)), 2, 7, 10),
    (((0, 0),), 2, 7, 10),
    # put off for a weekend, or three days: still on the plan
    (((0, 0), (1, 6)), 2, 7, 10),
    (((0, 0), (1, 4), (3, 13)), 3, 13, 21),
    # kept waiting longer: as many days after that as the plan has between them
    (((0, 0), (1, 8)), 1, 8, 9),
    (((0, 0), (1, 4), (3, 14)), 3, 14, 25),
    (((0, 0), (1, 30)), 2, 31, 36),
    # the first day is that of the first contact, not that of the plan's first step
    (((1, 2),), 1, 2, 3),
    (((1, 2),), 2, 3, 8),
    # a day that is over is today
    (((0, 0),), 2, 12, 12),
]


@pytest.mark.parametrize(("went_out", "place", "today", "next_day"), DAYS)
def test_the_next_step_keeps_its_day(went_out, place, today, next_day):
    stood = stood_of(Contact(index, on(day)) for index, day in went_out)
    due = step_after(PLAN, stood, place=place, now=on(today, time(10)), zone=ZONE)
    assert day_of(due) == next_day


def test_a_contact_earlier_than_its_day_counts_from_when_it_was():
    # A portal message that nobody read brings the next step forward.
    stood = stood_of([Contact(0, on(0)), Contact(3, on(7))])
    assert day_of(step_after(PLAN, stood, place=3, now=on(7), zone=ZONE)) == 18


def test_without_a_contact_days_count_from_now_and_behind_the_end_is_nothing():
    assert stood_of([]) is None
    assert day_of(step_after(PLAN, None, place=0, now=on(3), zone=ZONE)) == 7
    assert step_after(PLAN, stood_of([Contact(4, on(21))]), place=4, now=on(21), zone=ZONE) is None


def test_who_was_moved_to_another_plan_has_no_days_in_it():
    assert stood_of([Contact(0, on(0))], shift=-1) is None


def test_business_days_count_from_the_contact_before_them():
    """What a practice wrote as so many days worked on is not read as a day of the calendar."""
    steps = (Step(0, "sms", 0), Step(1, "phone", 2, business_days=True), Step(2, "letter", 5))
    stood = stood_of([Contact(0, on(1)), Contact(1, on(5))])
    due = step_after(Sequence("a.b", steps), stood, place=1, now=on(5), zone=ZONE)
    assert day_of(due) == 10


WORKING = [
    # days after a Wednesday, the day on which a step that moves on to a working day comes
    (2, 2), (3, 5), (4, 5), (5, 5), (8, 9),
]  # fmt: skip


@pytest.mark.parametrize(("delay", "comes"), WORKING)
def test_a_step_moves_on_to_the_next_day_that_is_worked_on(delay, comes):
    # The ninth day is the one after Thanksgiving.
    holidays = {FIRST + timedelta(days=8)}
    wanted = plan(0, delay, working_day=True)
    stood = Stood(0, on(0), 0, on(0))
    due = step_after(wanted, stood, place=0, now=on(0), zone=ZONE, holidays=holidays)
    assert day_of(due) == comes


# R-C146, and the days that the house's other plans state beside their rules.
STATED = {
    "routine": (0, 4, 10, 21),
    "close": (0, 1, 3, 7),
    "critical": (0, 1, 3, 5),
    "no_show": (0, 2, 4),
    "cancelled": (1, 5, 14, 30),
    "clinic_cancelled": (0, 2, 7),
    "follow_up": (0, 9, 25),
    "ordered_test": (0, 14, 31),
    "referral": (0, 7, 23),
}


@pytest.mark.parametrize("key", sorted(STATED))
@pytest.mark.parametrize("weekday", range(7))
def test_who_never_answers_is_contacted_on_the_days_that_are_stated(key, weekday):
    """Day by day as the planner does it: passed over where a reason is asked for, else contacted."""
    whole = sequences("primary_care")[f"primary_care.{key}"]
    begins = on(weekday)
    stood, at, came = None, begins + timedelta(days=whole.steps[0].delay_days), []
    for step in whole.steps:
        if not step.when.barrier:
            came.append((step, (at.astimezone(CLOCK).date() - begins.astimezone(CLOCK).date()).days))
            stood = stood.then(step.index, at) if stood else Stood(step.index, at, step.index, at)
        at = step_after(whole, stood, place=step.index, now=at, zone=ZONE)
    for (step, day), stated in zip(came, STATED[key], strict=True):
        # A call stands a day or two later where its day is a Saturday or Sunday; nothing else moves.
        assert day in (range(stated, stated + 3) if step.working_day else (stated,)), (step, day)


def test_the_picture_of_a_plan_shows_the_same_days():
    drawn = timeline(sequences("primary_care")["primary_care.routine"], starts_at=on(0), zone=ZONE)
    assert {one.channel: one.day for one in drawn.placed if not one.is_conditional or one.index in (1, 5, 7)}[
        "letter"
    ] == 21


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=8),
    st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=8, max_size=8),
)
def test_no_step_comes_before_its_day_less_a_weekend_or_before_now(delays, happens):
    wanted = Sequence("a.b", tuple(Step(index, "sms", delay) for index, delay in enumerate(delays)))
    days, stood, now = days_of(wanted), None, on(days_of(wanted)[0])
    for step in wanted.steps:
        is_taken, late = happens[step.index]
        now += timedelta(days=late)
        if is_taken or stood is None:
            stood = stood.then(step.index, now) if stood else Stood(step.index, now, step.index, now)
        due = step_after(wanted, stood, place=step.index, now=now, zone=ZONE)
        if due is None:
            return
        assert due >= now
        between = days[step.index + 1] - days[stood.last]
        least = stood.last_at.astimezone(CLOCK).date() + timedelta(days=between) - ON_PLAN
        assert due.astimezone(CLOCK).date() >= least
        assert counted_from(wanted, stood, place=step.index, zone=ZONE).tzinfo is not None
        now = due
