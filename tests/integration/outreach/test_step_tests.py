"""Tests of time and channel in a practice: drawn where the step falls due, and the guard and wishes first."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.accounts.models import AuditEvent
from rebook.core.outreach.sequence import from_json
from rebook.flow.outreach import experiment_steps
from rebook.flow.outreach.experiment_applying import apply_winner, preview_winner
from rebook.flow.outreach.experiment_results import results_of_test
from rebook.flow.outreach.experiment_steps import state_step_test
from rebook.flow.outreach.experiments import UNEVEN_ALARM, UnableToTest, end_test, take_looks
from rebook.flow.outreach.sequences import change_sequence, clone_sequence, own_sequence, publish_sequence
from rebook.flow.outreach.sequences_moving import change_plan
from rebook.records.models import (
    Attempt,
    Campaign,
    Case,
    SequenceVersion,
    Task,
    WordingAssignment,
    WordingTest,
)
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")
# The day before, at seven in the morning in New York.
EARLY = dt.datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)


def clock(hour, *, days=0):
    return (EARLY + dt.timedelta(days=days)).replace(hour=hour, minute=30)


def actor(clinic):
    return f"user:{clinic.manager.pk}"


def stated(clinic, campaign, **changes):
    asked = {
        "position": 0,
        "element": "day_part",
        "metric": "booked",
        "variants": ["evening"],
        "baseline": 0.3,
        "effect": 0.5,
        "looks": 1,
    }
    return state_step_test(
        organisation_id=clinic.id,
        campaign_id=campaign.pk,
        now=EARLY,
        actor=actor(clinic),
        **{**asked, **changes},
    )


def arms(test_id):
    rows = WordingAssignment.objects.filter(test_id=test_id, left_out="")
    return dict(rows.values_list("case__patient_id", "variant"))


def left_out(test_id):
    rows = WordingAssignment.objects.filter(test_id=test_id).exclude(left_out="")
    return dict(rows.values_list("case__patient__external_id", "left_out"))


def sent_hours():
    """Patient -> the hour on their clock at which the first text went out."""
    rows = Attempt.objects.filter(sent_at__isnull=False).order_by("pk")
    return {one.patient_id: one.sent_at.astimezone(ZONE).hour for one in rows}


def live(day, clinic, *, hours=(9, 13, 18), days=1, enrol=True):
    """The practice's hours, day by day: what the worker does all day."""
    for number in range(days):
        for hour in hours:
            at = clock(hour, days=number)
            clinic.synced(at)
            if enrol and hour == hours[0]:
                day.enrol(at)
            day.plan(at)
            day.send(at)


def test_each_arm_goes_out_in_its_part_of_the_day(clinic, day):
    test_id = stated(clinic, clinic.campaign(), variants=["midday", "evening"])
    for number in range(1, 37):
        clinic.patient(number)
    live(day, clinic)
    drawn, hours = arms(test_id), sent_hours()
    assert set(drawn.values()) == {"", "midday", "evening"}
    assert {(drawn[one], hours[one]) for one in drawn} == {("", 9), ("midday", 13), ("evening", 18)}
    # The step has gone out, and the cases go on with the next one as before.
    assert set(Case.objects.values_list("step_index", flat=True)) == {1}
    found = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    assert {(one.as_drawn, one.otherwise) for one in found.received} == {
        (list(drawn.values()).count(arm), 0) for arm in ("", "midday", "evening")
    }


def test_a_household_waits_for_one_time_together(clinic, day):
    test_id = stated(clinic, clinic.campaign())
    for number in range(1, 25):
        clinic.patient(number, household_key=f"home:{number % 12}")
    live(day, clinic, hours=(9,))
    by_home = {}
    for row in WordingAssignment.objects.filter(test_id=test_id).select_related("case__patient"):
        by_home.setdefault(row.case.patient.household_key, set()).add((row.variant, row.unit))
    assert {len(found) for found in by_home.values()} == {1}
    found = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    assert sum(drawn for drawn, _ in found.drawn.values()) == 12


