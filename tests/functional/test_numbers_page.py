"""How did we get this number, and who has it by now? On the patient's page and under Setup."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import ContactPoint, NumberMark
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


def enter(page, clinic, role):
    user = clinic.member(role)
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_desk_writes_down_how_a_number_came(size, clinic, new_page, assert_accessible, pictures):
    page = new_page(size)
    enter(page, clinic, "front_desk")
    patient = clinic.patients[0]
    number = ContactPoint.objects.filter(patient=patient, system="phone").first()
    page.goto(f"/patients/{patient.pk}/")
    page.get_by_text("Nobody wrote down how it came").first.click()
    page.locator(f"#came-{number.pk}").select_option("insurer")
    page.locator(f"#came-on-{number.pk}").fill("2026-03-17")
    page.locator(f"#came-for-{number.pk}").select_option("appointments")
    assert_accessible(page)
    page.screenshot(path=pictures / f"how-it-came-{size}.png", full_page=True)
    press(page.locator(f"form[action='/contacts/{number.pk}/source/']").get_by_role("button", name="Keep"))
    expect(page.get_by_text("An insurer or payer, Mar 17, 2026. For appointments only")).to_be_visible()
    number.refresh_from_db()
    assert (number.number_source, number.given_for) == ("insurer", ["appointments"])


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_answers_about_numbers_are_read_on_the_page(size, clinic, new_page, assert_accessible, pictures):
    page = new_page(size)
    enter(page, clinic, "manager")
    page.goto("/setup/numbers/")
    expect(page.get_by_role("heading", name="Numbers", exact=True)).to_be_visible()
    page.get_by_label("Must be checked after so many days without a sign").fill("45")
    press(page.get_by_role("button", name="Keep", exact=True).last)
    expect(page.get_by_text("Without a sign of the patient for 45 days")).to_be_visible()
    value = ContactPoint.objects.filter(patient=clinic.patients[0], system="phone").first().value
    row = f"{value.removeprefix('+1')},2025-03-17,yes\n"
    page.get_by_label("Answers (CSV: number, date, yes, no or no data)").set_input_files(
        {"name": "answers.csv", "mimeType": "text/csv", "buffer": row.encode()}
    )
    press(page.get_by_role("button", name="Read the answers"))
    expect(page.get_by_text("1 somebody else's")).to_be_visible()
    assert_accessible(page)
    page.screenshot(path=pictures / f"numbers-{size}.png", full_page=True)
    assert NumberMark.objects.get().kind == "reassigned"
