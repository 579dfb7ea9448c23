"""Texts and letters in a browser: checks follow the words, fields go in by keyboard, nothing leaks."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rebook.records.models import TemplateText
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


@pytest.fixture
def signed_in(clinic, new_page):
    def sign_in(address, size="desktop", role="manager"):
        page = new_page(size)
        page.goto(address)
        page.get_by_label("Email").fill(clinic.member(role).email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        return page

    return sign_in


def picture(page, name):
    folder = os.environ.get("REBOOK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_checks_follow_the_words_and_a_field_goes_in_by_keyboard(size, clinic, signed_in, assert_accessible):
    page = signed_in("/setup/texts/due_visit/sms/en/", size)
    checked = page.locator("#checked")
    expect(checked).to_contain_text("May be published")
    assert_accessible(page)
    picture(page, f"text-sms-{size}")
    page.get_by_label("Text", exact=True).fill("Come and see us: ")
    expect(checked).to_contain_text("Cannot go out yet")
    expect(checked).to_contain_text("does not say which practice", ignore_case=True)
    # By keyboard alone: to the button, press it, and go on typing where the cursor was.
    page.get_by_role("button", name="Practice name").focus()
    page.keyboard.press("Enter")
    page.keyboard.type(" ")
    page.get_by_role("button", name="Link", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.type(" Reply STOP to end")
    expect(page.get_by_label("Text", exact=True)).to_have_value(
        "Come and see us: {{ practice_name }} {{ link }} Reply STOP to end"
    )
    expect(checked).to_contain_text("May be published")
    assert_accessible(page)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("It takes its place once it is approved")).to_be_visible()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    assert_accessible(page)
    picture(page, f"text-published-{size}")
    assert TemplateText.objects.get().state == "published"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_second_look_comes_as_one_types_and_stands_in_nobodys_way(size, signed_in, assert_accessible):
    page = signed_in("/setup/texts/due_visit/sms/en/", size)
    page.get_by_label("Text", exact=True).fill(
        "{{ practice_name }}: your seat stayed empty twice. A visit is due. {{ link }} Reply STOP to end"
    )
    look = page.get_by_role("region", name="Second look")
    expect(look).to_contain_text("your seat stayed empty twice")
    expect(look).to_contain_text("This is not forbidden")
    expect(page.locator("#checked")).to_contain_text("May be published")
    assert_accessible(page)
    picture(page, f"second-look-{size}")


@pytest.mark.parametrize("channel", ["email", "letter", "phone", "portal", "postcard"])
def test_every_kind_of_text_is_shown_as_patients_get_it(channel, signed_in, assert_accessible):
    page = signed_in(f"/setup/texts/due_visit/{channel}/en/")
    expect(page.get_by_role("heading", name="As patients get it")).to_be_visible()
    if channel == "email":
        frame = page.frame_locator("iframe.mail")
        expect(frame.get_by_text("It is time for your next visit")).to_be_visible()
        expect(frame.get_by_role("link", name="See open times")).to_be_visible()
    assert_accessible(page)
    picture(page, f"text-{channel}")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_library_and_the_scripts(size, signed_in, assert_accessible):
    page = signed_in("/setup/texts/", size)
    expect(page.get_by_role("heading", name="Texts", exact=True)).to_be_visible()
    assert_accessible(page)
    picture(page, f"texts-{size}")
    page.get_by_role("link", name="Call scripts").click()
    expect(page.get_by_role("heading", name="Call scripts")).to_be_visible()
    assert_accessible(page)
    picture(page, f"scripts-{size}")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_letters_to_post(size, signed_in, assert_accessible):
    page = signed_in("/letters/", size)
    expect(page.get_by_text("Letters are switched off")).to_be_visible()
    page.get_by_role("button", name="Switch letters on").click()
    expect(page.get_by_text("No letter waits.")).to_be_visible()
    assert_accessible(page)
    picture(page, f"letters-{size}")


@pytest.mark.parametrize("path", ["/setup/texts/", "/setup/texts/due_visit/email/en/", "/letters/"])
def test_nothing_is_wider_than_a_phone(path, signed_in):
    page = signed_in(path, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_setup_names_the_practices_own_addresses(size, signed_in, assert_accessible):
    page = signed_in("/setup/", size)
    field = page.get_by_label("Where links in your messages may lead")
    field.fill("bit.ly")
    press(field.locator("xpath=..").get_by_role("button", name="Save"))
    expect(page.get_by_text("patients cannot tell whose it is")).to_be_visible()
    field.fill("https://www.elmstreet.example/visit")
    press(field.locator("xpath=..").get_by_role("button", name="Save"))
    expect(page.get_by_text("Links in messages may lead to www.elmstreet.example.")).to_be_visible()
    expect(field).to_have_value("www.elmstreet.example")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
