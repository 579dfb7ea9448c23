"""The segment builder in a real browser: the count follows what is chosen, by keyboard and at phone width."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rebook.records.models import Gap, Patient, SavedSegment
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


@pytest.fixture
def signed_in(clinic, new_page):
    def sign_in(size="desktop"):
        page = new_page(size)
        page.goto("/segments/new/")
        page.get_by_label("Email").fill(clinic.member("manager").email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="New segment")).to_be_visible()
        # Until its scripts are there the page counts only when it is sent.
        page.wait_for_load_state()
        return page

    return sign_in


def picture(page, name):
    folder = os.environ.get("REBOOK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_count_follows_what_is_chosen_and_the_segment_is_saved(
    size, clinic, signed_in, assert_accessible
):
    everybody = Patient.objects.filter(gaps__in=Gap.objects.filter(closed_on__isnull=True)).distinct()
    page = signed_in(size)
    counted = page.locator("#counted")
    expect(counted).to_contain_text(f"{everybody.count()} patients")
    page.locator("summary", has_text="Language").click()
    page.get_by_label("Spanish").check()
    expect(counted).to_contain_text("who speak Spanish")
    fits = everybody.filter(language__startswith="es").count()
    expect(counted.locator(".big")).to_have_text(f"{fits} patient" + ("s" if fits != 1 else ""))
    page.locator("summary", has_text=re.compile("^Age")).click()
    page.get_by_role("group", name="Age").get_by_label("from").fill("18")
    expect(counted).to_contain_text("aged 18 years or more")
    # The field that was chosen stays open; nothing jumps.
    expect(page.get_by_label("Spanish")).to_be_checked()
    assert_accessible(page)
    picture(page, f"segment-builder-{size}")
    page.get_by_label("Name", exact=True).fill("Spanish speakers")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", name="Spanish speakers")).to_be_visible()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    assert_accessible(page)
    picture(page, f"segment-saved-{size}")
    assert SavedSegment.objects.get().versions.get().content["filters"] == [
        {"field": "age", "from": 18},
        {"field": "language", "any_of": ["es"]},
    ]


def test_each_number_opens_the_list_behind_it(clinic, signed_in, assert_accessible):
    page = signed_in()
    page.get_by_role("link", name="Could be contacted").click()
    expect(page.get_by_role("heading", name="Could be contacted")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Back to the segment").click()
    expect(page.get_by_role("heading", name="New segment")).to_be_visible()
