"""Branches, versions and days off as the planner sees them; cases that move to another version."""

import datetime as dt
from dataclasses import replace

import pytest

from rebook.accounts.models import AuditEvent
from rebook.core.outreach.sequence import Sequence, Step, as_json, from_json
from rebook.core.outreach.sequence_when import When
from rebook.flow.outreach.campaigns import sequence_of
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.sequences import (
    UnableToSave,
    change_sequence,
    clone_sequence,
    discard_draft,
    effort_reasons,
    graver_patients,
    publish_sequence,
    sequences_in_use,
)
from rebook.flow.outreach.sequences_moving import change_plan, preview_move
from rebook.flow.outreach.sequences_running import days_off
from rebook.flow.outreach.subject import House
from rebook.records.models import (
    Attempt,
    Campaign,
    CampaignSequence,
    Case,
    PassedStep,
    PatientLink,
    SequenceVersion,
    Task,
)
from support.outreach import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
WHO = {"now": NOW, "actor": "user:1"}


def plan(*steps, key="own.test", **more):
    made = [Step(index, **{"channel": "email", "delay_days": 2, **one}) for index, one in enumerate(steps)]
    return Sequence(key, tuple(made), max_class=1, **more)


@pytest.fixture
def begin(clinic):
    """``begin(sequence, patient, ...)``: a running campaign with an open case of each patient, due now."""

    def make(sequence, *patients, **case):
        campaign = Campaign.objects.create(
            organisation=clinic.organisation, name=f"Campaign {Campaign.objects.count()}", state="active",
            sequence_key=sequence.key, sequence=as_json(sequence), owner=clinic.manager, launched_at=NOW,
        )  # fmt: skip
        for patient in patients:
            Case.objects.create(
                organisation=clinic.organisation, campaign=campaign, patient=patient, gap=patient.gaps.get(),
                **{"opened_at": NOW, "next_step_at": NOW, **case},
            )  # fmt: skip
        return campaign

    return make


def passed(patient):
    rows = PassedStep.objects.filter(case__patient=patient).order_by("step_index")
    return [(row.step_index, row.reasons[0]["detail"]) for row in rows]


FACTS = [
    # what happened, the condition, is the step taken
    ({}, When(delivered="yes"), False),
    ({"reached_at": NOW}, When(delivered="yes"), True),
    ({"reached_at": NOW}, When(delivered="no"), False),
    ({"responded_at": NOW}, When(replied="no"), False),
    ({"responded_at": NOW}, When(read="yes"), True),
    ({"barrier": "cost"}, When(barrier=("cost", "fear")), True),
    ({"barrier": "cost"}, When(not_barrier=("cost",)), False),
    ({}, When(min_class=2), False),
    ({}, When(tier=("dormant",)), True),
    ({}, When(tier=("lost",)), False),
]


@pytest.mark.parametrize(("happened", "when", "is_taken"), FACTS)
def test_the_planner_asks_what_has_happened(happened, when, is_taken, clinic, begin, day):
    patient = clinic.patient(email=True)
    begin(plan({"when": when}, {"channel": "sms"}), patient, **happened)
    day.plan()
    assert clinic.attempts(patient) == ([(0, "email", "planned")] if is_taken else [])
    assert [index for index, _ in passed(patient)] == ([] if is_taken else [0])
    assert clinic.case(patient).step_index == 1


@pytest.mark.parametrize("is_pressed", [True, False])
def test_a_press_counts_and_a_link_that_was_only_sent_does_not(is_pressed, clinic, begin, day):
    """Scanners open links; ``opened_at`` is written when the page's own check is passed."""
    patient = clinic.patient(email=True)
    begin(plan({"channel": "sms", "delay_days": 0}, {"when": When(clicked="yes")}), patient)
    day.plan()
    day.send()
    PatientLink.objects.filter(case__patient=patient).update(opened_at=NOW + HOUR if is_pressed else None)
    clinic.synced(NOW + 3 * DAY)
    day.plan(NOW + 3 * DAY)
    assert (1, "email", "planned") in clinic.attempts(patient) or not is_pressed
    assert passed(patient) == ([] if is_pressed else [(1, "only if they pressed a button on their page")])


