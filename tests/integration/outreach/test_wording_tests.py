"""Tests on wording in a practice: sticky arms, no rates before a look, and a winner that a person applies."""

import pytest

from rebook.core.segment import Segment
from rebook.flow.outreach import experiments
from rebook.flow.outreach.experiment_results import results_of_test
from rebook.flow.outreach.experiments import UnableToTest, apply_variant, end_test, state_test, take_looks
from rebook.flow.outreach.holdouts import PRIOR_ORGANIC, holdout_power
from rebook.records.models import (
    Attempt,
    Case,
    CaseSuccess,
    PatientLink,
    Task,
    WordingAssignment,
    WordingTest,
)
from rebook.records.read import experiments as read
from rebook.records.read.experiment_counts import arm_counts
from support.outreach import DAY, NOW, second_wording_of

pytestmark = pytest.mark.django_db
WORDS = ("Pick a time:", "Choose your time:")


@pytest.fixture
def second_wording(clinic):
    return second_wording_of(clinic.organisation, manager=clinic.manager)


def actor(clinic):
    return f"user:{clinic.manager.pk}"


def stated(clinic, campaign, **changes):
    asked = {
        "template_key": "due_visit",
        "channel": "sms",
        "element": "call_to_action",
        "metric": "booked",
        "variants": ["b"],
        "baseline": 0.3,
        "effect": 0.5,
        "looks": 1,
    }
    return state_test(
        organisation_id=clinic.id,
        campaign_id=campaign.pk,
        now=NOW,
        actor=actor(clinic),
        **{**asked, **changes},
    )


def arms(test_id):
    rows = WordingAssignment.objects.filter(test_id=test_id, left_out="")
    return dict(rows.values_list("case__patient_id", "variant"))


def test_each_case_gets_the_text_of_its_arm_and_keeps_it(clinic, day, second_wording):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign)
    for number in range(1, 31):
        clinic.patient(number)
    day.run()
    drawn = arms(test_id)
    assert len(drawn) == 30
    assert set(drawn.values()) == {"", "b"}
    for attempt in Attempt.objects.all():
        assert (WORDS[1] in attempt.body) == (drawn[attempt.patient_id] == "b")
    # Planned again from the start, everybody keeps their arm.
    PatientLink.objects.all().delete()
    Attempt.objects.all().delete()
    Case.objects.update(step_index=0, next_step_at=NOW)
    day.plan()
    assert arms(test_id) == drawn
    for attempt in Attempt.objects.all():
        assert (WORDS[1] in attempt.body) == (drawn[attempt.patient_id] == "b")


def test_a_household_shares_one_wording(clinic, day, second_wording):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign)
    for number in range(1, 25):
        clinic.patient(number, household_key=f"home:{number % 12}")
    day.enrol()
    day.plan()
    by_home = {}
    for row in WordingAssignment.objects.filter(test_id=test_id).select_related("case__patient"):
        by_home.setdefault(row.case.patient.household_key, set()).add(row.variant)
    assert {len(found) for found in by_home.values()} == {1}


def test_who_reads_a_language_without_the_second_wording_is_not_drawn(clinic, day, second_wording):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign)
    clinic.patient(1, language="es")
    day.run()
    assert arms(test_id) == {}
    assert Attempt.objects.get().language == "es"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"element": "subject"}, "body_differs"),
        ({"element": "availability"}, "meaning_differs"),
        ({"template_key": "no_show"}, "no_variant"),
        ({"variants": []}, "bad_plan"),
    ],
)
def test_what_may_not_be_tested_is_refused_with_the_reason(clinic, second_wording, changes, rule):
    with pytest.raises(UnableToTest) as refused:
        stated(clinic, clinic.campaign(), **changes)
    assert rule in {one.rule for one in refused.value.reasons}
    assert not WordingTest.objects.exists()


def test_a_wording_that_nobody_signed_is_not_tested(clinic):
    campaign = clinic.campaign()
    second_wording_of(clinic.organisation, manager=clinic.manager, approve=False)
    with pytest.raises(UnableToTest, match="not signed off"):
        stated(clinic, campaign)


def test_one_text_is_in_one_test_at_a_time(clinic, second_wording):
    campaign = clinic.campaign()
    stated(clinic, campaign)
    with pytest.raises(UnableToTest, match="being tested already"):
        stated(clinic, campaign)


