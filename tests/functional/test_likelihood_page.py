"""How likely, and what a contact is worth: the page before anything is learned, and after."""

import re

import pytest
from playwright.sync_api import expect

from rebook.flow.likelihood import learn
from support.clinic import PASSWORD, make_clinic
from support.likelihood import StudiedPractice

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    return make_clinic()


def enter(page, clinic):
    user = clinic.member("manager")
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Results").click()
    page.get_by_role("link", name="How likely patients come back").click()


def taught(clinic):
    studied = StudiedPractice(clinic.practice, as_of=clinic.today, now=clinic.now)
    people = studied.patients(700)
    studied.visits(people)
    studied.appointments(studied.patients(400), 9_000, coming=60)
    for number, patient in enumerate(people[:60]):
        studied.gap(patient, tier=("slipping", "dormant", "lost")[number % 3], risk_class=1 + number % 2)
    studied.cases(contacted=300, came_with=96, left_alone=80, came_without=12)
    learn(organisation_id=studied.id, as_of=clinic.today, now=clinic.now)


def test_a_new_practice_is_told_that_nothing_was_learned(clinic, page, assert_accessible):
    enter(page, clinic)
    expect(page.get_by_role("heading", name="Nothing has been learned yet")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_was_learned_is_shown_with_its_figures(size, clinic, new_page, assert_accessible, pictures):
    taught(clinic)
    page = new_page(size)
    enter(page, clinic)
    expect(page.get_by_role("heading", name="What does a contact add?")).to_be_visible()
    expect(page.get_by_text(re.compile("^About \\+1\\d returns in a hundred"))).to_be_visible()
    expect(page.get_by_text("learned here", exact=True)).to_have_count(1)
    expect(page.get_by_text("leaning on the whole practice").first).to_be_visible()
    page.screenshot(path=pictures / f"likelihood-{size}.png", full_page=True)
    expect(page.locator(".chart svg")).to_have_count(2)
    expect(page.get_by_role("rowheader", name="Rhythm of visits (BG/NBD)")).to_be_visible()
    expect(page.get_by_text("postcode or neighbourhood")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert_accessible(page)
