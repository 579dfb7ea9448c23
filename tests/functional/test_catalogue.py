"""The catalogue in a browser: find a rule, read it, sign it, take that back; settle things for a patient."""

import pytest
from playwright.sync_api import expect

from rebook.accounts.models import AuditEvent
from rebook.records.models import Gap, GapSignOff, RecallPreference
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(transactional_db):
    clinic = make_busy_clinic()
    clinic.organisation.pack_keys = ["dental", "primary_care", "womens_health"]
    clinic.organisation.save(update_fields=["pack_keys"])
    return clinic


def signed_in(clinic, page, role):
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member(role).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_rule_is_found_read_signed_and_the_signature_withdrawn(
    clinic, new_page, size, pictures, assert_accessible
):
    page = signed_in(clinic, new_page(size), "clinician")
    page.goto("/setup/catalogue/")
    expect(page.get_by_role("region", name="Dental")).to_be_visible()
    page.screenshot(path=pictures / f"catalogue-{size}.png", full_page=False)
    assert_accessible(page)
    page.get_by_label("Word in the rule").fill("cleaning")
    expect(page.locator("#found")).to_contain_text("2 rules of")
    page.locator("#found").get_by_role("link", name="Cleaning", exact=True).click()
    expect(page.get_by_role("heading", name="Cleaning")).to_be_visible()
    expect(page.get_by_text("Every 6 months after the last")).to_be_visible()
    expect(page.get_by_role("link", name="Rosa Delgado")).to_be_visible()
    page.screenshot(path=pictures / f"rule-{size}.png", full_page=True)
    assert_accessible(page)
    page.get_by_role("button", name="Sign this rule").click()
    expect(page.get_by_text("Signed by Clinician")).to_be_visible()
    page.get_by_label("Withdraw the signature, because").fill("our hygienist disagrees")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("status")).to_contain_text("The signature is withdrawn.")
    assert GapSignOff.objects.get().withdrawn_by == f"user:{clinic.member('clinician').pk}"
    actions = AuditEvent.objects.filter(subject_kind="gap_definition").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "gap_definition.signed",
        "gap_definition.withdrawn",
    ]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_patient_is_left_alone_and_back_again(clinic, new_page, size, pictures, assert_accessible):
    page = signed_in(clinic, new_page(size), "clinician")
    patient = clinic.patients[0]
    standing = Gap.objects.filter(patient=patient, closed_on__isnull=True)
    before = set(standing.values_list("definition_key", flat=True))
    page.goto(f"/patients/{patient.pk}/")
    page.get_by_text("Leave alone, or do not recall").click()
    page.get_by_text("An interval or a next date of their own").click()
    assert_accessible(page)
    page.locator("#quiet-reason").fill("away until spring")
    page.get_by_role("button", name="Do not recall").click()
    expect(page.get_by_text("Not to be recalled: everything")).to_be_visible()
    assert not standing.exists()
    page.screenshot(path=pictures / f"settled-{size}.png", full_page=True)
    page.get_by_role("button", name="Take back: not to be recalled").click()
    expect(page.get_by_text("The rules of the practice count for this patient.")).to_be_visible()
    assert set(standing.values_list("definition_key", flat=True)) == before
    page.get_by_text("An interval or a next date of their own").click()
    page.locator("#own-months").fill("4")
    page.locator("#own-reason").fill("high risk")
    page.get_by_role("button", name="Set the interval").click()
    expect(page.get_by_text("every 4 months")).to_be_visible()
    assert RecallPreference.objects.filter(ended_at__isnull=True).get().interval_months == 4
