"""A campaign's days and dates as staff read them."""

from datetime import date

import pytest

from rebook.core.outreach.campaign_calendar import EnrolmentCalendar, Season, Trigger
from rebook.web.campaign_words import calendar_words, trigger_words


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (EnrolmentCalendar(), "every day"),
        (EnrolmentCalendar((0, 1, 2, 3, 4)), "Monday to Friday"),
        (EnrolmentCalendar((1,)), "Tuesday"),
        (EnrolmentCalendar((0, 2, 4)), "Monday, Wednesday and Friday"),
        (
            EnrolmentCalendar(season=Season((11, 15), (2, 28)), starts_on=date(2026, 1, 4)),
            "every day, each year from November 15 to February 28, from Jan 4, 2026",
        ),
        (EnrolmentCalendar((1,), ends_on=date(2026, 6, 30)), "Tuesday, until Jun 30, 2026"),
    ],
)
def test_the_days_of_a_campaign(calendar, said):
    assert calendar_words(calendar) == said


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        (Trigger("birthday"), "on the birthday"),
        (Trigger("due", -14), "14 days before the day the visit is due"),
        (Trigger("last_visit", 1), "1 day after the last visit"),
    ],
)
def test_the_date_that_calls(trigger, said):
    assert trigger_words(trigger) == said
