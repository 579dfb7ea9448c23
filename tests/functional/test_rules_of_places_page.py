"""Setup, Places in a browser: where patients may be, what binds there, and recording who read it."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import ContactPoint, PlaceRuleReview
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    made = make_busy_clinic()
    ContactPoint.objects.create(
        organisation=made.organisation, patient=made.patients[0], system="phone", value="+18595550177"
    )
    return made


def signed_in(clinic, page, role):
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member(role).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_rules_of_a_place_are_read_and_signed(clinic, new_page, size, pictures, assert_accessible):
    page = signed_in(clinic, new_page(size), "compliance")
    page.goto("/setup/places/")
    page.screenshot(path=pictures / f"places-{size}.png", full_page=True)
    assert_accessible(page)
    page.get_by_role("link", name="Kentucky").click()
    expect(page.get_by_role("heading", name="Kentucky")).to_be_visible()
    expect(page.get_by_text("Every day 10:00-21:00", exact=False)).to_be_visible()
    expect(page.get_by_role("heading", name="What it comes to")).to_be_visible()
    page.screenshot(path=pictures / f"place-{size}.png", full_page=False)
    assert_accessible(page)
    page.get_by_role("button", name="I read it against its source: us-ky.hours").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded: you read it against its source today.")
    expect(page.locator('[id="us-ky.hours"]')).to_contain_text("Compliance officer")
    assert PlaceRuleReview.objects.get().row_key == "us-ky.hours"
