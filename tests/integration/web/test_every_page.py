"""Every staff address: who gets in, and that it answers with a whole page, empty or full."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from rebook.records.models import Campaign, Reply, Task
from rebook.web.access import ROLES_BY_ACT
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db

MOST_QUERIES = 64
# Open to people who are not signed in, or signed in and of no practice.
OPEN_NAMES = {
    "account_login", "account_logout", "account_inactive", "account_reauthenticate",
    "account_change_password", "choose_practice",
}  # fmt: skip
PAGES = [
    "/", "/?kind=call", "/inbox/", "/inbox/?show=handled", "/patients/", "/patients/?q=del",
    "/patients/?tier=dormant", "/campaigns/", "/campaigns/new/", "/results/", "/results/?as_of=2026-01-01",
    "/results/ways/", "/results/ways/?by=age&as_of=2026-01-01",
    "/results/time-away/", "/sequences/", "/sequences/dental.check_up/",
    "/results/list/?stage=attempted", "/results/list/?stage=identified", "/results/list/?reason=not_enrolled",
    "/results/backtests/", "/setup/doctor/", "/results/likelihood/", "/setup/", "/setup/sources/",
    "/setup/catalogue/", "/setup/texts/", "/setup/channels/", "/setup/people/",
    "/setup/consent/", "/setup/ready/",
    "/setup/hours/", "/setup/places/", "/setup/places/us/", "/setup/places/us-il/", "/setup/places/house/",
    "/setup/limits/", "/setup/own-number/",
    "/setup/approvals/", "/setup/approvals/?show=all", "/setup/approvals/rules/",
]  # fmt: skip


def staff_patterns():
    """(name, pattern, view) of every address that is neither a patient's nor a machine's."""
    found = []

    def walk(patterns, prefix=""):
        for one in patterns:
            route = prefix + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, route)
            else:
                found.append((one.name, route, one.callback))

    walk(get_resolver("rebook.web.urls").url_patterns)
    return [one for one in found if not one[1].startswith("p/")]


def test_every_staff_view_is_guarded():
    bare = [
        route
        for name, route, view in staff_patterns()
        if name not in OPEN_NAMES
        and not route.startswith("account/second-step/")
        and getattr(view, "staff_act", None) not in ROLES_BY_ACT
    ]
    assert bare == []


def test_nobody_gets_in_without_signing_in(db):
    client = Client()
    for name, route, _ in staff_patterns():
        if name in OPEN_NAMES or route.startswith("account/"):
            continue
        address = "/" + re.sub(r"<(?:slug|str):\w+>", "launch", re.sub(r"<int:\w+>", "1", route))
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 405), address
            if answer.status_code == 302:
                assert answer.url.startswith("/sign-in/"), address


def test_somebody_of_no_practice_is_told_so(clinic, django_user_model):
    stranger = django_user_model.objects.create_user(email="stranger@example.org", password=None)
    client = Client()
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/")
    assert answer.status_code == 403
    assert "Not for your role" in answer.content.decode()


@pytest.mark.parametrize("kind", ["clinic", "quiet_clinic"])
def test_every_page_answers(kind, request, signed_in):
    client = signed_in(request.getfixturevalue(kind), "manager")
    for address in PAGES:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, f"{address}: {page[:1000]}"
        assert page.count("<h1") == 1, address
        assert "</html>" in page
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_pages_about_one_thing_answer(clinic, signed_in):
    client = signed_in(clinic, "manager")
    campaign = Campaign.objects.get()
    for address in (
        f"/?task={Task.objects.filter(kind='call').first().pk}",
        f"/?task={Task.objects.get(kind='safety').pk}",
        f"/inbox/?reply={Reply.objects.first().pk}",
        f"/patients/{clinic.patients[0].pk}/",
        f"/patients/{clinic.patients[0].pk}/consent/",
        f"/campaigns/{campaign.pk}/",
        f"/campaigns/{campaign.pk}/approval/",
        f"/campaigns/{campaign.pk}/cases/?stage=open",
        f"/campaigns/{campaign.pk}/cases/?arm=holdout",
        f"/campaigns/{campaign.pk}/cases/?rule=quiet_hours",
        "/setup/audit/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address


def test_a_fragment_is_the_page_without_its_frame(clinic, signed_in):
    client = signed_in(clinic)
    address = f"/?task={Task.objects.filter(kind='call').first().pk}"
    whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "How did it go?" in part.content.decode()
    assert "How did it go?" in whole.content.decode()


def test_more_patients_cost_no_more_queries(clinic, signed_in):
    client = signed_in(clinic, "manager")
    addresses = [*PAGES, f"/campaigns/{Campaign.objects.get().pk}/", f"/patients/{clinic.patients[0].pk}/"]

    def counted():
        found = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found[address] = len(queries)
        return found

    counted()  # What is kept between requests is there from now on.
    before = counted()
    for number in range(8, 16):
        patient = clinic.patient(number)
        clinic.call(patient)
        clinic.reply_task(clinic.reply(patient, "Can you call me?", "call_me"), "call_back")
    assert counted() == before
    assert max(before.values()) <= MOST_QUERIES, before


def test_other_practices_stay_out_of_sight(clinic, signed_in):
    other = make_clinic("other-street")
    theirs = other.patient(1, external_id="theirs", family_name="Elsewhere")
    task = other.call(theirs)
    client = signed_in(clinic, "manager")
    assert client.get(f"/patients/{theirs.pk}/").status_code == 404
    assert client.post(f"/tasks/{task.pk}/outcome/", {"outcome": "no_answer"}).status_code == 404
    assert "Elsewhere" not in client.get("/patients/?q=Elsew").content.decode()
    assert "This task is gone" in client.get(f"/?task={task.pk}").content.decode()


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("analyst", "/patients/", 403),
        ("analyst", "/results/", 200),
        ("analyst", "/", 302),
        ("writer", "/inbox/", 403),
        ("compliance", "/setup/audit/", 200),
        ("front_desk", "/setup/audit/", 403),
        ("front_desk", "/campaigns/new/", 403),
    ],
)
def test_roles_see_their_pages_only(role, address, status, clinic, signed_in):
    assert signed_in(clinic, role).get(address).status_code == status
