"""The sequence editor in a real browser: by keyboard, at phone width, with the messages beside the fields."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rebook.core.outreach.sequence import as_json
from rebook.flow.outreach.sequences import sequence_file
from rebook.packs.outreach import sequences
from rebook.records.models import Campaign, Case, SequenceVersion
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser
KEY = "own.our_check_up"


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


@pytest.fixture
def signed_in(clinic, new_page):
    def sign_in(address, size="desktop", **options):
        page = new_page(size, **options)
        page.goto(address)
        page.get_by_label("Email").fill(clinic.member("manager").email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("main h1")).to_be_visible()
        return page

    return sign_in


def picture(page, name):
    folder = os.environ.get("REBOOK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def own(clinic):
    return sequence_file(organisation_id=clinic.organisation.pk, key=KEY)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_plan_is_cloned_changed_and_published(size, clinic, signed_in, assert_accessible):
    page = signed_in("/sequences/", size)
    assert_accessible(page)
    picture(page, f"sequences-{size}")
    page.get_by_role("link", name="Check up").first.click()
    expect(page.get_by_text("At once, a text")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Name of yours").fill("Our check up")
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_role("heading", name="Our check up")).to_be_visible()
    press(page.get_by_role("link", name="Add a step"))
    assert_accessible(page)
    picture(page, f"sequence-step-{size}")
    page.get_by_label("How long after the step before").fill("2")
    page.get_by_label("Counted in").select_option("business days")
    page.get_by_label("Time of day").select_option("in the evening")
    page.get_by_label("Way", exact=True).select_option("phone")
    for box in page.locator("input[name=fallbacks]").all():
        box.uncheck()
    page.get_by_label("Has a contact arrived?").select_option("only if no")
    page.get_by_role("button", name="Add this step").click()
    sentence = (
        "2 business days later, in the evening, a call, only if no contact has arrived, unless they answered"
    )
    expect(page.get_by_text(sentence)).to_be_visible()
    assert_accessible(page)
    picture(page, f"sequence-{size}")
    page.get_by_role("button", name="Earlier: step 9").click()
    expect(page.locator("#step-8")).to_contain_text("in the evening, a call")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("version 1 in use")).to_be_visible()
    assert [step.channel for step in own(clinic).sequence.steps] == [
        *("sms", "email", "phone", "phone", "phone", "phone", "sms", "phone", "letter"),
    ]
    # Nothing stands beyond the edge of the screen.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_by_keyboard_alone_and_without_scripts(clinic, signed_in):
    page = signed_in("/sequences/dental.check_up/", java_script_enabled=False)
    page.get_by_label("Name of yours").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Our check up")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take out: step 8").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-8")).to_have_count(0)
    page.get_by_role("button", name="Take out: step 2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-2")).to_contain_text("a call")
    page.get_by_role("link", name="Change step 2").focus()
    page.keyboard.press("Enter")
    page.get_by_label("How long after the step before").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("#step-2")).to_contain_text("5 days later or the next working day")
    # Two contacts are too few for class 2, and it says so before anybody presses.
    expect(page.get_by_text("Class 2 needs 3 contacts")).to_be_visible()
    assert page.get_by_role("button", name="Publish version 1").is_disabled()
    assert own(clinic).sequence.steps[1].delay_days == 5


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_would_happen_if(size, clinic, signed_in, assert_accessible):
    patient = clinic.patients[7]
    page = signed_in(f"/patients/{patient.pk}/replay/", size)
    page.get_by_label("What happens, one line each").fill("day 1: barrier fear\nday 5: reply call me")
    page.get_by_label("As if every text were signed off").check()
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", name="The story")).to_be_visible()
    expect(page.locator("#story")).to_contain_text("would go out")
    assert_accessible(page)
    picture(page, f"replay-{size}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_move_is_stated_before_it_is_made(clinic, signed_in, assert_accessible):
    shipped = sequences("dental")["dental.check_up"]
    campaign = Campaign.objects.get()
    Campaign.objects.update(sequence_key=KEY, sequence=as_json(shipped))
    SequenceVersion.objects.create(
        organisation=clinic.organisation, key=KEY, number=1, state="published", created_by="user:1",
        content={**as_json(shipped), "title": "Our check up", "steps": as_json(shipped)["steps"][1:]},
        created_at=clinic.now, published_at=clinic.now,
    )  # fmt: skip
    content = SequenceVersion.objects.get().content
    for index, step in enumerate(content["steps"]):
        step["index"] = index
    SequenceVersion.objects.update(content=content)
    for number, case in enumerate(Case.objects.order_by("pk")):
        case.step_index = number % 4
        case.save()
    page = signed_in(f"/sequences/{KEY}/move/{campaign.pk}/")
    expect(page.get_by_role("heading", name="Of ")).to_be_visible()
    assert_accessible(page)
    picture(page, "sequence-move")
    page.get_by_role("button", name="Move the campaign and its").click()
    expect(page.get_by_text("cases moved.")).to_be_visible()
    assert Case.objects.filter(sequence_version=0, closed_at=None).count() == Case.objects.count()
