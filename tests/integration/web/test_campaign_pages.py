"""Campaigns by page: the whole plan typed in, drafts changed, what is safe while it runs; readiness."""

import datetime as dt

import pytest

from rebook.flow.outreach.set_up_approvals import approve_all_in_use
from rebook.packs.outreach import sequences
from rebook.records.models import (
    Campaign,
    Gap,
    PractitionerHours,
    ReadinessRecord,
    TemplateApproval,
    VisitType,
)
from rebook.web.campaign_form import cents
from support.clinic import make_clinic
from support.ready import sign_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(clinic, signed_in):
    return signed_in(clinic, "manager")


@pytest.fixture
def form(clinic):
    return {
        "name": "Gum maintenance",
        "gap_kind": ["interval"],
        "sequence_key": next(iter(sequences("dental"))),
        "owner_id": str(clinic.member("manager").pk),
        "daily_limit": "20",
        "holdout_percent": "5",
    }


MORE = {
    "goal_visits": "40",
    "goal_on": "2027-03-31",
    "budget": "1,250.50",
    "programme": "reactivation",
    "has_weekdays": "1",
    "weekdays": ["0", "2"],
    "starts_on": "2027-01-04",
    "ends_on": "2027-12-31",
    "season_from": "11-15",
    "season_to": "02-28",
    "trigger_field": "birthday",
    "trigger_days": "-14",
    "rest_days": "120",
    "reentry_limit": "2",
    "reentry_wait": "5",
    "success_inactive": "visit_and_follow_up",
    "success_days": "90",
}


def the_draft(name="Gum maintenance"):
    return Campaign.objects.get(name=name)


def test_a_whole_plan_is_typed_in_and_shown_again(manager, form, clinic):
    backup = clinic.member("coordinator")
    page = manager.post("/campaigns/new/", {**form, **MORE, "backup_id": str(backup.pk)}, follow=True)
    made = the_draft()
    assert (made.goal_visits, made.goal_on, made.budget_cents, made.rest_days, made.programme) == (
        *(40, dt.date(2027, 3, 31), 125_050, 120, "reactivation"),
    )
    assert made.plan["calendar"] == {
        "weekdays": [0, 2], "season": [[11, 15], [2, 28]],
        "starts_on": "2027-01-04", "ends_on": "2027-12-31",
    }  # fmt: skip
    assert made.plan["trigger"] == {"field": "birthday", "offset_days": -14}
    assert (made.plan["reentry"]["limit"], made.plan["reentry"]["wait_days"]) == (2, 5)
    assert made.plan["success"]["inactive"] == {"what": "visit_and_follow_up", "within_days": 90}
    assert made.plan["success"]["interval"] == {"what": "visit", "within_days": 90}
    assert made.backup == backup
    shown = page.content.decode()
    for words in (
        "Monday and Wednesday, each year from November 15 to February 28",
        "14 days before the birthday",
        "Reactivation: gone for long",
        "up to 2 times, 5 days after",
        "of 40 patients won back",
        "of $1,250.50 spent",
        "else Care coordinator",
    ):
        assert words in shown, words
    # The form shows what is kept, so that saving it again changes nothing.
    before = Campaign.objects.filter(pk=made.pk).values().get()
    kept = manager.get(f"/campaigns/{made.pk}/edit/").content.decode()
    assert 'value="1250.50"' in kept
    assert 'value="11-15"' in kept
    manager.post(f"/campaigns/{made.pk}/edit/", {**form, **MORE, "backup_id": str(backup.pk)})
    assert Campaign.objects.filter(pk=made.pk).values().get() == before


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("goal_visits", "0", "A whole number from 1"),
        ("goal_on", "someday", "A day like 2026-03-31"),
        ("budget", "lots", "An amount like 250"),
        ("budget", "9.999", "An amount like 250"),
        ("season_from", "", "A season has a first and a last day"),
        ("season_to", "02-30", "Days of the year like 09-01"),
        ("weekdays", [], "Choose at least one day"),
        ("trigger_days", "4000", "A whole number from -365"),
        ("rest_days", "3", "A whole number from 7"),
        ("reentry_limit", "9", "A whole number from 0 to 3"),
        ("ends_on", "2026-12-31", "it ends before it begins"),
        ("trigger_field", "moon", "a date to go by"),
        ("programme", "loyalty", "loyalty"),
        ("backup_id", "10000", "stands in does not work"),
    ],
)
def test_what_is_wrong_in_the_plan_is_said_and_nothing_is_kept(field, value, says, manager, form):
    answer = manager.post("/campaigns/new/", {**form, **MORE, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says.lower() in page.lower()
    # What was typed beside it is still there, and open.
    assert "<details open>" in page
    assert 'value="5"' in page
    assert Campaign.objects.filter(name="Gum maintenance").count() == 0


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("99.50", 9950),
        ("$1,000", 100_000),
        ("0", 0),
        ("-1", None),
        ("nan", None),
        ("1e3", 100_000),
        ("x", None),
    ],
)
def test_money_is_read_as_people_write_it(text, amount):
    assert cents(text) == amount


