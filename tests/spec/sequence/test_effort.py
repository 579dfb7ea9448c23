"""The least effort by class of risk (R-C5): what a sequence must do before it may be offered for it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.sequence import CHANNEL_KINDS, Sequence, Step
from rebook.core.outreach.sequence_effort import (
    LEAST_EFFORT,
    effort_for,
    shortfalls,
    steps_when_silent,
)
from rebook.core.outreach.sequence_when import SoFar, When, unmet
from rebook.packs.outreach import sequences
from rebook.packs.specialties import specialty_keys

CALL = {"preference_may_replace": False}


def plan(*steps, **more):
    made = []
    for index, given_step in enumerate(steps):
        channel, change = given_step if isinstance(given_step, tuple) else (given_step, {})
        made.append(Step(index, channel, **{"delay_days": 2 if index else 0, **change}))
    return Sequence("x.y", tuple(made), **more)


CALLS = ("phone", CALL)
SURE = (CALLS, "sms", CALLS, "letter")
EITHER = (("email", {"when": When(delivered="yes")}), ("phone", {"when": When(delivered="no")}))
TABLE = [
    # steps, classes offered for, classes that it does too little for
    (("sms", "email"), (0, 1), []),
    (("sms",), (0, 1), [0, 1]),
    (("sms", "email"), (0, 2), [2]),
    (("sms", "email", "phone"), (0, 2), []),
    (SURE, (3, 3), []),
    (SURE, (3, 5), []),
    (SURE[:3], (3, 3), [3]),
    # no letter
    ((CALLS, "sms", CALLS, "email"), (3, 3), [3]),
    # a call that a preference would turn into a text is no call
    ((CALLS, "sms", "phone", "letter"), (3, 3), [3]),
    # the call of class 4 is on the first day
    (("sms", CALLS, CALLS, "letter"), (3, 4), [4]),
    ((("phone", {**CALL, "delay_days": 1}), "sms", CALLS, "letter"), (3, 5), [4, 5]),
    # what only some of the silent get does not count
    ((*SURE[:3], ("letter", {"when": When(delivered="no")})), (3, 3), [3]),
    ((*SURE[:3], ("letter", {"when": When(clicked="no")})), (3, 3), [3]),
    ((*SURE[:3], ("letter", {"when": When(tier=("lost",))})), (3, 3), [3]),
    ((*SURE[:3], ("letter", {"when": When(barrier=("cost",))})), (3, 3), [3]),
    # what every silent patient of the class gets does
    ((*SURE[:3], ("letter", {"when": When(replied="no")})), (3, 3), []),
    ((*SURE[:3], ("letter", {"when": When(min_class=3)})), (2, 3), []),
    ((*SURE[:3], ("letter", {"when": When(not_barrier=("cost",))})), (3, 3), []),
    # two ways to the same effort: one of them is always taken
    (("sms", *EITHER), (0, 1), []),
    (("sms", *EITHER), (2, 2), [2]),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "classes", "short"), TABLE)
def test_each_class_gets_what_it_is_owed(steps, classes, short):
    found = shortfalls(plan(*steps, min_class=classes[0], max_class=classes[1]))
    assert [one.risk_class for one in found] == short
    assert all("R-C5" in one.says and "who never answers may get" in one.says for one in found)


def test_what_is_owed_grows_with_the_class():
    for lower, higher in pairwise(LEAST_EFFORT):
        assert higher.reaches(lower)


@pytest.mark.parametrize("pack", specialty_keys())
def test_no_shipped_plan_does_too_little(pack):
    assert {key: shortfalls(one) for key, one in sequences(pack).items() if shortfalls(one)} == {}


answers = st.sampled_from(("", "yes", "no"))
steps = st.lists(
    st.tuples(
        st.sampled_from(CHANNEL_KINDS),
        st.fixed_dictionaries(
            {
                "preference_may_replace": st.booleans(),
                "when": st.builds(When, delivered=answers, read=answers, clicked=answers, replied=answers),
            }
        ),
    ),
    min_size=1,
    max_size=6,
)


@given(steps, st.integers(0, 5), st.booleans(), st.booleans(), st.booleans())
def test_nobody_silent_gets_less_than_what_was_counted(given_steps, risk_class, arrived, read, clicked):
    made = plan(*given_steps)
    so_far = SoFar(delivered=arrived or read, read=read, clicked=clicked, risk_class=risk_class)
    taken = [one for one in made.steps if unmet(one.when, so_far) is None]
    counted = effort_for(made, risk_class=risk_class)
    assert len(taken) >= counted.contacts
    assert sum(one.channel == "letter" for one in taken) >= counted.letters


def test_days_count_over_steps_that_are_passed_over():
    made = plan("sms", ("email", {"when": When(barrier=("cost",))}), "phone")
    assert [(day, one.channel) for day, one in steps_when_silent(made, risk_class=1)] == [
        (0, "sms"),
        (4, "phone"),
    ]
    assert shortfalls(replace(made, max_class=1)) == ()
