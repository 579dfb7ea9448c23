"""Working days of a site, and the part of the day that a patient asks for (R-C146, Q-168, R-D55)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.day_part import WISHED, DaysOff, day_after, is_working_day, wished_from
from rebook.core.outreach.sequence import Sequence, Step, next_step_at
from rebook.core.outreach.wishes import waits_for_wish, wish_for, wishes_kept
from rebook.core.words import DAY_PARTS

ZONE = "America/New_York"


def utc(*when):
    return datetime(*when, tzinfo=UTC)


def off(*weekdays, more=()):
    """Days off of a site that rests on these weekdays, in 2026."""
    days = (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
    return DaysOff({*(day for day in days if day.weekday() in weekdays), *more})


# From Thursday 3 December 2026 on: (days off, count, the day that many working days later).
WORKING = [
    # nothing known: Monday to Friday, and holidays as said
    ((), 1, 4), ((), 2, 7), ({date(2026, 12, 4)}, 1, 7),
    # closed on Mondays, open on Saturdays
    (off(0, 6), 2, 5), (off(0, 6), 3, 8),
    # open every day
    (off(), 3, 6),
    # Tuesdays and Thursdays only; none on the 8th
    (off(0, 2, 4, 5, 6), 1, 8), (off(0, 2, 4, 5, 6, more=[date(2026, 12, 8)]), 1, 10),
    # a weekend that is worked on counts, a closed Wednesday does not
    (off(2), 4, 7), (off(2), 6, 10),
]  # fmt: skip


@pytest.mark.parametrize(("holidays", "count", "day"), WORKING)
def test_business_days_are_those_of_the_site(holidays, count, day):
    found = day_after(date(2026, 12, 3), count, business_days=True, holidays=holidays)
    assert found == date(2026, 12, day)


def test_a_delay_of_no_business_day_still_waits_for_one():
    assert day_after(date(2026, 12, 5), 0, business_days=True, holidays=()) == date(2026, 12, 7)
    assert day_after(date(2026, 12, 5), 0, business_days=True, holidays=off(0, 6)) == date(2026, 12, 5)
    assert day_after(date(2026, 12, 5), 3, business_days=False, holidays=off(0, 6)) == date(2026, 12, 8)


@given(
    st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 20), st.sets(st.integers(0, 6), max_size=6)
)
def test_as_many_working_days_lie_between_as_were_asked_for(day, count, rests):
    holidays = off(*rests)
    found = day_after(day, count, business_days=True, holidays=holidays)
    between = [day + timedelta(days=number + 1) for number in range((found - day).days)]
    assert sum(is_working_day(one, holidays) for one in between) == count
    assert is_working_day(found, holidays)


# What is asked for, when it would come (New York), when it comes.
WISHES = [
    ("", (10, 0), (10, 0)), ("any", (3, 0), (3, 0)),
    ("morning", (8, 0), (9, 0)), ("morning", (9, 0), (9, 0)), ("morning", (11, 59), (11, 59)),
    ("morning", (12, 0), (33, 0)), ("morning", (17, 0), (33, 0)),
    ("afternoon", (10, 0), (12, 0)), ("afternoon", (16, 59), (16, 59)), ("afternoon", (17, 0), (36, 0)),
    ("evening", (10, 0), (17, 0)), ("evening", (20, 59), (20, 59)), ("evening", (21, 0), (41, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "would", "comes"), WISHES)
def test_a_contact_waits_for_the_part_of_the_day_asked_for(wish, would, comes):
    day = datetime(2026, 12, 1, tzinfo=ZoneInfo(ZONE))
    at = day.replace(hour=would[0], minute=would[1]).astimezone(UTC)
    wanted = (day + timedelta(days=comes[0] // 24)).replace(hour=comes[0] % 24, minute=comes[1])
    found = wished_from(at, wish=wish, zone=ZONE)
    assert (found, found.tzinfo) == (wanted, UTC)
    reason = waits_for_wish(at, wish=wish, zone=ZONE)
    assert (reason is None) is (wanted == at)
    if reason:
        assert (reason.rule, wish in reason.detail) == ("patient_wish", True)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(("", *WISHED)), st.sampled_from((ZONE, "Pacific/Honolulu", "Asia/Kolkata")),
)  # fmt: skip
def test_a_wish_never_brings_a_contact_forward_nor_puts_it_off_by_more_than_a_day(at, wish, zone):
    found = wished_from(at, wish=wish, zone=zone)
    assert timedelta(0) <= found - at <= timedelta(hours=25)
    assert wished_from(found, wish=wish, zone=zone) == found
    if wish:
        begins, ends = WISHED[wish]
        assert begins <= found.astimezone(ZoneInfo(zone)).time() < ends


def test_patients_choose_from_the_parts_that_are_known_here():
    assert set(WISHED) == set(DAY_PARTS)


# The step's own part of the day, what the patient asked for, when it comes: two days after Tuesday noon.
STEPS = [
    ("any", "", utc(2026, 12, 3, 15)), ("any", "morning", utc(2026, 12, 3, 14)),
    ("evening", "morning", utc(2026, 12, 3, 14)), ("morning", "evening", utc(2026, 12, 3, 22)),
    ("any", "afternoon", utc(2026, 12, 3, 17)), ("evening", "nonsense", utc(2026, 12, 3, 22)),
]  # fmt: skip


@pytest.mark.parametrize(("part", "wish", "due_at"), STEPS)
def test_a_wish_goes_before_the_plans_part_of_the_day(part, wish, due_at):
    plan = Sequence("x.y", (Step(0, "sms", 0), Step(1, "phone", 2, day_part=part)))
    anchor = utc(2026, 12, 1, 17)
    assert next_step_at(plan, step_index=1, anchor_at=anchor, zone=ZONE, wish=wish) == due_at
    first = next_step_at(plan, step_index=0, anchor_at=anchor, zone=ZONE, wish=wish)
    assert first == wished_from(anchor, wish=wish, zone=ZONE)


CALL = {"preference_may_replace": False}
URGENT = [
    (Step(0, "phone", 0, **CALL), 4, ""), (Step(0, "phone", 0, **CALL), 3, "evening"),
    (Step(0, "phone", 0), 4, "evening"), (Step(0, "sms", 0), 5, "evening"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "risk_class", "wish"), URGENT)
def test_only_a_call_that_is_part_of_grave_care_waits_for_no_wish(step, risk_class, wish):
    assert wish_for(step, wish="evening", risk_class=risk_class) == wish


TOLD = [
    # step, (channel, preferred, wish, language), what is said of it
    (Step(0, "sms", 0), ("sms", "", "", "en"), []),
    (Step(0, "sms", 0), ("sms", "sms", "", "en"), []),
    (Step(0, "sms", 0), ("email", "email", "", "en"), ["an e-mail instead of a text, as they asked"]),
    # a second way because the first does not reach them is no wish
    (Step(0, "sms", 0), ("email", "phone", "", "en"), []),
    (Step(0, "phone", 0, **CALL), ("phone", "sms", "", "en"),
     ["a call whatever they prefer: it is part of the care"]),
    (Step(0, "sms", 0), ("sms", "", "evening", "en"), ["in the evening, as they asked"]),
    (Step(0, "sms", 0), ("sms", "", "", "es"), ["in their language (es)"]),
    (Step(0, "letter", 0), ("sms", "sms", "morning", "vi"),
     ["a text instead of a letter, as they asked", "in the morning, as they asked",
      "in their language (vi)"]),
]  # fmt: skip


@pytest.mark.parametrize(("step", "contact", "said"), TOLD)
def test_what_is_as_the_patient_asked_is_told(step, contact, said):
    channel, preferred, wish, language = contact
    found = wishes_kept(
        step, channel=channel, preferred=preferred, wish=wish, language=language, default_language="en"
    )
    assert [one.detail for one in found] == said
