"""What each dose given counts for: one rule at a time (CDSi chapter 6)."""

from datetime import date

import pytest

from rebook.core.immunisation.patient import GivenDose, Person
from rebook.core.immunisation.schedule import CountLogic, SkipCondition, SkipContext, SkipKind
from support.immunisation import (
    ALPHA,
    ALPHA_OLD,
    BETA,
    BORN,
    BOTH,
    age,
    aged,
    ask,
    conflict,
    count,
    gap,
    person,
    schedule,
    series,
    skip,
    statuses,
    target,
    vaccine,
)

LATER = "2030-01-01"

AGES = schedule(series(target(ages=[age("6 weeks - 4 days", "6 weeks", most="8 months")])))


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2020-02-07", "Age: Too Young"),
        ("2020-02-08", "Valid"),
        ("2020-02-12", "Valid"),
        ("2020-08-31", "Valid"),
        ("2020-09-01", "Age: Too Old"),
    ],
)
def test_age(on, status):
    assert statuses(ask(AGES, person(on), LATER)) == [status]


def test_a_dose_given_too_old_is_more_than_needed_and_one_too_young_is_not_valid():
    too_old = ask(AGES, person("2021-01-01"), LATER).doses[0]
    too_young = ask(AGES, person("2020-01-02"), LATER).doses[0]
    assert (too_old.status, too_young.status) == ("Extraneous", "Not Valid")


def test_age_rules_of_the_day_the_dose_was_given():
    plan = schedule(
        series(target(ages=[age("12 months", until="2021-05-31"), age("6 months", since="2021-06-01")]))
    )
    born = date(2020, 10, 1)
    assert statuses(ask(plan, person("2021-05-31", born=born), LATER)) == ["Age: Too Young"]
    assert statuses(ask(plan, person("2021-06-01", born=born), LATER)) == ["Valid"]


TWO = schedule(series(target(1), target(2, gaps=[gap("4 weeks - 4 days", "4 weeks", "8 weeks", "12 weeks")])))


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ("2020-03-24", "Interval: Too Short"),
        ("2020-03-25", "Valid"),
        ("2020-03-29", "Valid"),
        ("2029-01-01", "Valid"),
    ],
)
def test_interval_from_the_previous_dose(second, status):
    assert statuses(ask(TWO, person("2020-03-01", second), LATER)) == ["Valid", status]


def test_an_invalid_dose_starts_the_interval_anew():
    answer = ask(TWO, person("2020-03-01", "2020-03-10", "2020-03-30", "2020-05-01"), LATER)
    assert statuses(answer) == ["Valid", "Interval: Too Short", "Interval: Too Short", "Valid"]


def test_a_dose_in_excess_starts_no_interval():
    plan = schedule(
        series(
            target(1, ages=[age("6 weeks", "6 weeks", most="2 years")]),
            target(2, gaps=[gap("4 weeks", "4 weeks")], ages=[age(most="3 years")]),
        )
    )
    answer = ask(plan, person("2020-03-01", "2023-06-01"), "2023-06-02")
    assert statuses(answer) == ["Valid", "Age: Too Old"]


def test_interval_from_a_target_dose_and_all_must_hold():
    plan = schedule(
        series(
            target(1),
            target(2),
            target(
                3,
                gaps=[
                    gap("8 weeks - 4 days", "8 weeks"),
                    gap("16 weeks - 4 days", "16 weeks", from_target_dose=1),
                ],
            ),
        )
    )
    near_the_first = ask(plan, person("2020-03-01", "2020-03-02", "2020-06-15"), LATER)
    near_the_second = ask(plan, person("2020-03-01", "2020-06-01", "2020-07-01"), LATER)
    far_enough = ask(plan, person("2020-03-01", "2020-04-01", "2020-07-01"), LATER)
    assert statuses(near_the_first)[2] == "Interval: Too Short"
    assert statuses(near_the_second)[2] == "Interval: Too Short"
    assert statuses(far_enough)[2] == "Valid"


def test_an_allowable_interval_saves_a_dose_too_near_for_the_preferable_one():
    plan = schedule(
        series(
            target(1),
            target(2, gaps=[gap("6 months", "6 months")], allowed_gaps=[gap("4 weeks", "4 weeks")]),
        )
    )
    assert statuses(ask(plan, person("2020-03-01", "2020-03-29"), LATER)) == ["Valid", "Valid"]
    assert statuses(ask(plan, person("2020-03-01", "2020-03-28"), LATER))[1] == "Interval: Too Short"


