"""No staff page scrolls sideways on a telephone: every address of the url conf that can be read, found by its
links, on a practice with something on most pages. Wide tables scroll inside their own frame."""

import datetime as dt
import re
from collections import Counter

import pytest
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

from rebook.core.outreach.sequence import as_json
from rebook.packs.outreach import sequences
from rebook.records.models import Backtest, Campaign
from rebook.work.backtests import complete_backtest
from support.browser import press
from support.clinic import PASSWORD, make_busy_clinic

pytestmark = pytest.mark.browser

MOST_OF_A_KIND = 3
# Files, what only acts, and what follows on acts that other tests live through.
NOT_PAGES = {
    "account_login", "results_pdf", "backtest_csv", "text_sample", "letters_file", "evidence_file",
    "campaign_act", "sequence_move", "wording_winner", "wording_test_act", "test_sent",
}  # fmt: skip


@pytest.fixture
def clinic(transactional_db, settings):
    settings.SNAPSHOT_DIRECTORY = settings.HOME / "snapshots"
    return make_busy_clinic()


@pytest.fixture
def manager(clinic):
    """Signed in, with a practice in which something of everything was begun."""
    client = Client()
    client.force_login(
        clinic.member("manager"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    campaign = Campaign.objects.first()
    campaign.sequence = as_json(sequences("dental")[campaign.sequence_key])
    campaign.save(update_fields=["sequence"])
    clinic.campaign(name="Next year", state="draft")
    client.post("/segments/new/", {"name": "Spanish readers", "language": "es"})
    client.post("/sequences/dental.check_up/clone/", {"title": "Our check up"})
    client.post("/setup/doctor/")
    tested = {"step": "0", "element": "day_part", "variant": ["evening"], "metric": "booked"}
    client.post(f"/campaigns/{campaign.pk}/tests/step/", tested | {"effect": "10", "looks": "3"})
    past = {"from_on": (clinic.today - dt.timedelta(days=60)).isoformat(), "to_on": clinic.today.isoformat()}
    client.post("/results/backtests/", past | {"every": "week", "about": "rule:dental.hygiene"})
    complete_backtest(
        organisation_id=clinic.organisation.pk, number=Backtest.objects.get().number, now=clinic.now
    )
    return client


def routes():
    """{name: route} of the staff's addresses."""
    found = {}

    def walk(patterns, prefix=""):
        for one in patterns:
            route = prefix + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, route)
            elif not route.startswith(("p/", "account/")):
                found[one.name] = route

    walk(get_resolver("rebook.web.urls").url_patterns)
    return found


def pages(client):
    """{path: name} of whole pages, a few of each kind, found by going wherever a link leads."""
    known = routes()
    waiting = [f"/{route}" for route in known.values() if "<" not in route]
    found, of_kind, seen = {}, Counter(), set()
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(path.partition("?")[0]).url_name
        except Resolver404:
            continue
        if path in seen or name not in known or of_kind[name] >= MOST_OF_A_KIND:
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            of_kind[name] += 1
            found[path] = name
            links = re.findall(r'href="(/[^"#]*)', answer.content.decode())
            waiting += [one.replace("&amp;", "&") for one in links]
    return found


def too_wide(page):
    """How wide it is and what stands out on the right, the innermost last; empty where nothing does."""
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


def test_no_page_of_the_staff_scrolls_sideways_on_a_telephone(clinic, manager, new_page):
    found = pages(manager)
    page = new_page("phone")
    page.goto("/")
    page.get_by_label("Email").fill(clinic.member("manager").email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    wide = {}
    for path in found:
        answer = page.goto(path)
        assert answer.status == 200, path
        # Nothing that is folded away may be wider either.
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        if said := too_wide(page):
            wide[path] = said
    assert wide == {}


def test_nearly_every_page_is_looked_at(manager):
    """What the walk above cannot read is told by its way of being asked, or named here."""
    found = set(pages(manager).values())
    assert len(found) > 60
    unread = {}
    for name, route in routes().items():
        if name in found | NOT_PAGES:
            continue
        status = manager.get("/" + re.sub(r"<\w+:\w+>", "1", route)).status_code
        if status != 405:
            unread[name] = status
    assert unread == {}
