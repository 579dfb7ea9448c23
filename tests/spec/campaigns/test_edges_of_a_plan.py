"""A campaign's plan at its edges: the last day of a season, the largest number, what is read back."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outreach.campaign_budget import BadPrice, GoneOut, prices, spent_cents
from rebook.core.outreach.campaign_calendar import (
    EVERY_DAY,
    WORKING_DAYS,
    BadCalendar,
    EnrolmentCalendar,
    PatientDates,
    Season,
    Trigger,
    called_on,
    next_enrolment_on,
    read_calendar,
    read_trigger,
)
from rebook.core.outreach.campaign_plan import BadPlan, CampaignPlan, Reentry, plan_json, read_plan
from rebook.core.outreach.campaign_readiness import (
    LATE_AFTER,
    BadStatement,
    ChannelStatement,
    StaffedHours,
    Stated,
    channel_problems,
    on_call_problem,
    read_channel,
    read_staffed,
)
from rebook.core.outreach.campaign_reentry import gentler
from rebook.core.outreach.sequence import Sequence, Step

TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)


class TestDays:
    @pytest.mark.parametrize(
        ("begins", "ends", "day", "answer"),
        [
            ((11, 15), (2, 29), date(2028, 2, 29), True),
            ((11, 15), (2, 27), date(2026, 2, 27), True),
            ((11, 15), (2, 27), date(2026, 2, 28), False),
            ((11, 15), (2, 27), date(2026, 11, 15), True),
            ((11, 15), (2, 27), date(2026, 11, 14), False),
            ((9, 1), (11, 30), date(2026, 9, 1), True),
            ((9, 1), (11, 30), date(2026, 12, 1), False),
            ((3, 16), (3, 16), TODAY, True),
        ],
    )
    def test_a_season_has_both_its_ends(self, begins, ends, day, answer):
        assert Season(begins, ends).has(day) is answer

    def test_a_working_week_has_five_days_and_a_week_seven(self):
        assert (WORKING_DAYS, EVERY_DAY) == ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6))

    def test_the_next_day_is_never_one_that_is_over(self):
        begun = EnrolmentCalendar(starts_on=TODAY - timedelta(days=30))
        assert next_enrolment_on(begun, today=TODAY) == TODAY

    def test_one_that_begins_in_ten_years_begins_then(self):
        begins = TODAY + timedelta(days=3660)
        assert next_enrolment_on(EnrolmentCalendar(starts_on=begins), today=TODAY) == begins

    def test_on_the_day_of_birth_the_birthday_calls(self):
        assert called_on(Trigger("birthday"), PatientDates(birth_on=TODAY), today=TODAY) == TODAY


@pytest.mark.parametrize(
    "value", [{"weekdays": 5}, {"weekdays": [0, 7]}, {"weekdays": [1.0]}, {"weekdays": [0, True]}]
)
def test_days_that_are_none_are_refused(value):
    with pytest.raises(BadCalendar, match="at least one weekday") as raised:
        read_calendar(value)
    assert raised.value.permanent


def test_a_calendar_of_one_day_and_a_season_that_ends_on_a_leap_day():
    one = read_calendar({"starts_on": "2026-05-01", "ends_on": "2026-05-01", "season": [[12, 1], [2, 29]]})
    assert (one.starts_on, one.ends_on) == (date(2026, 5, 1), date(2026, 5, 1))
    assert one.season == Season((12, 1), (2, 29))


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("birthday", 180),
        ("birthday", -180),
        ("due", 1100),
        ("due", -1100),
        ("last_visit", 1100),
        ("last_visit", 0),
    ],
)
def test_a_trigger_may_lie_as_far_off_as_is_said(field, days):
    assert read_trigger({"field": field, "offset_days": days}) == Trigger(field, days)
    beyond = days + 1 if days > 0 else days - 1
    with pytest.raises(BadCalendar):
        read_trigger({"field": field, "offset_days": beyond})


def test_a_trigger_is_the_day_itself_where_nothing_is_said():
    assert read_trigger({"field": "due"}) == Trigger("due", 0)


class TestPlans:
    @pytest.mark.parametrize(("name", "most"), [("limit", 3), ("wait_days", 60), ("within_days", 365)])
    def test_numbers_reach_from_nought_to_the_most(self, name, most):
        for fine in (0, most):
            assert getattr(read_plan({"reentry": {name: fine}}).reentry, name) == fine
        for wrong in (-1, most + 1, True, 1.0, None):
            with pytest.raises(BadPlan, match=f"{name} lies between 0 and {most}") as raised:
                read_plan({"reentry": {name: wrong}})
        assert raised.value.permanent

    def test_a_plan_with_everything_said_is_read_back(self):
        plan = CampaignPlan(
            calendar=EnrolmentCalendar((1, 3), Season((9, 1), (11, 30)), TODAY, TODAY),
            trigger=Trigger("birthday", -14),
            reentry=Reentry(2, 5, 90, "pack.calm"),
        )
        kept = plan_json(plan)
        assert read_plan(kept) == plan
        assert kept["trigger"] == {"field": "birthday", "offset_days": -14}
        assert kept["reentry"] == {
            "limit": 2, "wait_days": 5, "within_days": 90, "sequence_key": "pack.calm",
        }  # fmt: skip

    def test_parts_that_are_there_and_empty_are_as_usual(self):
        empty = dict.fromkeys(("calendar", "trigger", "success", "reentry"))
        assert read_plan(empty) == CampaignPlan()

    def test_the_gentle_end_counts_every_day(self):
        calls = Sequence("p", (Step(0, "sms", 0), Step(1, "phone", 20, business_days=True)))
        (_, last) = gentler(calls).steps
        assert (last.channel, last.delay_days, last.business_days) == ("phone", 20, False)


class TestStaffed:
    DAY = {"weekdays": [0], "opens": "08:00", "closes": "17:00"}

    def test_sunday_is_a_day(self):
        assert read_staffed({**self.DAY, "weekdays": [6]}) == StaffedHours((6,), time(8), time(17))

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"weekdays": None}, "weekdays"),
            ({"weekdays": [0, 8]}, "weekdays"),
            ({"weekdays": [7]}, "weekdays"),
            ({"weekdays": [True]}, "weekdays"),
            ({"weekdays": [1.0]}, "weekdays"),
            ({"closes": "08:00"}, "closes"),
            ({"closes": ""}, "opens"),
        ],
    )
    def test_hours_that_are_none_are_refused(self, changed, field):
        with pytest.raises(BadStatement) as raised:
            read_staffed({**self.DAY, **changed})
        assert (raised.value.field, raised.value.permanent, raised.value.is_for_people) == (field, True, True)

    def test_a_reply_is_late_an_hour_after_it_was_due(self):
        assert timedelta(hours=1) == LATE_AFTER


@pytest.mark.parametrize(
    ("named_ago", "tried_ago", "rule"),
    [
        (timedelta(days=1), timedelta(days=1), ""),
        (timedelta(days=1), timedelta(days=1, seconds=1), "on_call_untested"),
        (timedelta(days=99), timedelta(days=30), ""),
        (timedelta(days=99), timedelta(days=30, seconds=1), "on_call_untested"),
    ],
)
def test_the_number_was_tried_after_it_was_named_and_within_thirty_days(named_ago, tried_ago, rule):
    contact = Stated({"name": "Dr Lee"}, NOW - named_ago, "user:1")
    tried = Stated({}, NOW - tried_ago, "user:1")
    problem = on_call_problem(contact, tried, now=NOW, zone=ZoneInfo("America/Chicago"))
    assert (problem.rule if problem else "") == rule


AHEAD = TODAY + timedelta(days=1)
SAID = [
    ("email", ChannelStatement("", TODAY, TODAY), ["no_sender"]),
    ("email", ChannelStatement("a@b.example", TODAY, None), ["sender_unregistered"]),
    ("sms", ChannelStatement("+13125550100", TODAY, AHEAD), ["registration_ahead"]),
    ("sms", ChannelStatement("+13125550100", AHEAD, TODAY), ["agreement_ahead"]),
    ("sms", ChannelStatement("+13125550100", TODAY, TODAY), []),
    ("portal", ChannelStatement("", TODAY), []),
]


@pytest.mark.parametrize(("kind", "stated", "rules"), SAID)
def test_what_stands_against_a_channel(kind, stated, rules):
    assert [one.rule for one in channel_problems(kind, stated, today=TODAY)] == rules


def test_a_sender_is_cut_at_a_hundred_characters():
    assert read_channel({"sender": "x" * 120}).sender == "x" * 100


class TestPrices:
    def test_the_usual_prices_are_the_stated_ones(self):
        # What docs and the campaign page say: cents, a call being staff time.
        assert prices() == {
            "sms": Decimal("1.2"), "email": Decimal("0.1"), "phone": 0, "letter": 95, "postcard": 75,
            "portal": 0,
        }  # fmt: skip

    def test_for_nothing_is_a_price(self):
        assert prices({"letter": 0})["letter"] == 0
        assert spent_cents([GoneOut("letter", 9)], prices=prices({"letter": 0})) == 0

    @pytest.mark.parametrize("price", [[1], {}, "", "1,2", float("inf"), "-0.01", False])
    def test_what_is_no_price_is_refused(self, price):
        with pytest.raises(BadPrice, match="the price of sms") as raised:
            prices({"sms": price})
        assert raised.value.permanent
