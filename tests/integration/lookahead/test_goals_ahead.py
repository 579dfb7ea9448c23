"""Goals in the look ahead: from the records to the page and the command."""

import datetime as dt
import json

import pytest
from django.test import Client
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.core.lookahead.changes import CampaignChange, Changes
from rebook.flow.lookahead.keeping import keep_forecast
from rebook.flow.lookahead.simulating import simulate
from rebook.records.models import Appointment, Campaign, Case, CaseSuccess
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def clinic():
    made = make_clinic()
    for number in range(60):
        made.patient(number)
    return made


def look(clinic, *plans, days=30):
    return simulate(
        organisation_id=clinic.id, start_on=TODAY, days=days, now=NOW, plans=plans or (Changes(),)
    )


def won(clinic, campaign, number, *, booked_at, met_at=None, visit_at=None, status="fulfilled"):
    """A contacted case that booked: its visit on a day, and perhaps its success."""
    patient = clinic.patient(1000 + number)
    visit = clinic.appointment(patient, visit_at or met_at, status=status)
    case = Case.objects.create(
        organisation=clinic.organisation, campaign=campaign, patient=patient, gap=patient.gaps.get(),
        opened_at=booked_at - 5 * DAY, booked_at=booked_at, appointment=visit, closed_at=met_at,
        outcome="visit_kept" if met_at else "",
    )  # fmt: skip
    if met_at:
        CaseSuccess.objects.create(
            organisation=clinic.organisation,
            case=case,
            definition="visit:120:2",
            met_at=met_at,
            judged_at=met_at,
        )
    return case


def test_a_goal_is_told_with_when_it_is_reached_and_what_that_rests_on(clinic):
    near = clinic.campaign(name="Near", goal_visits=2, goal_on=TODAY + 100 * DAY, daily_limit=10)
    (found,) = look(clinic)
    (goal,) = found.goals
    assert (goal.goal.campaign_id, goal.goal.won, goal.goal.wanted) == (near.pk, 0, 2)
    assert TODAY < goal.reached_on < TODAY + 60 * DAY
    assert "a kept visit of the kind due within 120 days" in goal.goal.counts
    assert found.follows.counts.origin == "belief"
    Campaign.objects.update(goal_visits=500)
    (goal,) = look(clinic)[0].goals
    assert goal.reached_on is None
    assert goal.says.startswith("not reached: ")
    # Fewer bookings than the plan expects, of which not all count.
    assert 0 < goal.expected.expected < 500


def test_another_plan_has_another_day(clinic):
    campaign = clinic.campaign(goal_visits=3, goal_on=TODAY + 200 * DAY, daily_limit=20)
    slow = Changes("Slow", campaigns={campaign.pk: CampaignChange(daily_limit=1)})
    now, slower = (one.goals[0] for one in look(clinic, Changes(), slow))
    assert slower.expected.expected < now.expected.expected
    assert slower.reached_on is None or slower.reached_on > now.reached_on


def test_what_is_won_counts_what_is_booked_comes_on_its_day_and_what_fell_through_does_not(clinic):
    campaign = clinic.campaign(goal_visits=10, goal_on=TODAY + 60 * DAY, daily_limit=1)
    Campaign.objects.update(daily_limit=1)
    (before,) = look(clinic)[0].goals
    won(clinic, campaign, 1, booked_at=NOW - 20 * DAY, met_at=NOW - 10 * DAY)
    won(clinic, campaign, 2, booked_at=NOW - DAY, visit_at=NOW + 7 * DAY, status="booked")
    won(clinic, campaign, 3, booked_at=NOW - DAY, visit_at=NOW + 7 * DAY, status="cancelled")
    (after,) = look(clinic)[0].goals
    assert (after.goal.won, after.goal.visits) == (1, (TODAY + 7 * DAY,))
    assert after.expected.expected == pytest.approx(before.expected.expected + 1 + 0.75, abs=0.1)