def test_a_second_run_draws_nobody_again_and_moves_nobody(clinic, day):
    test_id = stated(clinic, clinic.campaign())
    for number in range(1, 21):
        clinic.patient(number)
    live(day, clinic, hours=(9,))
    before = (arms(test_id), dict(Case.objects.values_list("pk", "next_step_at")), Attempt.objects.count())
    day.plan(clock(9))
    assert before == (
        arms(test_id),
        dict(Case.objects.values_list("pk", "next_step_at")),
        Attempt.objects.count(),
    )


def test_a_later_step_is_drawn_when_its_first_time_comes(clinic, day):
    campaign = clinic.campaign()
    steps = experiment_steps.testable_steps(organisation_id=clinic.id, campaign_id=campaign.pk)
    second = steps[1].step
    test_id = stated(clinic, campaign, position=1, element="delay", variants=[str(second.delay_days + 3)])
    for number in range(1, 13):
        clinic.patient(number, email=True)
    live(day, clinic, hours=(9, 13, 18), days=1)
    assert arms(test_id) == {}
    for number in range(1, second.delay_days + 12):
        live(day, clinic, hours=(9, 13, 18), days=1, enrol=False)
        at = clock(9, days=number)
        for hour in (9, 13, 18):
            at = clock(hour, days=number)
            clinic.synced(at)
            day.plan(at)
            day.send(at)
    drawn = arms(test_id)
    assert set(drawn.values()) == {"", str(second.delay_days + 3)}
    first, later = {}, {}
    for one in Attempt.objects.filter(origin="campaign", sent_at__isnull=False, step_index__lte=1):
        (later if one.step_index else first)[one.patient_id] = one.sent_at.astimezone(ZONE).date()
    waited = {
        arm: {(later[p] - first[p]).days for p in drawn if drawn[p] == arm} for arm in set(drawn.values())
    }
    # The fourth day is a Sunday, on which the guard lets nothing out.
    assert (second.delay_days, waited[""]) == (4, {5})
    assert waited["7"] == {7}


def test_class_three_and_wishes_for_a_time_are_in_no_test_of_times(clinic, day):
    test_id = stated(clinic, clinic.campaign(), variants=["midday", "evening"])
    for number in range(1, 13):
        clinic.patient(number)
    clinic.patient(50).gaps.update(risk_class=3)
    clinic.patient(51, preferred_day_part="evening")
    live(day, clinic)
    assert left_out(test_id) == {"p50": "grave", "p51": "prefers"}
    assert len(arms(test_id)) == 12
    hours = {
        one.patient.external_id: one.sent_at.astimezone(ZONE).hour
        for one in Attempt.objects.filter(sent_at__isnull=False)
    }
    # As before the test: at once, and when they asked for.
    assert (hours["p50"], hours["p51"]) == (9, 18)
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    assert dict(seen.left_out) == {"grave": 1, "prefers": 1}


def test_channels_are_compared_among_those_who_may_be_reached_by_both(clinic, day):
    test_id = stated(clinic, clinic.campaign(), element="channel", variants=["email"])
    for number in range(1, 21):
        clinic.patient(number, email=True)
    clinic.patient(50)
    clinic.patient(51, email=True, preferred_channel="email")
    refused = clinic.patient(52, email=True)
    clinic.opt_out(patient=refused, channel="sms", at=EARLY - DAY)
    clinic.patient(53, email=True).gaps.update(risk_class=3)
    live(day, clinic)
    drawn = arms(test_id)
    assert len(drawn) == 20
    assert set(drawn.values()) == {"", "email"}
    assert left_out(test_id) == {"p50": "one_way", "p51": "prefers", "p52": "not_permitted", "p53": "grave"}
    went = {one.patient_id: one.channel for one in Attempt.objects.filter(sent_at__isnull=False)}
    assert {(drawn[one], went[one]) for one in drawn} == {("", "sms"), ("email", "email")}
    assert went[refused.pk] == "email"


