"""No staff page scrolls sideways on a telephone: every address of the url conf, on a practice with something
on most pages. Wide tables scroll inside their own frame."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from rebook.core.outreach.sequence import as_json
from rebook.packs.gaps import gap_definitions
from rebook.packs.outreach import sequences
from rebook.records.models import Campaign, Reply, SavedSegment, Task
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser

# Made by people over time: pages of their own tests open them.
NOT_HERE = {
    "evidence_file", "backtest", "backtest_listed", "backtest_csv", "wording_test", "wording_winner",
    "text_discard", "test_sent", "letters_file", "text_sample", "results_pdf", "number_evidence",
    "patient_evidence", "account_login",
}  # fmt: skip


@pytest.fixture
def clinic(transactional_db):
    return make_busy_clinic()


def addresses(clinic, client):
    """(name, path) of every page of the staff that opens with a whole page."""
    client.post("/segments/new/", {"name": "Spanish readers", "language": "es"})
    campaign = Campaign.objects.first()
    campaign.sequence = as_json(sequences("dental")[campaign.sequence_key])
    campaign.save(update_fields=["sequence"])
    draft = clinic.campaign(name="Next year", state="draft")
    definition = gap_definitions(("dental",))[0].key
    values = {
        "patient_id": [clinic.patients[0].pk],
        "campaign_id": [campaign.pk, draft.pk],
        "task_id": [Task.objects.first().pk],
        "reply_id": [Reply.objects.first().pk],
        "segment_id": list(SavedSegment.objects.values_list("pk", flat=True)[:1]),
        "key": [campaign.sequence_key, "us", "due_visit", "dental", "no_history", definition],
        "index": [0],
        "channel": ["sms", "email", "letter", "phone"],
        "language": ["en", "es"],
        "kind": ["sms"],
    }

    def walk(patterns, prefix=""):
        for one in patterns:
            route = prefix + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns, route)
            elif not route.startswith(("p/", "account/")):
                yield one.name, route

    for name, route in walk(get_resolver("rebook.web.urls").url_patterns):
        paths = [f"/{route}"]
        for field in re.findall(r"<\w+:(\w+)>", route):
            paths = [re.sub(rf"<\w+:{field}>", str(v), path) for path in paths for v in values.get(field, [])]
        for path in paths:
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield name, path
            elif not answer.status_code in (302, 405):
                print("NO", name, path, answer.status_code, answer["Content-Type"])
        if not paths: print("NOPATH", name, route)


def too_wide(page):
    """What stands out on the right, the innermost first; empty where nothing scrolls sideways."""
    return page.evaluate(
        """() => {
            const page = document.scrollingElement
            if (page.scrollWidth <= page.clientWidth) return []
            const out = [...document.querySelectorAll("body *")]
                .filter(one => one.getBoundingClientRect().right > page.clientWidth + 1)
            return [`${page.scrollWidth} of ${page.clientWidth}`,
                    ...out.slice(-3).map(one => one.outerHTML.slice(0, 160))]
        }"""
    )


def test_no_page_of_the_staff_scrolls_sideways_on_a_telephone(clinic, new_page):
    client = Client()
    client.force_login(
        clinic.member("manager"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    found = list(addresses(clinic, client))
    page = new_page("phone")
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member("manager").email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    wide = {}
    for _, path in found:
        page.goto(path)
        # Nothing that is folded away may be wider either.
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        if said := too_wide(page):
            wide[path] = said
    assert wide == {}
