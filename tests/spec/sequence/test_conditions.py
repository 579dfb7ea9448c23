"""Which steps are taken, which are passed over and with what reason (R-C146, field note 3.17)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.gaps import TIERS
from rebook.core.outreach.sequence import BadSequence, Sequence, Step, as_json, from_json
from rebook.core.outreach.sequence_when import (
    ALWAYS,
    RULE,
    BadWhen,
    SoFar,
    When,
    conditions,
    unmet,
    when_from_json,
)
from rebook.core.outreach.sequence_words import step_sentence
from rebook.core.response.dispositions import BARRIERS

TABLE = [
    # the condition, what happened so far, why it is passed over ("" takes it)
    ({}, {}, ""),
    ({"delivered": "no"}, {}, ""),
    ({"delivered": "no"}, {"delivered": True}, "only if no contact has arrived"),
    ({"delivered": "yes"}, {}, "only if a contact has arrived"),
    ({"delivered": "yes"}, {"delivered": True}, ""),
    ({"read": "no"}, {"delivered": True}, ""),
    ({"read": "no"}, {"delivered": True, "read": True}, "only if no message was read"),
    ({"read": "yes"}, {"delivered": True}, "only if a message was read"),
    ({"clicked": "yes"}, {}, "only if they pressed a button on their page"),
    ({"clicked": "yes"}, {"clicked": True}, ""),
    ({"clicked": "no"}, {"clicked": True}, "only if they pressed nothing on their page"),
    ({"replied": "no"}, {"replied": True}, "only if they have not answered"),
    ({"replied": "yes"}, {"replied": True}, ""),
    ({"barrier": ["cost"]}, {"barrier": "cost"}, ""),
    ({"barrier": ["cost", "fear"]}, {"barrier": "fear"}, ""),
    ({"barrier": ["cost", "fear"]}, {}, "only if their reason is cost or fear or worry"),
    ({"barrier": ["cost"]}, {"barrier": "fear"}, "only if their reason is cost"),
    ({"not_barrier": ["cost"]}, {"barrier": "cost"}, "only if their reason is not cost"),
    ({"not_barrier": ["cost"]}, {}, ""),
    ({"min_class": 3}, {"risk_class": 3}, ""),
    ({"min_class": 3}, {"risk_class": 2}, "only if it is of class 3 or higher"),
    ({"max_class": 1}, {"risk_class": 2}, "only if it is of class 1 or lower"),
    ({"tier": ["lost", "long_lapsed"]}, {"tier": "lost"}, ""),
    ({"tier": ["lost", "long_lapsed"]}, {"tier": "active"}, "only if they are lost or long lapsed"),
    # all of them must hold; the first that does not is the reason
    ({"delivered": "yes", "replied": "no"}, {"delivered": True}, ""),
    ({"delivered": "yes", "replied": "no"}, {"replied": True}, "only if a contact has arrived"),
    ({"replied": "no", "min_class": 3}, {"replied": True}, "only if they have not answered"),
]


@pytest.mark.parametrize(("when", "so_far", "why"), TABLE)
def test_a_step_is_taken_or_passed_over_with_its_reason(when, so_far, why):
    reason = unmet(when_from_json(when), SoFar(**so_far))
    assert (reason.detail if reason else "") == why
    assert reason is None or reason.rule == RULE


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("no", "wants a table"),
        ({"weather": "rain"}, "unknown condition 'weather'"),
        ({"delivered": "maybe"}, 'delivered must be "yes" or "no"'),
        ({"delivered": True}, "delivered"),
        ({"barrier": "cost"}, "barrier must be a list"),
        ({"barrier": ["rain"]}, "barrier must be a list of words from"),
        ({"tier": ["gone"]}, "tier must be"),
        ({"min_class": 9}, "min_class must be a whole number from 0 to 5"),
        ({"min_class": "3"}, "min_class"),
        ({"max_class": True}, "max_class"),
        ({"min_class": 3, "max_class": 2}, "min_class is above max_class"),
    ],
)
def test_a_bad_condition_says_which_part(when, says):
    with pytest.raises(BadWhen, match=says):
        when_from_json(when)
    with pytest.raises(BadSequence, match="step 0: ") as caught:
        from_json({"key": "x.y", "steps": [{"channel": "sms", "when": when}]})
    assert caught.value.step == 0
    assert caught.value.field


whens = st.builds(
    When,
    delivered=st.sampled_from(("", "yes", "no")),
    read=st.sampled_from(("", "yes", "no")),
    clicked=st.sampled_from(("", "yes", "no")),
    replied=st.sampled_from(("", "yes", "no")),
    barrier=st.lists(st.sampled_from(sorted(BARRIERS)), max_size=3, unique=True).map(tuple),
    not_barrier=st.lists(st.sampled_from(sorted(BARRIERS)), max_size=3, unique=True).map(tuple),
    min_class=st.integers(0, 2),
    max_class=st.integers(2, 5),
    tier=st.lists(st.sampled_from(TIERS), max_size=3, unique=True).map(tuple),
)
so_fars = st.builds(
    SoFar,
    delivered=st.booleans(),
    read=st.booleans(),
    clicked=st.booleans(),
    replied=st.booleans(),
    barrier=st.sampled_from(("", *BARRIERS)),
    risk_class=st.integers(0, 5),
    tier=st.sampled_from(("", *TIERS)),
)


@given(whens, so_fars)
def test_a_condition_is_the_same_after_it_was_kept(when, so_far):
    plan = Sequence("x.y", (Step(0, "sms", 0, when=when, owner_role="clinician"),), title="Mine")
    assert from_json(as_json(plan)) == plan
    assert when_from_json(when.as_json()) == when
    reason = unmet(when, so_far)
    # What is passed over names one of the conditions as they are shown.
    assert reason is None or reason.detail.removeprefix("only if ") in conditions(when)
    assert when.is_always is (conditions(when) == ())


@given(so_fars)
def test_opposite_conditions_are_a_branch(so_far):
    """Exactly one of the two is taken, whatever happened."""
    for yes, no in (
        (When(delivered="yes"), When(delivered="no")),
        (When(clicked="yes"), When(clicked="no")),
        (When(barrier=("cost", "fear")), When(not_barrier=("cost", "fear"))),
        (When(min_class=3), When(max_class=2)),
    ):
        assert (unmet(yes, so_far) is None) is not (unmet(no, so_far) is None)


SENTENCES = [
    (Step(0, "sms", 0), "At once, a text"),
    (Step(0, "sms", 0, day_part="evening"), "On the first day, in the evening, a text"),
    (Step(0, "email", 3), "3 days after they come in, an e-mail"),
    (
        Step(1, "phone", 2, business_days=True, day_part="evening"),
        "2 business days later, in the evening, a call, unless they answered",
    ),
    (Step(1, "phone", 0), "The same day, a call, unless they answered"),
    (
        Step(1, "email", 1, fallbacks=("sms", "phone")),
        "1 day later, an e-mail, unless they answered; if that cannot reach them, by text or call",
    ),
    (
        Step(2, "phone", 5, when=When(barrier=("cost",)), owner_role="front_desk"),
        "5 days later, a call by the front desk, only if their reason is cost, unless they answered",
    ),
    (
        Step(2, "letter", 7, when=When(delivered="no", replied="no"), template_key="welcome_back"),
        "7 days later, a letter in the words of “welcome back”, only if no contact has arrived and they have "
        "not answered",
    ),
    (
        Step(1, "phone", 1, preference_may_replace=False),
        "1 day later, a call (whatever they prefer), unless they answered",
    ),
    (replace(Step(1, "phone", 1), stop_conditions=("booked",)), "1 day later, a call"),
]


@pytest.mark.parametrize(("step", "says"), SENTENCES)
def test_each_step_in_a_sentence(step, says):
    assert step_sentence(step) == says


def test_nothing_set_always_holds():
    assert ALWAYS.as_json() == {}
    assert unmet(ALWAYS, SoFar()) is None