def test_the_clock_goes_on_over_a_step_that_is_passed_over(clinic, begin, day):
    patient = clinic.patient(email=True)
    begin(plan({"when": When(replied="yes")}, {"delay_days": 3}), patient)
    day.plan()
    case = clinic.case(patient)
    assert case.next_step_at == dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC)
    day.plan(NOW + HOUR)
    assert clinic.attempts(patient) == []


def test_a_step_without_a_way_keeps_what_the_guard_said(clinic, begin, day):
    patient = clinic.patient(do_not_contact=True)
    begin(plan({"channel": "sms"}, {"channel": "sms"}), patient)
    day.plan()
    assert [(row.step_index, row.reasons[0]["rule"]) for row in PassedStep.objects.all()] == [
        (0, "do_not_contact")
    ]


def test_a_call_goes_to_the_role_that_the_step_names(clinic, begin, day):
    named = clinic.patient(1)
    begin(plan({"channel": "phone", "owner_role": "clinician"}), named)
    day.plan()
    day.send()
    task = Task.objects.get(kind="call")
    assert (task.owner_role, task.owner) == ("clinician", None)


@pytest.mark.parametrize(("place", "number"), [("us", "911"), ("gb", "999"), ("au", "000")])
def test_a_call_names_the_emergency_number_of_the_practices_place(place, number, clinic, begin, day):
    """R-B4: in the script as it is frozen with the call, in the patient's language."""
    clinic.organisation.jurisdiction = place
    clinic.organisation.save()
    for patient in (clinic.patient(1), clinic.patient(2, language="es")):
        begin(plan({"channel": "phone"}), patient)
    day.plan()
    bodies = list(Attempt.objects.order_by("language").values_list("body", flat=True))
    assert f"ask them to call {number} now" in bodies[0]
    assert f"pida que llame al {number} ahora" in bodies[1]


def test_a_preference_takes_the_place_of_the_plans_channel_and_not_of_its_condition(clinic, begin, day):
    patient = clinic.patient(email=True, preferred_channel="email")
    begin(plan({"channel": "sms", "when": When(replied="yes")}, {"channel": "sms", "delay_days": 0}), patient)
    day.plan()
    assert clinic.attempts(patient) == [(1, "email", "planned")]
    assert passed(patient) == [(0, "only if they have answered")]


def test_business_days_pass_over_holidays_and_the_days_the_practice_is_closed(clinic, begin, day):
    """Thanksgiving is 26 November 2026; the practice stays closed on the 27th."""
    clinic.organisation.settings = {"closed_on": ["2026-11-27", "soon"]}
    clinic.organisation.save()
    patient = clinic.patient(email=True)
    begin(plan({"delay_days": 0}, {"delay_days": 6, "business_days": True}), patient)
    day.plan()
    # 19, 20, 23, 24, 25 and then not the 26th, 27th, 28th, 29th.
    assert clinic.case(patient).next_step_at == dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)


def test_days_off_of_a_site(clinic):
    off = days_off(House(organisation_id=clinic.id), clinic.location.pk, now=NOW)
    for holiday in ((2026, 12, 25), (2027, 7, 5), (2028, 1, 17), (2026, 11, 28)):
        assert dt.date(*holiday) in off
    assert dt.date(2026, 11, 25) not in off
    clinic.organisation.settings = {"business_hours": {"wed": None}}
    clinic.organisation.save()
    off = days_off(House(organisation_id=clinic.id), clinic.location.pk, now=NOW)
    assert dt.date(2026, 11, 25) in off


# --- the practice's own sequences


