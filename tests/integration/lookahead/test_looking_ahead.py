"""A look ahead from real rows: who is counted, what a plan changes, what is kept; the command."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.core.lookahead.changes import BadPlan, CampaignChange, Changes
from rebook.core.lookahead.values import CHANNELS, LOST
from rebook.flow.lookahead.comparing import compare_forecast
from rebook.flow.lookahead.keeping import keep_forecast
from rebook.flow.lookahead.simulating import simulate
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.stops import stop_all
from rebook.records.models import Attempt, Campaign, Forecast
from rebook.records.read.lookahead import answers
from rebook.records.write.forecasts import NewForecast
from rebook.records.write.forecasts import keep_forecast as keep
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def clinic():
    return make_clinic()


def look(clinic, *plans, days=30, campaign_ids=()):
    found = simulate(
        organisation_id=clinic.id, start_on=TODAY, days=days, now=NOW, plans=plans or (Changes(),),
        campaign_ids=campaign_ids,
    )  # fmt: skip
    return [one.result for one in found] if plans else found[0].result


def expected(result, measure):
    return round(result.total.figures[measure].expected, 2)


def test_waiting_patients_are_taken_in_day_by_day_by_what_reaches_them(clinic):
    for number in range(12):
        clinic.patient(number)
    clinic.patient(50, phone=False, email=True)
    clinic.patient(51, phone=False)
    clinic.campaign(daily_limit=5)
    found = look(clinic)
    # Twelve have a phone, one an e-mail address alone; who has nothing is not taken in at all.
    assert expected(found, "enrolled") == 13
    by_day = [line.all.figures["enrolled"].expected for line in found.days]
    assert by_day[:4] == [5, 5, 3, 0]
    # Letters are not set up: who has no e-mail address gets a text in place of it and of the letter.
    assert 20 < expected(found, "sms") < 36
    assert 0 < expected(found, "email") < 4
    # Nobody's first contact falls on a Sunday.
    assert all(not line.all.messages for line in found.days if line.on.weekday() == 6)


def test_those_left_out_for_comparison_are_not_contacted(clinic):
    for number in range(10):
        clinic.patient(number)
    campaign = clinic.campaign()
    plain, held = look(
        clinic, Changes(), Changes(campaigns={campaign.pk: CampaignChange(holdout_percent=50)})
    )
    assert expected(plain, "enrolled") == expected(held, "enrolled") == 10
    assert expected(held, "sms") == pytest.approx(expected(plain, "sms") / 2, abs=0.02)


def test_open_cases_go_on_from_where_they_are(clinic):
    patient = clinic.patient(1)
    clinic.campaign()
    enrol(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    plan_attempts(organisation_id=clinic.id, now=NOW, channels=clinic.channels)
    found = look(clinic)
    assert expected(found, "enrolled") == 0
    assert sum(expected(found, name) for name in CHANNELS) > 1
    case = clinic.case(patient)
    case.booked_at = NOW
    case.save()
    assert sum(expected(look(clinic), name) for name in CHANNELS) == 0


def test_what_is_stopped_brings_nothing(clinic):
    clinic.patient(1)
    campaign = clinic.campaign()
    stop_all(organisation_id=clinic.id, now=NOW, actor="user:1")
    assert expected(look(clinic), "enrolled") == 0
    # Asked for by its number it is looked at all the same: what would be.
    assert expected(look(clinic, campaign_ids=[campaign.pk]), "enrolled") == 1


def test_drafts_can_be_looked_at_before_launch(clinic):
    clinic.patient(1)
    draft = clinic.campaign(launched=False)
    assert expected(look(clinic), "enrolled") == 0
    assert expected(look(clinic, campaign_ids=[draft.pk]), "enrolled") == 1


def test_a_plan_for_what_is_not_there_is_refused(clinic):
    clinic.campaign()
    for wrong in (
        Changes(campaigns={999_999: CampaignChange()}),
        Changes(campaigns={Campaign.objects.get().pk: CampaignChange(sequence_key="nonsense")}),
    ):
        with pytest.raises(BadPlan):
            look(clinic, wrong)
    with pytest.raises(ValueError, match="1 to 120"):
        look(clinic, days=0)


def test_everything_planned_is_accounted_for(clinic):
    for number in range(30):
        clinic.patient(number, email=number % 2 == 0)
    clinic.campaign(daily_limit=3, holdout_percent=10)
    outlook = simulate(organisation_id=clinic.id, start_on=TODAY, days=30, now=NOW)[0].reading.outlook
    sent = sum(outlook.counts[name].sum() for name in CHANNELS)
    lost = sum(outlook.lost[name].sum() for name in LOST if name != "no_room")
    assert outlook.planned.sum() == sent + lost > 0


def test_a_forecast_is_kept_once_a_day_and_held_against_what_happened(clinic):
    for number in range(6):
        clinic.patient(number)
    campaign = clinic.campaign(daily_limit=4)
    first = keep_forecast(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    assert first.figures == Forecast.objects.count() > 0
    assert keep_forecast(organisation_id=clinic.id, as_of=TODAY, now=NOW).figures == 0
    assert compare_forecast(organisation_id=clinic.id, made_on=None, today=TODAY) is None
    enrol(organisation_id=clinic.id, as_of=TODAY, now=NOW)
    enrol(organisation_id=clinic.id, as_of=TODAY + DAY, now=NOW + DAY)
    found = compare_forecast(organisation_id=clinic.id, made_on=TODAY, today=TODAY + 2 * DAY)
    taken_in = next(one for one in found.measures if one.measure == "enrolled")
    assert (round(taken_in.total.expected), taken_in.actual, taken_in.is_inside) == (6, 6, True)
    assert (taken_in.cells.inside, taken_in.cells.cells) == (2, 2)
    assert [one.actual for one in found.days["enrolled"]] == [4, 2]
    with pytest.raises(BadPlan, match="no forecast was made"):
        compare_forecast(organisation_id=clinic.id, made_on=TODAY - DAY, today=TODAY)
    assert campaign.pk in set(Forecast.objects.values_list("campaign_id", flat=True))


def test_old_forecasts_go(clinic):
    def one(day):
        return NewForecast(1, 0, day, "sms", 1.0, 0.0, 2.0)

    old = TODAY - dt.timedelta(days=401)
    keep(organisation_id=clinic.id, made_on=old, figures=[one(old)])
    keep(organisation_id=clinic.id, made_on=TODAY, figures=[one(TODAY)])
    assert list(Forecast.objects.values_list("made_on", flat=True)) == [TODAY]


def run(*words):
    return CliRunner().invoke(app, ["simulate", *words])


def test_the_command_answers_in_words_and_json(clinic, tmp_path):
    for number in range(4):
        clinic.patient(number)
    campaign = clinic.campaign()
    other = tmp_path / "slow.toml"
    other.write_text(f'name = "Slow"\n[campaign.{campaign.pk}]\ndaily_limit = 1\n')
    said = run("--days", "5", "--as-of", str(TODAY), "--plan", str(other), "--compare", "--json")
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert [one["name"] for one in found["plans"]] == ["Present plan", "Slow"]
    assert [one["total"]["enrolled"]["expected"] for one in found["plans"]] == [4, 4]
    assert [day["enrolled"]["expected"] for day in found["plans"][1]["days"]] == [1, 1, 1, 1, 0]
    assert {one["origin"] for one in found["sources"]} == {"belief"}
    assert all(one["says"] for one in found["sources"])
    # The same question, the same answer: nothing is drawn.
    again = run(
        "--days", "5", "--as-of", str(TODAY), "--plan", str(other), "--compare", "--json", "--seed", "0"
    )
    assert again.stdout == said.stdout
    words = run("--days", "5", "--as-of", str(TODAY))
    assert "Present plan: from" in words.stdout
    assert "What it rests on" in words.stdout


@pytest.mark.parametrize(
    ("content", "words", "code", "says"),
    [
        (None, ("--days", "0"), 2, "1 to 120"), (None, ("--compare",), 2, "another plan"),
        (None, ("--compare-with-actual",), 1, "no day of a kept forecast"),
        (None, ("--compare-with-actual", "--made-on", "soon"), 2, "wants a date"),
        (None, ("--campaign", "999999"), 2, "no campaign 999999"),
        ("campaign = 5", (), 2, "campaign wants"), ("not toml at all [", (), 2, "plan.toml"),
        ("[campaign.x]", (), 2, "by its number"), ("\x00", (), 2, "plan.toml"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_what_is_wrong(content, words, code, says, clinic, tmp_path):
    clinic.campaign()
    if content is not None:
        (tmp_path / "plan.toml").write_text(content)
        words = (*words, "--plan", str(tmp_path / "plan.toml"))
    said = run(*words)
    assert said.exit_code == code, said.output
    assert says in " ".join(said.output.split())


def test_plan_files_that_are_not_there_or_too_long(clinic, tmp_path):
    assert run("--plan", str(tmp_path / "none.toml")).exit_code == 2
    (tmp_path / "long.toml").write_text("#" * 200_000)
    assert "no plan is longer" in run("--plan", str(tmp_path / "long.toml")).output


def test_shares_count_contacts_by_when_they_went_out_not_by_what_came_of_them(clinic):
    campaign = clinic.campaign()
    for number in range(4):
        patient = clinic.patient(number)
        enrol(organisation_id=clinic.id, as_of=TODAY, now=NOW)
        case = clinic.case(patient)
        days = (1, 12) if number < 2 else (5,)
        for step, ago in enumerate(reversed(days)):
            Attempt.objects.create(
                organisation=clinic.organisation, case=case, patient=patient, channel="sms", step_index=step,
                state="delivered", reference=f"a{number}-{step}", planned_at=NOW - ago * DAY,
                due_at=NOW - ago * DAY, expires_at=NOW, sent_at=NOW - ago * DAY,
            )  # fmt: skip
        # Two were written to twice, the first time twelve days ago; one of them booked after that.
        if number == 0:
            case.booked_at = NOW - 11 * DAY
            case.save()
    found = answers(organisation_id=clinic.id, now=NOW)["sms"]
    assert (found.sent, found.books) == (2, 1)
    assert campaign.pk == clinic.case(patient).campaign_id