def test_a_wish_and_a_stop_after_the_draw_win_and_stay_counted(clinic, day):
    """By intention to treat: who was drawn stays in the arm, and the page tells what they got."""
    test_id = stated(clinic, clinic.campaign(), variants=["evening"])
    for number in range(1, 31):
        clinic.patient(number, email=True)
    live(day, clinic, hours=(9,))
    evening = [patient for patient, arm in arms(test_id).items() if arm == "evening"]
    stopped = evening[0]
    clinic.opt_out(patient=Case.objects.get(patient_id=stopped).patient, channel="sms", at=clock(10))
    clinic.opt_out(patient=Case.objects.get(patient_id=stopped).patient, channel="email", at=clock(10))
    clinic.opt_out(patient=Case.objects.get(patient_id=stopped).patient, channel="phone", at=clock(10))
    live(day, clinic, hours=(13, 18), enrol=False)
    assert not Attempt.objects.filter(patient_id=stopped, sent_at__isnull=False).exists()
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    by_arm = {one.variant: one for one in seen.received}
    assert seen.drawn["evening"][0] == len(evening)
    assert (by_arm["evening"].as_drawn, by_arm["evening"].nothing) == (len(evening) - 1, 1)


def test_who_got_something_else_is_told_and_too_many_of_them_are_a_warning(clinic, day):
    """The worker slept through the day: both arms went out in the evening."""
    test_id = stated(clinic, clinic.campaign(), variants=["midday"])
    for number in range(1, 21):
        clinic.patient(number)
    live(day, clinic, hours=(9,))
    Attempt.objects.update(sent_at=clock(18))
    live(day, clinic, hours=(18,), enrol=False)
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    got = {one.variant: one for one in seen.received}
    assert got["midday"].as_drawn == 0
    assert got["midday"].is_thin
    assert "got what was drawn" in seen.warnings[0]
    assert "Around noon" in seen.warnings[0]


REFUSED = [
    ({"position": 9}, "no such step"),
    ({"variants": ["noon"]}, "nothing that this step"),
    ({"variants": []}, "one to"),
    ({"element": "subject", "variants": ["b"]}, "under way"),
    ({"element": "channel", "variants": ["letter"]}, "no channel"),
    ({"element": "channel", "variants": ["sms"]}, "does now"),
    ({"element": "delay", "variants": ["60"]}, "days apart"),
]


@pytest.mark.parametrize(("changes", "why"), REFUSED)
def test_what_may_not_be_tested_is_refused_with_the_reason(clinic, changes, why):
    with pytest.raises(UnableToTest, match=why):
        stated(clinic, clinic.campaign(), **changes)
    assert not WordingTest.objects.exists()


def test_a_part_of_the_day_outside_the_hours_is_refused(clinic):
    campaign = clinic.campaign()
    steps = experiment_steps.testable_steps(organisation_id=clinic.id, campaign_id=campaign.pk)
    call = next(one for one in steps if one.step.channel == "phone")
    # Staff are there from eight to five.
    with pytest.raises(UnableToTest, match="nobody is at the practice"):
        stated(clinic, campaign, position=call.position, variants=["evening"])
    assert not WordingTest.objects.exists()


def test_only_one_step_of_a_campaign_is_tested_at_a_time(clinic):
    campaign = clinic.campaign()
    stated(clinic, campaign)
    with pytest.raises(UnableToTest, match="being tested already"):
        stated(clinic, campaign, position=1, element="delay", variants=["6"])


def test_a_draft_has_no_steps_to_test(clinic):
    draft = clinic.campaign(launched=False)
    assert experiment_steps.testable_steps(organisation_id=clinic.id, campaign_id=draft.pk) == ()
    with pytest.raises(UnableToTest, match="under way"):
        stated(clinic, draft)


