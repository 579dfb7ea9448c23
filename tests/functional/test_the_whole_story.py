"""The main job, as the people in it live it: staff launch, a patient books, staff see it."""

import datetime as dt
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from rebook.flow.outcome import close_cases
from rebook.flow.outreach.approvals import approve_all_in_use
from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.records.models import Appointment, Campaign, Case, Source
from support.clinic import PASSWORD, Clinic
from support.practice import make_practice
from support.ready import be_ready, sign_campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@pytest.fixture
def clinic() -> Clinic:
    """Elm Street Dental with one patient who is overdue and has a mobile phone."""
    made = Clinic(make_practice(), timezone.now())
    made.organisation.pack_keys = ["dental"]
    made.organisation.postal_address = "12 Elm Street, Chicago, IL 60601"
    made.organisation.save()
    Source.objects.update(last_synced_at=made.now + dt.timedelta(days=3))
    for role in ("manager", "front_desk", "clinician", "compliance"):
        made.member(role)
    patient = made.patient(0)
    made.gap(patient)
    made.somebody_who_comes()
    be_ready(made.organisation.pk, now=made.now)
    approve_all_in_use(
        organisation_id=made.organisation.pk, now=made.now, actor=f"user:{made.member('compliance').pk}"
    )
    return made


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def next_morning(now: dt.datetime) -> dt.datetime:
    """Half past ten in Chicago on the next weekday: an hour at which a text may go out."""
    zone = ZoneInfo("America/Chicago")
    day = now.astimezone(zone).date() + dt.timedelta(days=1)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(10, 30), tzinfo=zone)


def links_sent() -> list[str]:
    lines = [
        json.loads(line)
        for path in sorted(Path(settings.HOME / "sandbox").glob("sandbox-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return [found.group(0) for line in lines if (found := re.search(r"/p/[\w-]+", line["body"]))]


def test_from_launch_to_a_booked_visit(new_page, clinic: Clinic, assert_accessible, pictures) -> None:
    staff = new_page(DESKTOP)
    sign_in(staff, clinic.member("manager").email)

    # Staff launch a campaign.
    staff.goto("/campaigns/new/")
    staff.get_by_label("Name").fill("Overdue cleanings")
    staff.get_by_label("Share not contacted, for comparison (%)").fill("0")
    assert_accessible(staff)
    staff.get_by_role("button", name="Save as draft").click()
    expect(staff.get_by_role("button", name="Launch")).to_be_visible()
    made = Campaign.objects.get(name="Overdue cleanings")
    signer = f"user:{clinic.member('manager').pk}"
    sign_campaign(clinic.organisation.pk, made.pk, now=clinic.now, actor=signer)
    staff.get_by_role("button", name="Launch").click()
    expect(staff.get_by_role("button", name="Pause")).to_be_visible()
    staff.screenshot(path=pictures / "story-1-launched.png", full_page=True)

    # The day takes its course.
    organisation_id = clinic.organisation.pk
    morning = next_morning(clinic.now)
    before = set(links_sent())
    enrol(organisation_id=organisation_id, as_of=morning.date(), now=morning)
    plan_attempts(organisation_id=organisation_id, now=morning)
    send_due(organisation_id=organisation_id, now=morning, worker="story")
    (link,) = set(links_sent()) - before

    # The patient opens the link on a phone without scripts and books.
    phone = new_page(PHONE, java_script_enabled=False)
    phone.goto(link)
    expect(phone.get_by_text("Rosa")).to_have_count(0)
    phone.locator("button.time").first.click()
    phone.get_by_label("Month").fill("4")
    phone.get_by_label("Day", exact=True).fill("12")
    phone.get_by_label("Year").fill("1950")
    phone.get_by_label("ZIP code").fill("60601")
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_role("button", name="Book this visit").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are booked")
    phone.screenshot(path=pictures / "story-2-booked.png", full_page=True)

    # Staff see it, and the case waits for the visit.
    booked = Appointment.objects.get(source__kind="local")
    case = Case.objects.get()
    assert case.appointment_id == booked.pk
    close_cases(organisation_id=organisation_id, as_of=morning.date(), now=morning)
    staff.goto(f"/patients/{booked.patient_id}/")
    expect(staff.get_by_text(re.compile("[Bb]ooked")).first).to_be_visible()
    assert_accessible(staff)
    staff.screenshot(path=pictures / "story-3-patient.png", full_page=True)
    staff.goto("/results/")
    assert_accessible(staff)
    staff.screenshot(path=pictures / "story-4-results.png", full_page=True)
    staff.set_viewport_size(PHONE)
    staff.screenshot(path=pictures / "story-5-results-phone.png", full_page=True)
    assert_accessible(staff)
