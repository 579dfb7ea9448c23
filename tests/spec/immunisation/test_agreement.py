"""The outside judge: CDC's own test cases, and what is known of each that differs.

Cases are of 4.45 (healthy) and 4.6 (underlying conditions), the schedule is of 4.64. A difference is laid
to the version only where the schedule itself proves it; each proof is a test here.
"""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from rebook.core.immunisation.against import is_between
from rebook.core.immunisation.agreement import DECIDING, FIELDS, ScheduleCase, compare
from rebook.core.immunisation.periods import read_period
from rebook.flow.immunisation import judge_cases
from support.immunisation import ALPHA, BETA, age, gap, person, risk, schedule, series, target
from support.supporting_data import HEALTHY, UNDERLYING, needs, supporting_data

MANUAL = Path(__file__).parents[3] / "docs" / "immunisation.md"


@cache
def judged(path):
    plan = supporting_data()
    (file,) = judge_cases(schedule=plan, paths=[needs(path)])
    assert file.rejects == ()
    return {one.case.key: one for one in file.results}


def differing(path):
    return {
        key: {one.field for one in result.differences}
        for key, result in judged(path).items()
        if result.differences and not result.not_covered
    }


def test_every_healthy_case_agrees_in_everything():
    """Status, earliest, recommended and past due date, dose number, and what every dose counts for."""
    results = judged(HEALTHY)
    assert len(results) == 538
    assert differing(HEALTHY) == {}
    assert [key for key, one in results.items() if one.not_covered] == []


@pytest.mark.parametrize(("path", "title"), [(HEALTHY, "Healthy"), (UNDERLYING, "Underlying")])
def test_the_manual_prints_what_the_command_prints(path, title):
    results = list(judged(path).values())
    wanted = {}
    for group in sorted({one.case.group for one in results}):
        mine = [one for one in results if one.case.group == group]
        figures = [sum(one.agrees_in(field) for one in mine) for field in FIELDS]
        whole = sum(not one.differences for one in mine)
        wanted[group] = [len(mine), *figures, whole, sum(bool(one.not_covered) for one in mine)]
    section = MANUAL.read_text().split(f"**{title} ")[1].split("together")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    printed = {row[0]: [int(cell) for cell in row[1:]] for row in rows if row[-1].isdecimal()}
    assert printed == wanted


# What differs in the cases of underlying conditions; the tests below say why.
KNOWN = {
    "2016-UC-0058": {"dose_number"},
    "2016-UC-0060": {"earliest_on", "recommended_on"},
    "2016-UC-0094": {"dose_number"},
    "2016-UC-0110": {"earliest_on"},
    "2017-UC-0015": {"earliest_on", "recommended_on"},
    "2020-UC-0003": {"dose_number", "doses"},
    "2022-UC-0005": {"status", "earliest_on", "recommended_on", "dose_number"},
    "2022-UC-0017": {"earliest_on"},
    "2024-UC-0012": {"status", "earliest_on", "recommended_on", "past_due_on"},
    "2025-UC-0015": {"past_due_on"},
}
DECLINED = {
    "2016-UC-0128": "which is meant for this age",
    "2016-UC-0129": "which is meant for this age",
    "2016-UC-0198": "which is meant for this age",
    "2022-UC-0031": "no rule uses observation 235",
    "2023-UC-0047": "season begins on 2025-10-01",
    "2023-UC-0049": "season begins on 2025-10-01",
}


def test_underlying_conditions_agree_but_for_the_known():
    results = judged(UNDERLYING)
    assert len(results) == 169
    assert differing(UNDERLYING) == KNOWN
    wrong = [key for key, one in results.items() if not one.not_covered and not one.agrees_in(*DECIDING)]
    assert wrong == ["2016-UC-0060", "2017-UC-0015", "2022-UC-0005", "2024-UC-0012"]


def test_what_is_declined_says_why():
    found = {key: one.not_covered for key, one in judged(UNDERLYING).items() if one.not_covered}
    assert set(found) == set(DECLINED)
    assert all(any(DECLINED[key] in why for why in reasons) for key, reasons in found.items())


def rules(antigen, name):
    return next(one for one in supporting_data().antigens[antigen].series if one.name == name)


def test_version_hib_after_a_transplant_waits_four_weeks_now():
    """2016-UC-0060 expects eight weeks."""
    intervals = [rule for dose in rules("Hib", "Hib risk 3-dose series").doses for rule in dose.intervals]
    assert {str(rule.minimum) for rule in intervals if rule.from_previous} == {"4 weeks"}


def test_version_the_last_meningococcal_dose_of_infancy_needs_twelve_months():
    """2016-UC-0110 expects an earliest day ten days before that age, and itself recommends the birthday."""
    case = judged(UNDERLYING)["2016-UC-0110"].case
    dose = rules("Meningococcal", "Meningococcal ACWY risk 2-23 month").doses[4]
    assert dose.age_rule(case.as_of).minimum == read_period("12 months")
    assert not is_between(case.person, case.earliest_on, read_period("12 months"), None)


