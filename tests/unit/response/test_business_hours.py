import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.response.business_hours import business_hours, due_after

CHICAGO = ZoneInfo("America/Chicago")
HOURS = business_hours(time_zone="America/Chicago")


def at(day, hour, minute=0, month=11):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (at(18, 10), 15, at(18, 10, 15)),
        (at(18, 16, 50), 15, at(19, 8, 5)),
        (at(20, 18), 15, at(23, 8, 15)),
        (at(21, 12), 240, at(23, 12)),
        (at(18, 6), 60, at(18, 9)),
        (at(18, 10), 540, at(19, 10)),
        (at(18, 3), 0, at(18, 3)),
        (at(18, 16), 60, at(18, 17)),
    ],
)
def test_only_opening_hours_count(start, minutes, due):
    assert due_after(start=start, minutes=minutes, hours=HOURS) == due


def test_closed_days_are_left_out():
    hours = business_hours(time_zone="America/Chicago", closed_on=[dt.date(2026, 11, 26)])
    assert due_after(start=at(25, 16, 50), minutes=15, hours=hours) == at(27, 8, 5)


def test_the_practice_says_when_it_is_open():
    settings = {"business_hours": {"sat": ["09:00", "12:00"], "mon": None, "tue": "nonsense"}}
    hours = business_hours(time_zone="America/Chicago", settings=settings)
    assert due_after(start=at(20, 18), minutes=15, hours=hours) == at(21, 9, 15)
    assert due_after(start=at(21, 13), minutes=15, hours=hours) == at(24, 8, 15)


def test_a_practice_that_is_never_open_still_gets_a_due_time():
    never = {"business_hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"))}
    hours = business_hours(time_zone="America/Chicago", settings=never)
    assert due_after(start=at(18, 10), minutes=15, hours=hours) == at(18, 10, 15)


def test_the_hour_that_a_clock_change_takes_is_not_counted_twice():
    # Clocks go back on Sunday, 1 November 2026.
    assert due_after(start=at(30, 16, 30, month=10), minutes=60, hours=HOURS) == at(2, 8, 30)


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)),
    st.integers(1, 2000),
    st.integers(1, 2000),
)
def test_more_time_is_never_due_earlier_and_always_while_open(start, fewer, more):
    first = due_after(start=start, minutes=min(fewer, more), hours=HOURS)
    second = due_after(start=start, minutes=max(fewer, more), hours=HOURS)
    assert start < first <= second
    local = second.astimezone(CHICAGO)
    assert local.weekday() < 5
    assert dt.time(8) <= local.time() <= dt.time(17)
