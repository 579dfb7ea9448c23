"""The pages staff open all day, on a small and on a larger practice: no query more for more rows."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rebook.cli.bench_pages import PAGES
from rebook.flow.pages_rehearsal import rehearse_pages
from rebook.records.models import Attempt, Case, Gap, Patient, Reply, Task

pytestmark = pytest.mark.django_db
FEW, MANY = 80, 1600
MORE_PAGES = {
    "looked_after_nobody": "/patients/looked-after/?state=nobody",
    "looked_after_excluded": "/patients/looked-after/?state=excluded",
    "time_away": "/results/time-away/",
    "letters": "/letters/",
    "segments": "/segments/",
    "limits": "/setup/limits/",
    "room": "/campaigns/{campaign}/room/",
}


def staff_of(practice):
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=practice.user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def queries_of(client, practice, address):
    where = address.format(patient=practice.patient_id, campaign=practice.campaign_id)
    assert client.get(where).status_code == 200, where
    with CaptureQueriesContext(connection) as queries:
        client.get(where)
    return len(queries)


def test_no_page_asks_more_of_a_larger_practice():
    now = datetime.now(UTC)
    few = rehearse_pages(slug="few", patients=FEW, now=now)
    many = rehearse_pages(slug="many", patients=MANY, now=now)
    of_few, of_many = staff_of(few), staff_of(many)
    more = {}
    for name, address in {**PAGES, **MORE_PAGES}.items():
        one, other = queries_of(of_few, few, address), queries_of(of_many, many, address)
        if other > one:
            more[name] = (one, other)
    assert more == {}


def test_an_invented_practice_has_something_for_every_page():
    few = rehearse_pages(slug="few", patients=FEW, now=datetime.now(UTC))
    of = {"organisation_id": few.organisation_id}
    assert Patient.objects.filter(**of).count() == FEW
    assert Gap.objects.filter(**of, closed_on=None).values("patient").distinct().count() == FEW / 2
    for model, states in ((Reply, {"new"}), (Task, {"open"}), (Attempt, {"planned", "delivered"})):
        assert states <= set(model.objects.filter(**of).values_list("state", flat=True)), model
    cases = Case.objects.filter(**of)
    assert set(cases.values_list("arm", flat=True)) == {"contact", "holdout"}
    assert {one.closed_at is None for one in cases} == {True, False}
    assert few.rows > 10 * FEW