def test_filters_that_the_form_does_not_ask_about_survive_a_change(manager, form):
    manager.post("/campaigns/new/", {**form, "overdue_days.from": "30", "language": ["es"]})
    made = the_draft()
    assert {one["field"] for one in made.segment["filters"]} >= {"overdue_days", "language", "gap_kind"}
    page = manager.get(f"/campaigns/{made.pk}/edit/").content.decode()
    assert '<input type="hidden" name="overdue_days.from" value="30">' in page
    assert '<input type="hidden" name="language" value="es">' in page


def test_while_it_runs_the_form_is_short(manager, clinic, form):
    running = Campaign.objects.get()
    address = f"/campaigns/{running.pk}/edit/"
    page = manager.get(address).content.decode()
    assert "clone it to change those" in page
    assert "Which patients" not in page
    typed = {"owner_id": str(clinic.member("manager").pk), "backup_id": "", "daily_limit": "33",
             "goal_visits": "12", "goal_on": "", "budget": "80"}  # fmt: skip
    manager.post(address, {**typed, "holdout_percent": "50"})
    running.refresh_from_db()
    assert (running.daily_limit, running.goal_visits, running.budget_cents) == (33, 12, 8000)
    assert running.holdout_percent != 50
    answer = manager.post(address, {**typed, "daily_limit": "0"})
    assert (answer.status_code, "A whole number from 1" in answer.content.decode()) == (422, True)
    answer = manager.post(address, {**typed, "backup_id": typed["owner_id"]})
    assert "somebody else than the owner" in answer.content.decode()
    manager.post(f"/campaigns/{running.pk}/pause/")
    manager.post(f"/campaigns/{running.pk}/archive/")
    assert "It has ended" in manager.get(address, follow=True).content.decode()


def test_the_figures_are_of_those_whom_its_programme_takes_in(manager, form):
    Gap.objects.update(tier="slipping")
    for programme, fit in (("recall", "7 patients fit"), ("reactivation", "0 patients fit")):
        sent = {**form, "name": programme, "programme": programme}
        assert fit in manager.post("/campaigns/new/", sent, follow=True).content.decode()


def test_clone_and_its_undo(manager, clinic):
    running = Campaign.objects.get()
    page = manager.post(f"/campaigns/{running.pk}/clone/", follow=True).content.decode()
    copied = Campaign.objects.get(cloned_from=running)
    assert f"/campaigns/{copied.pk}/discard/" in page
    assert "made from" in manager.get(f"/campaigns/{copied.pk}/").content.decode()
    manager.post(f"/campaigns/{copied.pk}/discard/")
    assert not Campaign.objects.filter(pk=copied.pk).exists()
    # A campaign that ran is not thrown away.
    manager.post(f"/campaigns/{running.pk}/discard/")
    assert Campaign.objects.filter(pk=running.pk).exists()


def test_every_text_of_a_campaign_is_read_and_signed_at_once(manager, signed_in, clinic, form):
    manager.post("/campaigns/new/", form)
    address = f"/campaigns/{the_draft().pk}/texts/"
    page = manager.get(address).content.decode()
    hashes = [part.partition('"')[0] for part in page.split('name="content_hash" value="')[1:]]
    assert f"I have read these {len(hashes)} texts" in page
    assert "Elm Street Dental" in page
    assert "{{ practice_name }}" in page
    # A call script is read by its parts, not with the marks it is written with.
    assert "<h3>Voicemail</h3>" in page
    # A text that was not on the page is not signed with the others.
    manager.post(address, {"content_hash": [*hashes[:2], "0" * 64]})
    assert TemplateApproval.objects.filter(revoked_at=None).count() == 2
    signed_in(clinic, "front_desk").post(address, {"content_hash": hashes})
    assert TemplateApproval.objects.filter(revoked_at=None).count() == 2
    manager.post(address, {"content_hash": hashes})
    assert "All of them are signed" in manager.get(address).content.decode()


