"""Consent as staff work with it: a stop in two clicks, the history, a number looked up, the PDF."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import Consent
from support.clinic import PASSWORD, make_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    made = make_clinic()
    made.patient(1)
    return made


def enter(page, clinic, role):
    user = clinic.member(role)
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_stop_in_two_clicks(size, new_page, clinic, pictures, assert_accessible):
    page = new_page(size)
    enter(page, clinic, "front_desk")
    page.goto(f"/patients/{clinic.patients[0].pk}/")
    opener = page.get_by_text("They want us to stop")
    opener.evaluate("one => one.scrollIntoView({block: 'center'})")
    opener.click()
    page.screenshot(path=pictures / f"consent-stop-{size}.png", full_page=True)
    assert_accessible(page)
    button = page.get_by_role("button", name="Stop contact").first
    button.evaluate("one => one.scrollIntoView({block: 'center'})")
    button.click()
    expect(page.get_by_role("status").first).to_contain_text("It counts from this moment")
    assert Consent.objects.filter(state="revoked", channel="all", patient=clinic.patients[0]).exists()


def test_the_history_and_the_evidence(new_page, clinic, pictures, tmp_path, assert_accessible):
    page = new_page()
    enter(page, clinic, "manager")
    patient = clinic.patients[0]
    page.goto(f"/patients/{patient.pk}/consent/")
    page.get_by_text("They want us to stop").click()
    page.get_by_label("Stop what?").select_option("sms")
    page.get_by_label("How did they say it?").first.select_option("voicemail")
    page.get_by_label("What did they say, word for word?").first.fill("No more texts, I mean it")
    page.get_by_role("button", name="Stop contact").click()
    expect(page.get_by_text("No more texts, I mean it")).to_be_visible()
    page.get_by_text("They allow contact again").click()
    form = tmp_path / "form.pdf"
    form.write_bytes(b"signed")
    page.get_by_label("On which number or address?").select_option("+13125551201")
    page.get_by_label("What did they say or sign, word for word?").fill("Text me about my visits again")
    page.get_by_label("What they signed, wrote or said, as a file").set_input_files(form)
    page.get_by_label("They signed it").check()
    page.get_by_role("button", name="Allow contact").click()
    expect(page.get_by_role("button", name="Open form.pdf")).to_be_visible()
    page.screenshot(path=pictures / "consent-patient.png", full_page=True)
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Evidence as PDF").click()
    assert download.value.suggested_filename.startswith(f"consent-{patient.pk}-")
    with open(download.value.path(), "rb") as made:
        assert made.read(5) == b"%PDF-"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_setup_says_what_a_stop_binds_and_finds_a_number(size, new_page, clinic, pictures, assert_accessible):
    page = new_page(size)
    enter(page, clinic, "manager")
    page.goto("/setup/consent/")
    expect(page.get_by_text("Every stop older than a day is honoured")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Number or address, as people write it").fill("12")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("alert")).to_contain_text("Not looked up")
    page.get_by_label("Number or address, as people write it").fill("(312) 555-1201")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="(312) 555-1201")).to_be_visible()
    stop = page.get_by_text("Stop contact with this number")
    stop.evaluate("one => one.scrollIntoView({block: 'center'})")
    stop.click()
    page.screenshot(path=pictures / f"consent-setup-{size}.png", full_page=True)
    assert_accessible(page)
