"""Which of several series speaks for an antigen, and how antigens make a vaccine group (chapters 8 and 9)."""

from dataclasses import replace
from datetime import date

import pytest

from rebook.core.immunisation.assess import assess
from rebook.core.immunisation.periods import read_period
from rebook.core.immunisation.schedule import (
    Contraindication,
    SeriesKind,
    SkipCondition,
    SkipKind,
    VaccineGroup,
)
from support.immunisation import (
    ALPHA,
    ALPHA_OLD,
    BETA,
    BOTH,
    age,
    aged,
    ask,
    gap,
    person,
    risk,
    schedule,
    series,
    skip,
    statuses,
    target,
)

WAIT = [gap("4 weeks", "4 weeks")]
OLD = (ALPHA_OLD,)


def chosen(plan, who, as_of="2021-01-01"):
    return ask(plan, who, as_of).series[0].series


def three(name="Three", **more):
    return series(target(1), target(2, gaps=WAIT), target(3, gaps=WAIT), name=name, preference=1, **more)


def two_old(**more):
    """Two doses of one maker's product."""
    more = {"name": "Two", "is_default": False, "is_product": True, "preference": 2} | more
    return series(target(1, codes=OLD), target(2, codes=OLD, gaps=WAIT), **more)


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        # Nothing given: the default.
        ((), "Three"),
        # One dose of the product: all valid, and nearer to its end.
        ((("2020-03-01", ALPHA_OLD),), "Two"),
        # Only one series has a valid dose.
        ((("2020-03-01", ALPHA),), "Three"),
        # Two of one and one of the other: more valid doses against all valid and nearer the end.
        ((("2020-03-01", ALPHA), ("2020-04-01", ALPHA), ("2020-05-01", ALPHA_OLD)), "Three"),
        # Complete beats everything.
        ((("2020-03-01", ALPHA), ("2020-04-01", ALPHA_OLD), ("2020-05-01", ALPHA_OLD)), "Two"),
    ],
)
def test_default_in_process_and_complete(doses, expected):
    plan = schedule(three(), two_old())
    assert chosen(plan, person(*doses)) == expected


def test_of_two_complete_series_the_one_with_more_valid_doses():
    plan = schedule(
        series(target(1), name="One", is_default=True, preference=1),
        series(target(1), target(2), name="Two", is_default=False, preference=2),
    )
    assert chosen(plan, person("2020-03-01", "2020-04-01")) == "Two"


def test_equal_points_go_by_preference():
    plan = schedule(
        series(target(1), target(2), name="Second choice", preference=2, is_default=False),
        series(target(1), target(2), name="First choice", preference=1, is_default=False),
    )
    assert chosen(plan, person("2020-03-01")) == "First choice"
    assert chosen(plan, person()) == "First choice"


def test_a_series_begun_too_late_does_not_count():
    plan = schedule(
        three("Early", max_age_to_start=read_period("6 months")),
        series(target(1), target(2), name="Late start", is_default=False, preference=2),
    )
    assert chosen(plan, person("2020-06-30")) == "Late start"
    early = schedule(
        three("Early", max_age_to_start=read_period("6 months")),
        series(target(1, ages=[age("1 year")]), name="Late start", is_default=False, preference=2),
    )
    assert chosen(early, person("2020-06-30")) == "Early"


def test_a_series_that_cannot_be_finished_in_time_loses():
    plan = schedule(
        series(
            target(1),
            target(2),
            target(3, gaps=[gap("", "6 months")], ages=[age(most="12 months")]),
            name="Too long",
            is_default=False,
            preference=1,
        ),
        series(
            target(1),
            target(2),
            target(3, gaps=[gap("", "6 months")]),
            name="Open end",
            is_default=False,
            preference=2,
        ),
    )
    assert chosen(plan, person("2020-03-01"), "2020-03-01") == "Too long"
    assert chosen(plan, person("2020-10-01"), "2020-10-01") == "Open end"


def test_a_contraindicated_series_stands_back_for_another():
    plan = schedule(
        two_old(is_default=True, preference=1),
        series(target(1), target(2), name="Other", is_default=False, preference=2),
        antigens={
            "Alpha": {
                "contraindications": (
                    Contraindication("901", "Not the old one", vaccines=(target(1, codes=OLD).preferable)),
                )
            }
        },
    )
    doses = (("2020-03-01", ALPHA_OLD),)
    both = person(("2020-03-01", ALPHA), observed=["901"])
    assert chosen(plan, both) == "Other"
    assert ask(plan, person(*doses, observed=["901"]), "2021-01-01").status == "Contraindicated"


