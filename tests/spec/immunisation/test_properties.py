"""What must hold for any history: by fictional schedules, and by CDC's own where its files are here."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebook.core.immunisation import Authority, ReviewSettings, review
from rebook.core.immunisation.assess import assess
from rebook.core.immunisation.patient import GivenDose, Person
from support.immunisation import (
    ALPHA,
    ALPHA_OLD,
    BETA,
    BORN,
    BOTH,
    age,
    aged,
    conflict,
    gap,
    schedule,
    series,
    skip,
    target,
)
from support.supporting_data import supporting_data

TARGETS = (
    target(1, ages=[age("6 weeks - 4 days", "6 weeks", "2 months", "3 months", "5 years")]),
    target(
        2,
        gaps=[gap("4 weeks - 4 days", "4 weeks", "8 weeks", "13 weeks")],
        skips=(skip(aged("4 years")),),
        codes=(ALPHA, BOTH),
    ),
    target(3, gaps=[gap("8 weeks - 4 days", "8 weeks"), gap("16 weeks", "16 weeks", from_target_dose=1)]),
)
PLAN = schedule(
    series(*TARGETS),
    series(
        target(1, codes=(ALPHA_OLD,)),
        target(2, codes=(ALPHA_OLD,), gaps=[gap("4 weeks", "4 weeks")]),
        name="Other Alpha",
        is_default=False,
        is_product=True,
        preference=2,
    ),
    series(
        target(1, codes=(BETA, BOTH), ages=[age("12 months - 4 days", "12 months")]),
        name="Standard Beta",
        antigen="Beta",
    ),
    conflicts=[conflict(BETA, ALPHA)],
)
days = st.dates(min_value=BORN, max_value=date(2026, 12, 31))
shots = st.builds(GivenDose, days, st.sampled_from([ALPHA, ALPHA, ALPHA_OLD, BETA, BOTH, "999"]))
histories = st.lists(shots, max_size=8)


def at(plan, doses, as_of, born=BORN):
    return assess(plan, Person(born, "Female", doses=tuple(doses)), as_of=as_of)


@given(histories, days, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(doses, as_of, chance):
    shuffled = list(doses)
    chance.shuffle(shuffled)
    assert at(PLAN, doses, as_of) == at(PLAN, shuffled, as_of)


@given(histories, days)
def test_every_dose_so_far_is_judged_once_and_no_later_one(doses, as_of):
    answers = at(PLAN, doses, as_of).doses("Alpha")
    wanted = sorted(
        one.order for one in doses if one.given_on <= as_of and one.cvx in (ALPHA, ALPHA_OLD, BOTH)
    )
    assert [one.given.order for one in answers] == wanted


@given(histories, days)
def test_days_are_in_their_order(doses, as_of):
    for one in at(PLAN, doses, as_of).forecasts:
        if one.status == "Not Complete":
            assert BORN <= one.earliest_on <= one.recommended_on
            assert one.past_due_on is None or one.earliest_on <= one.past_due_on
            assert one.latest_on is None or one.earliest_on <= one.latest_on
        else:
            assert (one.earliest_on, one.recommended_on, one.past_due_on, one.latest_on) == (None,) * 4


@given(histories, days)
def test_a_dose_on_its_earliest_day_is_valid(doses, as_of):
    """The forecast keeps its word: a preferable dose given on the earliest day counts."""
    forecast = at(PLAN, doses, as_of).headline("Alpha")
    if forecast.status != "Not Complete" or forecast.series[0].series != "Standard Alpha":
        return
    dose = GivenDose(max(forecast.earliest_on, as_of), ALPHA, key="new")
    if forecast.latest_on is not None and dose.given_on > forecast.latest_on:
        return
    so_far = [one for one in doses if one.given_on < dose.given_on]
    if at(PLAN, so_far, dose.given_on).headline("Alpha").series != forecast.series:
        return
    after = at(PLAN, [*so_far, dose], dose.given_on).doses("Alpha")
    assert next(one for one in after if one.given.key == "new").status == "Valid"


@given(histories, days)
def test_another_valid_dose_never_takes_completeness_away(doses, as_of):
    before = at(PLAN, doses, as_of).headline("Alpha")
    so_far = [one for one in doses if one.given_on <= as_of]
    more = at(PLAN, [*so_far, GivenDose(as_of, ALPHA)], as_of).headline("Alpha")
    if before.status == "Complete":
        assert more.status == "Complete"


@given(histories, days, st.integers(min_value=0, max_value=900))
def test_time_alone_never_undoes_a_dose(doses, as_of, later):
    """Without new doses: what counted counts, what is complete stays so, who has aged out stays out."""
    so_far = [one for one in doses if one.given_on <= as_of]
    now, then = (at(PLAN, so_far, day) for day in (as_of, as_of + timedelta(days=later)))
    before, after = now.headline("Alpha"), then.headline("Alpha")
    if before.status in ("Complete", "Aged Out"):
        assert after.status in (before.status, "Complete")
    if before.series[0].series == after.series[0].series:
        assert [one.status for one in before.doses] == [one.status for one in after.doses]


@given(histories, histories, days)
def test_outreach_needs_both_records(chart, registry, as_of):
    who = Person(BORN, "Female", doses=tuple(chart))
    wanted = ReviewSettings({"Alpha": Authority.CDC, "Beta": Authority.CDC})
    found = review(PLAN, who, registry=registry, as_of=as_of, settings=wanted)
    alone = [at(PLAN, doses, as_of) for doses in (chart, registry)]
    for one in found.gaps:
        assert (one.state == "later") is (as_of < one.due_on)
        assert (one.state == "overdue") is (as_of >= one.overdue_on)
        if one.contact == "outreach":
            assert not found.notes
            for record in alone:
                assert record.headline(one.group).recommended_on <= as_of
    without = review(PLAN, who, registry=None, as_of=as_of, settings=wanted)
    assert all(one.contact != "outreach" for one in without.gaps)


@given(histories, histories, days)
def test_chart_and_registry_may_be_exchanged(chart, registry, as_of):
    """Which of the two holds a dose changes nothing about what is due."""
    wanted = ReviewSettings({"Alpha": Authority.CDC, "Beta": Authority.CDC})

    def due(mine, theirs):
        who = Person(BORN, "Female", doses=tuple(mine))
        found = review(PLAN, who, registry=theirs, as_of=as_of, settings=wanted)
        return [(one.group, one.state, one.due_on) for one in found.gaps]

    unlike = {(one.given_on, one.cvx) for one in (*chart, *registry)}
    if len({on for on, _ in unlike}) == len(unlike):
        assert due(chart, registry) == due(registry, chart)


CODES = ["03", "08", "10", "20", "21", "43", "48", "49", "83", "94", "107", "110", "115", "119", "133", "165"]
cdc_shots = st.builds(GivenDose, days, st.sampled_from(CODES))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cdc_shots, max_size=9), days, st.randoms(use_true_random=False), st.sampled_from("FM"))
def test_by_the_schedule_of_the_cdc(doses, as_of, chance, sex):
    plan = supporting_data()
    who = Person(BORN, {"F": "Female", "M": "Male"}[sex], doses=tuple(doses))
    found = assess(plan, who, as_of=as_of)
    shuffled = list(doses)
    chance.shuffle(shuffled)
    assert assess(plan, replace(who, doses=tuple(shuffled)), as_of=as_of) == found
    judged = {one.given.order for one in found.doses()}
    assert judged == {one.order for one in doses if one.given_on <= as_of}
    for one in found.forecasts:
        if one.status == "Not Complete":
            assert one.earliest_on <= one.recommended_on
            assert one.past_due_on is None or one.earliest_on <= one.past_due_on
            assert one.series
            assert all(member.because or member.status != "Not Complete" for member in one.series)


@pytest.mark.parametrize("born", [date(1900, 1, 1), date(2026, 12, 31)])
def test_the_oldest_and_the_newest(born):
    found = assess(supporting_data(), Person(born), as_of=date(2026, 12, 31))
    assert found.forecasts
