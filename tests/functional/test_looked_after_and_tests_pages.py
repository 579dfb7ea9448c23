"""In a browser: who looks after whom, and what a campaign can show before and after it runs."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import Campaign, WordingTest
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic
from support.outreach import second_wording_of
from support.step_tests import campaign_under_way, look, rule, step_test

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
    press(page.get_by_role("button", name="State this rule and start"))
    expect(page.get_by_role("status")).to_contain_text("The rule is stated")
    expect(page.get_by_text("no rates are shown")).to_be_visible()
    page.screenshot(path=pictures / f"tests-running-{size}.png", full_page=True)
    assert_accessible(page)
    assert WordingTest.objects.get().plan["effect"] == 0.2


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_time_of_day_is_put_to_the_test(clinic, new_page, size, pictures, assert_accessible):
    campaign = campaign_under_way()
    page = signed_in(clinic, new_page(size))
    page.goto(f"/campaigns/{campaign.pk}/tests/")
    press(page.get_by_role("link", name="Test a step"))
    page.get_by_label("In the evening").check()
    expect(page.locator("#asked")).to_contain_text("This test can show 5 points or more after about")
    page.get_by_label("Difference worth finding, in points").fill("10")
    page.get_by_label("Difference worth finding, in points").blur()
    expect(page.locator("#asked")).to_contain_text("This test can show 10 points or more after about")
    page.screenshot(path=pictures / f"step-test-form-{size}.png", full_page=True)
    assert_accessible(page)
    press(page.get_by_role("button", name="State this rule and start"))
    expect(page.get_by_role("status")).to_contain_text("The rule is stated")
    expect(page.get_by_text("Nothing to see yet")).to_be_visible()
    test = WordingTest.objects.get()
    assert (test.plan["effect"], test.plan["variants"]) == (0.1, ["evening"])


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_answer_is_read_and_applied_by_a_person(clinic, new_page, size, pictures, assert_accessible):
    plan = rule(variants=["midday", "evening"])
    looks = [look(plan, 1, 0.2, 0.22, 0.3), look(plan, 2, 0.2, 0.23, 0.55)]
    test = step_test(clinic, campaign_under_way(), state="found", looks=looks, plan=plan)
    page = signed_in(clinic, new_page(size))
    page.goto(f"/wording-tests/{test.pk}/")
    expect(page.get_by_text("More patients booked with")).to_be_visible()
    page.screenshot(path=pictures / f"step-test-answer-{size}.png", full_page=True)
    assert_accessible(page)
    press(page.get_by_role("link", name="In the evening"))
    expect(page.get_by_text("From now on:")).to_be_visible()
    page.screenshot(path=pictures / f"step-test-winner-{size}.png", full_page=True)
    assert_accessible(page)
    press(page.get_by_role("button", name="Apply it, and move"))
    expect(page.get_by_role("status")).to_contain_text("The campaign runs by the new version")
    assert WordingTest.objects.get().applied_variant == "evening"