def test_a_series_for_evaluation_only_speaks_when_it_is_complete():
    plan = schedule(
        three(),
        series(
            target(1, codes=OLD),
            name="Foreign",
            kind=SeriesKind.EVALUATION_ONLY,
            group="2",
            preference=9,
            equivalent_groups=frozenset({"1"}),
        ),
    )
    plan_with_equal = schedule(three(equivalent_groups=frozenset({"2"})), plan.antigens["Alpha"].series[1])
    assert [one.series[0].series for one in assess(plan, person(), as_of=date(2021, 1, 1)).forecasts] == [
        "Three"
    ]
    foreign = assess(plan_with_equal, person(("2020-03-01", ALPHA_OLD)), as_of=date(2021, 1, 1))
    assert [(one.series[0].series, one.status) for one in foreign.forecasts] == [("Foreign", "Complete")]


@pytest.mark.parametrize(
    ("equivalent", "expected"), [(True, ["Risk Alpha"]), (False, ["Standard Alpha", "Risk Alpha"])]
)
def test_a_risk_series_takes_the_place_of_an_equivalent_standard_one(equivalent, expected):
    same = frozenset({"2"}) if equivalent else frozenset()
    plan = schedule(series(target(1), equivalent_groups=same), risk(target(1)))
    found = assess(plan, person(observed=["901"]), as_of=date(2021, 1, 1))
    assert [one.series[0].series for one in found.forecasts] == expected


def test_what_is_complete_in_an_equivalent_group_needs_nothing_more():
    plan = schedule(
        series(target(1), equivalent_groups=frozenset({"2"})),
        risk(target(1), target(2), equivalent_groups=frozenset({"1"})),
    )
    found = assess(plan, person("2020-03-01", observed=["901"]), as_of=date(2021, 1, 1))
    assert [(one.series[0].series, one.status) for one in found.forecasts] == [("Standard Alpha", "Complete")]


def test_only_risk_series_of_the_highest_priority_compete():
    plan = schedule(
        risk(target(1), name="Low", priority="B", preference=1),
        risk(target(1), target(2), name="High", priority="A", preference=2),
    )
    assert chosen(plan, person(observed=["901"])) == "High"


def test_a_series_of_infants_is_no_sure_answer_for_a_grown_person():
    infant = risk(
        target(1, skips=(skip(aged("7 months")),)), target(2), name="Infants", priority="A", begin="2 months"
    )
    adult = risk(target(1), name="Grown", priority="B", begin="2 years")
    found = assess(schedule(infant, adult), person(observed=["901"]), as_of=date(2030, 1, 1))
    assert [one.reason for one in found.not_covered] == [
        "the schedule prefers Infants to Grown, which is meant for this age"
    ]
    child = assess(schedule(infant, adult), person(observed=["901"]), as_of=date(2020, 4, 1))
    assert child.not_covered == ()


def test_a_dose_needless_after_another_complete_series():
    done = skip(SkipCondition(SkipKind.COMPLETED_SERIES, series_groups=frozenset({"1"})))
    plan = schedule(
        series(target(1, codes=(ALPHA_OLD,))),
        risk(target(1), target(2, skips=(done,)), target(3, gaps=[gap("", "5 years")])),
    )

    def risk_series(*doses):
        found = assess(plan, person(*doses, observed=["901"]), as_of=date(2021, 1, 1))
        return found.forecasts[1]

    before, after = risk_series("2020-03-01"), risk_series(("2020-02-01", ALPHA_OLD), "2020-03-01")
    assert before.series[0].target == 2
    assert (after.series[0].target, after.earliest_on) == (3, date(2025, 3, 1))


def test_series_that_ask_for_each_other_come_to_an_end():
    def asks(number):
        condition = SkipCondition(SkipKind.COMPLETED_SERIES, series_groups=frozenset({number}))
        return target(1, skips=(skip(condition),))

    plan = schedule(series(asks("2")), risk(asks("1")))
    assert ask(plan, person("2020-03-01", observed=["901"]), "2021-01-01").status == "Complete"


