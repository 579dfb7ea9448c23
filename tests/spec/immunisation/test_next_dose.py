"""When the next dose is due, and when none is (CDSi chapter 7)."""

from datetime import date

import pytest

from rebook.core.immunisation.assess import assess
from rebook.core.immunisation.patient import Person
from rebook.core.immunisation.schedule import Contraindication, ImmuneByBirth, SkipContext
from support.immunisation import (
    ALPHA,
    BETA,
    BORN,
    age,
    aged,
    ask,
    conflict,
    count,
    gap,
    given,
    person,
    risk,
    schedule,
    series,
    skip,
    target,
    vaccine,
)

FULL = [age("6 weeks - 4 days", "6 weeks", "2 months", "3 months + 4 weeks", "8 months")]
TWO = schedule(
    series(target(1, ages=FULL), target(2, gaps=[gap("4 weeks - 4 days", "4 weeks", "8 weeks", "13 weeks")]))
)


def days(answer):
    return tuple(
        str(one) if one else ""
        for one in (answer.earliest_on, answer.recommended_on, answer.past_due_on, answer.latest_on)
    )


@pytest.mark.parametrize(
    ("doses", "as_of", "expected"),
    [
        # By age: minimum, earliest and latest recommended less a day, maximum less a day.
        ((), "2020-01-01", ("2020-02-12", "2020-03-01", "2020-04-28", "2020-08-31")),
        # By interval when the schedule recommends no age.
        (("2020-03-01",), "2020-03-01", ("2020-03-29", "2020-04-26", "2020-05-30", "")),
        # After an invalid dose the interval counts from it.
        (("2020-03-01", "2020-03-10"), "2020-03-10", ("2020-04-07", "2020-05-05", "2020-06-08", "")),
    ],
)
def test_the_days_of_the_next_dose(doses, as_of, expected):
    assert days(ask(TWO, person(*doses), as_of)) == expected


def test_recommended_and_past_due_are_never_before_the_earliest_day():
    plan = schedule(
        series(
            target(1),
            target(
                2, ages=[age("", "", "4 months", "5 months")], gaps=[gap("4 weeks", "4 weeks", "8 weeks")]
            ),
        )
    )
    late = ask(plan, person("2021-06-01"), "2021-06-01")
    assert days(late) == ("2021-06-29", "2021-06-29", "2021-06-29", "")


def test_without_any_rule_a_dose_is_due_from_birth():
    answer = ask(schedule(series(target(1))), person(), "2020-02-01")
    assert days(answer) == ("2020-01-01", "2020-01-01", "", "")
    assert answer.series[0].because == "may be given from birth"


def test_the_latest_of_several_intervals_counts():
    plan = schedule(
        series(
            target(1),
            target(2),
            target(3, gaps=[gap("", "8 weeks"), gap("", "16 weeks", from_target_dose=1)]),
        )
    )
    answer = ask(plan, person("2020-03-01", "2020-03-20"), "2020-04-01")
    assert answer.earliest_on == date(2020, 6, 21)
    assert answer.series[0].because == "16 weeks after the dose of 2020-03-01"


def test_another_live_vaccine_puts_the_next_dose_off():
    plan = schedule(
        series(target(1)),
        series(target(1, codes=(BETA,)), name="Standard Beta", antigen="Beta"),
        conflicts=[conflict(BETA, ALPHA)],
    )
    answer = ask(plan, person(("2020-03-01", BETA)), "2020-03-02")
    assert (answer.earliest_on, answer.series[0].because) == (
        date(2020, 3, 29),
        "28 days after another vaccine on 2020-03-01",
    )


SEASON = schedule(
    series(
        target(
            1,
            ages=[age("6 months", "6 months")],
            is_recurring=True,
            season_starts_on=date(2025, 7, 1),
            season_ends_on=date(2026, 6, 30),
            skips=(skip(count(0, begin_age="0 days", valid=True), context=SkipContext.FORECAST),),
        )
    )
)


def test_a_seasonal_dose_is_due_from_the_start_of_the_season_and_once():
    assert ask(SEASON, person(), "2025-05-01").earliest_on == date(2025, 7, 1)
    assert ask(SEASON, person("2025-09-01"), "2025-10-01").status == "Complete"


