"""What of a campaign needs a look and from which day; where cases go on; which contact is named."""

import datetime as dt
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outcome.touch import RECENT, Booked, Touch, any_touch, tie, touches
from rebook.core.outreach.campaign_calendar import EnrolmentCalendar, Season
from rebook.core.outreach.campaign_resume import Standing, spread
from rebook.core.outreach.campaign_standing import CampaignStanding, enrols_next_on, warnings

TODAY = date(2026, 3, 16)
DAY = timedelta(days=1)


def standing(**values):
    usual = {
        "state": "active", "has_owner": True, "calendar": EnrolmentCalendar(),
        "launched_on": date(2026, 1, 1), "last_opened_on": TODAY,
    }  # fmt: skip
    return CampaignStanding(**{**usual, **values})


def only(day):
    """Open on one day of the year alone."""
    return EnrolmentCalendar(season=Season((day.month, day.day), (day.month, day.day)))


LONG_AGO = TODAY - timedelta(days=60)
LOOKS = [
    ("budget far from spent", {"budget_cents": 1000, "spent_cents": 799}, []),
    ("nothing spent", {"budget_cents": 1000}, []),
    ("no budget", {"spent_cents": 9000}, []),
    ("budget spent and nobody came", {"budget_cents": 10, "spent_cents": 10, "last_opened_on": LONG_AGO},
     ["budget_spent"]),
    ("a goal without a day", {"goal_visits": 9, "won": 1}, []),
    ("a day without a goal", {"goal_on": LONG_AGO, "won": 1}, []),
    ("more than the goal", {"goal_visits": 9, "goal_on": LONG_AGO, "won": 10}, []),
    ("its last day", {"calendar": EnrolmentCalendar(ends_on=TODAY)}, []),
    ("the day after", {"calendar": EnrolmentCalendar(ends_on=TODAY - DAY)}, ["is_over"]),
    ("over and paused", {"calendar": EnrolmentCalendar(ends_on=TODAY - DAY), "state": "paused"}, ["is_over"]),
    ("paused, nobody came", {"state": "paused", "last_opened_on": LONG_AGO}, []),
    ("never launched, as far as is known", {"launched_on": None, "last_opened_on": None}, []),
    ("its only day was yesterday", {"last_opened_on": LONG_AGO, "calendar": only(TODAY - DAY)},
     ["took_nobody"]),
    ("its only day was four weeks ago", {"last_opened_on": LONG_AGO, "calendar": only(TODAY - 28 * DAY)},
     ["took_nobody"]),
    ("its only day was before that", {"last_opened_on": LONG_AGO, "calendar": only(TODAY - 29 * DAY)}, []),
    ("its only day is today", {"last_opened_on": LONG_AGO, "calendar": only(TODAY)}, []),
]  # fmt: skip


@pytest.mark.parametrize(("story", "values", "rules"), LOOKS, ids=[row[0] for row in LOOKS])
def test_what_needs_a_look(story, values, rules):
    assert [one.rule for one in warnings(standing(**values), today=TODAY)] == rules


def test_shares_and_counts_are_told():
    nearly = standing(budget_cents=1000, spent_cents=855, goal_visits=9, goal_on=TODAY - DAY, won=8)
    assert [one.detail for one in warnings(nearly, today=TODAY)] == [
        "85% of its budget is spent", "its goal was 9 won back by 2026-03-15, 8 were",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "following"),
    [
        ({"last_opened_on": TODAY}, TODAY + DAY),
        ({"last_opened_on": None}, TODAY),
        ({"budget_cents": 5, "spent_cents": 4}, TODAY + DAY),
        ({"budget_cents": 5, "spent_cents": 5}, None),
        ({"state": "paused"}, None),
    ],
)
def test_when_it_takes_patients_in_next(values, following):
    assert enrols_next_on(standing(**values), today=TODAY) == following


ZONE = ZoneInfo("America/New_York")


def local(day, hour, minute=0):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("resumed", "expected"),
    [
        (local(18, 8), local(18, 8)),
        (local(18, 7, 59), local(18, 10)),
        (local(18, 19, 59), local(18, 19, 59)),
        (local(18, 20), local(19, 10)),
    ],
)
def test_after_a_pause_days_begin_at_eight_and_end_at_eight(resumed, expected):
    due = [Standing(1, local(1, 12))]
    assert spread(due, paused_at=local(2, 12), resumed_at=resumed, per_day=1, zone=ZONE) == {1: expected}


def test_those_without_a_rank_go_by_their_number():
    due = [Standing(number, local(1, 12)) for number in (3, 1, 2)]
    found = spread(due, paused_at=local(2, 12), resumed_at=local(18, 12), per_day=1, zone=ZONE)
    assert [found[number].astimezone(ZONE).day for number in (1, 2, 3)] == [18, 19, 20]


def booked(origin="", own="", last="", channels=(), bookings=2, succeeded=1):
    return Booked(origin, own, last, True, channels, bookings, succeeded)


class TestTies:
    def test_the_practices_own_system_is_no_talk(self):
        assert tie(booked(own="sms", last="email")) == ("last", "email")
        assert timedelta(days=14) == RECENT

    def test_lines_in_their_order_with_their_sums(self):
        found = touches([
            booked(), booked("staff", "phone"), booked(last="sms"), booked("patient_page", "sms", bookings=1),
            booked("staff", "phone", bookings=3),
        ])  # fmt: skip
        assert found == (
            Touch("page", "sms", 1, 1), Touch("talk", "phone", 5, 2), Touch("last", "sms", 2, 1),
            Touch("none", "", 2, 1),
        )  # fmt: skip

    def test_one_booking_counts_under_every_channel_it_had_most_first(self):
        found = any_touch([booked(channels=("sms", "email")), booked(channels=("sms", "sms"), bookings=3)])
        assert found == (("sms", 5), ("email", 2))
        assert any_touch([]) == ()
        assert any_touch([booked(channels=("sms",)), booked(channels=("email",))]) == (
            ("email", 2),
            ("sms", 2),
        )