def found_test(clinic, day, *, booked, **changes):
    """A test that has spoken: ``booked`` shares of each arm booked two days after."""
    campaign = clinic.campaign(daily_limit=500)
    test_id = stated(clinic, campaign, **changes)
    for number in range(1, 62):
        clinic.patient(number, email=True)
    live(day, clinic)
    for arm, share in booked.items():
        ids = list(
            WordingAssignment.objects.filter(test_id=test_id, variant=arm, left_out="").values_list(
                "case_id", flat=True
            )
        )
        assert len(ids) >= WordingTest.objects.get().plan["per_arm"]
        Case.objects.filter(pk__in=ids[: round(len(ids) * share)]).update(booked_at=clock(9, days=2))
    # Every arm has its size: what is left is the time that the last of them has to answer.
    for days, weeks in ((1, 5), (20, 2)):
        seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(9, days=days))
        assert seen.weeks == weeks
    looked = take_looks(organisation_id=clinic.id, now=clock(9, days=31))
    assert (looked.looked, looked.found) == (1, 1)
    return campaign, test_id


def test_the_winner_becomes_a_new_version_with_its_effect_stated_and_next_texts_use_it(clinic, day):
    campaign, test_id = found_test(clinic, day, booked={"": 0.1, "evening": 0.9})
    assert WordingTest.objects.get().looks[0]["verdict"] == "better"
    # Nothing changes by itself.
    assert from_json(Campaign.objects.get().sequence).steps[0].day_part == "any"
    seen = preview_winner(organisation_id=clinic.id, test_id=test_id, variant="evening")
    assert seen.makes_own
    assert "in the evening" in seen.after
    assert "in the evening" not in seen.before
    standing = Case.objects.filter(closed_at__isnull=True).count()
    assert seen.effect.cases == standing
    assert not SequenceVersion.objects.exists()
    done = apply_winner(
        organisation_id=clinic.id,
        test_id=test_id,
        variant="evening",
        moves_open_cases=True,
        expected=seen.effect.stamp,
        now=clock(10, days=31),
        actor=actor(clinic),
    )
    assert done == seen.effect
    campaign.refresh_from_db()
    assert campaign.sequence_key.startswith("own.")
    assert from_json(campaign.sequence).steps[0].day_part == "evening"
    assert SequenceVersion.objects.get().state == "published"
    test = WordingTest.objects.get()
    assert (test.state, test.applied_variant, test.applied_by) == ("applied", "evening", actor(clinic))
    assert {"wording_test.applied", "campaign.plan_changed", "sequence.published"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )
    # Whoever comes in now is contacted in the evening, and drawn for nothing.
    newcomer = clinic.patient(900)
    before = WordingAssignment.objects.count()
    for hour in (9, 13, 18):
        at = clock(hour, days=33)
        clinic.synced(at)
        day.enrol(at)
        day.plan(at)
        day.send(at)
    assert sent_hours()[newcomer.pk] == 18
    assert WordingAssignment.objects.count() == before


def test_cases_may_stay_on_their_plan(clinic, day):
    campaign, test_id = found_test(clinic, day, booked={"": 0.1, "evening": 0.9})
    apply_winner(
        organisation_id=clinic.id,
        test_id=test_id,
        variant="evening",
        moves_open_cases=False,
        now=clock(10, days=31),
        actor=actor(clinic),
    )
    campaign.refresh_from_db()
    assert from_json(campaign.sequence).steps[0].day_part == "evening"
    open_cases = Case.objects.filter(closed_at__isnull=True)
    assert set(open_cases.values_list("sequence_version", flat=True)) == {1}


