"""Vaccines: choose whose schedule counts, then see what one child needs and why."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rebook.records.models import Procedure
from support.clinic import PASSWORD, make_clinic
from support.supporting_data import FOLDER

pytestmark = pytest.mark.browser

OWN = Path(__file__).parents[1] / "data" / "cdsi" / "own_1.0"


@pytest.fixture
def schedule():
    """In the home of the served Rebook: CDC's files where they are here, else a fictional schedule."""
    home = Path(os.environ["REBOOK_HOME"]) / "immunisation"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(FOLDER if FOLDER.is_dir() else OWN, home)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def clinic(transactional_db):
    return make_clinic()


def enter(page, clinic, role="clinician"):
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


def baby(clinic):
    born = clinic.today - dt.timedelta(days=200)
    child = clinic.practice.patient(9, given_name="Ada", family_name="Marsh", birth_on=born, sex="female")
    for number, code in enumerate(("110", "49", "133", "501")):
        Procedure.objects.create(
            organisation=clinic.organisation,
            source=clinic.practice.source,
            external_id=f"Immunization/{number}",
            fact_hash=bytes(16),
            patient=child,
            performed_on=born + dt.timedelta(days=62),
            system="http://hl7.org/fhir/sid/cvx",
            code=code,
        )
    return child


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_choose_and_look(size, clinic, schedule, new_page, assert_accessible, pictures):
    child = baby(clinic)
    page = new_page(size)
    enter(page, clinic)
    page.goto(f"/patients/{child.pk}/vaccines/")
    expect(page.get_by_text("Nothing is judged until a clinician has chosen")).to_be_visible()
    assert_accessible(page)
    press(page.get_by_role("link", name="Choose now"))
    expect(page.get_by_role("heading", name="Vaccines", level=1)).to_be_visible()
    for choice in page.locator("table select").all():
        choice.select_option("CDC")
    assert_accessible(page)
    page.screenshot(path=pictures / f"vaccines-setup-{size}.png", full_page=True)
    press(page.get_by_role("button", name="Save the choice"))
    expect(page.get_by_role("status")).to_contain_text("Recorded.")
    page.goto(f"/patients/{child.pk}/")
    press(page.get_by_role("link", name="Vaccines this patient needs"))
    expect(page.get_by_role("heading", name="Due now")).to_be_visible()
    expect(page.get_by_text("Check the record first").first).to_be_visible()
    press(page.get_by_text("Why", exact=True).first)
    expect(page.get_by_text("recommended on").first).to_be_visible()
    assert_accessible(page)
    page.screenshot(path=pictures / f"vaccines-{size}.png", full_page=True)


def test_without_a_schedule(clinic, new_page, assert_accessible):
    page = new_page()
    enter(page, clinic, "manager")
    page.goto("/setup/vaccines/")
    expect(page.get_by_role("heading", name="No schedule yet")).to_be_visible()
    assert_accessible(page)