def run_with(clinic, day, *, per_arm, booked):
    """A test whose arms have had their time: ``booked`` shares of each arm booked two days after."""
    campaign = clinic.campaign(daily_limit=500)
    test_id = stated(clinic, campaign)
    test = read.wording_test(organisation_id=clinic.id, test_id=test_id)
    assert test.plan.per_arm <= per_arm
    for number in range(1, 2 * per_arm + 30):
        clinic.patient(number)
    day.enrol()
    day.plan()
    for arm in ("", "b"):
        of_arm = WordingAssignment.objects.filter(test_id=test_id, variant=arm).order_by("pk")
        ids = list(of_arm.values_list("case_id", flat=True))
        assert len(ids) >= test.plan.per_arm
        Case.objects.filter(pk__in=ids[: round(len(ids) * booked[arm])]).update(booked_at=NOW + 2 * DAY)
    return test_id


def test_a_look_comes_when_the_rule_says_and_a_person_applies_what_it_found(clinic, day, second_wording):
    test_id = run_with(clinic, day, per_arm=16, booked={"": 0.1, "b": 0.9})
    early = take_looks(organisation_id=clinic.id, now=NOW + 20 * DAY)
    assert (early.running, early.looked) == (1, 0)
    late = take_looks(organisation_id=clinic.id, now=NOW + 31 * DAY)
    assert (late.looked, late.found) == (1, 1)
    test = WordingTest.objects.get()
    assert (test.state, test.looks[0]["verdict"], test.looks[0]["variant"]) == ("found", "better", "b")
    assert Task.objects.filter(kind="alarm", note=experiments.ALARM, state="open").count() == 1
    # Nobody new is drawn, and nothing changes by itself.
    clinic.patient(900)
    before = len(arms(test_id))
    day.enrol(NOW + 31 * DAY)
    clinic.synced(NOW + 31 * DAY)
    day.plan(NOW + 31 * DAY)
    assert len(arms(test_id)) == before
    assert WORDS[0] in Attempt.objects.get(patient__external_id="p900").body
    apply_variant(
        organisation_id=clinic.id, test_id=test_id, variant="b", now=NOW + 32 * DAY, actor=actor(clinic)
    )
    clinic.patient(901)
    clinic.synced(NOW + 32 * DAY)
    day.enrol(NOW + 32 * DAY)
    day.plan(NOW + 32 * DAY)
    assert WORDS[1] in Attempt.objects.get(patient__external_id="p901").body
    take_looks(organisation_id=clinic.id, now=NOW + 33 * DAY)
    assert not Task.objects.filter(kind="alarm", note=experiments.ALARM, state="open").exists()


def test_no_difference_is_said_as_such(clinic, day, second_wording):
    run_with(clinic, day, per_arm=16, booked={"": 0.3, "b": 0.3})
    take_looks(organisation_id=clinic.id, now=NOW + 31 * DAY)
    assert WordingTest.objects.get().looks[0]["verdict"] == "no_difference"


def test_a_test_ended_early_says_nothing_and_may_not_be_applied_while_it_runs(clinic, day, second_wording):
    test_id = stated(clinic, clinic.campaign())
    with pytest.raises(UnableToTest, match="running"):
        apply_variant(organisation_id=clinic.id, test_id=test_id, variant="b", now=NOW, actor=actor(clinic))
    end_test(organisation_id=clinic.id, test_id=test_id, now=NOW, actor=actor(clinic))
    assert take_looks(organisation_id=clinic.id, now=NOW + 40 * DAY).looked == 0
    assert WordingTest.objects.get().looks == []


def power(clinic, percent=10, segment=None):
    return holdout_power(
        organisation_id=clinic.id,
        segment=segment or Segment(),
        percent=percent,
        today=NOW.date(),
        now=NOW,
    )


def test_power_counts_households_and_leaves_out_the_grave(clinic):
    for number in range(1, 7):
        clinic.patient(number, household_key="home" if number < 4 else "")
    clinic.patient(7).gaps.update(risk_class=3)
    clinic.patient(8, is_deceased=True)
    found = power(clinic)
    assert (found.patients, found.never_drawn) == (4, 1)
    assert found.organic == PRIOR_ORGANIC
    assert found.chosen.lift is None


