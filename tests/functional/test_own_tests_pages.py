"""A writer tries a text on themself in a browser: keep a number, give the code, press, see it arrive."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rebook.flow.common.channels import practice_channels
from rebook.flow.outreach.dispatch import record_reports
from rebook.records.models import Campaign, SentTest, TemplateText
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


@pytest.fixture
def signed_in(clinic, new_page):
    def sign_in(address, size="desktop", role="writer"):
        page = new_page(size)
        page.goto(address)
        page.get_by_label("Email").fill(clinic.member(role).email)
        page.get_by_label("Password").fill(PASSWORD)
        press(page.get_by_role("button", name="Sign in"))
        return page

    return sign_in


def sandbox(clinic, kind):
    return practice_channels(organisation_id=clinic.organisation.pk)[kind]


def newest_to(clinic, kind, value):
    """The newest message that this telephone or inbox holds."""
    found = [one for one in sandbox(clinic, kind)._spool.messages() if one.to == value]
    return max(found, key=lambda one: one.sent_at)


def confirm(page, clinic, kind, value):
    panel = page.locator(".panel", has=page.get_by_role("heading", name=re.compile("Mobile|E-mail"))).nth(
        0 if kind == "sms" else 1
    )
    if kind == "sms":
        panel.get_by_label("Your mobile number").fill(value)
    press(panel.get_by_role("button", name="Send me a code"))
    to = "+13125550177" if kind == "sms" else clinic.member("writer").email
    code = re.search(r"\b\d{6}\b", newest_to(clinic, kind, to).body).group()
    panel.get_by_label("Code that was sent there").fill(code)
    press(panel.get_by_role("button", name="Confirm"))
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")


def arrive(clinic, kind):
    """The vendor reports every message delivered."""
    channel, now = sandbox(clinic, kind), timezone.now()
    reports = channel.reports_since(clinic.now.replace(year=2000), now=now)
    record_reports(organisation_id=clinic.organisation.pk, channel=channel.key, reports=reports, now=now)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_writer_tries_a_text_on_their_own_telephone(clinic, signed_in, size, pictures, assert_accessible):
    page = signed_in("/setup/texts/due_visit/sms/en/", size)
    assert_accessible(page)
    press(page.get_by_role("link", name="confirm your own number"))
    assert_accessible(page)
    confirm(page, clinic, "sms", "(312) 555-0177")
    confirm(page, clinic, "email", "")
    page.screenshot(path=pictures / f"own-number-{size}.png", full_page=True)
    assert_accessible(page)

    page.goto("/setup/texts/due_visit/sms/en/")
    words = page.get_by_label("Text", exact=True)
    words.fill("{{ practice_name }}: typed just now. Pick a time: {{ link }} Reply STOP to end")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Send it to me").click()
    sent = page.locator("#test-sent")
    expect(sent).to_contain_text("Sent")
    # What was typed is still there, nothing of it is kept, and the telephone holds it.
    expect(words).to_have_value(re.compile("typed just now"))
    assert not TemplateText.objects.exists()
    message = newest_to(clinic, "sms", "+13125550177")
    assert message.body.startswith("TEST: ")
    assert "typed just now" in message.body
    page.screenshot(path=pictures / f"send-it-to-me-{size}.png", full_page=True)
    assert_accessible(page)
    # The receipt comes in by itself; pressed again with the same words it is the same test.
    arrive(clinic, "sms")
    expect(sent).to_contain_text("Arrived", timeout=15_000)
    with page.expect_response(re.compile("/test/")):
        page.get_by_role("button", name="Send it to me").click()
    expect(page.locator("#checked")).to_contain_text("As patients get it")
    assert SentTest.objects.filter(kind="text").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    page.goto("/p/" + message.body.split("/p/")[1].split()[0])
    expect(page.get_by_role("heading", name="This is a sample")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_step_of_a_campaign_and_the_stop_button(clinic, signed_in, size, pictures, assert_accessible):
    Campaign.objects.update(sequence={}, sequence_key="dental.routine", state="draft")
    campaign = Campaign.objects.get()
    page = signed_in(f"/campaigns/{campaign.pk}/texts/", size)
    press(page.get_by_role("link", name="Send every step to yourself"))
    expect(page.get_by_text("confirm your own number or address")).to_be_visible()
    assert_accessible(page)
    page.goto("/setup/own-number/")
    confirm(page, clinic, "sms", "(312) 555-0177")
    confirm(page, clinic, "email", "")
    page.goto(f"/campaigns/{campaign.pk}/send-tests/")
    page.get_by_label("Language").select_option("es")
    press(page.get_by_role("button", name="Show"))
    press(page.get_by_role("button", name="Send all of them to me"))
    steps = page.locator("#steps")
    expect(steps.get_by_text("Sent", exact=True).first).to_be_visible()
    page.screenshot(path=pictures / f"send-steps-{size}.png", full_page=True)
    assert_accessible(page)
    for kind in ("sms", "email"):
        arrive(clinic, kind)
    expect(steps.get_by_text("Arrived", exact=True).first).to_be_visible(timeout=15_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    gone_out = SentTest.objects.filter(kind="text").count()

    if size == "desktop":
        press(page.get_by_role("button", name="Stop everything"))
        page.goto(f"/campaigns/{campaign.pk}/send-tests/")
        press(page.get_by_role("button", name="Send all of them to me"))
        expect(steps.get_by_text("Not sent", exact=True)).to_have_count(gone_out)
        expect(steps.get_by_text("A stop is in force").first).to_be_visible()
        page.screenshot(path=pictures / "send-steps-stopped.png", full_page=True)
        assert_accessible(page)
