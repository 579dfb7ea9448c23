"""A patient chooses how to be contacted: without a script, in both languages, on the smallest telephones."""

import pytest
from playwright.sync_api import expect

from rebook.records.models import Consent, ContactPoint, Patient
from support.browser import press, problems

pytestmark = pytest.mark.browser

BORN = {"month": "5", "day": "17", "year": "1980", "postal_code": "60601"}
SMALL = {"width": 320, "height": 640}


@pytest.fixture
def small(chromium):
    """A telephone of 320 pixels without scripts."""
    context = chromium.new_context(
        viewport=SMALL, java_script_enabled=False, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture(params=["light", "dark"])
def screen(request, chromium):
    """The same width with axe, which needs scripts."""
    context = chromium.new_context(viewport=SMALL, color_scheme=request.param, bypass_csp=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def say_who_i_am(page):
    for field, value in BORN.items():
        page.fill(f"#{field}", value)
    press(page.locator("form button.button"))


def test_a_patient_stops_texts_and_opens_them_again(small, link, pictures):
    small.goto(f"{link}/preferences")
    small.screenshot(path=pictures / "preferences-1.png", full_page=True)
    small.get_by_label("Text messages", exact=True).select_option("nothing")
    small.get_by_label("Best time of day").select_option("evening")
    small.get_by_role("button", name="Save").tap()
    expect(small.get_by_role("heading", level=1)).to_have_text("Saved")
    small.screenshot(path=pictures / "preferences-2-saved.png", full_page=True)
    assert {(one.channel, one.state) for one in Consent.objects.all()} == {("sms", "revoked")}
    assert Patient.objects.get().preferred_day_part == "evening"

    small.get_by_role("link", name="Back to your choices").tap()
    small.get_by_label("Text messages", exact=True).select_option("care")
    small.get_by_role("button", name="Save").tap()
    expect(small.get_by_role("heading", level=1)).to_have_text("One more step")
    small.screenshot(path=pictures / "preferences-3-check.png", full_page=True)
    assert not Consent.objects.filter(state="granted").exists()
    small.get_by_role("link", name="Continue").tap()
    say_who_i_am(small)
    small.get_by_label("Text messages", exact=True).select_option("care")
    small.get_by_role("button", name="Save").tap()
    expect(small.get_by_role("heading", level=1)).to_have_text("Saved")
    assert Consent.objects.filter(state="granted", channel="sms").exists()


def test_in_spanish_a_new_number_after_the_check(small, link, pictures):
    small.goto(f"{link}/preferences?lang=es")
    small.screenshot(path=pictures / "preferences-es.png", full_page=True)
    small.get_by_role("link", name="Tengo un número de teléfono nuevo").tap()
    expect(small.get_by_role("heading", level=1)).to_have_text("Primero, ¿es usted?")
    say_who_i_am(small)
    small.get_by_label("Número de teléfono").fill("12")
    small.get_by_role("button", name="Guardar mi número").tap()
    expect(small.get_by_role("alert")).to_contain_text("no parece un número")
    small.get_by_label("Número de teléfono").fill("(312) 555-0142")
    small.get_by_role("button", name="Guardar mi número").tap()
    expect(small.get_by_role("heading", level=1)).to_have_text("Gracias")
    assert ContactPoint.objects.get(value="+13125550142").state == "unverified"


def test_not_before_a_day_of_their_own(small, link, pictures):
    small.goto(f"{link}/not-now")
    small.get_by_label("Or not before a day you choose").fill("2020-01-01")
    small.get_by_role("button", name="Not before then").tap()
    expect(small.get_by_role("alert")).to_have_text("Please choose a day after today.")
    small.screenshot(path=pictures / "preferences-4-day.png", full_page=True)


def test_axe_finds_nothing_and_nothing_is_cut_off(screen, link, language):
    found, cut = [], []
    screen.goto(f"{link}?lang={language}")

    def look():
        found.extend(problems(screen))
        if screen.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            cut.append(screen.url.rpartition("/")[2])

    for page in ("preferences", "preferences/kept", "preferences/kept?check=1", "seen-elsewhere", "not-now"):
        screen.goto(f"{link}/{page}")
        look()
    screen.goto(f"{link}/number")
    look()
    say_who_i_am(screen)
    look()
    assert (found, cut) == ([], [])