def test_the_checklist_follows_what_is_mended(manager, clinic, form):
    ReadinessRecord.objects.all().delete()
    manager.post("/campaigns/new/", form)
    here = f"/campaigns/{the_draft().pk}/"
    page = manager.get(here).content.decode()
    for link in ("/setup/ready/", f"{here}texts/", f"{here}approval/"):
        assert f'href="{link}"' in page, link
    signer = f"user:{clinic.member('manager').pk}"
    approve_all_in_use(organisation_id=clinic.organisation.pk, now=clinic.now, actor=signer)
    sign_campaign(clinic.organisation.pk, the_draft().pk, now=clinic.now, actor=signer)
    manager.post("/setup/ready/", {"what": "staffed", "weekdays": ["0"], "opens": "08:00", "closes": "12:00"})
    manager.post("/setup/ready/", {"what": "on_call", "name": "Dr Lee", "phone": "(312) 555-0177"})
    assert "Before it can be launched" in manager.get(here).content.decode()
    manager.post("/setup/ready/tested/")
    assert "Ready to be launched" in manager.get(here).content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"what": "staffed", "opens": "08:00", "closes": "12:00"}, "Choose at least one day"),
        (
            {"what": "staffed", "weekdays": ["0"], "opens": "12:00", "closes": "08:00"},
            "closes after it opens",
        ),
        ({"what": "on_call", "name": "", "phone": "(312) 555-0177"}, "Say who it is"),
        ({"what": "on_call", "name": "Dr Lee", "phone": "1"}, "This is no number"),
        ({"what": "on_call", "name": "Dr Lee"}, "Give a number or an e-mail"),
    ],
)
def test_what_is_wrong_about_readiness_is_said_beside_it(sent, says, manager):
    before = ReadinessRecord.objects.count()
    answer = manager.post("/setup/ready/", sent)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert ReadinessRecord.objects.count() == before


def test_hours_make_times_to_offer(manager, clinic, signed_in):
    PractitionerHours.objects.all().delete()
    doctor = clinic.practice.practitioner
    sent = {"practitioners": [str(doctor.pk)], "weekdays": ["0", "4"], "opens": "09:00", "closes": "11:30",
            "visit_types": []}  # fmt: skip
    assert manager.post("/setup/hours/", {**sent, "closes": "08:00"}).status_code == 422
    assert manager.post("/setup/hours/", {**sent, "weekdays": []}).status_code == 422
    signed_in(clinic, "front_desk").post("/setup/hours/", sent)
    assert not PractitionerHours.objects.exists()
    manager.post("/setup/hours/", sent)
    rows = PractitionerHours.objects.filter(practitioner=doctor).order_by("weekday")
    assert [(row.weekday, row.starts, row.ends) for row in rows] == [
        (0, dt.time(9), dt.time(11, 30)), (4, dt.time(9), dt.time(11, 30)),
    ]  # fmt: skip
    assert not VisitType.objects.filter(is_self_bookable=True).exists()
    assert "has hours" in manager.get("/setup/hours/").content.decode()


def test_agreements_are_stated_per_channel(manager, signed_in, clinic):
    sent = {"sender": "+13125550100", "baa_signed_on": "2026-01-05", "sender_registered_on": "2026-02-01"}
    manager.post("/setup/channels/sms/", sent)
    page = manager.get("/setup/channels/").content.decode()
    assert 'value="2026-01-05"' in page
    assert "+13125550100" in page
    manager.post("/setup/channels/sms/", {**sent, "baa_signed_on": "2999-01-01"})
    assert ReadinessRecord.objects.filter(kind="channel").count() == 1
    assert "still to come" in manager.get("/setup/channels/").content.decode()
    assert manager.post("/setup/channels/pigeon/", sent).status_code == 404
    assert signed_in(clinic, "front_desk").post("/setup/channels/sms/", sent).status_code == 403


def test_other_practices_campaigns_are_not_there(manager, clinic):
    theirs = Campaign.objects.create(
        organisation=make_clinic("other-street").organisation, name="Theirs", sequence_key="x"
    )
    for word in ("", "edit/", "texts/", "cases/"):
        assert manager.get(f"/campaigns/{theirs.pk}/{word}").status_code == 404
    assert manager.post(f"/campaigns/{theirs.pk}/clone/").status_code == 404
