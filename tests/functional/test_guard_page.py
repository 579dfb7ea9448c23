"""May we contact them? The page answers for any moment, and a request for confidence changes the answer."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import ConfidentialRequest
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


def enter(page, clinic, role="front_desk"):
    user = clinic.member(role)
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def press(locator):
    """In the middle of the screen: on a phone the pages' bar covers the lower edge."""
    locator.evaluate("one => one.scrollIntoView({block: 'center'})")
    locator.click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_request_for_confidence_changes_what_may_be_done(
    size, clinic, new_page, assert_accessible, pictures
):
    page = new_page(size)
    enter(page, clinic)
    patient = clinic.patients[0]
    page.goto(f"/patients/{patient.pk}/")
    press(page.get_by_role("link", name="Why, and when it would be allowed"))
    expect(page.get_by_role("heading", name="May we contact them?")).to_be_visible()
    page.get_by_label("On").fill("2026-12-25")
    page.get_by_label("At", exact=True).fill("20:00")
    press(page.get_by_role("button", name="Ask"))
    expect(page.get_by_role("heading", name="Text message on Friday 25 December 2026")).to_be_visible()
    expect(page.get_by_text("Outside calling hours where the patient may be").first).to_be_visible()
    assert_accessible(page)
    page.screenshot(path=pictures / f"guard-{size}.png", full_page=True)

    page.goto(f"/patients/{patient.pk}/confidential/")
    page.get_by_label("Letter", exact=True).check()
    page.get_by_label("Not before").fill("17:00")
    page.get_by_label("Code word by which we know them on the phone").fill("bluebird")
    assert_accessible(page)
    press(page.get_by_role("button", name="Keep"))
    expect(page.get_by_text("Kept. It binds every message from now on.")).to_be_visible()
    expect(page.get_by_text("bluebird")).to_be_visible()
    page.screenshot(path=pictures / f"confidential-{size}.png", full_page=True)
    assert ConfidentialRequest.objects.get(patient=patient).channels == ["letter"]

    page.goto(f"/patients/{patient.pk}/guard/")
    expect(page.get_by_text("Asked to be reached another way, in confidence.").first).to_be_visible()
    expect(page.get_by_text("Asked not to be reached by sms").first).to_be_visible()

    page.goto(f"/patients/{patient.pk}/confidential/")
    press(page.get_by_role("button", name="They no longer ask for this"))
    expect(page.get_by_text("The ordinary rules count again.")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_text_is_signed_for_sensitive_reasons(size, clinic, new_page, assert_accessible, pictures):
    page = new_page(size)
    enter(page, clinic, "compliance")
    page.goto("/setup/limits/")
    expect(page.get_by_text("rebook import contacts FILE.csv")).to_be_visible()
    press(page.get_by_text("Sign a text", exact=True))
    page.get_by_label("As", exact=True).select_option("sensitive_privacy")
    page.get_by_label("Text", exact=True).select_option("please_call|email|en")
    assert_accessible(page)
    press(page.get_by_role("button", name="Sign", exact=True))
    expect(page.get_by_text("Signed. Any change of the words voids it.")).to_be_visible()
    expect(page.get_by_text("Sensitive reason: privacy (compliance)").first).to_be_visible()
    page.get_by_label("This name says nothing about the kind of care").check()
    press(page.get_by_role("button", name="Keep the name"))
    expect(page.get_by_text("It says nothing about the kind of care.")).to_be_visible()
    page.screenshot(path=pictures / f"limits-{size}.png", full_page=True)
