"""Campaigns and setup: drafts, launches, signatures bound to content, the stop button, sign-in."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from rebook.accounts.models import AuditEvent, Membership
from rebook.core.doctor.checks import CHECKS
from rebook.flow.outreach.approvals import approve_all_in_use
from rebook.packs.gaps import gap_definitions
from rebook.packs.outreach import sequences, templates
from rebook.records.models import Campaign, GapSignOff, ImportRun, RejectedRow, Stop, TemplateApproval
from rebook.web.views.doctor import LINKS
from support.clinic import PASSWORD, make_clinic
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
        "gap_visit_type": ["periodontal_maintenance"],
        "location": [str(clinic.practice.location.pk)],
        "sequence_key": next(iter(sequences("dental"))),
        "owner_id": str(clinic.member("manager").pk),
        "daily_limit": "20",
        "holdout_percent": "5",
    }


def test_a_campaign_begins_as_a_draft(manager, form, clinic):
    page = manager.post("/campaigns/new/", form, follow=True).content.decode()
    made = Campaign.objects.get(name="Gum maintenance")
    assert "Saved as a draft." in page
    assert (made.state, made.daily_limit, made.holdout_percent) == ("draft", 20, 5)
    assert {"field": "location", "any_of": [str(clinic.practice.location.pk)]} in made.segment["filters"]
    assert "1 patient fit" in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Give it a name"),
        ("daily_limit", "0", "A whole number from 1"),
        ("daily_limit", "many", "A whole number from 1"),
        ("holdout_percent", "80", "A whole number from 0 to 50"),
        ("sequence_key", "none.such", "Choose how patients are contacted"),
        ("name", "Cleanings that are overdue", "already a campaign"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(field, value, says, manager, form):
    answer = manager.post("/campaigns/new/", {**form, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    # What was ticked is still ticked.
    assert 'value="periodontal_maintenance" checked' in page
    assert Campaign.objects.count() == 1


def test_a_launch_is_refused_with_every_reason_and_allowed_once_mended(manager, form, clinic):
    manager.post("/campaigns/new/", form)
    made = Campaign.objects.get(name="Gum maintenance")
    page = manager.get(f"/campaigns/{made.pk}/").content.decode()
    assert "Before it can be launched" in page
    page = manager.post(f"/campaigns/{made.pk}/launch/", follow=True).content.decode()
    assert "is not signed off" in page
    made.refresh_from_db()
    assert made.state == "draft"
    signer = f"user:{clinic.member('manager').pk}"
    approve_all_in_use(organisation_id=clinic.organisation.pk, now=clinic.now, actor=signer)
    sign_campaign(clinic.organisation.pk, made.pk, now=clinic.now, actor=signer)
    assert "Launched." in manager.post(f"/campaigns/{made.pk}/launch/", follow=True).content.decode()
    for act, state in (
        ("pause", "paused"),
        ("resume", "active"),
        ("pause", "paused"),
        ("archive", "archived"),
        ("reopen", "paused"),
    ):
        manager.post(f"/campaigns/{made.pk}/{act}/")
        made.refresh_from_db()
        assert made.state == state
    assert manager.post(f"/campaigns/{made.pk}/explode/").status_code == 404


def test_every_number_of_a_campaign_opens_its_list(manager, clinic):
    made = Campaign.objects.get()
    page = manager.get(f"/campaigns/{made.pk}/").content.decode()
    assert f"/campaigns/{made.pk}/cases/?stage=cases" in page
    listed = manager.get(f"/campaigns/{made.pk}/cases/?stage=cases").content.decode()
    assert "6 patients" in listed
    assert "Rosa Delgado" in listed
    assert "Nobody" in manager.get(f"/campaigns/{made.pk}/cases/?stage=kept").content.decode()


def test_every_number_of_the_results_opens_its_list(manager):
    page = manager.get("/results/").content.decode()
    assert "/results/list/?stage=identified" in page
    listed = manager.get("/results/list/?stage=identified").content.decode()
    assert "Omar Haddad" in listed
    waiting = manager.get("/results/list/?reason=not_enrolled").content.decode()
    assert "Omar Haddad" in waiting
    assert "Rosa Delgado" not in waiting


def test_a_clinician_signs_a_rule_as_it_stands(clinic, signed_in):
    rule = gap_definitions(("dental",))[0]
    what = {"key": rule.key, "content_hash": rule.content_hash}
    assert signed_in(clinic, "manager").post("/setup/catalogue/sign/", what).status_code == 403
    clinician = signed_in(clinic, "clinician")
    clinician.post("/setup/catalogue/sign/", {**what, "content_hash": "0" * 64})
    assert not GapSignOff.objects.exists()
    page = clinician.post("/setup/catalogue/sign/", what, follow=True).content.decode()
    signature = GapSignOff.objects.get()
    assert (signature.definition_key, signature.content_hash) == (rule.key, rule.content_hash)
    assert "Signed by Clinician" in page
    assert AuditEvent.objects.filter(action="gap_definition.signed").count() == 1


def test_there_is_one_page_for_texts_and_one_to_approve_them(clinic, signed_in):
    """The writer begins at the texts, the checklist counts the signed ones and leads to those that wait."""
    text = next(iter(templates().values()))
    compliance = signed_in(clinic, "compliance")
    assert f"0 of {len(templates())} texts approved" in compliance.get("/setup/").content.decode()
    what = {"key": text.key, "channel": text.channel, "language": text.language}
    compliance.post("/setup/approvals/sign/", {**what, "content_hash": text.content_hash})
    assert TemplateApproval.objects.get().content_hash == text.content_hash
    page = compliance.get("/setup/").content.decode()
    assert f"1 of {len(templates())} texts approved" in page
    assert 'href="/setup/approvals/"' in page
    writer = signed_in(clinic, "writer")
    assert writer.get("/").headers["Location"] == "/setup/texts/"
    assert ">Wording<" not in writer.get("/setup/texts/").content.decode()
    assert writer.get("/setup/templates/").status_code == 404


def test_an_unwritten_language_leads_to_the_texts():
    check = next(one for one in CHECKS if one.key == "language_unsupported")
    assert check.link == "texts"
    assert {one.link for one in CHECKS} - {""} <= LINKS
    assert all(reverse(name) for name in LINKS)


def test_anybody_may_stop_and_a_few_may_start_again(clinic, signed_in):
    desk = signed_in(clinic)
    desk.post("/stop/", {"reason": "wrong text", "back": "/inbox/"})
    stop = Stop.objects.get()
    assert (stop.scope, stop.reason, stop.ended_at) == ("organisation", "wrong text", None)
    for address in ("/", "/patients/", "/setup/people/"):
        assert "Everything is stopped." in desk.get(address).content.decode()
    assert desk.post(f"/stop/{stop.pk}/end/").status_code == 403
    page = signed_in(clinic, "compliance").post(f"/stop/{stop.pk}/end/", follow=True).content.decode()
    assert "Started again." in page
    stop.refresh_from_db()
    assert stop.ended_by == f"user:{clinic.staff['compliance'].pk}"


def test_a_stop_of_another_practice_cannot_be_ended(clinic, signed_in):
    other = make_clinic("other-street")
    theirs = Stop.objects.create(
        organisation=other.organisation, scope="organisation", started_at=other.now, started_by="user:1"
    )
    assert signed_in(clinic, "manager").post(f"/stop/{theirs.pk}/end/").status_code == 404


def test_nobody_is_sent_to_another_site_after_an_act(clinic, signed_in):
    answer = signed_in(clinic).post("/stop/", {"back": "https://elsewhere.example/"})
    assert answer.url == "/"


def test_rows_that_were_turned_away_show_their_place_and_never_their_content(clinic, manager):
    source = clinic.practice.source
    run = ImportRun.objects.create(
        organisation=clinic.organisation, source=source, started_at=clinic.now, state="done",
        ended_at=clinic.now, counts={"patient": {"read": 3, "created": 2, "rejected": 1}},
    )  # fmt: skip
    RejectedRow.objects.create(
        organisation=clinic.organisation, source=source, run=run, file="patients.csv", line=17,
        field="birth_on",
        reason="is no date", raw="Secret,Person,1900-13-45",
    )  # fmt: skip
    page = manager.get("/setup/sources/").content.decode()
    for text in ("patients.csv, line 17", "is no date", "3 read", "1 row turned away"):
        assert text in page
    assert "Secret" not in page


def test_the_trail_names_who_did_what(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    manager.get(f"/patients/{clinic.patients[0].pk}/")
    page = manager.get(f"/setup/audit/?patient={clinic.patients[0].pk}").content.decode()
    assert "Patient viewed" in page
    assert "Practice manager" in page
    assert "Rosa" not in page


def test_who_works_for_two_practices_chooses(clinic):
    other = make_clinic("other-street")
    person = clinic.member("front_desk")
    Membership.objects.create(organisation=other.organisation, user=person, role="manager")
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").url == "/practice/"
    client.post("/practice/", {"organisation": other.organisation.pk})
    page = client.get("/").content.decode()
    assert "Nothing to do right now" in page
    assert "Practice manager" in page


class TestSigningIn:
    def enter(self, client, clinic, password):
        return client.post(
            "/sign-in/", {"login": clinic.member("front_desk").email, "password": password}, follow=True
        )

    def test_it_leaves_a_line(self, quiet_clinic):
        page = self.enter(Client(), quiet_clinic, PASSWORD).content.decode()
        assert "Nothing to do right now" in page
        line = AuditEvent.objects.get(action="user.signed_in")
        assert line.actor == f"user:{quiet_clinic.staff['front_desk'].pk}"

    def test_five_wrong_passwords_lock_the_person_and_nobody_else(self, quiet_clinic):
        client = Client()
        answers = [self.enter(client, quiet_clinic, "wrong") for _ in range(6)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert "Locked for half an hour" in answers[-1].content.decode()
        assert "Locked" in self.enter(client, quiet_clinic, PASSWORD).content.decode()
        # From the same address, as everybody at a clinic.
        other = client.post(
            "/sign-in/", {"login": quiet_clinic.member("manager").email, "password": PASSWORD}, follow=True
        )
        assert "Nothing to do right now" in other.content.decode()

    def test_the_session_ends_with_the_browser_or_after_a_quarter_of_an_hour(self, quiet_clinic):
        client = Client()
        self.enter(client, quiet_clinic, PASSWORD)
        session = client.session
        assert session.get_expire_at_browser_close()
        assert dt.timedelta(seconds=session.get_session_cookie_age()) == dt.timedelta(minutes=15)

    def test_the_second_step_is_within_reach(self, quiet_clinic):
        client = Client()
        self.enter(client, quiet_clinic, PASSWORD)
        assert "Switch on the second step" in client.get("/account/second-step/").content.decode()
        page = client.get("/account/second-step/totp/activate/", follow=True).content.decode()
        assert "Scan this with an authenticator app" in page or "Is it still you?" in page
        assert "Change your password" in client.get("/account/password/").content.decode()


def test_errors_have_pages_of_our_own(clinic, manager):
    assert "Nothing here" in manager.get("/nowhere/").content.decode()
    assert "Nothing here" in manager.get("/patients/999999/").content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        clinic.member("manager"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    answer = strict.post("/stop/")
    assert answer.status_code == 403
    assert "The page was open too long" in answer.content.decode()
    assert not Stop.objects.exists()


def test_a_page_that_breaks_says_so_without_a_word_about_patients(clinic, signed_in, monkeypatch):
    client = signed_in(clinic)
    client.raise_request_exception = False
    monkeypatch.setattr("rebook.web.views.today.worklist.open_tasks", lambda **_: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
