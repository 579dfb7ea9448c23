"""A replay goes through the tests of steps: the arm a patient has, or would draw, shown and said."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outreach.replay_script import read_script
from rebook.core.outreach.sequence import from_json
from rebook.flow.outreach.experiment_steps import state_step_test
from rebook.flow.outreach.replay import replay
from rebook.records.models import Attempt, Case, WordingAssignment
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")
EARLY = dt.datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)


def stated(clinic, campaign, **changes):
    asked = {"position": 0, "metric": "booked", "baseline": 0.3, "effect": 0.5, "looks": 1, **changes}
    return state_step_test(
        organisation_id=clinic.id, campaign_id=campaign.pk, now=EARLY, actor="user:1", **asked
    )


def told(clinic, campaign, patient, *script):
    campaign.refresh_from_db()
    return replay(
        organisation_id=clinic.id, patient_id=patient.pk, sequence=from_json(campaign.sequence),
        starts_at=EARLY, days=30, channels=clinic.channels,
        events=read_script(script, starts_at=EARLY, zone="America/New_York"),
    )  # fmt: skip


def first_sent(story, step=0):
    return next(line for line in story.sent if line.step == step)


def said(story):
    return [line.says for line in story.lines if line.kind == "test"]


def test_what_is_told_of_the_time_of_day_is_what_everybody_then_gets(clinic, day):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign, element="day_part", variants=["evening"])
    patients = [clinic.patient(number) for number in range(1, 9)]
    stories = {one.pk: told(clinic, campaign, one) for one in patients}
    assert not WordingAssignment.objects.exists()
    for hour in (9, 18):
        at = EARLY.replace(hour=hour, minute=30)
        clinic.synced(at)
        if hour == 9:
            day.enrol(at)
        day.plan(at)
        day.send(at)
    drawn = dict(WordingAssignment.objects.filter(test_id=test_id).values_list("case__patient_id", "variant"))
    assert set(drawn.values()) == {"", "evening"}
    where = f"because of the test of the time of day of step 1 in “{campaign.name}”"
    for patient_id, story in stories.items():
        hour = first_sent(story).at.astimezone(ZONE).hour
        sent_at = Attempt.objects.get(patient_id=patient_id, step_index=0).sent_at.astimezone(ZONE)
        if drawn[patient_id]:
            assert said(story) == [f"tries B: in the evening, {where}"]
            assert (hour, sent_at.hour) == (17, 18)
        else:
            assert said(story) == [f"tries A: as it is now, {where}"]
            assert hour < 12
            assert sent_at.hour == 9


def test_two_days_later_is_two_days_later_in_the_story(clinic, day):
    campaign = clinic.campaign()
    stated(clinic, campaign, position=1, element="delay", variants=["6"])
    days = {}
    for number in range(1, 9):
        story = told(clinic, campaign, clinic.patient(number, email=True))
        letter = said(story)[0].partition(":")[0]
        days.setdefault(letter, set()).add((first_sent(story, 1).at - first_sent(story, 0).at).days)
    # Day 4 is a Sunday, on which nothing goes out; day 6 the Tuesday.
    assert days == {"tries A": {5}, "tries B": {6}}


def test_who_is_in_the_campaign_keeps_what_was_drawn_for_them(clinic, day):
    campaign = clinic.campaign()
    test_id = stated(clinic, campaign, element="day_part", variants=["evening"])
    patient = clinic.patient()
    clinic.synced(EARLY.replace(hour=9))
    day.enrol(EARLY.replace(hour=9))
    would = said(told(clinic, campaign, patient))[0]
    # The other one than chance would give, as if another draw had been kept.
    other = "" if would.startswith("tries B") else "evening"
    case = Case.objects.get(patient=patient)
    WordingAssignment.objects.create(
        organisation=clinic.organisation, test_id=test_id, case=case, variant=other,
        unit=f"patient:{patient.pk}", assigned_at=NOW - DAY, step_index=0, due_at=NOW - DAY,
    )  # fmt: skip
    story = told(clinic, campaign, patient)
    assert said(story)[0].startswith("tries B" if other else "tries A")
    assert (first_sent(story).at.astimezone(ZONE).hour == 17) is bool(other)


def test_who_is_left_out_goes_by_the_plan_and_the_story_says_so(clinic):
    campaign = clinic.campaign()
    stated(clinic, campaign, element="day_part", variants=["evening"])
    patient = clinic.patient(preferred_day_part="morning")
    story = told(clinic, campaign, patient)
    assert said(story)[0].startswith(
        "goes by the plan as it is: not in the test of the time of day of step 1"
    )
    assert first_sent(story).at.astimezone(ZONE).hour == 9


def test_a_channel_under_test_is_the_one_that_goes_out(clinic):
    campaign = clinic.campaign()
    stated(clinic, campaign, element="channel", variants=["email"])
    ways = {}
    for number in range(1, 9):
        story = told(clinic, campaign, clinic.patient(number, email=True))
        ways.setdefault(said(story)[0].partition(",")[0], set()).add(first_sent(story).channel)
    assert ways == {"tries A: as it is now": {"sms"}, "tries B: an e-mail first": {"email"}}
    assert not WordingAssignment.objects.exists()


def test_without_a_campaign_by_this_plan_there_is_no_test(clinic):
    campaign = clinic.campaign()
    stated(clinic, campaign, element="day_part", variants=["evening"])
    campaign.refresh_from_db()
    patient, plan = clinic.patient(), from_json(campaign.sequence)
    type(campaign).objects.filter(pk=campaign.pk).update(sequence_key="own.other")
    story = replay(
        organisation_id=clinic.id, patient_id=patient.pk, sequence=plan, starts_at=EARLY, days=5,
        channels=clinic.channels,
    )  # fmt: skip
    assert said(story) == []
