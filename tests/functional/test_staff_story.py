"""A day at the practice in a real browser: sign in, launch, work the list, answer, stop everything."""

import re

import pytest
from playwright.sync_api import expect

from rebook.flow.outreach.approvals import approve_all_in_use
from rebook.records.models import Campaign, Consent, Reply, Stop, Task
from support.clinic import PASSWORD, make_busy_clinic
from support.ready import sign_campaign

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


@pytest.fixture
def sign_in(clinic):
    """``sign_in(page, "manager")`` through the form, as people do."""

    def through_the_form(page, role):
        user = clinic.member(role)
        page.goto("/")
        page.get_by_label("Email").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()

    return through_the_form


def test_a_manager_makes_and_launches_a_campaign(clinic, page, sign_in, assert_accessible):
    sign_in(page, "manager")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Campaigns").click()
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name").fill("Gum maintenance")
    page.get_by_label("Gum maintenance 1").check()
    # The count follows what is ticked without leaving the page.
    expect(page.locator("#size")).to_contain_text("1 patient fit today", use_inner_text=True)
    assert_accessible(page)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", name="Gum maintenance")).to_be_visible()
    expect(page.get_by_text("is not signed off").first).to_be_visible()
    page.get_by_role("button", name="Launch").click()
    # Refused, with the reasons, and still a draft.
    expect(page.get_by_role("status")).to_contain_text("is not signed off")
    assert Campaign.objects.get(name="Gum maintenance").state == "draft"
    signer, made = f"user:{clinic.member('manager').pk}", Campaign.objects.get(name="Gum maintenance")
    approve_all_in_use(organisation_id=clinic.organisation.pk, now=clinic.now, actor=signer)
    sign_campaign(clinic.organisation.pk, made.pk, now=clinic.now, actor=signer)
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_role("status")).to_contain_text("Launched.")
    campaign = Campaign.objects.get(name="Gum maintenance")
    assert (campaign.state, campaign.segment["filters"]) == (
        "active",
        [{"field": "gap_visit_type", "any_of": ["periodontal_maintenance"]}],
    )
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()


def test_the_list_is_worked_by_keyboard_alone(clinic, page, sign_in):
    sign_in(page, "front_desk")
    first = Task.objects.get(kind="call", patient=clinic.patients[0])
    row = page.locator(f'[data-row="{first.pk}"]')
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Rosa Delgado")).to_be_visible()
    # Only the pane was loaded, and the address names it.
    expect(page).to_have_url(re.compile(rf"\?task={first.pk}$"))
    expect(row).to_have_attribute("aria-current", "true")
    page.keyboard.press("n")
    expect(page.get_by_role("status")).to_contain_text("Recorded: No answer.")
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_contain_text("Taken back.")
    # Two keys for "no" and the way to the reason.
    page.keyboard.press("d")
    page.get_by_role("button", name="Cost", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Recorded: Said no.")
    first.refresh_from_db()
    assert (first.disposition, first.barrier) == ("declined", "cost")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("tanaka")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Mei Tanaka").click()
    expect(page.get_by_role("heading", name="Why on or off the list")).to_be_visible()


def test_a_message_is_answered_and_a_stop_request_recorded(clinic, page, sign_in):
    sign_in(page, "front_desk")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Inbox").click()
    expect(page.get_by_text("Urgent: act on these first")).to_be_visible()
    page.get_by_role("link", name="Ines Ferreira").click()
    expect(page.get_by_text("Answer about cost, or pass it to billing.")).to_be_visible()
    page.get_by_role("button", name="Answered").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded: Answered.")
    assert Reply.objects.get(intent="cost").state == "handled"
    page.goto(f"/patients/{clinic.patients[1].pk}/")
    page.get_by_text("They want us to stop").click()
    page.get_by_label("What did they say, word for word?").fill("please leave me alone")
    page.get_by_role("button", name="Stop contact").click()
    expect(page.get_by_text("please leave me alone").first).to_be_visible()
    assert Consent.objects.filter(patient=clinic.patients[1], state="revoked", channel="all").exists()


def test_everything_is_stopped_and_started_again(clinic, page, sign_in, assert_accessible):
    sign_in(page, "manager")
    page.get_by_role("button", name="Stop everything").click()
    expect(page.get_by_text("Everything is stopped.")).to_be_visible()
    for address in ("/inbox/", "/patients/", "/campaigns/", "/results/", "/setup/"):
        page.goto(address)
        expect(page.get_by_text("Everything is stopped.")).to_be_visible()
    assert_accessible(page)
    assert Stop.objects.filter(ended_at=None, scope="organisation").count() == 1
    page.get_by_role("button", name="Start again").first.click()
    expect(page.get_by_text("Everything is stopped.")).not_to_be_visible()
    assert not Stop.objects.filter(ended_at=None).exists()


def test_the_main_acts_need_no_script(clinic, new_page, sign_in):
    page = new_page("phone", java_script_enabled=False)
    sign_in(page, "front_desk")
    page.get_by_role("link", name="Marcus Bell").click()
    page.get_by_text("Said no …").click()
    page.get_by_role("button", name="Work or school hours").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded: Said no.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back.")
    assert Task.objects.get(kind="call", patient=clinic.patients[1]).state == "open"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_page_is_accessible_and_fits(size, clinic, new_page, sign_in, assert_accessible, pictures):
    page = new_page(size)
    sign_in(page, "manager")
    campaign = Campaign.objects.get()
    call = Task.objects.get(kind="call", patient=clinic.patients[0])
    addresses = {
        "today": f"/?task={call.pk}", "urgent": "/", "inbox": "/inbox/", "patients": "/patients/",
        "patient": f"/patients/{clinic.patients[0].pk}/",
        "campaigns": "/campaigns/", "new": "/campaigns/new/",
        "campaign": f"/campaigns/{campaign.pk}/", "cases": f"/campaigns/{campaign.pk}/cases/?stage=open",
        "results": "/results/", "behind": "/results/list/?stage=identified", "setup": "/setup/",
        "sources": "/setup/sources/", "rules": "/setup/catalogue/", "texts": "/setup/texts/",
        "channels": "/setup/channels/", "people": "/setup/people/", "audit": "/setup/audit/",
    }  # fmt: skip
    for name, address in addresses.items():
        page.goto(address)
        page.screenshot(path=pictures / f"{size}-{name}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
        assert_accessible(page)


def test_signing_in_is_accessible_and_refuses_kindly(clinic, page, assert_accessible):
    page.goto("/patients/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Email").fill(clinic.member("front_desk").email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # Where they wanted to go.
    expect(page.get_by_role("heading", name="Patients")).to_be_visible()
