"""Signing in a browser: a text is read with its checks and signed in two clicks; a campaign, its change."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import Approval, Campaign
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


def signed_in(clinic, page, role):
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member(role).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_texts_are_signed_one_after_the_other(clinic, new_page, size, pictures, assert_accessible):
    page = signed_in(clinic, new_page(size), "compliance")
    page.goto("/setup/approvals/?language=en")
    expect(page.locator("details[open]")).to_have_count(1)
    page.screenshot(path=pictures / f"approvals-{size}.png", full_page=False)
    assert_accessible(page)
    # One click to read the next, one to sign it; or two keys.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Signed.")
    assert Approval.objects.get().role == "compliance"
    page.goto("/setup/approvals/rules/")
    page.screenshot(path=pictures / f"approval-rules-{size}.png", full_page=True)
    assert_accessible(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_campaign_is_signed_changed_and_signed_again(clinic, new_page, size, pictures, assert_accessible):
    campaign = Campaign.objects.first()
    campaign.sequence = {}
    campaign.sequence_key = "dental.routine"
    campaign.save(update_fields=["sequence", "sequence_key"])
    page = signed_in(clinic, new_page(size), "manager")
    page.goto(f"/campaigns/{campaign.pk}/approval/")
    expect(page.get_by_text("Not signed yet")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("status")).to_contain_text("It can be launched.")
    Campaign.objects.filter(pk=campaign.pk).update(
        daily_limit=77, segment={"who": "due", "filters": [{"field": "tier", "any_of": ["dormant"]}]}
    )
    page.reload()
    expect(page.get_by_text("Changed since it was signed", exact=True)).to_be_visible()
    expect(page.locator("ins", has_text="77")).to_be_visible()
    page.screenshot(path=pictures / f"campaign-approval-{size}.png", full_page=False)
    assert_accessible(page)
