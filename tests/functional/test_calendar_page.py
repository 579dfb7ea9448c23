"""The calendar as a manager uses it: days, another plan, forecasts, room; wide and on a phone."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from rebook.flow.lookahead.keeping import keep_forecast
from rebook.flow.outreach.capacity import measure_capacity
from rebook.flow.outreach.capacity_settings import change_capacity
from rebook.records.models import Campaign, Case, Stop
from rebook.records.read.complaints import BY_BUDGET
from support.clinic import PASSWORD, make_busy_clinic, make_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    """Patients to invite, few free times, a forecast of three days ago and one of today."""
    clinic = make_busy_clinic()
    campaign = Campaign.objects.get()
    campaign.sequence = {"key": "dental.routine", **campaign.sequence}
    campaign.save()
    Case.objects.filter(closed_at=None).update(next_step_at=clinic.now + dt.timedelta(days=1))
    for number in range(20, 44):
        clinic.gap(clinic.patient(number, family_name=f"Waiting{number}"))
    one = {"organisation_id": clinic.organisation.pk, "now": clinic.now}
    change_capacity(changes={"window_days": 1, "slot_percent": 5}, actor="user:1", **one)
    measure_capacity(as_of=clinic.today, **one)
    for days in (3, 0):
        keep_forecast(as_of=clinic.today - dt.timedelta(days=days), **one)
    return clinic


def enter(page, clinic):
    user = clinic.member("manager")
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Calendar").click()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_manager_sees_room_tries_a_plan_and_reads_what_came_true(
    size, clinic, new_page, assert_accessible, pictures
):
    page = new_page(size)
    enter(page, clinic)
    expect(page.get_by_role("heading", name="Day by day")).to_be_visible()
    expect(page.get_by_text("expected to book: room for")).to_be_visible()
    expect(page.locator(".chart svg")).to_have_count(1)
    page.screenshot(path=pictures / f"calendar-{size}.png", full_page=True)
    assert fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="Try another plan").click()
    page.get_by_label("Campaign", exact=True).select_option(index=1)
    page.get_by_label("New patients a day").fill("2")
    page.get_by_role("button", name="Look ahead").click()
    expect(page.get_by_role("columnheader", name="Changed plan").first).to_be_visible()
    page.screenshot(path=pictures / f"plans-{size}.png", full_page=True)
    assert fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="Forecast and what happened").click()
    expect(page.get_by_role("heading", name="Said and come true")).to_be_visible()
    page.screenshot(path=pictures / f"forecasts-{size}.png", full_page=True)
    assert fits(page)
    assert_accessible(page)


def test_a_stopped_campaign_is_let_go_on_with_a_reason(clinic, page, assert_accessible, pictures):
    campaign = Campaign.objects.get()
    Stop.objects.create(
        organisation=clinic.organisation, scope="campaign", key=str(campaign.pk), started_by=BY_BUDGET,
        reason="4 of 100 texts asked to stop (4.0 %; the limit is 3 %)", started_at=clinic.now,
    )  # fmt: skip
    enter(page, clinic)
    page.get_by_role("link", name=campaign.name).click()
    expect(page.get_by_role("heading", name="Stopped by its complaint budget")).to_be_visible()
    page.screenshot(path=pictures / "room-stopped.png", full_page=True)
    assert_accessible(page)
    page.get_by_label("Why it may go on").fill("The text was too blunt. It was changed and approved anew.")
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("It goes on.")).to_be_visible()
    expect(page.get_by_role("heading", name="Stopped by its complaint budget")).to_have_count(0)


def test_a_new_practice_is_told_what_is_missing(transactional_db, page, assert_accessible):
    enter(page, make_clinic())
    expect(page.get_by_role("heading", name="Not counted yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Forecast and what happened").click()
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()