def test_interval_from_another_vaccine():
    plan = schedule(
        series(target(1, gaps=[gap("8 weeks", "8 weeks", from_vaccines=frozenset({BETA}))])),
        series(target(1, codes=(BETA,)), name="Standard Beta", antigen="Beta"),
    )
    assert statuses(ask(plan, person(("2020-03-01", BETA), "2020-04-01"), LATER)) == ["Interval: Too Short"]
    assert statuses(ask(plan, person("2020-03-01", ("2020-03-15", BETA)), LATER)) == ["Valid"]


def test_interval_from_an_observation():
    plan = schedule(series(target(1, gaps=[gap("6 months", "6 months", from_observation="901")])))
    observed = [("901", "2020-06-01"), ("901", "2020-08-01")]
    assert statuses(ask(plan, person("2021-01-31", observed=observed), LATER)) == ["Interval: Too Short"]
    assert statuses(ask(plan, person("2021-02-01", observed=observed), LATER)) == ["Valid"]
    assert statuses(ask(plan, person("2020-06-02"), LATER)) == ["Valid"]


@pytest.mark.parametrize(
    ("on", "code", "status"),
    [
        ("2020-06-01", ALPHA, "Valid"),
        ("2020-06-01", ALPHA_OLD, "Vaccine: Invalid Usage"),
        ("2021-06-01", ALPHA_OLD, "Valid"),
        ("2020-06-01", BOTH, "Inadvertent Vaccine"),
    ],
)
def test_products_that_suit_are_allowed_or_were_a_mistake(on, code, status):
    plan = schedule(
        series(target(1, allowable=(vaccine(ALPHA_OLD, "12 months"),), inadvertent=frozenset({BOTH})))
    )
    assert statuses(ask(plan, person((on, code)), LATER)) == [status]


@pytest.mark.parametrize(
    ("maker", "status"), [("AAA", "Valid"), ("BBB", "Vaccine: Invalid Usage"), ("", "Vaccine: Invalid Usage")]
)
def test_where_only_one_maker_will_do_an_unknown_one_does_not(maker, status):
    plan = schedule(series(target(1, preferable=(vaccine(mvx="AAA", trade_name="ALPHA-ONE"),))))
    assert statuses(ask(plan, person(("2020-06-01", ALPHA, maker)), LATER)) == [status]


def test_a_mistaken_dose_starts_no_interval_but_nothing_is_due_before_it():
    plan = schedule(
        series(target(1), target(2, gaps=[gap("4 weeks", "4 weeks")], inadvertent=frozenset({BOTH})))
    )
    answer = ask(plan, person("2020-03-01", ("2020-03-20", BOTH), "2020-03-29"), LATER)
    assert statuses(answer) == ["Valid", "Inadvertent Vaccine", "Valid"]
    waiting = ask(plan, person("2020-03-01", ("2020-06-20", BOTH)), "2020-06-20")
    assert waiting.earliest_on == date(2020, 6, 20)


LIVE = schedule(
    series(target(1), target(2)),
    series(target(1, codes=(BETA,)), target(2, codes=(BETA,)), name="Standard Beta", antigen="Beta"),
    conflicts=[conflict(BETA, ALPHA), conflict(ALPHA, ALPHA)],
)


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2020-03-01", "Valid"),
        ("2020-03-02", "Live Virus Conflict"),
        ("2020-03-24", "Live Virus Conflict"),
        ("2020-03-25", "Valid"),
    ],
)
def test_two_live_vaccines_need_distance_unless_given_together(on, status):
    assert statuses(ask(LIVE, person(("2020-03-01", BETA), (on, ALPHA)), LATER)) == [status]


def test_after_an_invalid_live_dose_the_distance_is_longer():
    # The second is too near to the first; the third keeps 24 days from it, but not 28.
    near = ask(LIVE, person("2020-03-01", "2020-03-10", "2020-04-04"), LATER)
    far = ask(LIVE, person("2020-03-01", "2020-03-10", "2020-04-07"), LATER)
    assert statuses(near) == ["Valid", "Live Virus Conflict", "Live Virus Conflict"]
    assert statuses(far) == ["Valid", "Live Virus Conflict", "Valid"]


def test_after_an_invalid_dose_of_another_live_vaccine_too():
    young = schedule(
        series(target(1), target(2)),
        series(target(1, codes=(BETA,), ages=[age("2 months")]), name="Standard Beta", antigen="Beta"),
        conflicts=[conflict(BETA, ALPHA)],
    )
    # Beta on 1 February was too young; 24 days after a valid dose would do, here it takes 28.
    for beta, alpha, status in [
        ("2020-02-01", "2020-02-26", "Live Virus Conflict"),
        ("2020-02-01", "2020-02-29", "Valid"),
        ("2020-03-01", "2020-03-26", "Valid"),
    ]:
        assert statuses(ask(young, person((beta, BETA), (alpha, ALPHA)), LATER)) == [status]


