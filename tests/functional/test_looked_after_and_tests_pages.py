"""In a browser: who looks after whom, and what a campaign can show before and after it runs."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import Campaign, WordingTest
from support.clinic import PASSWORD, make_busy_clinic
from support.outreach import second_wording_of

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


def signed_in(clinic, page, role="manager"):
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member(role).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_overdue_patient_stands_in_a_line_and_each_number_opens_its_list(
    clinic, new_page, size, pictures, assert_accessible
):
    page = signed_in(clinic, new_page(size))
    page.goto("/patients/")
    page.get_by_role("link", name="Who looks after whom").click()
    expect(page.get_by_role("heading", name="Who looks after whom")).to_be_visible()
    page.screenshot(path=pictures / f"looked-after-{size}.png", full_page=True)
    assert_accessible(page)
    state = (
        page.locator("tbody tr")
        .filter(has=page.get_by_role("rowheader"))
        .filter(has=page.get_by_role("link"))
    )
    count = int(state.first.get_by_role("link").inner_text())
    state.first.get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(count)
    page.screenshot(path=pictures / f"looked-after-list-{size}.png", full_page=True)
    assert_accessible(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_rule_is_stated_before_a_wording_is_tested(clinic, new_page, size, pictures, assert_accessible):
    campaign = Campaign.objects.filter(state="active").first()
    second_wording_of(clinic.organisation, manager=clinic.member("manager"))
    page = signed_in(clinic, new_page(size))
    page.goto(f"/campaigns/{campaign.pk}/tests/")
    expect(page.get_by_text("Not enough patients to tell").first).to_be_visible()
    page.screenshot(path=pictures / f"tests-form-{size}.png", full_page=True)
    assert_accessible(page)
    page.get_by_label("What differs").select_option("call_to_action")
    page.get_by_label("Difference worth finding, in points").fill("20")
    page.get_by_label("Difference worth finding, in points").blur()
    expect(page.locator("#statement")).to_contain_text("patients for each wording")
    page.get_by_role("button", name="State this rule and start").click()
    expect(page.get_by_role("status")).to_contain_text("The rule is stated")
    expect(page.get_by_text("no rates are shown")).to_be_visible()
    page.screenshot(path=pictures / f"tests-running-{size}.png", full_page=True)
    assert_accessible(page)
    assert WordingTest.objects.get().plan["effect"] == 0.2