def test_ones_own_is_found_by_campaigns_once_it_is_published(clinic):
    of = {"organisation_id": clinic.id}
    key = clone_sequence(**of, key="primary_care.routine", title="Ours", **WHO)
    assert (key, sequence_of(**of, key=key)) == ("own.ours", None)
    assert clone_sequence(**of, key=key, title="Ours", **WHO) == "own.ours_2"
    assert publish_sequence(**of, key=key, **WHO) == 1
    assert sequence_of(**of, key=key).title == "Ours"
    change_sequence(**of, key=key, change=lambda one: replace(one, rest_days=99), **WHO)
    assert sequence_of(**of, key=key).rest_days == 60
    assert publish_sequence(**of, key=key, **WHO) == 2
    assert sequence_of(**of, key=key).rest_days == 99
    assert next(iter(sequences_in_use(**of))) == key
    assert from_json(SequenceVersion.objects.get(number=1, key=key).content).rest_days == 60
    actions = AuditEvent.objects.filter(subject_id=key).values_list("action", flat=True)
    assert sorted(actions) == ["sequence.cloned", "sequence.published", "sequence.published"]


def test_what_cannot_be_done_to_a_sequence_is_told(clinic):
    of = {"organisation_id": clinic.id}
    for says, attempt in (
        ("no sequence", lambda: clone_sequence(**of, key="x.y", title="Ours", **WHO)),
        ("at most 60", lambda: clone_sequence(**of, key="primary_care.close", title=" ", **WHO)),
        ("make your own", lambda: change_sequence(**of, key="primary_care.close", change=lambda p: p, **WHO)),
        ("no draft", lambda: publish_sequence(**of, key="primary_care.close", **WHO)),
        ("no draft", lambda: discard_draft(**of, key="own.nothing", **WHO)),
        ("under way", lambda: preview_move(**of, campaign_id=0, key="primary_care.close")),
    ):
        with pytest.raises(UnableToSave, match=says):
            attempt()
    key = clone_sequence(**of, key="primary_care.close", title="Ours", **WHO)
    change_sequence(**of, key=key, change=lambda one: replace(one, steps=one.steps[:3]), **WHO)
    with pytest.raises(UnableToSave, match="class 3 needs 4 contacts"):
        publish_sequence(**of, key=key, **WHO)
    assert SequenceVersion.objects.get().state == "draft"


def test_a_launch_is_told_of_patients_who_are_owed_more_than_its_steps(clinic):
    clinic.patient(1)
    clinic.patient(2).gaps.update(risk_class=3)
    of = {"organisation_id": clinic.id, "segment": {}, "today": NOW.date(), "now": NOW}
    plans = sequences_in_use(organisation_id=clinic.id)
    (noted,) = graver_patients(**of, sequence=plans["primary_care.routine"])
    assert noted.detail.startswith("1 of its patients are of class 3, who are owed more")
    assert graver_patients(**of, sequence=plans["primary_care.close"]) == ()
    assert effort_reasons(plans["primary_care.routine"]) == ()
    too_little = replace(plans["primary_care.routine"], max_class=3)
    assert [one.rule for one in effort_reasons(too_little)] == ["too_little_effort"]


# --- moving


OLD = plan({"channel": "sms", "delay_days": 0}, {"delay_days": 4}, {"channel": "phone", "delay_days": 6})


def publish(clinic, sequence):
    SequenceVersion.objects.create(
        organisation=clinic.organisation, key=sequence.key, state="published", content=as_json(sequence),
        number=SequenceVersion.objects.count() + 1, created_by="user:1", created_at=NOW, published_at=NOW,
    )  # fmt: skip


def test_running_cases_stay_on_the_plan_they_began(clinic, begin, day):
    patient = clinic.patient(email=True)
    campaign = begin(OLD, patient)
    day.plan()
    day.send()
    publish(clinic, plan({"channel": "letter", "delay_days": 0}))
    change_plan(
        organisation_id=clinic.id, campaign_id=campaign.pk, key="own.test", moves_open_cases=False, **WHO
    )
    case = clinic.case(patient)
    assert case.sequence_version == CampaignSequence.objects.get().number == 1
    later = clinic.patient(2, email=True)
    Case.objects.create(
        organisation=clinic.organisation, campaign=campaign, patient=later, gap=later.gaps.get(),
        opened_at=NOW, next_step_at=NOW,
    )  # fmt: skip
    clinic.synced(NOW + 5 * DAY)
    plan_attempts(organisation_id=clinic.id, now=NOW + 5 * DAY, channels=clinic.channels)
    assert clinic.attempts(patient)[1][:2] == (1, "email")
    assert clinic.case(later).next_step_at is None


