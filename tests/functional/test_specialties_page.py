"""Setup, Specialties in a browser: what a pack holds, add it, undo that; and the script beside a call."""

import pytest
from playwright.sync_api import expect

from rebook.accounts.models import Organisation
from rebook.records.models import Task
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
def test_a_pack_is_read_added_and_taken_away(clinic, new_page, size, pictures, assert_accessible):
    page = signed_in(clinic, new_page(size), "manager")
    page.goto("/setup/packs/")
    card = page.locator("#cardiology")
    card.get_by_text("What it holds, and what not").click()
    expect(card.get_by_text("what follows a hospital stay", exact=False).first).to_be_visible()
    page.screenshot(path=pictures / f"specialties-{size}.png", full_page=False)
    card.scroll_into_view_if_needed()
    page.screenshot(path=pictures / f"specialty-open-{size}.png", full_page=False)
    assert_accessible(page)
    page.get_by_role("button", name="Add Cardiology and anticoagulation").click()
    expect(page.get_by_role("status")).to_contain_text("Its rules run from the next daily run.")
    assert Organisation.objects.get(pk=clinic.organisation.pk).pack_keys == ["dental", "cardiology"]
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Add Cardiology and anticoagulation")).to_be_visible()
    assert Organisation.objects.get(pk=clinic.organisation.pk).pack_keys == ["dental"]


def test_the_branches_of_a_call_stand_beside_it(clinic, new_page, pictures, assert_accessible):
    page = signed_in(clinic, new_page("desktop"), "front_desk")
    call = Task.objects.filter(kind="call", call_back_at=None).first()
    page.goto(f"/?task={call.pk}")
    page.get_by_text("If the call turns").click()
    page.get_by_text("I am afraid of the dentist.").click()
    expect(page.get_by_text("raise your hand", exact=False)).to_be_visible()
    page.screenshot(path=pictures / "call-branches.png", full_page=True)
    assert_accessible(page)
