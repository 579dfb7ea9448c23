"""Is anybody there to answer? And what of a campaign needs a look?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outreach.campaign_calendar import EnrolmentCalendar
from rebook.core.outreach.campaign_readiness import (
    BadStatement,
    ChannelStatement,
    ReadinessCheck,
    StaffedHours,
    Stated,
    channel_problems,
    on_call_problem,
    read_channel,
    read_staffed,
)
from rebook.core.outreach.campaign_standing import CampaignStanding, enrols_next_on, warnings
from rebook.core.reasons import Reason

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)
TODAY = date(2026, 3, 16)
WHO = {"name": "Dr Lee", "phone": "+13125550100"}


def said(days_ago, detail=None):
    return Stated({} if detail is None else detail, NOW - timedelta(days=days_ago), "user:1")


ON_CALL = [
    # story, contact, tested, what stands against it
    ("nobody named", None, None, "no_on_call"),
    ("named without a name", said(5, {"name": ""}), said(1), "no_on_call"),
    ("never tried", said(5, WHO), None, "on_call_untested"),
    ("tried before the number changed", said(5, WHO), said(6), "on_call_untested"),
    ("tried a month ago", said(90, WHO), said(30), ""),
    ("tried longer ago", said(90, WHO), said(31), "on_call_untested"),
    ("tried today", said(5, WHO), said(0), ""),
]


@pytest.mark.parametrize(("story", "contact", "tested", "rule"), ON_CALL, ids=[row[0] for row in ON_CALL])
def test_the_on_call_clinician_was_reached(story, contact, tested, rule):
    problem = on_call_problem(contact, tested, now=NOW, zone=ZONE)
    assert (problem.rule if problem else "") == rule, story


def test_staffed_hours_are_days_and_times():
    hours = read_staffed({"weekdays": [4, 0, 0], "opens": "08:00", "closes": "17:30"})
    assert hours == StaffedHours((0, 4), time(8), time(17, 30))


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({}, "weekdays"),
        ({"weekdays": [8], "opens": "08:00", "closes": "17:00"}, "weekdays"),
        ({"weekdays": [0], "opens": "eight", "closes": "17:00"}, "opens"),
        ({"weekdays": [0], "opens": "08:00"}, "opens"),
        ({"weekdays": [0], "opens": "17:00", "closes": "08:00"}, "closes"),
    ],
)
def test_hours_that_are_none_are_refused_by_field(detail, field):
    with pytest.raises(BadStatement) as refused:
        read_staffed(detail)
    assert refused.value.field == field


SIGNED, LATER = date(2026, 1, 5), date(2026, 4, 1)
CHANNELS = [
    # story, kind, statement, rules that speak against it (R-A103)
    (
        "nothing said of texts",
        "sms",
        ChannelStatement(),
        {"no_agreement", "no_sender", "sender_unregistered"},
    ),
    ("nothing said of letters", "letter", ChannelStatement(), {"no_agreement"}),
    ("all said of texts", "sms", ChannelStatement("+13125550100", SIGNED, SIGNED), set()),
    ("all said of e-mail", "email", ChannelStatement("hello@elm.example", SIGNED, SIGNED), set()),
    ("letters need no registration", "letter", ChannelStatement("", SIGNED), set()),
    ("signed, not registered", "sms", ChannelStatement("+13125550100", SIGNED), {"sender_unregistered"}),
    ("dated ahead", "email", ChannelStatement("a@b.example", LATER, SIGNED), {"agreement_ahead"}),
]


@pytest.mark.parametrize(("story", "kind", "stated", "rules"), CHANNELS, ids=[row[0] for row in CHANNELS])
def test_agreements_and_senders(story, kind, stated, rules):
    assert {one.rule for one in channel_problems(kind, stated, today=TODAY)} == rules, story


def test_a_statement_is_read_back_and_a_wrong_day_is_named():
    assert read_channel({"sender": " x ", "baa_signed_on": "2026-01-05"}) == ChannelStatement("x", SIGNED)
    with pytest.raises(BadStatement) as refused:
        read_channel({"sender_registered_on": "yesterday"})
    assert refused.value.field == "sender_registered_on"


def test_a_note_never_refuses():
    why = (Reason("no_backup", "nobody stands in"),)
    assert ReadinessCheck("backup", "x").state == "right"
    assert ReadinessCheck("backup", "x", why).state == "refused"
    assert ReadinessCheck("backup", "x", why, only_noted=True).state == "noted"


def standing(**values):
    usual = {
        "state": "active",
        "has_owner": True,
        "calendar": EnrolmentCalendar(),
        "launched_on": date(2026, 1, 1),
        "last_opened_on": TODAY,
    }
    return CampaignStanding(**{**usual, **values})


LOOKS = [
    # story, standing, rules of its warnings, next enrolment
    ("all is well", standing(), [], date(2026, 3, 17)),
    ("not run yet today", standing(last_opened_on=date(2026, 3, 15)), [], TODAY),
    ("its owner left", standing(has_owner=False), ["no_owner"], date(2026, 3, 17)),
    (
        "budget nearly spent",
        standing(budget_cents=1000, spent_cents=800),
        ["budget_nearly_spent"],
        date(2026, 3, 17),
    ),
    ("budget spent", standing(budget_cents=1000, spent_cents=1000), ["budget_spent"], None),
    ("a budget of nothing", standing(budget_cents=0), ["budget_spent"], None),
    (
        "goal missed",
        standing(goal_visits=9, goal_on=date(2026, 3, 15), won=8),
        ["goal_missed"],
        date(2026, 3, 17),
    ),
    ("goal reached", standing(goal_visits=9, goal_on=date(2026, 3, 15), won=9), [], date(2026, 3, 17)),
    ("goal still ahead", standing(goal_visits=9, goal_on=TODAY), [], date(2026, 3, 17)),
    ("paused for long", standing(state="paused", paused_on=date(2026, 3, 1)), ["paused_long"], None),
    ("paused for a while", standing(state="paused", paused_on=date(2026, 3, 2)), [], None),
    ("over", standing(calendar=EnrolmentCalendar(ends_on=date(2026, 3, 1))), ["is_over"], None),
    ("nobody for over four weeks", standing(last_opened_on=date(2026, 2, 15)), ["took_nobody"], TODAY),
    ("nobody for four weeks", standing(last_opened_on=date(2026, 2, 16)), [], TODAY),
    (
        "nobody, and none was meant to come",
        standing(last_opened_on=date(2025, 12, 1), calendar=EnrolmentCalendar(starts_on=date(2026, 4, 1))),
        [],
        date(2026, 4, 1),
    ),
    ("never anybody since the launch", standing(last_opened_on=None), ["took_nobody"], TODAY),
    ("a draft", standing(state="draft", has_owner=False), [], None),
    ("ended", standing(state="archived", has_owner=False), [], None),
]


@pytest.mark.parametrize(("story", "one", "rules", "following"), LOOKS, ids=[row[0] for row in LOOKS])
def test_what_needs_a_look(story, one, rules, following):
    assert [found.rule for found in warnings(one, today=TODAY)] == rules, story
    assert enrols_next_on(one, today=TODAY) == following, story