def test_an_effect_that_is_not_the_one_shown_changes_nothing(clinic, day):
    campaign, test_id = found_test(clinic, day, booked={"": 0.1, "evening": 0.9})
    asked = {
        "organisation_id": clinic.id,
        "test_id": test_id,
        "variant": "evening",
        "moves_open_cases": True,
        "now": clock(10, days=31),
        "actor": actor(clinic),
    }
    with pytest.raises(UnableToTest, match="look at the effect again"):
        apply_winner(**asked, expected="cases=1")
    assert WordingTest.objects.get().state == "found"
    assert from_json(Campaign.objects.get().sequence).steps[0].day_part == "any"
    # The second try finds what the first has published, and makes no other.
    seen = preview_winner(organisation_id=clinic.id, test_id=test_id, variant="evening")
    apply_winner(**asked, expected=seen.effect.stamp)
    assert WordingTest.objects.get().state == "applied"
    campaign.refresh_from_db()
    assert from_json(campaign.sequence).steps[0].day_part == "evening"


def test_keeping_what_goes_on_now_changes_no_plan(clinic, day):
    campaign, test_id = found_test(clinic, day, booked={"": 0.9, "evening": 0.1})
    assert WordingTest.objects.get().looks[0]["verdict"] == "worse"
    before = campaign.sequence
    apply_winner(
        organisation_id=clinic.id,
        test_id=test_id,
        variant="",
        moves_open_cases=True,
        now=clock(10, days=31),
        actor=actor(clinic),
    )
    campaign.refresh_from_db()
    assert campaign.sequence == before
    assert WordingTest.objects.get().state == "applied"


def test_a_running_test_is_not_applied(clinic):
    test_id = stated(clinic, clinic.campaign())
    with pytest.raises(UnableToTest, match="running"):
        preview_winner(organisation_id=clinic.id, test_id=test_id, variant="evening")


def own_plan(clinic, campaign, *, delay):
    """The campaign on a sequence of the practice's own whose first step waits."""
    key = clone_sequence(
        organisation_id=clinic.id, key=campaign.sequence_key, title="Ours", now=EARLY, actor=actor(clinic)
    )

    def change(sequence):
        import dataclasses

        first = dataclasses.replace(sequence.steps[0], delay_days=delay)
        return dataclasses.replace(sequence, steps=(first, *sequence.steps[1:]))

    change_sequence(organisation_id=clinic.id, key=key, change=change, now=EARLY, actor=actor(clinic))
    publish_sequence(organisation_id=clinic.id, key=key, now=EARLY, actor=actor(clinic))
    change_plan(
        organisation_id=clinic.id,
        campaign_id=campaign.pk,
        key=key,
        moves_open_cases=True,
        now=EARLY,
        actor=actor(clinic),
    )
    return key


def test_of_an_own_sequence_the_winner_is_its_next_version(clinic):
    campaign = clinic.campaign()
    key = own_plan(clinic, campaign, delay=1)
    test_id = stated(clinic, campaign)
    end_test(organisation_id=clinic.id, test_id=test_id, now=EARLY, actor=actor(clinic))
    apply_winner(
        organisation_id=clinic.id,
        test_id=test_id,
        variant="evening",
        moves_open_cases=True,
        now=EARLY,
        actor=actor(clinic),
    )
    assert own_sequence(organisation_id=clinic.id, key=key).steps[0].day_part == "evening"
    campaign.refresh_from_db()
    assert campaign.sequence_key == key
    assert [one.number for one in SequenceVersion.objects.order_by("number")] == [1, 2]


def test_somebody_elses_draft_is_not_published_along(clinic):
    campaign = clinic.campaign()
    key = own_plan(clinic, campaign, delay=1)
    test_id = stated(clinic, campaign)
    end_test(organisation_id=clinic.id, test_id=test_id, now=EARLY, actor=actor(clinic))
    change_sequence(
        organisation_id=clinic.id, key=key, change=lambda sequence: sequence, now=EARLY, actor=actor(clinic)
    )
    with pytest.raises(UnableToTest, match="somebody is changing"):
        apply_winner(
            organisation_id=clinic.id,
            test_id=test_id,
            variant="evening",
            moves_open_cases=True,
            now=EARLY,
            actor=actor(clinic),
        )


def test_a_plan_that_changed_under_the_test_draws_nobody_and_says_so(clinic, day):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign)
    own_plan(clinic, campaign, delay=1)
    clinic.patient(1)
    live(day, clinic, days=3)
    assert arms(test_id) == {}
    assert Attempt.objects.filter(sent_at__isnull=False).exists()
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(20))
    assert "step was changed" in seen.warnings[0]


