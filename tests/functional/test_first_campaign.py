"""From imported data to a launched campaign, as a new practice manager does it: every click counted."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rebook.demo.export import write_export
from rebook.demo.setup import SOURCE, import_folder, invent_world
from rebook.flow import practice
from rebook.flow.gaps import find_gaps
from rebook.flow.priority import rank_gaps
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Campaign, Gap, SlotClaim, Source
from support.clinic import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Ten minutes is what a new manager has; a click and reading what it brings takes some ten seconds.
MOST_CLICKS, MOST_PAGES = 35, 20


@pytest.fixture
def imported(transactional_db, tmp_path):
    """An install with a practice, its manager, its records read and the day's first run; nothing set up."""
    now = timezone.now()
    organisation_id = practice.create_organisation(
        name="Maple Family Health", time_zone="America/Chicago", pack_keys=["primary_care"],
        phone="+18125550100", postal_address="12 Maple Street, Evansville, IN 47708", now=now, actor="cli",
    )  # fmt: skip
    practice.add_member(
        organisation_id=organisation_id, email="mona@maple.example", name="Mona Manager", role="manager",
        password=PASSWORD, now=now, actor="cli",
    )  # fmt: skip
    write_export(invent_world(patients=40, seed=7, start_at=now), tmp_path)
    import_folder(organisation_id, folder=tmp_path, now=now)
    Source.objects.filter(key=SOURCE).update(last_synced_at=now)
    for stage in (take_snapshot, find_gaps, rank_gaps):
        stage(organisation_id=organisation_id, as_of=now.date(), now=now)
    assert Gap.objects.filter(kind="interval", closed_on=None).count() > 5
    return organisation_id


class Hand:
    """Does what a person does, and counts."""

    def __init__(self, page):
        self.page, self.clicks, self.pages = page, 0, set()
        page.on("framenavigated", lambda frame: self.pages.add(frame.url.partition("?")[0]))

    def click(self, role, name, **more):
        self.page.get_by_role(role, name=name, **more).first.click()
        self.clicks += 1

    def fill(self, label, text):
        self.page.get_by_label(label, exact=True).fill(text)
        self.clicks += 1


def test_a_new_manager_launches_a_first_campaign(imported, page, new_page, assert_accessible, pictures):
    page.goto("/")
    page.get_by_label("Email").fill("mona@maple.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    hand = Hand(page)

    # A campaign, with what the form proposes.
    hand.click("link", "Campaigns")
    hand.click("link", "New campaign")
    page.get_by_role("checkbox", name="Regular visit overdue").check()
    hand.fill("Name", "Regular visits")
    assert_accessible(page)
    page.screenshot(path=pictures / "campaign-new.png", full_page=True)
    hand.click("button", "Save as draft")

    # The checklist says what is missing and leads there.
    expect(page.get_by_role("heading", name="Before it can be launched")).to_be_visible()
    assert_accessible(page)
    page.screenshot(path=pictures / "campaign-checklist.png", full_page=True)
    draft = page.url
    hand.click("button", "Launch")
    expect(page.get_by_role("status").first).to_contain_text("signed off")
    assert Campaign.objects.get().state == "draft"

    hand.click("link", "Read and sign the texts")
    assert_accessible(page)
    page.screenshot(path=pictures / "campaign-texts.png", full_page=True)
    hand.click("button", re.compile("I have read"))
    expect(page.get_by_text("The texts are signed.")).to_be_visible()

    hand.click("link", "Sign the campaign")
    hand.click("button", re.compile("I have read it"))
    page.goto(draft)
    hand.click("link", "Say who answers")
    hand.click("button", "Save the hours")
    hand.fill("Clinician on call", "Dr Lee")
    hand.fill("Number", "(812) 555-0111")
    assert_accessible(page)
    page.screenshot(path=pictures / "setup-ready.png", full_page=True)
    hand.click("button", "Save the contact")
    hand.click("button", re.compile("Tested just now"))
    expect(page.get_by_text("the on-call clinician was reached")).to_be_visible()
    page.goto(draft)
    hand.click("link", "Set the hours")
    assert_accessible(page)
    page.screenshot(path=pictures / "setup-hours.png", full_page=True)
    hand.click("button", "Save")
    page.goto(draft)
    expect(page.get_by_role("heading", name="Ready to be launched")).to_be_visible()
    page.screenshot(path=pictures / "campaign-ready.png", full_page=True)
    hand.click("button", "Launch")
    expect(page.get_by_text("Launched.")).to_be_visible()
    assert Campaign.objects.get().state == "active"
    # The booking that was tried left nothing behind.
    assert not SlotClaim.objects.exists()
    counted = f"{hand.clicks} clicks and fields on {len(hand.pages)} pages\n"
    (pictures / "first-campaign.txt").write_text(counted + "\n".join(sorted(hand.pages)))
    assert hand.clicks <= MOST_CLICKS
    assert len(hand.pages) <= MOST_PAGES

    # The list, the running campaign and what may change of it, at both widths.
    phone = new_page("phone", storage_state=page.context.storage_state())
    for address, name in (("/campaigns/", "list"), (draft, "overview"), (f"{draft}edit/", "running")):
        for one, size in ((page, "desktop"), (phone, "phone")):
            one.goto(address)
            assert_accessible(one)
            one.screenshot(path=pictures / f"campaign-{name}-{size}.png", full_page=True)
            wide = one.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{address} is wider than the {size}"

    page.goto(draft)
    page.get_by_role("button", name="Clone").click()
    expect(page.get_by_text("A draft like it.")).to_be_visible()
    page.screenshot(path=pictures / "campaign-clone.png", full_page=True)
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.get_by_text("The draft is gone.")).to_be_visible()
    assert Campaign.objects.count() == 1
