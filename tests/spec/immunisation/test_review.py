"""Open immunisations of one person: state, whom it may be said to, and why (R-C30 to R-C33)."""

from datetime import date

import pytest

from rebook.core.immunisation.histories import merge_histories
from rebook.core.immunisation.review import Authority, ReviewSettings, review
from rebook.core.immunisation.schedule import Contraindication
from support.immunisation import ALPHA, BETA, BOTH, age, day, gap, given, person, schedule, series, target

PLAN = schedule(
    series(
        target(1, ages=[age("6 weeks - 4 days", "6 weeks", "2 months", "3 months + 4 weeks")]),
        target(2, gaps=[gap("4 weeks - 4 days", "4 weeks", "8 weeks")], codes=(ALPHA, BOTH)),
    ),
    series(
        target(1, ages=[age("", "12 months", "12 months")], codes=(BETA, BOTH)),
        name="Standard Beta",
        antigen="Beta",
    ),
)
CHOSEN = ReviewSettings({"Alpha": Authority.CDC, "Beta": Authority.CDC})
SAME = object()


def look(who, as_of, registry=SAME, settings=CHOSEN, plan=PLAN):
    doses = who.doses if registry is SAME else registry
    return review(plan, who, registry=doses, as_of=day(as_of), settings=settings)


def gap_of(found, group="Alpha"):
    return next(one for one in found.gaps if one.group == group)


@pytest.mark.parametrize(
    ("doses", "as_of", "state", "due_on", "overdue_on"),
    [
        # Recommended at two months; late after the day before three months and four weeks.
        ((), "2020-02-29", "later", "2020-03-01", "2020-04-29"),
        ((), "2020-03-01", "due", "2020-03-01", "2020-04-29"),
        ((), "2020-04-28", "due", "2020-03-01", "2020-04-29"),
        ((), "2020-04-29", "overdue", "2020-03-01", "2020-04-29"),
        # The schedule names no last day: four weeks of grace after the recommended one.
        (("2020-03-01",), "2020-04-26", "due", "2020-04-26", "2020-05-25"),
        (("2020-03-01",), "2020-05-24", "due", "2020-04-26", "2020-05-25"),
        (("2020-03-01",), "2020-05-25", "overdue", "2020-04-26", "2020-05-25"),
    ],
)
def test_later_due_overdue(doses, as_of, state, due_on, overdue_on):
    found = gap_of(look(person(*doses), as_of))
    assert (found.state, str(found.due_on), str(found.overdue_on)) == (state, due_on, overdue_on)


def test_the_clinic_sets_the_grace():
    settings = ReviewSettings(CHOSEN.chosen, grace_days=7)
    assert gap_of(look(person("2020-03-01"), "2020-05-04", settings=settings)).state == "overdue"


def test_infants_are_in_the_higher_risk_class():
    assert gap_of(look(person(), "2020-12-31")).risk_class == 2
    assert gap_of(look(person(), "2021-01-01")).risk_class == 1


@pytest.mark.parametrize(
    ("chart", "registry", "contact", "words"),
    [
        ((), (), "outreach", "both show it"),
        (("2020-03-01",), ("2020-03-01",), "outreach", "both show it"),
        # The registry knows a dose the chart lacks, and a further one is due by either.
        ((), ("2020-03-01",), "outreach", "both show it"),
        # By the chart alone the next dose would not be due yet, or not at all.
        (("2020-03-01", "2020-06-20"), ("2020-03-01",), None, ""),
        ((), None, "staff check", "registry was not asked"),
    ],
)
def test_outreach_only_when_both_records_agree(chart, registry, contact, words):
    found = look(person(*chart), "2020-07-01", None if registry is None else given(*registry))
    if contact is None:
        assert [one.group for one in found.gaps] == ["Beta"]
        assert ("Alpha", "Complete") in found.settled
    else:
        assert gap_of(found).contact == contact
        assert words in gap_of(found).contact_reason


def test_the_two_records_differ():
    plan = schedule(
        series(
            target(1),
            target(2, gaps=[gap("4 weeks", "4 weeks", "8 weeks")]),
            target(3, gaps=[gap("", "", "")]),
        )
    )
    settings = ReviewSettings({"Alpha": Authority.CDC})
    chart, registry = person("2020-03-01"), given("2020-01-05", "2020-01-20")
    found = gap_of(look(chart, "2020-03-20", registry, settings=settings, plan=plan))
    assert (found.state, found.contact) == ("due", "staff check")
    assert found.contact_reason == "by the chart alone nothing is due: the two records differ"


