"""What success is for each kind of reason (Q-545 to Q-547): the table that every figure counts by."""

import pytest

from rebook.core.gaps import KINDS
from rebook.core.outcome.success import (
    NARROWS,
    SAYS,
    USUAL,
    WHATS,
    BadSuccess,
    SuccessRule,
    choices,
    read_success,
    say,
    success_json,
    usual_success,
)

VISITS = ("visit", "rebooked_and_kept", "visit_and_closed", "visit_and_follow_up")
TABLE = [
    # kind of reason, what success is, what a campaign may ask for instead
    ("interval", "visit", VISITS),
    ("follow_up_not_booked", "visit", VISITS),
    ("cancelled_not_rebooked", "rebooked_and_kept", ("rebooked_and_kept",)),
    ("no_show_not_rebooked", "rebooked_and_kept", ("rebooked_and_kept",)),
    ("later_than_usual", "visit_and_closed", ("visit_and_closed", "visit_and_follow_up")),
    ("inactive", "visit_and_closed", ("visit_and_closed", "visit_and_follow_up")),
    ("treatment_plan_dropped", "visit_and_closed", ("visit_and_closed", "visit_and_follow_up")),
    ("referral_in_not_scheduled", "visit", VISITS),
    ("high_intent", "visit", VISITS),
    ("waiting_list_match", "visit", VISITS),
    ("treatment_unscheduled", "visit", VISITS),
    ("result_awaiting_follow_up", "item_done", ("item_done",)),
    ("referral_out_incomplete", "item_done", ("item_done",)),
    ("report_missing", "item_done", ("item_done",)),
    ("intake_unfinished", "item_done", ("item_done",)),
    ("test_not_done", "item_done", ("item_done",)),
    ("safety_notice", "item_done", ("item_done",)),
    ("authorisation_ending", "item_done", ("item_done",)),
    ("refill_lapsed", "item_done", ("item_done",)),
]


@pytest.mark.parametrize(("kind", "what", "may_be"), TABLE)
def test_success_of_a_kind(kind, what, may_be):
    rule = usual_success(kind)
    assert (rule.what, rule.within_days, rule.version) == (what, 120, 2)
    assert usual_success(f"{kind}:81") == rule, "the event that made the gap does not matter"
    assert choices(kind) == may_be


def test_every_kind_is_in_the_table():
    assert [kind for kind, *_ in TABLE if kind not in KINDS] == []
    assert {kind for kind, *_ in TABLE} == set(KINDS) == set(USUAL)


@pytest.mark.parametrize("what", WHATS)
def test_every_definition_is_said_and_named(what):
    rule = SuccessRule(what, 90)
    assert say(rule) == f"{SAYS[what]} within 90 days of being taken in"
    assert rule.key == f"{what}:90:2"
    assert all(NARROWS[wider] <= NARROWS[what] for wider in NARROWS[what]), (
        "narrower than narrower is narrower"
    )


@pytest.mark.parametrize(
    ("kind", "asked", "what", "days"),
    [
        ("interval", {}, "visit", 120),
        ("interval", {"within_days": 90}, "visit", 90),
        ("interval", {"what": "visit_and_follow_up"}, "visit_and_follow_up", 120),
        ("inactive", {"what": "visit_and_follow_up", "within_days": 7}, "visit_and_follow_up", 7),
    ],
)
def test_a_campaign_may_narrow(kind, asked, what, days):
    rules = read_success({kind: asked})
    assert (rules[kind].what, rules[kind].within_days) == (what, days)
    assert {one: rule for one, rule in rules.items() if one != kind} == {
        one: rule for one, rule in USUAL.items() if one != kind
    }
    assert read_success(success_json(rules)) == rules


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"boredom": {}}, "no kind of reason"),
        ({"boredom": "visit"}, "no kind of reason"),
        ({"interval": {"what": "money"}}, "success of interval is one of visit"),
        ({"no_show_not_rebooked": {"what": "visit"}}, "is one of rebooked_and_kept"),
        ({"inactive": {"what": "visit"}}, "is one of visit_and_closed"),
        ({"refill_lapsed": {"what": "visit"}}, "is one of item_done"),
        ({"interval": {"within_days": 121}}, "within_days lies between 7 and 120"),
        ({"interval": {"within_days": 6}}, "within_days lies between 7 and 120"),
        ({"interval": {"within_days": True}}, "within_days lies between"),
        ({"interval": {"within_days": "90"}}, "within_days lies between"),
        ({"interval": {"mood": 1}}, "has 'what' and 'within_days'"),
        ({"interval": {}, "inactive": "visit"}, "has 'what' and 'within_days'"),
        ({"interval": "item_done"}, "is one of visit, rebooked_and_kept, visit_and_follow_up"),
    ],
)
def test_it_may_not_widen_nor_say_nonsense(asked, problem):
    with pytest.raises(BadSuccess, match=problem) as caught:
        read_success(asked)
    assert caught.value.permanent


def test_plain_words_are_what_plans_meant_before_and_stay_so():
    first = {"no_show_not_rebooked": "rebooked_and_kept", "inactive": "visit"}
    rules = read_success(first)
    assert rules["no_show_not_rebooked"].key == "rebooked_and_kept:-:1"
    assert success_json(rules) == first
    assert "until version 2" in say(rules["inactive"])
    assert read_success({}) == {}