def test_the_series_of_the_persons_age_speaks():
    young = series(target(1, ages=[age(most="5 years")]), name="Children", group="1")
    old = series(
        target(1, ages=[age("", "50 years")]),
        name="From fifty",
        group="3",
        min_age_to_start=read_period("50 years"),
    )
    plan = schedule(young, old)
    assert chosen(plan, person(), "2021-01-01") == "Children"
    assert ask(plan, person("2020-06-01"), "2021-01-01").status == "Complete"
    assert chosen(plan, person(), "2075-01-01") == "From fifty"
    assert ask(plan, person(), "2040-01-01").status == "Aged Out"


GROUP = VaccineGroup("Alphabeta", ("Alpha", "Beta"), gives_full_group=True)


def together(alpha, beta, full=True):
    return schedule(
        series(*alpha, of="Alphabeta"),
        series(*beta, of="Alphabeta", name="Standard Beta", antigen="Beta"),
        groups=[VaccineGroup("Alphabeta", ("Alpha", "Beta"), gives_full_group=full)],
    )


def pair(code, **more):
    return target(1, codes=(code, BOTH), **more), target(2, codes=(code, BOTH), gaps=WAIT)


@pytest.mark.parametrize(
    ("doses", "status", "needed"),
    [
        ((), "Not Complete", ("Alpha", "Beta")),
        ((("2020-03-01", BOTH), ("2020-04-01", BOTH)), "Complete", ()),
        ((("2020-03-01", BOTH), ("2020-04-01", ALPHA)), "Not Complete", ("Beta",)),
    ],
)
def test_a_group_is_complete_when_every_antigen_is(doses, status, needed):
    answer = ask(together(pair(ALPHA), pair(BETA)), person(*doses), "2021-01-01", "Alphabeta")
    assert (answer.status, answer.antigens_needed) == (status, needed)


def test_a_dose_counts_for_the_group_when_it_counts_for_any_antigen():
    plan = together(pair(ALPHA), pair(BETA, ages=[age("12 months")]))
    answer = ask(plan, person(("2020-06-01", BOTH)), "2021-01-01", "Alphabeta")
    assert statuses(answer) == ["Valid"]
    assert answer.doses[0].antigens == ("Alpha", "Beta")


@pytest.mark.parametrize(
    ("is_priority", "full", "expected", "number"),
    [
        (False, True, date(2020, 7, 1), 2),
        (False, False, date(2020, 7, 1), 3),
        (True, True, date(2020, 6, 1), 2),
    ],
)
def test_the_group_waits_for_all_unless_one_has_priority(is_priority, full, expected, number):
    """Alpha may come on 1 May, Beta on 1 July; the last dose with either was on 1 June."""
    first = replace(gap("", "0 days", from_target_dose=1), is_priority=is_priority)
    alpha = target(1), target(2), target(3, gaps=[first])
    beta = target(1, codes=(BETA,)), target(2, codes=(BETA,), gaps=[gap("", "1 month")])
    plan = together(alpha, beta, full)
    who = person("2020-04-01", "2020-05-01", ("2020-06-01", BETA))
    answer = ask(plan, who, "2020-06-01", "Alphabeta")
    assert (answer.earliest_on, answer.recommended_on, answer.dose_number) == (expected, expected, number)


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"),
    [
        ("Contraindicated", "Not Complete", "Contraindicated"),
        ("Aged Out", "Not Complete", "Aged Out"),
        ("Immune", "Complete", "Complete"),
        ("Immune", "Immune", "Immune"),
        ("Immune", "Not Complete", "Not Complete"),
    ],
)
def test_the_status_of_a_group(alpha, beta, expected):
    facts = {
        "Contraindicated": {"contraindications": (Contraindication("901", "No."),)},
        "Immune": {"immune_by": frozenset({"901"})},
    }

    def members(status, code):
        return (target(1, codes=(code,), ages=[age(most="1 month")] if status == "Aged Out" else ()),)

    plan = schedule(
        series(*members(alpha, ALPHA), of="Alphabeta"),
        series(*members(beta, BETA), of="Alphabeta", name="Standard Beta", antigen="Beta"),
        groups=[GROUP],
        antigens={"Alpha": facts.get(alpha, {}), "Beta": facts.get(beta, {})},
    )
    doses = [("2020-01-15", code) for status, code in ((alpha, ALPHA), (beta, BETA)) if status == "Complete"]
    assert ask(plan, person(*doses, observed=["901"]), "2021-01-01", "Alphabeta").status == expected