def test_what_a_test_brought_forward_goes_back_to_its_own_day_when_the_test_ends(clinic, day):
    campaign = clinic.campaign()
    own_plan(clinic, campaign, delay=5)
    test_id = stated(clinic, campaign, element="delay", variants=["2"])
    for number in range(1, 9):
        clinic.patient(number)
    live(day, clinic, hours=(9,), days=1)
    due = {one.astimezone(ZONE).date() for one in Case.objects.values_list("next_step_at", flat=True)}
    assert due == {(EARLY + 2 * DAY).date()}
    end_test(organisation_id=clinic.id, test_id=test_id, now=clock(12, days=1), actor=actor(clinic))
    live(day, clinic, hours=(9, 13), days=10, enrol=False)
    sent = {one.sent_at.astimezone(ZONE).date() for one in Attempt.objects.filter(step_index=0)}
    assert sent == {(EARLY + 5 * DAY).date()}
    assert set(left_out(test_id).values()) == {"over"}


def test_an_uneven_split_raises_an_alarm_and_stands_on_the_page(clinic, day):
    test_id = stated(clinic, clinic.campaign(daily_limit=500))
    for number in range(1, 61):
        clinic.patient(number)
    live(day, clinic, hours=(9,))
    take_looks(organisation_id=clinic.id, now=clock(12))
    assert not Task.objects.filter(kind="alarm", note=UNEVEN_ALARM, state="open").exists()
    # Somebody's clean-up takes one arm's rows away.
    gone = WordingAssignment.objects.filter(test_id=test_id, variant="evening").values_list("pk", flat=True)[
        5:
    ]
    WordingAssignment.objects.filter(pk__in=list(gone)).delete()
    take_looks(organisation_id=clinic.id, now=clock(13))
    assert Task.objects.filter(kind="alarm", note=UNEVEN_ALARM, state="open").count() == 1
    seen = results_of_test(organisation_id=clinic.id, test_id=test_id, now=clock(13))
    assert seen.split.is_uneven
    assert "unevenly" in seen.warnings[0]
    end_test(organisation_id=clinic.id, test_id=test_id, now=clock(14), actor=actor(clinic))
    take_looks(organisation_id=clinic.id, now=clock(15))
    assert not Task.objects.filter(kind="alarm", note=UNEVEN_ALARM, state="open").exists()


def test_the_pace_and_the_usual_rate_are_those_of_the_step(clinic, day):
    from rebook.records.read.experiment_pace import ComesBy, pace_of, usual_rate

    campaign = clinic.campaign(daily_limit=40)
    what = ComesBy(campaign.pk, position=0)
    asked = {"organisation_id": clinic.id, "what": what}
    assert pace_of(**asked, now=NOW) == (pace_of(**asked, now=NOW))
    assert (pace_of(**asked, now=NOW).per_day, pace_of(**asked, now=NOW).is_own) == (40, False)
    for number in range(1, 21):
        clinic.patient(number)
    live(day, clinic)
    Case.objects.filter(patient__external_id__in=["p1", "p2", "p3"]).update(booked_at=clock(20) + HOUR)
    # Booked too late to count.
    Case.objects.filter(patient__external_id="p4").update(booked_at=clock(20, days=45))
    later = clock(9, days=40)
    assert usual_rate(**asked, metric="booked", now=later) == (3, 20)
    assert usual_rate(**asked, metric="booked", now=clock(9, days=20)) == (0, 0)
    at = clock(9, days=20)
    assert pace_of(**asked, now=at).is_own
    assert pace_of(**asked, now=at).per_day == pytest.approx(1.0, abs=0.1)
    other = ComesBy(campaign.pk, position=3)
    assert usual_rate(organisation_id=clinic.id, what=other, metric="booked", now=later) == (0, 0)
