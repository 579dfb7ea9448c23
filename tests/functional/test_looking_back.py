"""The doctor and a backtest in a real browser, at both widths, with axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rebook.records.models import Backtest
from rebook.work.backtests import complete_backtest
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = settings.HOME / "snapshots"
    return make_busy_clinic()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_look_at_the_records_then_run_the_rules_over_the_past(
    clinic, new_page, assert_accessible, pictures, size
):
    page = new_page(size)
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member("manager").email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()

    page.goto(reverse("setup_doctor"))
    page.get_by_role("button", name="Look at the records").click()
    expect(page.get_by_role("heading", name="Nothing stands against switching on")).to_be_visible()
    page.screenshot(path=pictures / f"doctor-{size}.png", full_page=True)
    assert_accessible(page)

    page.goto(reverse("backtests"))
    page.get_by_label("B: days of grace").fill("900")
    page.get_by_label("By", exact=True).select_option("rule:dental.hygiene")
    assert_accessible(page)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    assert_accessible(page)
    # What a worker does; the page finds out by itself.
    number = Backtest.objects.get().number
    complete_backtest(organisation_id=clinic.organisation.pk, number=number, now=clinic.now)
    # The first picture of a process takes seconds to draw.
    expect(page.get_by_role("heading", name="Side by side")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("grace days=900").first).to_be_visible()
    page.screenshot(path=pictures / f"backtest-{size}.png", full_page=True)
    assert_accessible(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page itself does not scroll sideways"
