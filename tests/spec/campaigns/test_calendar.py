"""On which days a campaign takes patients in: one row, one day, one answer."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.campaign_calendar import (
    EVERY_DAY,
    WORKING_DAYS,
    BadCalendar,
    EnrolmentCalendar,
    Season,
    against_enrolment,
    calendar_json,
    next_enrolment_on,
    read_calendar,
)

# A Monday.
MONDAY = date(2026, 3, 16)
AUTUMN, WINTER = Season((9, 1), (11, 30)), Season((11, 15), (2, 29))

ROWS = [
    # story, calendar, day, why not ("" it does), the next day on which it does
    ("every day", EnrolmentCalendar(), MONDAY, "", MONDAY),
    ("a working day", EnrolmentCalendar(WORKING_DAYS), MONDAY, "", MONDAY),
    (
        "not at the weekend",
        EnrolmentCalendar(WORKING_DAYS),
        date(2026, 3, 21),
        "not_its_weekday",
        date(2026, 3, 23),
    ),
    ("weekly, on its day", EnrolmentCalendar((1,)), date(2026, 3, 17), "", date(2026, 3, 17)),
    ("weekly, on another", EnrolmentCalendar((1,)), date(2026, 3, 18), "not_its_weekday", date(2026, 3, 24)),
    (
        "before it begins",
        EnrolmentCalendar(starts_on=date(2026, 4, 1)),
        MONDAY,
        "not_begun",
        date(2026, 4, 1),
    ),
    ("on its first day", EnrolmentCalendar(starts_on=MONDAY), MONDAY, "", MONDAY),
    ("on its last day", EnrolmentCalendar(ends_on=MONDAY), MONDAY, "", MONDAY),
    ("after its end", EnrolmentCalendar(ends_on=date(2026, 3, 15)), MONDAY, "is_over", None),
    ("out of season", EnrolmentCalendar(season=AUTUMN), MONDAY, "out_of_season", date(2026, 9, 1)),
    ("in season", EnrolmentCalendar(season=AUTUMN), date(2026, 11, 30), "", date(2026, 11, 30)),
    (
        "a season over new year, before it",
        EnrolmentCalendar(season=WINTER),
        date(2026, 12, 31),
        "",
        date(2026, 12, 31),
    ),
    (
        "a season over new year, after it",
        EnrolmentCalendar(season=WINTER),
        date(2027, 1, 1),
        "",
        date(2027, 1, 1),
    ),
    (
        "its leap day in another year",
        EnrolmentCalendar(season=WINTER),
        date(2026, 2, 28),
        "",
        date(2026, 2, 28),
    ),
    (
        "the day after",
        EnrolmentCalendar(season=WINTER),
        date(2026, 3, 1),
        "out_of_season",
        date(2026, 11, 15),
    ),
    (
        "a season that begins on another weekday",
        EnrolmentCalendar((0,), AUTUMN),
        MONDAY,
        "out_of_season",
        date(2026, 9, 7),
    ),
    (
        "its season never comes before its end",
        EnrolmentCalendar(season=AUTUMN, ends_on=date(2026, 8, 1)),
        MONDAY,
        "out_of_season",
        None,
    ),
    (
        "only on leap days",
        EnrolmentCalendar(season=Season((2, 29), (2, 29))),
        MONDAY,
        "out_of_season",
        date(2028, 2, 29),
    ),
]


@pytest.mark.parametrize(("story", "calendar", "day", "why", "following"), ROWS, ids=[row[0] for row in ROWS])
def test_which_day_is_one_of_its_days(story, calendar, day, why, following):
    reason = against_enrolment(calendar, today=day)
    assert (reason.rule if reason else "") == why, story
    assert next_enrolment_on(calendar, today=day) == following, story


days_of_year = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
calendars = st.builds(
    EnrolmentCalendar,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    season=st.none() | st.builds(Season, days_of_year, days_of_year),
    starts_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ends_on=st.none() | st.dates(date(2028, 1, 1), date(2029, 12, 31)),
)


@given(calendars, st.dates(date(2025, 1, 1), date(2028, 12, 31)))
def test_the_next_day_is_the_first_of_its_days(calendar, today):
    following = next_enrolment_on(calendar, today=today)
    last = following or min(calendar.ends_on or date.max, today + timedelta(days=500))
    day = today
    while day < last:
        assert against_enrolment(calendar, today=day) is not None
        day += timedelta(days=1)
    assert following is None or against_enrolment(calendar, today=following) is None


@given(calendars)
def test_what_is_kept_is_what_was_asked_for(calendar):
    assert read_calendar(calendar_json(calendar)) == calendar


def test_what_is_left_out_is_every_day():
    assert read_calendar({}) == EnrolmentCalendar(EVERY_DAY)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"weekdays": []}, "at least one weekday"),
        ({"weekdays": [7]}, "at least one weekday"),
        ({"weekdays": [True]}, "at least one weekday"),
        ({"weekdays": "Monday"}, "at least one weekday"),
        ({"starts_on": "soon"}, "starts_on is no date"),
        ({"ends_on": "2026-02-30"}, "ends_on is no date"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-30"}, "ends before it begins"),
        ({"season": [[2, 30], [3, 1]]}, "a season is two days"),
        ({"season": [[13, 1], [3, 1]]}, "a season is two days"),
        ({"season": [[9, 1]]}, "a season is two days"),
        ({"season": "autumn"}, "a season is two days"),
        ({"hours": [9]}, "knows no 'hours'"),
    ],
)
def test_what_is_no_calendar_is_refused(value, problem):
    with pytest.raises(BadCalendar, match=problem):
        read_calendar(value)
