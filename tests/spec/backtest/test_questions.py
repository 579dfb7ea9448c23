"""What may be asked of the past, and what is refused with the field that is wrong."""

from dataclasses import replace
from datetime import date

import pytest

from rebook.core.backtest import (
    BadQuestion,
    Question,
    changed_definitions,
    changed_settings,
    judged_days,
    needed_definitions,
    read_changes,
    reference_definitions,
    unchangeable,
)
from rebook.core.gaps import GapDefinition, GapSettings, Qualifying

RULE = GapDefinition(
    key="test.cleaning",
    label={"en": "cleaning"},
    specialty="test",
    visit_type="cleaning",
    minutes=30,
    interval_months=6,
    grace_days=14,
    last=(Qualifying(("cleaning",)),),
    source="spec",
)
OTHER = replace(RULE, key="test.exam")
ABOVE = replace(RULE, key="test.deep_cleaning", supersedes=("test.cleaning",))
START, END = date(2025, 1, 6), date(2025, 3, 31)


@pytest.mark.parametrize(
    ("texts", "in_words"),
    [
        ([], {"A": "as they are"}),
        (["grace_days=60"], {"A": "grace_days=60"}),
        (["B:grace_days=60"], {"A": "as they are", "B": "grace_days=60"}),
        (
            ["tiers=dormant|lost", "C: daily_limit = 5", "B:no_show_grace_days=3"],
            {
                "A": "tiers=dormant|lost",
                "B": "no_show_grace_days=3, tiers=dormant|lost",
                "C": "tiers=dormant|lost, daily_limit=5",
            },
        ),
        (
            ["B:locations=3|4", "B:visit_types=cleaning"],
            {"A": "as they are", "B": "locations=3|4, visit_types=cleaning"},
        ),
    ],
)
def test_settings_from_texts(texts, in_words):
    settings, _ = read_changes(texts)
    assert {one.name: one.in_words for one in settings} == in_words


def test_assumptions_are_for_all_settings():
    settings, assumptions = read_changes(["minutes_per_call=9", "uplift_percent=3", "B:grace_days=1"])
    assert (assumptions.minutes_per_call, assumptions.uplift_percent) == (9, 3)
    assert [one.name for one in settings] == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("grace", "set", "not like grace_days=60"),
        ("grace_days", "set", "not like"),
        ("grace_days=many", "grace_days", "whole number"),
        ("grace_days=-1", "grace_days", "whole number"),
        ("grace_days=9999", "grace_days", "from 0 to 3650"),
        ("colour=red", "colour", "there is no such setting"),
        ("tiers=sleepy", "tiers", "'sleepy' is none of"),
        ("kinds=later", "kinds", "'later' is none of"),
        ("locations=Elm", "locations", "whole number"),
        ("B:minutes_per_call=3", "minutes_per_call", "leave the letter out"),
    ],
)
def test_a_change_that_means_nothing_is_refused(text, field, says):
    with pytest.raises(BadQuestion, match=says) as refused:
        read_changes([text])
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from_on": date(2025, 4, 1)}, "from"),
        ({"every": "month"}, "every"),
        ({"every": "day", "to_on": date(2026, 6, 1)}, "to"),
        ({"definitions": ("a.b",), "campaign_id": 1}, "definition"),
        ({"settings": read_changes([f"{letter}:grace_days=1" for letter in "BCDE"])[0]}, "set"),
    ],
)
def test_a_question_that_cannot_be_run_is_refused(given, field):
    with pytest.raises(BadQuestion) as refused:
        Question(**{"from_on": START, "to_on": END, **given})
    assert refused.value.field == field


def test_a_question_survives_the_ledger():
    settings, assumptions = read_changes(["B:grace_days=9", "C:tiers=lost", "replies_percent=20"])
    asked = Question(START, END, every="day", packs=("dental",), settings=settings, assumptions=assumptions)
    assert Question.from_json(asked.as_json()) == asked


def test_the_first_day_is_judged_and_the_last_one_when_it_falls_on_a_step():
    assert judged_days(Question(START, START)) == (START,)
    assert judged_days(Question(START, date(2025, 1, 19))) == (START, date(2025, 1, 13))
    assert judged_days(Question(START, date(2025, 1, 20)))[-1] == date(2025, 1, 20)
    assert len(judged_days(Question(START, date(2025, 1, 20), every="day"))) == 15


def test_only_the_chosen_rules_change_and_a_new_interval_replaces_the_old():
    changed, left = changed_definitions((RULE, OTHER), {RULE.key}, {"interval_days": 200})
    assert (changed.interval_months, changed.interval_days) == (0, 200)
    assert left == OTHER
    assert changed.content_hash != RULE.content_hash


def test_a_rule_that_would_contradict_itself_stays_as_it_is_unless_all_would():
    aged = replace(OTHER, min_age=50)
    changed = changed_definitions((RULE, aged), {RULE.key, aged.key}, {"max_age": 40})
    assert [one.max_age for one in changed] == [40, None]
    assert unchangeable((RULE, aged), {RULE.key, aged.key}, {"max_age": 40}) == (aged.key,)
    with pytest.raises(BadQuestion):
        changed_definitions((RULE, aged), {aged.key}, {"max_age": 40})


def test_what_supersedes_a_chosen_rule_is_judged_beside_it():
    rules = (RULE, OTHER, ABOVE)
    assert needed_definitions(rules, {RULE.key}, all_kinds=False) == (RULE, ABOVE)
    assert needed_definitions(rules, {OTHER.key}, all_kinds=False) == (OTHER,)
    assert needed_definitions(rules, {OTHER.key}, all_kinds=True) == rules


def test_a_backtest_runs_what_nobody_has_signed_yet():
    grave = replace(RULE, risk_class=3)
    settings = changed_settings(GapSettings(), (grave,), {"no_show_grace_days": 5})
    assert settings.is_signed(grave.key, grave.content_hash)
    assert settings.no_show_grace_days == 5
    assert not GapSettings().is_signed(grave.key, grave.content_hash)


def test_the_reference_waits_for_nothing():
    (bare,), settings = reference_definitions((RULE,), GapSettings())
    assert bare.grace_days == 0
    assert (settings.no_show_grace_days, settings.cancelled_grace_days, settings.follow_up_grace_days) == (
        0,
        0,
        0,
    )