def test_own_shares_come_from_bookings_whose_time_is_over(clinic):
    campaign = clinic.campaign(goal_visits=90)
    for number in range(40):
        won(clinic, campaign, number, booked_at=NOW - 40 * DAY, met_at=NOW - 31 * DAY)
    for number in range(40, 50):
        won(clinic, campaign, number, booked_at=NOW - 40 * DAY, visit_at=NOW - 31 * DAY, status="noshow")
    # Its visit was a moment ago: nobody has said yet how it went.
    won(clinic, campaign, 50, booked_at=NOW - 40 * DAY, visit_at=NOW - DAY, status="booked")
    (found,) = look(clinic, days=5)
    assert (found.follows.counts.says, found.follows.counts.value) == (
        "40 of 50 bookings of this practice",
        0.8,
    )
    assert found.follows.days[9] == max(found.follows.days)


def test_the_calendar_shows_goals_from_the_forecast_that_was_kept(clinic, monkeypatch):
    campaign = clinic.campaign(name="Due visits", goal_visits=2, goal_on=TODAY + 100 * DAY, daily_limit=10)
    # Another practice's goal is nobody's business here.
    make_clinic("oak").campaign(name="Elsewhere", goal_visits=5)
    (goal,) = look(clinic)[0].goals
    keep_forecast(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client = Client()
    client.force_login(clinic.manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = " ".join(client.get("/calendar/").content.decode().split())
    panel = page.partition('id="goals"')[2].partition("</section>")[0]
    assert ">Due visits</a>" in panel
    assert "0 of 2" in panel
    assert "Goal reached by about" in panel
    assert "Elsewhere" not in page
    assert "stated belief" in panel
    assert "a kept visit of the kind due within 120 days" in panel
    # The same day as the command says: the page reads what was kept.
    shown = panel.partition("Goal reached by about ")[2].partition("<")[0]
    assert str(goal.reached_on.day) in shown
    Campaign.objects.filter(pk=campaign.pk).update(goal_visits=400)
    page = client.get("/calendar/").content.decode()
    assert "Not reached: " in page
    assert "of 400" in page
    Campaign.objects.filter(pk=campaign.pk).update(goal_visits=None)
    assert 'id="goals"' not in client.get("/calendar/").content.decode()
    plans = client.get(f"/calendar/plans/?campaign={campaign.pk}&daily_limit=1&days=14").content.decode()
    assert "goal reached" not in plans


def test_the_command_tells_goals_in_text_and_json(clinic):
    clinic.campaign(name="Due visits", goal_visits=2, goal_on=TODAY + 200 * DAY, daily_limit=10)
    asked = ["simulate", "--days", "20", "--organisation", "elm", "--as-of", TODAY.isoformat()]
    said = CliRunner().invoke(app, [*asked, "--json"])
    assert said.exit_code == 0, said.output
    (goal,) = json.loads(said.stdout)["plans"][0]["goals"]
    assert goal["says"] == f"goal reached by about {goal['reached_on']}"
    assert dt.date.fromisoformat(goal["reached_on"]) > TODAY
    assert (goal["goal"], goal["won"]) == (2, 0)
    text = " ".join(CliRunner().invoke(app, asked).output.split())
    assert "Goals: Present plan" in text
    assert "goal reached by" in text
    assert "Of those who book 75 % count (55 to 90 %)" in text
    Campaign.objects.update(goal_visits=None, goal_on=None)
    assert "Goals" not in CliRunner().invoke(app, asked).output


def test_visits_of_the_goal_need_no_appointment_left(clinic):
    campaign = clinic.campaign(goal_visits=3)
    won(clinic, campaign, 1, booked_at=NOW - DAY, visit_at=NOW + 5 * DAY, status="booked")
    Appointment.objects.filter(starts_at=NOW + 5 * DAY).update(status="noshow")
    (goal,) = look(clinic, days=2)[0].goals
    assert goal.goal.visits == ()