def test_one_shot_under_two_names_is_looked_at_first():
    found = look(person(("2020-03-01", ALPHA)), "2021-06-01", given(("2020-03-01", BOTH)))
    assert gap_of(found).contact == "staff check"
    assert "the chart says vaccine 501, the registry 504" in gap_of(found).contact_reason


def test_an_unknown_code_is_looked_at_first_and_named():
    found = look(person(("2020-03-01", "999")), "2020-07-01")
    assert gap_of(found).contact == "staff check"
    assert found.notes == ("vaccine code 999 is not in the schedule",)


def test_what_needs_a_shared_decision_is_the_clinicians():
    plan = schedule(series(target(1), is_shared_decision=True))
    assert gap_of(look(person(), "2020-07-01", plan=plan)).contact == "clinician decides"


def test_without_a_choice_of_schedule_nothing_is_judged():
    found = look(person(), "2020-07-01", settings=ReviewSettings({}))
    assert (found.gaps, found.not_chosen) == ((), ("Alpha", "Beta"))


def test_the_schedule_loaded_must_be_the_one_chosen():
    settings = ReviewSettings({"Alpha": Authority.AAP, "Beta": Authority.CDC})
    found = look(person(), "2020-07-01", settings=settings)
    assert [one.group for one in found.gaps] == ["Beta"]
    assert [(one.group, one.reason) for one in found.not_covered] == [
        ("Alpha", "the clinic follows AAP here, and the schedule loaded is CDC's")
    ]


def test_what_is_not_covered_is_said_and_not_guessed():
    plan = schedule(
        series(target(1, season_starts_on=date(2019, 9, 1), season_ends_on=date(2020, 3, 31))),
        antigens={"Alpha": {}},
    )
    found = look(person(), "2020-07-01", plan=plan)
    assert found.gaps == ()
    assert "season ended on 2020-03-31" in found.not_covered[0].reason


def test_who_must_not_have_it_has_no_gap():
    plan = schedule(
        series(target(1)), antigens={"Alpha": {"contraindications": (Contraindication("901", "No."),)}}
    )
    found = look(person(observed=["901"]), "2020-07-01", plan=plan)
    assert (found.gaps, found.settled) == ((), (("Alpha", "Contraindicated"),))


def test_an_observation_that_no_rule_uses_is_shown():
    found = look(person(observed=["903"]), "2020-07-01")
    assert found.notes == ("no rule of the schedule uses observation 903 (Never looked at)",)


def test_the_trace_says_it_in_plain_words():
    found = gap_of(look(person("2020-02-01", "2020-03-01"), "2020-05-01"))
    assert found.steps == (
        "2020-02-01 Alpha vaccine: does not count (given too young)",
        "2020-03-01 Alpha vaccine: counts",
        "Alpha: Standard Alpha: not complete (Dose 2 of Standard Alpha is needed)",
        "Alpha: Standard Alpha: earliest day: 4 weeks after the dose of 2020-03-01",
        "may be given from 2020-03-29, recommended on 2020-04-26",
        "by schedule 1.0",
        "due on 2020-05-01",
        "outreach: chart and registry both show it as missing",
    )


def test_gaps_come_by_the_day_they_are_due():
    found = look(person(), "2020-07-01")
    assert [(one.group, str(one.due_on)) for one in found.gaps] == [
        ("Alpha", "2020-03-01"),
        ("Beta", "2021-01-01"),
    ]


@pytest.mark.parametrize(
    ("chart", "registry", "merged", "doubts"),
    [
        ([("2020-03-01", ALPHA)], [("2020-03-01", ALPHA)], [("2020-03-01", ALPHA)], 0),
        ([("2020-03-01", ALPHA)] * 2, [], [("2020-03-01", ALPHA)], 0),
        ([], [("2020-03-01", ALPHA)], [("2020-03-01", ALPHA)], 0),
        ([("2020-03-01", ALPHA)], [("2020-03-02", ALPHA)], [("2020-03-01", ALPHA), ("2020-03-02", ALPHA)], 0),
        ([("2020-03-01", ALPHA)], [("2020-03-01", BETA)], [("2020-03-01", ALPHA), ("2020-03-01", BETA)], 0),
        ([("2020-03-01", ALPHA)], [("2020-03-01", BOTH)], [("2020-03-01", BOTH)], 1),
        ([("2020-03-01", BOTH)], [("2020-03-01", ALPHA)], [("2020-03-01", BOTH)], 1),
    ],
)
def test_two_histories_become_one(chart, registry, merged, doubts):
    found = merge_histories(PLAN, chart=given(*chart), registry=given(*registry))
    assert [(str(one.given_on), one.cvx) for one in found.doses] == merged
    assert len(found.doubts) == doubts
