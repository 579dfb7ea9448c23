"""What counts as success, who is taken in again and by which steps, and what it costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from rebook.core.gaps import KINDS, TIERS
from rebook.core.outcome.success import USUAL
from rebook.core.outreach.campaign_budget import BadPrice, GoneOut, prices, spent_cents
from rebook.core.outreach.campaign_plan import (
    BadPlan,
    CampaignPlan,
    Reentry,
    plan_json,
    read_plan,
    tiers_of,
)
from rebook.core.outreach.campaign_reentry import gentler, may_come_again
from rebook.core.outreach.sequence import Sequence, Step

FELL_THROUGH = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("programme", "tiers"),
    [
        ("recall", {"active", "slipping", "never"}),
        ("reactivation", {"dormant", "long_lapsed", "lost"}),
        ("", set(TIERS)),
    ],
)
def test_whom_a_programme_takes_in(programme, tiers):
    assert set(tiers_of(programme)) == tiers


def test_success_is_written_out_so_that_a_new_default_never_changes_an_old_campaign():
    kept = plan_json(CampaignPlan())
    assert set(kept["success"]) == set(KINDS)
    assert kept["success"]["no_show_not_rebooked"] == {"what": "rebooked_and_kept", "within_days": 120}
    other = read_plan({**kept, "success": {"interval": {"what": "visit_and_follow_up", "within_days": 60}}})
    assert other.success_of("interval").key == "visit_and_follow_up:60:2"
    assert other.success_of("no_show_not_rebooked:81").key == "rebooked_and_kept:120:2"
    assert read_plan(plan_json(other)) == other


def test_a_plan_from_before_keeps_its_words_and_what_they_meant():
    before = plan_json(CampaignPlan()) | {"success": {"inactive": "visit_and_follow_up"}}
    plan = read_plan(before)
    assert plan.success_of("inactive").key == "visit_and_follow_up:-:1"
    assert plan.success_of("no_show_not_rebooked").key == "visit:-:1"
    assert plan_json(plan) == before


def test_what_is_left_out_is_as_usual_and_the_frozen_steps_are_none_of_its_business():
    assert read_plan({}) == CampaignPlan()
    assert read_plan({**plan_json(CampaignPlan()), "gentle": {"key": "x"}}) == CampaignPlan()
    assert CampaignPlan().success == USUAL


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"colour": "red"}, "knows no 'colour'"),
        ({"success": {"boredom": {}}}, "no kind of reason"),
        ({"success": {"interval": {"what": "money"}}}, "success of interval is one of"),
        ({"reentry": {"limit": 4}}, "limit lies between 0 and 3"),
        ({"reentry": {"wait_days": -1}}, "wait_days lies between"),
        ({"reentry": {"within_days": "many"}}, "within_days lies between"),
        ({"reentry": {"mood": 1}}, "knows no 'mood'"),
        ({"calendar": {"weekdays": []}}, "at least one weekday"),
        ({"trigger": {"field": "moon"}}, "a date to go by"),
    ],
)
def test_what_is_no_plan_is_refused(value, problem):
    with pytest.raises(BadPlan, match=problem):
        read_plan(value)


AGAIN = [
    # story, rule, times before, days since it fell through, answer
    ("too soon", Reentry(), 0, 2, False),
    ("on the day", Reentry(), 0, 3, True),
    ("on the last day", Reentry(), 0, 60, True),
    ("too late", Reentry(), 0, 61, False),
    ("it was taken in again once already", Reentry(), 1, 10, False),
    ("twice is allowed", Reentry(limit=2), 1, 10, True),
    ("never", Reentry(limit=0), 0, 10, False),
    ("at once", Reentry(wait_days=0), 0, 0, True),
]


@pytest.mark.parametrize(("story", "rule", "entries", "days", "answer"), AGAIN, ids=[row[0] for row in AGAIN])
def test_who_is_taken_in_again(story, rule, entries, days, answer):
    now = FELL_THROUGH + timedelta(days=days)
    assert may_come_again(rule, entries=entries, fell_through_at=FELL_THROUGH, now=now) is answer, story


def steps(*plan):
    made = [
        Step(index, channel, days, business_days=index == 2) for index, (channel, days) in enumerate(plan)
    ]
    return Sequence("pack.plan", tuple(made))


GENTLE = [
    ("three become two", [("sms", 0), ("email", 4), ("phone", 7)], [("sms", 0), ("phone", 14)]),
    ("a slow end stays slow", [("sms", 0), ("letter", 30)], [("sms", 0), ("letter", 30)]),
    ("one stays one", [("phone", 0)], [("phone", 0)]),
    ("five become two", [("sms", 1)] * 4 + [("phone", 5)], [("sms", 1), ("phone", 14)]),
]


@pytest.mark.parametrize(("story", "before", "after"), GENTLE, ids=[row[0] for row in GENTLE])
def test_the_gentler_path(story, before, after):
    made = gentler(steps(*before))
    assert [(one.channel, one.delay_days) for one in made.steps] == after, story
    assert [one.index for one in made.steps] == list(range(len(after)))
    assert made.key == "pack.plan.gentle"


COSTS = [
    ("nothing", [], 0),
    ("texts by segment", [GoneOut("sms", 10, 25)], 30),
    ("texts without a count of segments", [GoneOut("sms", 10)], 12),
    ("a part of a cent is a cent", [GoneOut("email", 1)], 1),
    ("letters and calls", [GoneOut("letter", 2), GoneOut("phone", 40)], 190),
    ("what has no price", [GoneOut("pigeon", 9)], 0),
]


@pytest.mark.parametrize(("story", "gone_out", "cents"), COSTS, ids=[row[0] for row in COSTS])
def test_what_it_cost(story, gone_out, cents):
    assert spent_cents(gone_out, prices=prices()) == cents, story


def test_the_practices_own_prices_go_first():
    own = prices({"sms": "0.8", "letter": 120})
    assert (own["sms"], own["letter"], own["email"]) == (Decimal("0.8"), Decimal(120), prices()["email"])


@pytest.mark.parametrize("price", ["cheap", -1, float("nan"), True, None])
def test_what_is_no_price_is_refused(price):
    with pytest.raises(BadPrice, match="the price of sms"):
        prices({"sms": price})
