"""Results and ways back in a real browser, at both widths, with axe."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rebook.records.models import Attempt, Campaign, Case, CaseSuccess
from support.browser import press, problems
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)


@pytest.fixture
def clinic(transactional_db):
    made = make_busy_clinic()
    campaign = Campaign.objects.filter(state="active").first()
    for number in range(30):
        patient = made.patient(400 + number)
        is_left_out = number % 5 == 0
        case = made.case(
            patient,
            campaign=campaign,
            arm="holdout" if is_left_out else "contact",
            first_attempt_at=None if is_left_out else made.now - 4 * DAY,
            booked_at=made.now - 3 * DAY if number % 4 == 1 else None,
        )
        if not is_left_out:
            Attempt.objects.create(
                organisation=made.organisation, case=case, patient=patient, reference=f"w{number}",
                channel="sms" if number % 2 else "phone", state="delivered", planned_at=made.now,
                due_at=made.now, expires_at=made.now + DAY, sent_at=made.now - 4 * DAY,
            )  # fmt: skip
        if number % 4 == 1:
            CaseSuccess.objects.create(
                organisation=made.organisation, case=case, definition="visit:120:2",
                met_at=made.now - 2 * DAY, judged_at=made.now - DAY,
            )  # fmt: skip
    assert Case.objects.filter(arm="holdout").count() >= 6
    return made


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_was_won_back_and_by_which_way(clinic, new_page, pictures, size):
    page = new_page(size)
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member("manager").email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))

    page.goto(reverse("results"))
    expect(page.get_by_role("heading", name="Won back, by reason")).to_be_visible()
    expect(page.get_by_text("Counted: a kept visit of the kind due within 120 days").first).to_be_visible()
    page.screenshot(path=pictures / f"results-{size}.png", full_page=True)
    assert problems(page) == []

    press(page.get_by_role("link", name="Ways back: how bookings came about, where people leave"))
    expect(page.get_by_role("heading", name="Where people leave")).to_be_visible()
    page.get_by_label("By", exact=True).select_option("age")
    press(page.get_by_role("button", name="Show"))
    expect(page.get_by_role("heading", name="Channels, by age")).to_be_visible()
    page.screenshot(path=pictures / f"ways-back-{size}.png", full_page=True)
    assert problems(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page itself does not scroll sideways"

    campaign = Campaign.objects.filter(state="active").first()
    page.goto(reverse("campaign", args=[campaign.pk]))
    expect(page.get_by_role("heading", name="Won back", exact=True)).to_be_visible()
    page.screenshot(path=pictures / f"campaign-won-{size}.png", full_page=True)
    assert problems(page) == []
