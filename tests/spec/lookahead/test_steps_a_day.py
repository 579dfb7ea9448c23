"""The look ahead deals with a step a day, and keeps the days of the plan all the same (R-C146)."""

from itertools import accumulate

from rebook.core.lookahead.steps import one_a_day
from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_when import When
from rebook.packs.outreach import sequences

BARRIER = When(barrier=("cost",))


def days(sequence):
    return list(accumulate(step.delay_days for step in one_a_day(sequence).steps))


def test_branches_of_one_day_do_not_push_what_follows():
    routine = sequences("primary_care")["primary_care.routine"]
    assert days(routine) == [0, 4, 5, 6, 7, 10, 14, 21]


def test_more_branches_than_there_are_days_push_as_little_as_can_be():
    steps = [Step(0, "sms", 0), *(Step(n, "phone", int(n == 1), when=BARRIER) for n in range(1, 5))]
    assert days(Sequence("a.b", (*steps, Step(5, "sms", 1)))) == [0, 1, 2, 3, 4, 5]


def test_only_what_many_take_waits_for_a_working_day():
    steps = (
        Step(0, "sms", 0),
        Step(1, "phone", 2, when=BARRIER, working_day=True),
        Step(2, "phone", 2, when=When(not_barrier=("cost",)), working_day=True),
        Step(3, "phone", 2, business_days=True),
    )
    made = one_a_day(Sequence("a.b", steps)).steps
    assert [step.working_day for step in made] == [False, False, True, False]
    assert (made[3].delay_days, made[3].business_days) == (2, True)
