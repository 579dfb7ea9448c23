"""Campaigns as standing plans: days, programmes, dates, budget, second tries, clones and safe changes."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent, Membership, User
from rebook.core.outreach.campaign_reentry import GENTLE_VERSION
from rebook.flow.outcome import close_cases
from rebook.flow.outreach import campaigns
from rebook.flow.outreach.campaign_list import listed_campaigns
from rebook.records.models import (
    Appointment,
    Attempt,
    Campaign,
    Case,
    CaseSuccess,
    Gap,
    HoldoutAssignment,
)
from rebook.records.read.campaignpages import case_lines, reached
from support.outreach import DAY, NOW, make_clinic
from support.ready import sign_campaign

pytestmark = pytest.mark.django_db

# A Wednesday.
TODAY = NOW.date()


def by(clinic, campaign, at=NOW):
    return {"organisation_id": clinic.id, "campaign_id": campaign.pk, "now": at, "actor": "user:1"}


def sign(clinic, campaign):
    sign_campaign(clinic.id, campaign.pk, now=NOW, actor=f"user:{clinic.manager.pk}")


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        ({"weekdays": [0, 1]}, "not_its_weekday"),
        ({"weekdays": [2]}, ""),
        ({"season": [[3, 1], [5, 31]]}, "out_of_season"),
        ({"season": [[10, 1], [1, 31]]}, ""),
        ({"starts_on": "2026-11-19"}, "not_begun"),
        ({"ends_on": "2026-11-17"}, "is_over"),
        ({"ends_on": "2026-11-18"}, ""),
    ],
)
def test_patients_come_in_on_its_days_only(calendar, why, clinic, day):
    clinic.patient()
    clinic.campaign(plan={"calendar": calendar})
    summary = day.enrol()
    assert (summary.opened, summary.left_out) == ((0, {why: 1}) if why else (1, {}))


def test_recall_and_reactivation_take_in_their_own_and_never_both(clinic, day):
    for number, tier in enumerate(("slipping", "dormant", "lost", "never"), start=1):
        clinic.gap(clinic.patient(number, gap=False), rank=number, tier=tier)
    clinic.campaign(name="Recall", programme="recall")
    clinic.campaign(name="Reactivation", programme="reactivation")
    day.enrol()
    taken = sorted(Case.objects.values_list("campaign__name", "gap__tier"))
    assert taken == [
        ("Reactivation", "dormant"), ("Reactivation", "lost"), ("Recall", "never"), ("Recall", "slipping"),
    ]  # fmt: skip
    assert Case.objects.values("patient").distinct().count() == 4


def test_a_campaign_has_a_rest_of_its_own(clinic, day):
    patient = clinic.patient()
    first = clinic.campaign(name="First")
    day.enrol()
    closed = {"closed_at": NOW, "outcome": "no_response", "next_step_at": None}
    Case.objects.update(**closed)
    campaigns.archive(**by(clinic, first))
    clinic.campaign(name="Patient", rest_days=200)
    assert day.enrol(NOW + 150 * DAY).opened == 0
    clinic.campaign(name="Soon", rest_days=100)
    assert day.enrol(NOW + 150 * DAY).opened == 1
    assert Case.objects.get(closed_at=None, patient=patient).campaign.name == "Soon"


def test_a_birthday_calls_only_those_with_a_reason_to_come_back(clinic, day):
    due = {1: TODAY - 3 * DAY, 2: TODAY - 7 * DAY, 3: TODAY + DAY, 4: TODAY}
    for number, birthday in due.items():
        clinic.patient(number, birth_on=birthday.replace(year=1970), gap=number != 4)
    campaign = clinic.campaign(plan={"trigger": {"field": "birthday", "offset_days": 0}})
    assert campaign.purpose == "treatment_recall"
    day.enrol()
    assert list(Case.objects.values_list("patient__external_id", flat=True)) == ["p1"]


def test_days_after_the_last_visit(clinic, day):
    for number, days in ((1, 100), (2, 90), (3, 107)):
        clinic.appointment(clinic.patient(number), NOW - days * DAY, status="fulfilled")
    clinic.patient(4)
    clinic.campaign(plan={"trigger": {"field": "last_visit", "offset_days": 100}})
    day.enrol()
    assert list(Case.objects.values_list("patient__external_id", flat=True)) == ["p1"]
    # A weekly rhythm misses nobody: who was called within the week before still comes in.
    day.enrol(NOW + 6 * DAY)
    assert set(Case.objects.values_list("patient__external_id", flat=True)) == {"p1"}
    day.enrol(NOW + 10 * DAY)
    assert set(Case.objects.values_list("patient__external_id", flat=True)) == {"p1", "p2"}


def test_days_before_the_due_day(clinic, day):
    for number, due_on in ((1, TODAY + 30 * DAY), (2, TODAY + 31 * DAY), (3, TODAY + 20 * DAY)):
        clinic.gap(clinic.patient(number, gap=False), due_on=due_on, overdue_on=due_on + 30 * DAY)
    clinic.campaign(plan={"trigger": {"field": "due", "offset_days": -30}})
    day.enrol()
    assert list(Case.objects.values_list("patient__external_id", flat=True)) == ["p1"]


def test_when_the_budget_is_spent_nobody_new_comes_in(clinic, day):
    for number in range(1, 4):
        clinic.patient(number)
    campaign = clinic.campaign(daily_limit=1, budget_cents=20)
    day.run()
    assert day.enrol(NOW + DAY).opened == 1
    Attempt.objects.filter(case__campaign=campaign).update(segments=17)
    summary = day.enrol(NOW + 2 * DAY)
    assert (summary.opened, summary.left_out) == (0, {"budget_spent": 1})
    (listed,) = listed_campaigns(organisation_id=clinic.id, now=NOW + 2 * DAY)
    assert [one.rule for one in listed.warnings] == ["budget_spent"]
    assert listed.enrols_on is None
    clinic.organisation.settings = {"prices_cents": {"sms": 0.1}}
    clinic.organisation.save()
    assert day.enrol(NOW + 2 * DAY).opened == 1


def fell_through(clinic, at, *, outcome="booked_not_kept"):
    """The won-back visit of the only case was missed: the case is over, the miss a reason of its own."""
    case = Case.objects.get(closed_at=None)
    Case.objects.filter(pk=case.pk).update(
        closed_at=at, outcome=outcome, booked_at=at - DAY, next_step_at=None
    )
    Attempt.objects.filter(case=case).update(state="accepted")
    Gap.objects.filter(pk=case.gap_id).update(closed_on=at.date(), close_reason="appointment_booked")
    return clinic.gap(
        case.patient,
        definition_key=f"no_show_not_rebooked:{case.pk}",
        kind="no_show_not_rebooked",
        due_on=at.date(),
        overdue_on=at.date(),
    )


def test_a_missed_visit_reopens_the_case_by_a_gentler_path_and_only_so_often(clinic, day):
    clinic.patient(email=True)
    campaign = clinic.campaign(segment={"kinds": ["interval"]}, holdout_percent=10)
    day.run()
    missed = fell_through(clinic, NOW + DAY)
    assert day.enrol(NOW + 3 * DAY).opened == 0
    day.run(NOW + 4 * DAY)
    again = Case.objects.get(closed_at=None)
    assert (again.gap_id, again.entry, again.sequence_version) == (missed.pk, 1, GENTLE_VERSION)
    assert again.arm == "contact"
    assert not HoldoutAssignment.objects.filter(cycle__startswith="no_show").exists()
    for days in range(5, 40):
        day.run(NOW + days * DAY)
    steps = Attempt.objects.filter(case=again).exclude(state__in=("refused", "expired"))
    assert steps.count() <= 2
    assert set(steps.values_list("step_index", flat=True)) <= {0, 1}
    again.refresh_from_db()
    assert again.next_step_at is None
    Case.objects.filter(pk=again.pk).update(closed_at=NOW + 41 * DAY, outcome="booked_not_kept")
    assert day.enrol(NOW + 45 * DAY).opened == 0, "once is the limit"
    assert campaign.cases.count() == 2


@pytest.mark.parametrize(
    ("case", "plan"),
    [
        ({"outcome": "declined"}, {}),
        ({"outcome": "booked_not_kept", "barrier": "cost"}, {}),
        ({"outcome": "booked_not_kept", "arm": "holdout"}, {}),
        ({"outcome": "booked_not_kept"}, {"reentry": {"limit": 0}}),
    ],
)
def test_who_is_not_taken_in_again(case, plan, clinic, day):
    clinic.patient()
    clinic.campaign(segment={"kinds": ["interval"]}, plan=plan)
    day.enrol()
    fell_through(clinic, NOW + DAY)
    Case.objects.update(**case)
    assert day.enrol(NOW + 10 * DAY).opened == 0


def test_who_opted_out_or_booked_meanwhile_is_not_taken_in_again(clinic, day):
    patient = clinic.patient()
    clinic.campaign(segment={"kinds": ["interval"]})
    day.enrol()
    fell_through(clinic, NOW + DAY)
    clinic.appointment(patient, NOW + 30 * DAY)
    summary = day.enrol(NOW + 10 * DAY)
    assert (summary.opened, summary.left_out) == (0, {"appointment_booked": 1})


def test_the_goal_counts_by_the_definition_frozen_with_the_launch(clinic, day):
    kinds = ("interval", "no_show_not_rebooked", "inactive", "inactive")
    for number, kind in enumerate(kinds, start=1):
        key = "primary_care.annual_visit" if kind == "interval" else f"{kind}:{number}"
        clinic.gap(clinic.patient(number, gap=False), rank=number, kind=kind, definition_key=key)
    campaign = clinic.campaign(goal_visits=3, goal_on=TODAY + 10 * DAY)
    day.run()
    # Everybody came, and was booked by the practice before. That wins back the visit that was due; a missed
    # one had to be booked anew, and who was away long has to have the reason settled: one of the two has.
    came_at = NOW + 5 * DAY
    for case in Case.objects.select_related("patient"):
        clinic.appointment(case.patient, came_at, status="fulfilled")
        Appointment.objects.filter(patient=case.patient).update(booked_at=NOW - 30 * DAY)
    Case.objects.update(visit_kept_at=came_at, booked_at=NOW + DAY)
    settled = Case.objects.filter(gap__kind="inactive").first().gap
    settled.closed_on, settled.close_reason = came_at.date(), "satisfied_by_visit"
    settled.save()
    assert shown(clinic, NOW + 4 * DAY) == (0, [])
    close_cases(organisation_id=clinic.id, as_of=TODAY + 6 * DAY, now=NOW + 6 * DAY)
    assert Case.objects.filter(visit_kept_at__isnull=False).count() == 4
    assert shown(clinic, NOW + 6 * DAY) == (2, [])
    found = case_lines(organisation_id=clinic.id, campaign_id=campaign.pk, stage="won")
    assert {one.gap.kind for one in found.lines} == {"interval", "inactive"}
    assert reached(organisation_id=clinic.id, campaign_id=campaign.pk).counts["won"] == 2
    # What was written by mistake is taken back, and no longer counts for the goal.
    won = CaseSuccess.objects.exclude(met_at=None).first()
    CaseSuccess.objects.create(
        organisation=clinic.organisation, case=won.case, definition=won.definition, judged_at=NOW + 7 * DAY
    )
    assert shown(clinic, NOW + 11 * DAY) == (1, ["its goal was 3 won back by 2026-11-28, 1 were"])


def shown(clinic, at):
    """(what counts for the goal, what the list says of a goal that was missed)."""
    (one,) = listed_campaigns(organisation_id=clinic.id, now=at)
    return one.line.won, [reason.detail for reason in one.warnings if reason.rule == "goal_missed"]


def test_a_clone_is_a_draft_of_its_own(clinic, day):
    clinic.patient()
    plan = {"calendar": {"starts_on": "2026-11-01", "ends_on": "2026-12-24", "weekdays": [1, 2]}}
    campaign = clinic.campaign(
        plan=plan, goal_visits=30, goal_on=dt.date(2026, 11, 1), budget_cents=5000, programme="reactivation"
    )
    day.enrol()
    copies = [
        Campaign.objects.get(pk=campaigns.clone(**by(clinic, campaign, NOW + 20 * DAY))) for _ in range(2)
    ]
    assert [one.name for one in copies] == ["Due (copy)", "Due (copy 2)"]
    first = copies[0]
    assert (first.state, first.cloned_from_id, first.launched_at, first.sequence) == (
        *("draft", campaign.pk, None, {}),
    )
    assert (first.goal_visits, first.goal_on, first.budget_cents, first.programme) == (
        *(30, None, 5000, "reactivation"),
    )
    # What lies in the past is not begun again.
    assert first.plan["calendar"] == {
        "weekdays": [1, 2], "season": None, "starts_on": None, "ends_on": "2026-12-24",
    }  # fmt: skip
    assert first.cases.count() == 0
    campaigns.discard(**by(clinic, first))
    assert not Campaign.objects.filter(pk=first.pk).exists()
    with pytest.raises(campaigns.UnableToCreate, match="only a draft"):
        campaigns.discard(**by(clinic, campaign))


def test_a_draft_is_written_anew_until_it_is_launched(clinic):
    campaign = clinic.campaign(launched=False)
    asked = campaigns.CampaignAsked(
        name="Due", segment={}, sequence_key="primary_care.routine", owner_id=clinic.manager.pk,
        daily_limit=7, holdout_percent=5, plan={"reentry": {"limit": 2}},
    )  # fmt: skip
    campaigns.change_draft(**by(clinic, campaign), asked=asked)
    campaign.refresh_from_db()
    assert (campaign.daily_limit, campaign.plan["reentry"]["limit"]) == (7, 2)
    sign(clinic, campaign)
    campaigns.launch(**by(clinic, campaign))
    with pytest.raises(campaigns.UnableToCreate, match="only a draft"):
        campaigns.change_draft(**by(clinic, campaign), asked=asked)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"goal_visits": 0}, "the goal is a number"),
        ({"goal_on": dt.date(2027, 1, 1)}, "needs a number of patients"),
        ({"budget_cents": -1}, "the budget is an amount"),
        ({"rest_days": 3}, "between 7 and 730"),
        ({"programme": "loyalty"}, "loyalty"),
        ({"backup_id": 10_000}, "stands in does not work"),
        ({"plan": {"calendar": {"weekdays": []}}}, "at least one weekday"),
        ({"plan": {"reentry": {"sequence_key": "nowhere.plan"}}}, "no sequence 'nowhere.plan'"),
    ],
)
def test_a_plan_that_makes_no_sense_is_not_made(changed, problem, clinic):
    with pytest.raises(campaigns.UnableToCreate, match=problem):
        clinic.campaign(launched=False, **changed)


def test_while_it_runs_only_what_is_safe_changes_and_the_trail_says_from_what(clinic):
    campaign = clinic.campaign(daily_limit=20)
    other = User.objects.create(email="other@elm.example", name="Ola Other")
    Membership.objects.create(organisation=clinic.organisation, user=other, role="coordinator")
    changes = {"backup_id": other.pk, "daily_limit": 40, "goal_visits": 12, "goal_on": dt.date(2027, 1, 31)}
    campaigns.change_running(**by(clinic, campaign), changes=changes)
    campaign.refresh_from_db()
    assert (campaign.backup, campaign.daily_limit, campaign.goal_visits) == (other, 40, 12)
    line = AuditEvent.objects.get(action="campaign.changed")
    assert line.detail["before"] == {
        "backup_id": None, "daily_limit": 20, "goal_visits": None, "goal_on": None,
    }  # fmt: skip
    assert line.detail["now"]["goal_on"] == "2027-01-31"
    for wrong in (
        {"segment": {}}, {"holdout_percent": 30}, {"owner_id": None}, {"owner_id": other.pk},
        {"daily_limit": 0},
    ):  # fmt: skip
        with pytest.raises(campaigns.UnableToChange):
            campaigns.change_running(**by(clinic, campaign), changes=wrong)
    campaigns.change_running(**by(clinic, campaign), changes={"daily_limit": 40})
    assert AuditEvent.objects.filter(action="campaign.changed").count() == 1


def test_an_end_can_be_taken_back(clinic, day):
    patient = clinic.patient()
    campaign = clinic.campaign()
    day.enrol()
    day.plan()
    campaigns.archive(**by(clinic, campaign))
    assert clinic.attempts(patient) == [(0, "sms", "refused")]
    campaigns.reopen(**by(clinic, campaign))
    campaign.refresh_from_db()
    assert (campaign.state, campaign.paused_at, campaign.archived_at) == ("paused", NOW, None)
    assert clinic.attempts(patient) == [(0, "sms", "planned")]
    campaigns.resume(**by(clinic, campaign, NOW + DAY))
    day.run(NOW + DAY)
    assert len(clinic.sms.sent) == 1
    with pytest.raises(campaigns.UnableToChange, match="only one that is archived"):
        campaigns.reopen(**by(clinic, campaign))


def test_nothing_of_another_practice_is_cloned_or_changed(clinic):
    campaign = clinic.campaign()
    oak = make_clinic("oak")
    of = {**by(clinic, campaign), "organisation_id": oak.id}
    with pytest.raises(campaigns.UnableToCreate, match="no campaign"):
        campaigns.clone(**of)
    with pytest.raises(campaigns.UnableToChange, match="no campaign"):
        campaigns.change_running(**of, changes={"daily_limit": 1})
    with pytest.raises(campaigns.UnableToCreate, match="only a draft"):
        campaigns.discard(**of)
