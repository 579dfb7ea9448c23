"""A date of the patient that calls for contact: birthday, last visit, due day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.campaign_calendar import (
    CALLS_FOR_DAYS,
    BadCalendar,
    PatientDates,
    Trigger,
    called_on,
    read_trigger,
)

TODAY = date(2026, 3, 16)
MAY = PatientDates(birth_on=date(1980, 5, 17))

ROWS = [
    # story, trigger, dates, today, the day that called
    ("on the birthday", Trigger("birthday"), MAY, date(2026, 5, 17), date(2026, 5, 17)),
    ("the day before it, not yet", Trigger("birthday"), MAY, date(2026, 5, 16), None),
    ("within a week after it", Trigger("birthday"), MAY, date(2026, 5, 23), date(2026, 5, 17)),
    ("later than that, no more", Trigger("birthday"), MAY, date(2026, 5, 24), None),
    ("a fortnight before it", Trigger("birthday", -14), MAY, date(2026, 5, 3), date(2026, 5, 3)),
    (
        "before new year for a birthday after it",
        Trigger("birthday", -14),
        PatientDates(birth_on=date(1990, 1, 5)),
        date(2026, 12, 22),
        date(2026, 12, 22),
    ),
    (
        "after new year for a birthday before it",
        Trigger("birthday", 10),
        PatientDates(birth_on=date(1990, 12, 28)),
        date(2027, 1, 8),
        date(2027, 1, 7),
    ),
    (
        "born on a leap day, in another year",
        Trigger("birthday"),
        PatientDates(birth_on=date(1988, 2, 29)),
        date(2026, 2, 28),
        date(2026, 2, 28),
    ),
    (
        "born on a leap day, in a leap year",
        Trigger("birthday"),
        PatientDates(birth_on=date(1988, 2, 29)),
        date(2028, 2, 28),
        None,
    ),
    ("not born yet", Trigger("birthday"), PatientDates(birth_on=date(2027, 3, 16)), TODAY, None),
    ("without a birth date", Trigger("birthday"), PatientDates(), TODAY, None),
    (
        "a year after the last visit",
        Trigger("last_visit", 365),
        PatientDates(last_visit_on=date(2025, 3, 14)),
        TODAY,
        date(2026, 3, 14),
    ),
    ("never seen", Trigger("last_visit", 365), PatientDates(birth_on=TODAY), TODAY, None),
    ("the day it is due", Trigger("due"), PatientDates(due_on=TODAY), TODAY, TODAY),
    (
        "a month before it is due",
        Trigger("due", -30),
        PatientDates(due_on=date(2026, 4, 15)),
        TODAY,
        TODAY,
    ),
    ("too early before it is due", Trigger("due", -30), PatientDates(due_on=date(2026, 4, 16)), TODAY, None),
]


@pytest.mark.parametrize(("story", "trigger", "dates", "today", "called"), ROWS, ids=[row[0] for row in ROWS])
def test_which_day_calls(story, trigger, dates, today, called):
    assert called_on(trigger, dates, today=today) == called, story


@given(
    st.dates(date(1920, 1, 1), date(2024, 12, 31)),
    st.integers(-180, 180),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_every_birthday_calls_once_a_year_for_a_week(birth_on, offset, start):
    """Run day by day for a year, a birthday calls on one stretch of seven days; weekly runs meet it once."""
    trigger, dates = Trigger("birthday", offset), PatientDates(birth_on=birth_on)
    days = [start + timedelta(days=number) for number in range(365 - CALLS_FOR_DAYS)]
    called = {called_on(trigger, dates, today=day) for day in days} - {None}
    assert len(called) <= 2
    weekly = [called_on(trigger, dates, today=day) for day in days[::7]]
    met = [day for day in weekly if day]
    assert len(met) == len(set(met)), "a weekly rhythm meets the same birthday once"
    whole = {one for one in called if one >= days[0] and one + timedelta(days=CALLS_FOR_DAYS) <= days[-1]}
    assert whole <= set(met), "and never misses one"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"field": "star_sign"}, "a date to go by is one of"),
        ({"field": "birthday", "offset_days": 200}, "lie between -180 and 180"),
        ({"field": "due", "offset_days": 2_000}, "lie between -1100 and 1100"),
        ({"field": "due", "offset_days": "ten"}, "lie between"),
        ({"field": "due", "offset_days": True}, "lie between"),
        ({"field": "last_visit", "offset_days": -1}, "over already"),
        ({"offset_days": 3}, "a date to go by is one of"),
    ],
)
def test_what_is_no_trigger_is_refused(value, problem):
    with pytest.raises(BadCalendar, match=problem):
        read_trigger(value)


def test_no_trigger_at_all():
    assert read_trigger({}) is None
    assert read_trigger({"field": "due", "offset_days": -30}) == Trigger("due", -30)