def test_two_live_vaccines_that_conflict_both_ways_do_not_wait_for_each_other():
    both = schedule(
        series(target(1), target(2)),
        series(target(1, codes=(BETA,)), target(2, codes=(BETA,)), name="Standard Beta", antigen="Beta"),
        conflicts=[conflict(BETA, ALPHA), conflict(ALPHA, BETA)],
    )
    doses = [("2020-03-01", BETA), ("2020-03-10", ALPHA), ("2020-04-04", BETA), ("2020-04-30", ALPHA)]
    assert statuses(ask(both, person(*doses), LATER)) == ["Live Virus Conflict", "Live Virus Conflict"]
    assert statuses(ask(both, person(*doses), LATER, "Beta")) == ["Valid", "Live Virus Conflict"]


def test_a_dose_that_was_expired_or_weak_is_repeated():
    who = Person(
        BORN,
        doses=(
            GivenDose(date(2020, 3, 1), ALPHA, is_substandard=True),
            GivenDose(date(2020, 3, 2), ALPHA),
        ),
    )
    answer = ask(TWO, who, "2020-03-03")
    assert [one.status.value for one in answer.doses] == ["Sub-standard", "Valid"]
    assert answer.dose_number == 2


def test_what_comes_after_a_complete_series_is_more_than_needed():
    answer = ask(TWO, person("2020-03-01", "2020-04-01", "2020-05-01"), LATER)
    assert answer.status == "Complete"
    assert statuses(answer)[2] == "Series already complete"


def test_a_recurring_dose_never_ends():
    plan = schedule(series(target(1, gaps=[gap("1 year - 4 days", "1 year")], is_recurring=True)))
    answer = ask(plan, person("2021-01-01", "2022-01-01", "2023-01-01"), "2023-06-01")
    assert (answer.status, answer.dose_number, answer.earliest_on) == ("Not Complete", 4, date(2024, 1, 1))


def catching_up(rule):
    """Three doses, of which the second may be skipped by ``rule``."""
    return schedule(series(target(1), target(2, skips=(rule,)), target(3, gaps=[gap("8 weeks", "8 weeks")])))


@pytest.mark.parametrize(
    ("rule", "skipped"),
    [
        (skip(aged("1 year")), True),
        (skip(aged("1 year", "18 months")), False),
        (skip(aged("1 year"), context=SkipContext.FORECAST), False),
        (skip(aged("1 year"), context=SkipContext.EVALUATION), True),
        (skip(aged("9 years"), aged("1 year")), False),
        (skip(aged("9 years"), aged("1 year"), needs_all=False), True),
        (skip(count(0)), True),
        (skip(count(1)), False),
        (skip(count(1, logic=CountLogic.EQUAL)), True),
        (skip(count(2, logic=CountLogic.LESS)), True),
        (skip(count(0, codes=(ALPHA,))), True),
        (skip(count(0, codes=(BETA,))), False),
        (skip(count(0, valid=True, begin_age="1 month", end_age="6 months")), True),
        (skip(count(0, valid=True, begin_age="6 months")), False),
    ],
)
def test_conditional_skip_when_a_dose_is_judged(rule, skipped):
    # With the second skipped, the dose of 2022 is held against the third.
    answer = ask(catching_up(rule), person("2020-03-01", "2022-01-01"), "2022-01-02")
    assert (answer.status == "Complete") is skipped


@pytest.mark.parametrize(
    ("condition", "skipped"),
    [
        (SkipCondition(SkipKind.COUNT, start_on=date(2020, 3, 1), vaccines=frozenset({ALPHA})), True),
        (SkipCondition(SkipKind.COUNT, start_on=date(2020, 3, 2), vaccines=frozenset({ALPHA})), False),
        (SkipCondition(SkipKind.COUNT, end_on=date(2020, 3, 1)), False),
        (SkipCondition(SkipKind.COUNT, end_on=date(2020, 3, 2)), True),
    ],
)
def test_doses_counted_between_days(condition, skipped):
    answer = ask(catching_up(skip(condition)), person("2020-03-01", "2022-01-01"), "2022-01-02")
    assert (answer.status == "Complete") is skipped


def test_a_dose_that_holds_nothing_of_the_antigen_counts_only_where_it_is_named():
    named = catching_up(skip(count(1, codes=(ALPHA, BETA))))
    unnamed = catching_up(skip(count(1)))
    who = person("2020-03-01", ("2020-04-01", BETA), "2022-01-01")
    assert ask(named, who, "2022-01-02").status == "Complete"
    assert ask(unnamed, who, "2022-01-02").status == "Not Complete"