@pytest.mark.parametrize(
    ("as_of", "covered"),
    [("2024-06-29", False), ("2024-06-30", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_season_that_is_not_the_schedules_has_no_answer(as_of, covered):
    found = assess(SEASON, person(), as_of=date.fromisoformat(as_of))
    assert (found.not_covered == ()) is covered
    assert all("season" in one.reason and one.group == "Alpha" for one in found.not_covered)


def test_immunity_holds_in_any_season():
    plan = schedule(SEASON.antigens["Alpha"].series[0], antigens={"Alpha": {"immune_by": frozenset({"901"})}})
    found = assess(plan, person(observed=["901"]), as_of=date(2024, 1, 1))
    assert (found.headline("Alpha").status, found.not_covered) == ("Immune", ())


@pytest.mark.parametrize(
    ("doses", "as_of", "status"),
    [
        ((), "2020-08-31", "Not Complete"),
        ((), "2020-09-01", "Aged Out"),
        (("2020-03-01", "2020-04-01"), "2020-04-01", "Complete"),
    ],
)
def test_status(doses, as_of, status):
    assert ask(TWO, person(*doses), as_of).status == status


def test_who_cannot_finish_in_time_has_aged_out():
    plan = schedule(
        series(target(1), target(2, ages=[age(most="8 months")], gaps=[gap("4 weeks", "4 weeks")]))
    )
    assert ask(plan, person("2020-08-03"), "2020-08-03").status == "Not Complete"
    answer = ask(plan, person("2020-08-04"), "2020-08-04")
    assert (answer.status, answer.reasons) == (
        "Aged Out",
        ("The series cannot be finished before the highest age",),
    )


def test_all_doses_skipped_means_not_recommended():
    plan = schedule(series(target(1, skips=(skip(aged("1 year")),))))
    assert ask(plan, person(), "2020-12-31").status == "Not Complete"
    assert ask(plan, person(), "2021-01-01").status == "Not Recommended"


def test_a_dose_needless_on_its_own_earliest_day_is_not_forecast():
    """A dose due on the day that makes it needless gives way to the one after it (CDSi 7.6)."""
    plan = schedule(
        series(
            target(1),
            target(2, gaps=[gap("4 weeks", "4 weeks")], skips=(skip(aged("12 months"), words="too old"),)),
            target(3, gaps=[gap("8 weeks", "8 weeks")]),
        )
    )
    before = ask(plan, person("2020-12-03"), "2020-12-03")
    after = ask(plan, person("2020-12-04"), "2020-12-04")
    assert (before.series[0].target, before.earliest_on) == (2, date(2020, 12, 31))
    assert (after.series[0].target, after.earliest_on) == (3, date(2021, 1, 29))
    assert after.series[0].skipped == ("too old",)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"observed": ["901"]}, "Immune"),
        ({"born": "1956-12-31", "country": "U.S."}, "Immune"),
        ({"born": "1957-01-01", "country": "U.S."}, "Not Complete"),
        ({"born": "1956-12-31", "country": ""}, "Not Complete"),
        ({"born": "1956-12-31", "country": "U.S.", "observed": ["902"]}, "Not Complete"),
    ],
)
def test_evidence_of_immunity(who, status):
    plan = schedule(
        series(target(1)),
        antigens={
            "Alpha": {
                "immune_by": frozenset({"901"}),
                "immune_by_birth": (ImmuneByBirth(date(1957, 1, 1), "U.S.", frozenset({"902"})),),
            }
        },
    )
    assert ask(plan, person(**who), "2025-01-01").status == status


def test_who_is_complete_stays_complete_whatever_was_observed():
    plan = schedule(
        series(target(1)),
        antigens={"Alpha": {"contraindications": (Contraindication("901", "Do not give."),)}},
    )
    assert ask(plan, person("2020-03-01", observed=["901"]), "2025-01-01").status == "Complete"
    answer = ask(plan, person(observed=["901"]), "2025-01-01")
    assert (answer.status, answer.reasons, answer.recommended_on) == (
        "Contraindicated",
        ("Do not give.",),
        None,
    )


