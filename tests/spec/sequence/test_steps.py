"""When a step falls due, by which channel, in which words, and what ends it (R-C146, R-D55, R-A191)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.sequence import (
    DAY_PARTS,
    STOP_CONDITIONS,
    BadSequence,
    Sequence,
    Step,
    as_json,
    choose_channel,
    choose_sequence,
    from_json,
    next_step_at,
    stops,
    template_for,
)

ZONE = "America/New_York"


def utc(*when):
    return datetime(*when, tzinfo=UTC)


def plan(**change):
    """A first step at once and a second as the table wants it."""
    return Sequence("x.y", (Step(0, "sms", 0), Step(1, "email", **({"delay_days": 4} | change))))


DUE = [
    # the second step, the first went out, due
    ({"delay_days": 4}, utc(2026, 12, 1, 15), utc(2026, 12, 5, 15)),
    ({"delay_days": 4}, utc(2026, 12, 1, 23), utc(2026, 12, 5, 15)),
    ({"delay_days": 1, "day_part": "morning"}, utc(2026, 12, 1, 15), utc(2026, 12, 2, 14)),
    ({"delay_days": 2, "day_part": "evening"}, utc(2026, 12, 1, 15), utc(2026, 12, 3, 22)),
    ({"delay_days": 0, "day_part": "evening"}, utc(2026, 12, 1, 15), utc(2026, 12, 1, 22)),
    # a day part already begun is now
    ({"delay_days": 0, "day_part": "morning"}, utc(2026, 12, 1, 15), utc(2026, 12, 1, 15)),
    # the recipient's calendar counts, not UTC's: 2 December 03:00 UTC is still the 1st
    ({"delay_days": 1}, utc(2026, 12, 2, 3), utc(2026, 12, 2, 15)),
    # over both changes of the clock the wall time stays
    ({"delay_days": 4}, utc(2026, 10, 30, 14), utc(2026, 11, 3, 15)),
    ({"delay_days": 4}, utc(2027, 3, 12, 15), utc(2027, 3, 16, 14)),
    # business days pass over the weekend and holidays
    ({"delay_days": 1, "business_days": True}, utc(2026, 12, 4, 15), utc(2026, 12, 7, 15)),
    ({"delay_days": 3, "business_days": True}, utc(2026, 12, 3, 15), utc(2026, 12, 8, 15)),
    ({"delay_days": 0, "business_days": True}, utc(2026, 12, 5, 15), utc(2026, 12, 7, 15)),
    ({"delay_days": 1, "business_days": True}, utc(2026, 12, 5, 15), utc(2026, 12, 7, 15)),
    ({"delay_days": 2, "business_days": True}, utc(2026, 11, 24, 15), utc(2026, 11, 27, 15)),
]


@pytest.mark.parametrize(("step", "anchor_at", "due_at"), DUE)
def test_the_step_falls_due(step, anchor_at, due_at):
    holidays = {date(2026, 11, 26)}
    assert (
        next_step_at(plan(**step), step_index=1, anchor_at=anchor_at, zone=ZONE, holidays=holidays) == due_at
    )


def test_the_first_step_is_due_at_once():
    opened_at = utc(2026, 12, 5, 4, 17)
    assert next_step_at(plan(), step_index=0, anchor_at=opened_at, zone=ZONE) == opened_at


@pytest.mark.parametrize("index", [2, -1])
def test_nothing_follows_the_last_step(index):
    assert next_step_at(plan(), step_index=index, anchor_at=utc(2026, 12, 1), zone=ZONE) is None


def test_a_bad_anchor_or_zone_is_an_error():
    with pytest.raises(ValueError, match="aware"):
        next_step_at(plan(), step_index=1, anchor_at=datetime(2026, 12, 1), zone=ZONE)
    with pytest.raises(ZoneInfoNotFoundError):
        next_step_at(plan(), step_index=1, anchor_at=utc(2026, 12, 1), zone="Mars/Olympus")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 40),
    st.booleans(),
    st.sampled_from(sorted(DAY_PARTS)),
    st.sampled_from((ZONE, "Pacific/Honolulu", "America/Adak", "Asia/Kolkata")),
)
def test_a_step_never_lies_before_the_one_it_follows(anchor_at, days, business, part, zone):
    wanted = plan(delay_days=days, business_days=business, day_part=part)
    due_at = next_step_at(wanted, step_index=1, anchor_at=anchor_at, zone=zone)
    assert due_at >= anchor_at
    assert due_at.tzinfo is UTC
    assert (due_at - anchor_at).days <= days * 7 / 5 + 4


CHANNELS = [
    # step, available, preferred, chosen
    (Step(0, "sms", 0), {"sms", "email"}, "", "sms"),
    (Step(0, "sms", 0), {"sms", "email"}, "email", "email"),
    (Step(0, "sms", 0), {"sms"}, "email", "sms"),
    (Step(0, "sms", 0, fallbacks=("email", "phone")), {"phone", "email"}, "", "email"),
    (Step(0, "sms", 0, fallbacks=("email", "phone")), {"phone"}, "", "phone"),
    (Step(0, "sms", 0, fallbacks=("email",)), {"phone"}, "", None),
    (Step(0, "sms", 0), set(), "sms", None),
    (Step(0, "phone", 0, preference_may_replace=False), {"phone", "sms"}, "sms", "phone"),
    (Step(0, "sms", 0), {"sms", "pigeon"}, "pigeon", "sms"),
]


@pytest.mark.parametrize(("step", "available", "preferred", "chosen"), CHANNELS)
def test_preference_comes_before_the_plan_and_the_plan_before_its_fallbacks(
    step, available, preferred, chosen
):
    assert choose_channel(step, available=available, preferred=preferred) == chosen


@pytest.mark.parametrize(
    ("gap_kind", "key"),
    [
        ("interval", "due_visit"),
        ("follow_up_not_booked", "follow_up"),
        ("follow_up_not_booked:17", "follow_up"),
        ("cancelled_not_rebooked:9", "cancelled"),
        ("no_show_not_rebooked", "no_show"),
        ("inactive", "check_in"),
        ("something_new", "due_visit"),
    ],
)
def test_the_gap_decides_the_words(gap_kind, key):
    assert template_for(Step(0, "sms", 0), gap_kind=gap_kind) == key
    assert template_for(Step(0, "sms", 0, template_key="own"), gap_kind=gap_kind) == "own"


def test_the_plan_that_names_the_kind_comes_first():
    routine = replace(plan(), key="a.routine", max_class=2)
    close = replace(plan(), key="a.close", min_class=3)
    missed = replace(plan(), key="a.no_show", max_class=2, gap_kinds=("no_show_not_rebooked",))
    plans = (routine, close, missed)

    def chosen(kind, risk_class):
        found = choose_sequence(plans, gap_kind=kind, risk_class=risk_class)
        return found and found.key

    assert chosen("interval", 1) == "a.routine"
    assert chosen("interval", 3) == "a.close"
    assert chosen("no_show_not_rebooked:4", 2) == "a.no_show"
    assert chosen("no_show_not_rebooked", 4) == "a.close"
    assert choose_sequence((missed,), gap_kind="interval", risk_class=1) is None


def test_the_first_condition_that_happened_ends_it():
    assert stops(STOP_CONDITIONS, events=()) is None
    assert stops(STOP_CONDITIONS, events={"opted_out", "booked"}).rule == "booked"
    assert stops(("visited",), events={"booked"}) is None
    assert stops(STOP_CONDITIONS, events={"sneezed"}) is None


def test_a_frozen_plan_comes_back_as_it_was():
    import json

    full = Sequence(
        "x.y",
        (
            Step(0, "phone", 0, "own", True, "evening", ("sms",), ("booked",), False),
            Step(1, "letter", 7, working_day=True),
        ),
        rest_days=90,
        gap_kinds=("inactive",),
        min_class=1,
        max_class=2,
        source="R-C146",
    )
    assert from_json(json.loads(json.dumps(as_json(full)))) == full


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": ""}, "key is missing"),
        ({"steps": []}, "steps are missing"),
        ({"steps": "x"}, "steps are missing"),
        ({"more": 1}, "unknown field more"),
        ({"rest_days": -1}, "rest_days"),
        ({"min_class": 4, "max_class": 2}, "min_class"),
        ({"steps": [1]}, "step 0 is not a table"),
        ({"steps": [{"channel": "pigeon"}]}, "step 0: channel"),
        ({"steps": [{}]}, "step 0: channel"),
        ({"steps": [{"channel": "sms", "delay_days": 1.5}]}, "step 0: delay_days"),
        ({"steps": [{"channel": "sms", "delay_days": True}]}, "step 0: delay_days"),
        ({"steps": [{"channel": "sms", "day_part": "night"}]}, "step 0: day_part"),
        ({"steps": [{"channel": "sms", "fallbacks": "email"}]}, "step 0: fallbacks"),
        ({"steps": [{"channel": "sms", "stop_conditions": ["rain"]}]}, "step 0: stop_conditions"),
        ({"steps": [{"channel": "sms", "colour": "red"}]}, "step 0: unknown field colour"),
        ({"steps": [{"channel": "sms", "index": 1}]}, "step 0: index"),
    ],
)
def test_a_bad_plan_says_where(change, says):
    with pytest.raises(BadSequence, match=says):
        from_json({"key": "x.y", "steps": [{"channel": "sms"}]} | change)
