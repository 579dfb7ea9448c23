"""A rule said in the clinic's words: for whom, when, how it opens."""

from dataclasses import replace
from datetime import date

import pytest

from rebook.core.criteria import parse_expression
from rebook.core.gaps import GapDefinition, Qualifying
from rebook.core.gaps import in_words as words
from rebook.core.gaps.schedule import Phase, age_spacing, is_in_season, read_age, read_day_of_year

BASE = GapDefinition(
    key="x.visit",
    label={"en": "visit"},
    specialty="x",
    visit_type="eye_exam",
    minutes=20,
    interval_months=12,
    last=(Qualifying(("eye_exam",), ("retinal_image",)),),
    source="spec",
)
PHASES = (Phase(interval_months=1, until_months=6), Phase(interval_months=3))


def call(kind, key):
    return {"eye_exam": "Eye exam", "inr": "INR check"}.get(key, key.replace("_", " "))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "everybody"),
        ({"min_age": 18}, "from 18 years"),
        ({"max_age": 21}, "up to 21 years"),
        ({"sexes": ("female",), "min_age": 40, "max_age": 74}, "women, 40 to 74 years"),
        ({"conditions": ("a", "b", "c")}, "with a, b or c"),
        (
            {"medications": ("warfarin",), "none_of_medications": ("doac",)},
            "taking warfarin, not taking doac",
        ),
        ({"none_of_conditions": ("gum_disease",)}, "without gum disease"),
        (
            {
                "eligible_when": parse_expression(
                    {"all": [{"condition": "a"}, {"not": {"visit": "b", "within_months": 3, "at_least": 2}}]}
                )
            },
            "(a and not at least 2 times b within 3 months)",
        ),
    ],
)
def test_for_whom(changes, said):
    assert words.for_whom(replace(BASE, **changes), call) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "every 12 months after the last eye exam or retinal image"),
        ({"last": (Qualifying(("inr",)),)}, "every 12 months after the last INR check"),
        (
            {"interval_months": 1, "interval_days": 1},
            "every 1 month and 1 day after the last eye exam or retinal image",
        ),
        (
            {"interval_months": 0, "at_ages": ("3d", "1m", "2y")},
            "at the age of 3 days, 1 month and 2 years",
        ),
        (
            {"interval_months": 0, "medications": ("m",), "first_due": "medication", "phases": PHASES},
            "every 1 month until month 6 then every 3 months, after the last eye exam or retinal image",
        ),
        (
            {
                "interval_months": 0,
                "interval_days": 14,
                "once": True,
                "first_due": "procedure",
                "anchor_procedures": ("cataract",),
            },
            "once, 14 days after cataract",
        ),
        (
            {"interval_months": 0, "once": True, "first_due": "age", "first_due_age": 65},
            "once from the age of 65",
        ),
    ],
)
def test_when(changes, said):
    assert words.how_often(replace(BASE, **changes), call) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"grace_days": 30}, "overdue 30 days after it is due"),
        ({"grace_days": 30, "risk_class": 3}, "raised as soon as it is due"),
        ({"lead_days": 1}, "raised 1 day before it is due"),
        ({"season": ("09-01", "03-31")}, "only from Sep 1 to Mar 31"),
        (
            {"grace_days": 7, "lapses_after_days": 90},
            "overdue 7 days after it is due, no longer a reason 90 days after it was due",
        ),
    ],
)
def test_how_it_opens(changes, said):
    assert words.opening(replace(BASE, **changes)) == said


def test_the_first_one_and_who_is_left_out():
    assert words.first_time(BASE) == ""
    aged = replace(BASE, first_due="age", first_due_age=40)
    assert words.first_time(aged) == "from the age of 40, and not before the first contact here"
    ill = replace(BASE, conditions=("diabetes",), first_due="condition")
    assert words.first_time(ill) == "an interval after diabetes began"
    out = replace(BASE, exclusion_words=("hospice",), exclusion_procedures=("removal",))
    assert words.left_out(out) == "hospice; had removal"


@pytest.mark.parametrize(("text", "days"), [("3d", 3), ("6w", 42), ("4m", 122), ("3y", 1096)])
def test_ages_are_read(text, days):
    assert read_age(text).nominal_days == days


@pytest.mark.parametrize("text", ["", "d", "3", "3 d", "-3d", "3days", "12345d"])
def test_what_is_no_age(text):
    assert read_age(text) is None


@pytest.mark.parametrize("text", ["", "1-1", "00-01", "13-01", "02-30", "04-31", "09-01-02"])
def test_what_is_no_day_of_the_year(text):
    assert read_day_of_year(text) is None


def test_the_last_age_is_as_far_from_the_one_before():
    ages = tuple(read_age(one) for one in ("1m", "2m", "6m"))
    assert [age_spacing(ages, at) for at in range(3)] == [31, 122, 122]
    assert age_spacing(ages[:1], 0) == 30


def test_a_season_holds_both_its_ends_and_may_end_on_a_leap_day():
    assert is_in_season(("10-01", "02-29"), date(2024, 2, 29))
    assert not is_in_season(("10-01", "02-29"), date(2025, 3, 1))
    assert is_in_season(("04-01", "06-30"), date(2025, 4, 1))
    assert not is_in_season(("04-01", "06-30"), date(2025, 7, 1))