def test_power_takes_the_practices_own_rate_once_enough_were_followed(clinic):
    campaign = clinic.campaign()
    for number in range(1, 71):
        patient = clinic.patient(number)
        case = Case.objects.create(
            organisation=clinic.organisation,
            campaign=campaign,
            patient=patient,
            gap=patient.gaps.get(),
            arm="holdout",
            opened_at=NOW - 200 * DAY,
            closed_at=NOW - DAY,
            outcome="returned_unprompted" if number <= 7 else "not_returned",
            visit_kept_at=NOW - 2 * DAY if number <= 7 else None,
        )
        if number <= 7:
            CaseSuccess.objects.create(
                organisation=clinic.organisation,
                case=case,
                definition="kept",
                met_at=NOW - 2 * DAY,
                judged_at=NOW - DAY,
            )
    found = power(clinic)
    assert found.organic == pytest.approx(0.1)
    assert "7 of 70" in found.organic_source


def test_class_three_and_other_languages_are_left_out_and_counted(clinic, day, second_wording):
    test_id = stated(clinic, clinic.campaign())
    clinic.patient(1)
    clinic.patient(2).gaps.update(risk_class=3)
    clinic.patient(3, language="es")
    day.run()
    rows = WordingAssignment.objects.filter(test_id=test_id).exclude(left_out="")
    assert dict(rows.values_list("case__patient__external_id", "left_out")) == {
        "p2": "grave",
        "p3": "language",
    }
    assert len(arms(test_id)) == 1
    assert WORDS[0] in Attempt.objects.get(patient__external_id="p2").body


def test_a_text_changed_while_it_is_tested_draws_nobody_more_and_says_so(clinic, day, second_wording):
    test_id = stated(clinic, clinic.campaign())
    for number in range(1, 11):
        clinic.patient(number)
    day.run()
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=NOW)
    assert seen.warnings == ()
    assert sum(one.as_drawn for one in seen.received) == 10
    second_wording_of(
        clinic.organisation,
        manager=clinic.manager,
        change=lambda body: body.replace("Pick a time:", "Find your time:"),
    )
    clinic.patient(11)
    day.run(NOW + DAY)
    assert len(arms(test_id)) == 10
    assert WORDS[0] in Attempt.objects.get(patient__external_id="p11").body
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=NOW + DAY)
    assert "A text was changed since the test began" in seen.warnings[0]


def test_who_was_refused_after_the_draw_stays_counted_in_the_arm(clinic, day, second_wording):
    test_id = stated(clinic, clinic.campaign())
    for number in range(1, 21):
        clinic.patient(number)
    day.enrol()
    day.plan()
    drawn = arms(test_id)
    stopped = next(patient for patient, arm in drawn.items() if arm == "b")
    clinic.opt_out(patient=Case.objects.get(patient_id=stopped).patient)
    clinic.synced(NOW)
    day.send()
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=NOW)
    got = {one.variant: one for one in seen.received}
    assert seen.drawn["b"][0] == list(drawn.values()).count("b")
    assert (got["b"].as_drawn, got["b"].nothing) == (seen.drawn["b"][0] - 1, 1)
    # A look counts them too.
    at = NOW + 31 * DAY
    counts = {
        one.variant: one.patients for one in arm_counts(organisation_id=clinic.id, test=seen.test, now=at)
    }
    assert counts == {arm: drawn for arm, (drawn, _) in seen.drawn.items()}


def test_a_household_counts_once_by_its_first_case(clinic, day, second_wording):
    test_id = stated(clinic, clinic.campaign())
    for number in range(1, 25):
        clinic.patient(number, household_key=f"home:{number % 8}")
    day.run()
    assert len(arms(test_id)) == 24
    first = {}
    for row in WordingAssignment.objects.order_by("assigned_at", "pk"):
        first.setdefault(row.unit, row)
    # Everybody but the first of each household books: nobody of those who count.
    Case.objects.exclude(pk__in=[row.case_id for row in first.values()]).update(booked_at=NOW + DAY)
    test = read.wording_test(organisation_id=clinic.id, test_id=test_id)
    counts = arm_counts(organisation_id=clinic.id, test=test, now=NOW + 31 * DAY)
    assert (sum(one.patients for one in counts), sum(one.successes for one in counts)) == (8, 0)
    Case.objects.filter(pk=first["home:1"].case_id).update(booked_at=NOW + DAY)
    counts = arm_counts(organisation_id=clinic.id, test=test, now=NOW + 31 * DAY)
    assert sum(one.successes for one in counts) == 1
