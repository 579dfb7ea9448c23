"""A patient on a phone, without scripts, from the link to the visit."""

import re

import pytest
from playwright.sync_api import expect

from rebook.records.models import Appointment, Booking

pytestmark = pytest.mark.browser


def fill_in_who_i_am(page):
    page.get_by_label("Month").fill("5")
    page.get_by_label("Day", exact=True).fill("17")
    page.get_by_label("Year").fill("1980")
    page.get_by_label("ZIP code").fill("60601")
    page.get_by_role("button", name="Continue").tap()


def test_a_patient_books_moves_and_cancels(phone, link, pictures):
    requests = []
    phone.on("request", lambda request: requests.append(request.url))

    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Elm Street Dental would like to help you book a visit"
    )
    phone.screenshot(path=pictures / "1-start.png", full_page=True)
    # Four taps from the message: the link, a time, who I am, book.
    phone.locator("button.time").first.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("First, is it you?")
    phone.screenshot(path=pictures / "2-check.png", full_page=True)
    fill_in_who_i_am(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Is this right?")
    phone.screenshot(path=pictures / "3-confirm.png", full_page=True)
    phone.get_by_role("button", name="Book this visit").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are booked")
    phone.screenshot(path=pictures / "4-visit.png", full_page=True)
    assert Booking.objects.get().state == "confirmed"

    with phone.expect_download() as download:
        phone.get_by_role("link", name="Add to my calendar").tap()
    assert download.value.suggested_filename == "visit.ics"

    phone.get_by_role("link", name="Change the time").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Pick a new time")
    phone.screenshot(path=pictures / "5-times.png", full_page=True)
    phone.locator("button.time").last.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Move your visit to this time?")
    phone.screenshot(path=pictures / "6-move.png", full_page=True)
    phone.get_by_role("button", name="Move my visit").tap()
    phone.get_by_role("link", name="Cancel the visit").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Cancel this visit?")
    phone.screenshot(path=pictures / "7-cancel.png", full_page=True)
    phone.get_by_role("button", name="Yes, cancel it").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your visit is cancelled")
    phone.screenshot(path=pictures / "8-cancelled.png", full_page=True)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}

    elsewhere = [url for url in requests if not url.startswith(link.partition("/p/")[0])]
    assert elsewhere == []


def test_spanish_and_wrong_answers(phone, link, pictures):
    phone.goto(link)
    phone.get_by_role("link", name="Español").tap()
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    phone.screenshot(path=pictures / "9-es-start.png", full_page=True)
    phone.get_by_role("link", name=re.compile("Por qué recibí")).tap()
    phone.get_by_label("Mes").fill("5")
    phone.get_by_label("Día", exact=True).fill("17")
    phone.get_by_label("Año").fill("1981")
    phone.get_by_label("Código postal").fill("60601")
    phone.get_by_role("button", name="Continuar").tap()
    expect(phone.get_by_role("alert")).to_contain_text("no coincide")
    phone.screenshot(path=pictures / "10-es-wrong.png", full_page=True)


def test_every_page_fits_a_phone_and_has_large_targets(phone, link, pictures):
    phone.set_viewport_size({"width": 320, "height": 640})
    answers = ("call", "not-now", "question", "moved", "wrong-person", "stop", "stop/done")
    too_wide, too_small = [], []
    for page in ("", "times", "check", *answers):
        phone.goto(f"{link}/{page}" if page else link)
        phone.screenshot(path=pictures / f"page-{page.replace('/', '-') or 'start'}.png", full_page=True)
        for target in phone.locator("main a, main button, main label.pick, main input[type=text]").all():
            box = target.bounding_box()
            name = (page, target.inner_text())
            if box["x"] < 0 or box["x"] + box["width"] > 320:
                too_wide.append(name)
            if box["height"] < 48:
                too_small.append(name)
    assert (too_wide, too_small) == ([], [])
