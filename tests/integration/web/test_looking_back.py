"""The pages of backtests and of the doctor: who may, what they show empty and full, and how they run."""

import datetime as dt

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from rebook.records.models import Appointment, Backtest, Examination, Patient
from rebook.work.backtests import complete_backtest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def snapshots(settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"


def dates(clinic):
    return {
        "from_on": (clinic.today - dt.timedelta(days=60)).isoformat(),
        "to_on": clinic.today.isoformat(),
        "every": "week",
        "about": "rule:dental.hygiene",
    }


def asked(client, clinic, **more):
    return client.post(reverse("backtests"), {**dates(clinic), **more}, follow=True)


def done(client, clinic, **more):
    asked(client, clinic, **more)
    number = Backtest.objects.order_by("-number").first().number
    complete_backtest(organisation_id=clinic.organisation.pk, number=number, now=clinic.now)
    return number


def test_a_run_is_asked_for_and_goes_to_a_worker(clinic, signed_in):
    client = signed_in(clinic, "manager")
    assert "None yet" in client.get(reverse("backtests")).content.decode()
    page = asked(
        client, clinic, B_grace_days="90", C_tiers=["dormant", "lost"], C_daily_limit="3"
    ).content.decode()
    assert "Waiting for its turn" in page
    row = Backtest.objects.get()
    assert [one["name"] for one in row.asked["settings"]] == ["A", "B", "C"]
    assert row.asked["definitions"] == ["dental.hygiene"]
    (job,) = ProcrastinateJob.objects.filter(task_name="rebook.work.jobs.run_backtest")
    assert job.args == {"organisation_id": clinic.organisation.pk, "number": 1}
    assert "waiting" in client.get(reverse("backtests")).content.decode()


def test_while_it_runs_the_page_asks_how_far_it_is(clinic, signed_in):
    client = signed_in(clinic, "analyst")
    asked(client, clinic)
    Backtest.objects.update(state="running", days_done=3, days_total=9)
    fragment = client.get(reverse("backtest", args=[1]), headers={"HX-Request": "true"})
    said = fragment.content.decode()
    assert "3 of 9 days judged" in said
    assert "<html" not in said
    Backtest.objects.update(state="failed", error="broken off")
    assert (
        client.get(reverse("backtest", args=[1]), headers={"HX-Request": "true"}).headers["HX-Refresh"]
        == "true"
    )


def test_one_that_waits_long_says_what_is_missing(clinic, signed_in):
    client = signed_in(clinic, "manager")
    asked(client, clinic)
    Backtest.objects.update(created_at=clinic.now - dt.timedelta(minutes=2))
    assert "rebook worker" in client.get(reverse("backtest", args=[1])).content.decode()


def test_a_result_shows_figures_pictures_and_what_is_not_known(clinic, signed_in):
    client = signed_in(clinic, "manager")
    number = done(client, clinic, B_grace_days="900")
    page = client.get(reverse("backtest", args=[number])).content.decode()
    assert page.count("<svg") >= 3
    for text in ("Side by side", "grace days=900", "Came back by themselves", "What the records cannot say"):
        assert text in page
    assert f"/results/backtests/{number}/patients/?setting=A" in page


def test_behind_a_number_stand_its_patients(clinic, signed_in):
    client = signed_in(clinic, "front_desk")
    number = done(client, clinic)
    page = client.get(
        reverse("backtest_listed", args=[number]), {"setting": "A", "outcome": "none"}
    ).content.decode()
    assert "Rosa Delgado" in page
    assert "not back" in page
    nobody = client.get(reverse("backtest_listed", args=[number]), {"setting": "Z"}).content.decode()
    assert "Nobody" in nobody


def test_the_download_holds_ids_and_no_names(clinic, signed_in):
    client = signed_in(clinic, "manager")
    number = done(client, clinic)
    answer = client.get(reverse("backtest_csv", args=[number]))
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Type"] == "text/csv"
    assert text.splitlines()[0].startswith("setting,patient_id,reason")
    assert len(text.splitlines()) > 3
    for patient in Patient.objects.all():
        assert patient.family_name not in text


def test_who_may_not_see_patients_sees_no_list(clinic, signed_in):
    manager, analyst = signed_in(clinic, "manager"), signed_in(clinic, "analyst")
    number = done(manager, clinic)
    page = analyst.get(reverse("backtest", args=[number]))
    assert page.status_code == 200
    assert "patients/?setting" not in page.content.decode()
    assert analyst.get(reverse("backtest_listed", args=[number])).status_code == 403
    assert analyst.get(reverse("backtest_csv", args=[number])).status_code == 403


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"from_on": "soon"}, "From: wants a date"),
        ({"from_on": "2027-01-01", "to_on": "2026-01-01"}, "is after"),
        ({"to_on": "2099-01-01", "from_on": "2098-12-01"}, "has not come yet"),
        ({"B_grace_days": "many"}, "whole number"),
        ({"about": "rule:dental.magic"}, "there is no rule"),
        ({"about": "campaign:4711"}, "there is no campaign"),
        ({"A_tiers": ["sleepy"]}, "is none of"),
        ({"every": "hour"}, "is week or day"),
    ],
)
def test_what_cannot_be_run_is_said_and_what_was_typed_stays(clinic, signed_in, typed, says):
    client = signed_in(clinic, "manager")
    answer = asked(client, clinic, **{"C_daily_limit": "7", **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="7"' in page
    assert not Backtest.objects.exists()


def test_a_run_that_broke_off_can_be_run_again(clinic, signed_in):
    client = signed_in(clinic, "manager")
    asked(client, clinic)
    Backtest.objects.update(state="failed", error="the disk is full")
    page = client.get(reverse("backtest", args=[1])).content.decode()
    assert "The disk is full." in page
    client.post(reverse("backtest_again", args=[1]))
    assert Backtest.objects.filter(state="waiting").count() == 1


def test_there_is_no_run_of_another_practice(clinic, quiet_clinic_elsewhere, signed_in):
    asked(signed_in(clinic, "manager"), clinic)
    other = signed_in(quiet_clinic_elsewhere, "manager")
    assert other.get(reverse("backtest", args=[1])).status_code == 404


@pytest.fixture
def quiet_clinic_elsewhere(db):
    from support.clinic import make_clinic

    return make_clinic("oak-street")


def test_the_doctors_page_before_and_after_a_look(clinic, signed_in):
    client = signed_in(clinic, "manager")
    assert "Nobody has looked yet" in client.get(reverse("setup_doctor")).content.decode()
    page = client.post(reverse("setup_doctor"), follow=True).content.decode()
    assert "Nothing stands against switching on" in page
    assert "coming appointments are known" in page
    assert Examination.objects.get().examined_by == f"user:{clinic.member('manager').pk}"


def test_the_doctors_page_names_what_must_be_mended(clinic, signed_in):
    client = signed_in(clinic, "manager")
    Appointment.objects.filter(starts_at__gt=clinic.now).delete()
    page = client.post(reverse("setup_doctor"), follow=True).content.decode()
    assert "1 thing must be mended before any campaign starts" in page
    assert "Must be mended" in page


def test_behind_a_check_stand_its_patients(clinic, signed_in):
    client = signed_in(clinic, "front_desk")
    Patient.objects.filter(external_id="c0").update(birth_on=None)
    page = client.get(reverse("setup_doctor_list", args=["birth_date_missing"])).content.decode()
    assert "Rosa Delgado" in page
    assert client.get(reverse("setup_doctor_list", args=["everybody"])).status_code == 404
    analyst = signed_in(clinic, "analyst")
    assert analyst.get(reverse("setup_doctor_list", args=["birth_date_missing"])).status_code == 403


def test_findings_of_an_older_version_do_not_break_the_page(clinic, signed_in):
    kept = {
        "key": "x",
        "group": "rules",
        "severity": "warn",
        "says": "something",
        "do": "mend it",
        "link": "gone",
    }
    Examination.objects.create(
        organisation=clinic.organisation, examined_at=clinic.now, examined_by="system", findings=[kept]
    )
    page = signed_in(clinic, "writer").get(reverse("setup_doctor"))
    assert page.status_code == 200
    assert "Something." in page.content.decode()
