"""Dates, settings, definitions and traces of the gap rules."""

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.gaps import (
    DefinitionInvalid,
    GapDefinition,
    GapSettings,
    Qualifying,
    SettingInvalid,
    judge,
    read_settings,
)
from rebook.core.gaps.dates import add_days, add_interval, add_months

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "spec" / "gaps"))
from spec_tables import read_chart

RULE = {
    "key": "test.cleaning",
    "label": {"en": "cleaning", "es": "limpieza"},
    "specialty": "test",
    "visit_type": "hygiene",
    "minutes": 60,
    "interval_months": 6,
    "grace_days": 45,
    "source": "R-C90",
    "last": (Qualifying(("hygiene",)),),
}


def definition(**changes):
    return GapDefinition(**{**RULE, **changes})


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 1, 31), 0, date(2025, 1, 31)),
        (date(9999, 12, 31), 6, date.max),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day, months, later):
    assert add_months(day, months) == later


@given(day=st.dates(), days=st.integers(-5000, 5000), months=st.integers(0, 2000))
def test_no_date_breaks_the_calendar(day, days, months):
    assert add_days(day, days) <= date.max
    assert add_interval(day, months, 1) > day or day == date.max


def test_settings_have_the_houses_defaults_and_take_the_clinics():
    assert read_settings({}) == GapSettings()
    chosen = read_settings({"inactive_after_months": 24, "excluded_words": ["hospice"]})
    assert (chosen.inactive_after_months, chosen.excluded_words) == (24, frozenset({"hospice"}))


@pytest.mark.parametrize(
    "values",
    [
        {"grace": 3},
        {"no_show_grace_days": -1},
        {"no_show_grace_days": "1"},
        {"no_show_grace_days": True},
        {"excluded_words": "hospice"},
        {"signed": []},
    ],
)
def test_a_setting_that_means_nothing_is_refused(values):
    with pytest.raises(SettingInvalid):
        read_settings(values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"interval_months": 0}, "interval_months"),
        ({"grace_days": -1}, "grace_days"),
        ({"risk_class": 5}, "risk_class"),
        ({"source": ""}, "source"),
        ({"last": ()}, "last"),
        ({"last": (Qualifying(),)}, "last"),
        ({"min_age": 5, "max_age": 4}, "max_age"),
        ({"first_due": "age"}, "first_due_age"),
        ({"first_due": "condition"}, "first_due"),
    ],
)
def test_a_rule_that_contradicts_itself_cannot_be_made(changes, field):
    with pytest.raises(DefinitionInvalid) as caught:
        definition(**changes)
    assert caught.value.field == field


def test_kinds_with_one_length_of_interval_count_together():
    one = definition(
        last=(Qualifying(("hygiene",), ("scaling",)), Qualifying((), ("implant",), 12)),
        satisfied_by_visit_types=("periodontal_maintenance",),
    )
    assert one.qualifying == (
        Qualifying(("hygiene", "periodontal_maintenance"), ("scaling",), 6, 0),
        Qualifying((), ("implant",), 12, 0),
    )


def test_words_fall_back_to_english():
    assert definition().words("es") == "limpieza"
    assert definition().words("vi") == "cleaning"


def trace(text, **changes):
    settings = changes.pop("settings", GapSettings())
    found = judge(
        read_chart(text, patient_id=1), (definition(**changes),), as_of=date(2025, 11, 21), settings=settings
    )
    return found[0].verdict, [(step.rule, step.passed, step.detail) for step in found[0].steps]


def test_the_trace_of_a_gap_says_every_step_in_plain_words():
    assert trace("patient born=1980-01-01\nvisit 2025-03-02 hygiene", min_age=18) == (
        "open",
        [
            ("sign_off", None, "not signed off by a clinician"),
            ("age", True, "born 1980-01-01; for ages 18 and over"),
            ("due", True, "last hygiene 2025-03-02, due 2025-09-02"),
            ("grace", True, "grace 45 days, overdue since 2025-10-17"),
            ("coming_appointment", True, "nothing booked that would close it"),
        ],
    )


def test_the_trace_says_which_appointment_closes_it():
    verdict, steps = trace("visit 2025-03-02 hygiene\nappointment 2025-12-01 hygiene booked")
    assert verdict == "booked"
    assert steps[-1] == ("coming_appointment", False, "not due: hygiene booked for 2025-12-01")


def test_the_trace_mentions_another_coming_appointment():
    _, steps = trace("visit 2025-03-02 hygiene\nappointment 2025-12-01 acute booked")
    assert steps[-1][2] == "nothing booked that would close it; other appointment on 2025-12-01"


def test_the_trace_stops_where_the_rule_does():
    verdict, steps = trace("patient sex=male\nvisit 2025-03-02 hygiene", sexes=("female",))
    assert verdict == "not_eligible"
    assert steps[-1] == ("sex", False, "for female, not male")


def test_a_grave_rule_runs_only_with_a_signature_and_opens_when_due():
    grave = definition(risk_class=3)
    text = "visit 2025-05-21 hygiene"
    assert trace(text, risk_class=3)[0] == "unsigned"
    signed = GapSettings(signed=frozenset({(grave.key, grave.content_hash)}))
    assert trace(text, risk_class=3, settings=signed)[0] == "open"
    stale = GapSettings(signed=frozenset({(grave.key, definition(risk_class=3, grace_days=9).content_hash)}))
    assert trace(text, risk_class=3, settings=stale)[0] == "unsigned"


@given(cut=st.integers(0, 1000))
def test_what_comes_after_the_day_never_changes_the_answer(cut):
    day = date(2025, 1, 1)
    early = "visit 2024-06-01 hygiene"
    late = add_days(day, cut + 1).isoformat()
    more = f"{early}\nvisit {late} hygiene\nappointment {late} hygiene fulfilled made={late}"
    more += f"\nreturn {late} due={late} hygiene\nprocedure {late} scaling\ncondition diabetes from={late}"

    def answer(text):
        rule = definition(exclusion_procedures=("scaling",), none_of_conditions=("diabetes",))
        return judge(read_chart(text, patient_id=1), (rule,), as_of=day, settings=GapSettings())

    assert answer(more) == answer(early)