def test_version_cholera_vaccine_is_for_children_now():
    """2017-UC-0015 expects 18 years."""
    (dose,) = rules("Cholera", "Cholera 1-dose series").doses
    assert dose.ages[0].minimum == read_period("2 years")


def test_version_ppsv_a_year_after_pcv15_for_chronic_conditions():
    """2022-UC-0017 expects eight weeks."""
    dose = rules("Pneumococcal", "Pneumococcal risk 19+ Chronic Medical Conditions PCV-PPSV series").doses[1]
    assert [str(rule.minimum) for rule in dose.intervals] == ["1 year"]


def test_version_dengue_applies_from_nine_years():
    """2022-UC-0005 asks at eight and expects a forecast; the indication begins at nine."""
    case = judged(UNDERLYING)["2022-UC-0005"].case
    (indication,) = [
        one for one in rules("Dengue", "Dengue risk 3-dose series").indications if one.observation == "211"
    ]
    assert indication.begin_age == read_period("9 years")
    assert not is_between(case.person, case.as_of, indication.begin_age, indication.end_age)


def test_the_case_does_not_take_off_the_day_the_specification_takes_off():
    """2025-UC-0015: the latest recommended interval less one day (FORECASTDT-3), as in all healthy cases."""
    (difference,) = judged(UNDERLYING)["2025-UC-0015"].differences
    days = (date.fromisoformat(difference.expected), date.fromisoformat(difference.ours))
    assert (days[0] - days[1]).days == 1


def test_a_child_who_travels_has_two_answers_and_the_open_one_speaks():
    """2024-UC-0012 expects the risk series' "complete"; ours says when the standard series begins."""
    assert judged(UNDERLYING)["2024-UC-0012"].series_group_agrees


def test_observations_that_no_rule_uses_any_more():
    """2022-UC-0031."""
    plan = supporting_data()
    assert "235" in plan.observations
    assert "235" not in plan.used_observations


def test_adults_fall_into_the_infants_series_by_priority():
    """2016-UC-0128, -0129, -0198: the infants' indication has no last age and the higher priority."""
    infant, adult = (
        rules("Meningococcal", f"Meningococcal ACWY risk {name}") for name in ("2-23 month", "1-dose series")
    )
    assert (infant.priority, adult.priority) == ("A", "B")
    assert [one.end_age for one in infant.indications if one.observation in ("070", "164")] == [None, None]


PLAN = schedule(
    series(target(1, ages=[age("", "2 months", "2 months")]), target(2, gaps=[gap("4 weeks", "4 weeks")])),
    series(target(1, codes=(BETA,)), name="Standard Beta", antigen="Beta"),
)
CASE = ScheduleCase(
    key="T-1",
    group="Alpha",
    person=person("2020-03-01", ("2020-03-02", BETA)),
    as_of=date(2020, 3, 5),
    status="not complete",
    earliest_on=date(2020, 3, 29),
    recommended_on=date(2020, 3, 29),
    past_due_on=None,
    dose_number=2,
    doses=(("1", "Valid"), ("2", "valid")),
)


def test_a_case_that_agrees_in_all_fields():
    result = compare(PLAN, CASE)
    assert (result.differences, result.not_covered) == ((), ())
    assert result.agrees_in(*FIELDS)
    assert result.because == "4 weeks after the dose of 2020-03-01"


@pytest.mark.parametrize(
    ("change", "field", "ours"),
    [
        ({"status": "Complete"}, "status", "not complete"),
        ({"earliest_on": date(2020, 3, 28)}, "earliest_on", "2020-03-29"),
        ({"recommended_on": None}, "recommended_on", "2020-03-29"),
        ({"past_due_on": date(2020, 4, 1)}, "past_due_on", "none"),
        ({"dose_number": 3}, "dose_number", "2"),
        ({"doses": (("1", "Not Valid"),)}, "doses", "1: Valid"),
        ({"doses": (("7", "Valid"),)}, "doses", "7: none"),
    ],
)
def test_each_field_that_differs_is_named(change, field, ours):
    result = compare(PLAN, replace(CASE, **change))
    assert [(one.field, one.ours) for one in result.differences] == [(field, ours)]
    assert not result.agrees_in(field)


def test_what_a_case_leaves_open_is_not_compared():
    assert compare(PLAN, replace(CASE, dose_number=None, doses=())).differences == ()


def test_a_case_with_an_unknown_code_is_declined():
    result = compare(PLAN, replace(CASE, person=person("2020-03-01", ("2020-03-02", "999"))))
    assert result.not_covered == ("vaccine code 999 is not in the schedule",)


def test_no_series_and_an_observation_nobody_uses_is_declined():
    plan = schedule(risk(target(1)))
    case = replace(CASE, person=person(("2020-03-01", ALPHA), observed=["903"]), doses=())
    assert compare(plan, case).not_covered == ("no rule uses observation 903 (Never looked at)",)
    nothing = compare(plan, replace(case, person=person(), status="Not Recommended"))
    assert nothing.agrees_in("status")