def test_a_contraindication_of_some_ages():
    only = Contraindication("901", "Not yet.", end_age=age(least="8 months").minimum)
    plan = schedule(series(target(1)), antigens={"Alpha": {"contraindications": (only,)}})
    who = person(observed=["901"])
    assert ask(plan, who, "2020-08-31").status == "Contraindicated"
    assert ask(plan, who, "2020-09-01").status == "Not Complete"


def test_a_forbidden_product_closes_the_series_only_when_it_has_no_other():
    forbidden = (Contraindication("901", "Not this one.", vaccines=(vaccine(ALPHA),)),)
    against = {"Alpha": {"contraindications": forbidden}}
    one = schedule(series(target(1)), antigens=against)
    two = schedule(
        series(
            target(1, preferable=(vaccine(ALPHA, is_forecast=True), vaccine("502", is_forecast=True))),
        ),
        antigens=against,
    )
    who = person(observed=["901"])
    assert ask(one, who, "2020-06-01").status == "Contraindicated"
    answer = ask(two, who, "2020-06-01")
    assert (answer.status, answer.vaccines) == ("Not Complete", ("502",))
    assert ask(two, person(), "2020-06-01").vaccines == (ALPHA, "502")


def test_a_product_is_forecast_only_for_the_age_it_is_made_for():
    plan = schedule(
        series(
            target(
                1,
                preferable=(
                    vaccine(ALPHA, "0 days", "7 years", is_forecast=True),
                    vaccine("502", "7 years", is_forecast=True),
                ),
                gaps=[gap("", "1 day")],
            )
        )
    )
    assert ask(plan, person(), "2020-06-01").vaccines == (ALPHA,)


@pytest.mark.parametrize(("sex", "applies"), [("Female", True), ("Unknown", True), ("Male", False)])
def test_a_series_for_one_sex(sex, applies):
    plan = schedule(series(target(1), sexes=frozenset({"Female", "Unknown"})))
    assert (ask(plan, person(sex=sex), "2020-06-01") is not None) is applies


@pytest.mark.parametrize(
    ("observed", "as_of", "applies"),
    [
        (["901"], "2022-01-01", True),
        (["901"], "2021-12-31", False),
        (["901"], "2025-01-01", False),
        (["902"], "2022-01-01", False),
        ([], "2022-01-01", False),
    ],
)
def test_a_risk_series_needs_its_observation_at_its_age(observed, as_of, applies):
    plan = schedule(risk(target(1), begin="2 years", end="5 years"))
    assert (ask(plan, person(observed=observed), as_of) is not None) is applies


def test_an_observation_without_its_day_leaves_no_answer():
    plan = schedule(risk(target(1, gaps=[gap("", "6 months", from_observation="901")])))
    known = assess(plan, person(observed=[("901", "2020-06-01")]), as_of=date(2020, 7, 1))
    unknown = assess(plan, person(observed=["901"]), as_of=date(2020, 7, 1))
    assert known.headline("Alpha").earliest_on == date(2020, 12, 1)
    assert [one.reason for one in unknown.not_covered] == ["the day of observation 901 is not recorded"]


def test_codes_that_the_schedule_does_not_know_are_named():
    who = person(("2020-03-01", "999"), observed=["999", "903"])
    found = assess(schedule(series(target(1))), who, as_of=date(2020, 6, 1))
    assert [one.reason for one in found.not_covered] == [
        "vaccine code 999 is not in the schedule",
        "observation 999 is not in the schedule",
    ]
    assert found.unused == ("903",)


def test_an_antigen_with_rules_that_are_not_understood_is_not_covered():
    plan = schedule(series(target(1)), antigens={"Alpha": {"not_understood": ("series[1]/moonPhase",)}})
    found = assess(plan, person(), as_of=date(2020, 6, 1))
    assert [(one.group, one.reason) for one in found.not_covered] == [
        ("Alpha", "Alpha: the schedule's series[1]/moonPhase is not understood")
    ]


def test_doses_after_the_day_asked_about_have_not_been_given_yet():
    then = Person(BORN, "Female", doses=given("2020-03-01", "2020-05-01"))
    before = Person(BORN, "Female", doses=given("2020-03-01"))
    assert ask(TWO, then, "2020-04-01") == ask(TWO, before, "2020-04-01")