def test_a_move_does_what_it_said(clinic, begin, day):
    """One step added on day 2, the call taken out: who has had the e-mail comes to an end."""
    fresh, once, twice = (clinic.patient(number, email=True) for number in (1, 2, 3))
    campaign = begin(OLD, fresh)
    for patient, done in ((once, 1), (twice, 2)):
        Case.objects.create(
            organisation=clinic.organisation, campaign=campaign, patient=patient, gap=patient.gaps.get(),
            opened_at=NOW, step_index=done, next_step_at=NOW + 4 * DAY,
        )  # fmt: skip
    Case.objects.filter(patient=twice).update(barrier="")
    twice.gaps.update(risk_class=3)
    new = plan({"channel": "sms", "delay_days": 0}, {"channel": "letter"}, {"delay_days": 2})
    publish(clinic, new)
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "key": "own.test"}
    said = preview_move(**of)
    assert dict(said.effect.kinds) == {"same": 1, "skips": 1, "ends": 1}
    assert (said.effect.cases, said.effect.told) == (3, 1)
    assert [(line.kind, line.cases) for line in said.lines] == [("same", 1), ("skips", 1), ("ends", 1)]
    assert said.lines[1].skipped == ("2 days later, a letter, unless they answered",)
    with pytest.raises(UnableToSave, match="look at the effect again"):
        change_plan(**of, moves_open_cases=True, expected="cases=2", **WHO)
    assert change_plan(**of, moves_open_cases=True, expected=said.effect.stamp, **WHO) == said.effect
    positions = {
        case.patient_id: (case.step_index, case.step_shift, case.next_step_at) for case in Case.objects.all()
    }
    assert positions[fresh.pk] == (0, 0, NOW)
    # The same e-mail on the same day, now the third step.
    assert positions[once.pk] == (1, 1, NOW + 4 * DAY)
    assert positions[twice.pk] == (2, 1, None)
    event = AuditEvent.objects.get(action="campaign.plan_changed")
    assert event.detail["ends"] == 1
    assert event.detail["moved"] is True


def test_no_contact_comes_twice_after_a_move(clinic, begin, day):
    """The e-mail is the second step before and the first but one after: it is not sent again."""
    patient = clinic.patient(email=True)
    campaign = begin(OLD, patient)
    for number in range(6):
        clinic.synced(NOW + number * DAY)
        day.plan(NOW + number * DAY)
        day.send(NOW + number * DAY)
    before = clinic.attempts(patient)
    assert [channel for _, channel, _ in before] == ["sms", "email"]
    new = plan({"channel": "sms", "delay_days": 0}, {"delay_days": 4}, {"delay_days": 9})
    publish(clinic, new)
    change_plan(
        organisation_id=clinic.id, campaign_id=campaign.pk, key="own.test", moves_open_cases=True, **WHO
    )
    for number in range(6, 25):
        clinic.synced(NOW + number * DAY)
        day.plan(NOW + number * DAY)
        day.send(NOW + number * DAY)
    after = clinic.attempts(patient)
    assert [channel for _, channel, _ in after] == ["sms", "email", "email"]
    second, third = Attempt.objects.filter(patient=patient, channel="email").order_by("pk")
    assert (third.sent_at.date() - second.sent_at.date()).days >= 9
    assert clinic.case(patient).next_step_at is None


def test_a_paused_campaign_moves_too_and_one_that_is_over_does_not(clinic, begin):
    patient = clinic.patient()
    campaign = begin(OLD, patient)
    publish(clinic, plan({"channel": "sms"}, {"channel": "sms"}))
    of = {"organisation_id": clinic.id, "campaign_id": campaign.pk, "key": "own.test"}
    Campaign.objects.update(state="paused", paused_at=NOW)
    assert preview_move(**of).effect.cases == 1
    Campaign.objects.update(state="archived")
    with pytest.raises(UnableToSave):
        change_plan(**of, moves_open_cases=True, **WHO)
