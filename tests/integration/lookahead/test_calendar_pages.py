"""The calendar's pages: full and empty, the lists behind numbers, plans, forecasts, the go-on form."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebook.flow.lookahead.keeping import keep_forecast
from rebook.flow.outreach.capacity import measure_capacity
from rebook.records.models import Campaign, Case, Forecast, Stop
from rebook.records.read.complaints import BY_BUDGET

pytestmark = pytest.mark.django_db
PAGES = ["/calendar/", "/calendar/plans/", "/calendar/forecasts/"]


def looked_ahead(clinic, *, days_ago=0):
    at = clinic.now - dt.timedelta(days=days_ago)
    measure_capacity(organisation_id=clinic.organisation.pk, as_of=clinic.today, now=clinic.now)
    keep_forecast(
        organisation_id=clinic.organisation.pk, as_of=clinic.today - dt.timedelta(days=days_ago), now=at
    )


def due_tomorrow(clinic):
    Case.objects.filter(closed_at=None).update(next_step_at=clinic.now + dt.timedelta(days=1))


@pytest.mark.parametrize("kind", ["busy", "quiet"])
def test_every_page_answers(kind, request, signed_in):
    clinic = request.getfixturevalue(kind)
    if kind == "busy":
        due_tomorrow(clinic)
        looked_ahead(clinic, days_ago=3)
    client = signed_in(clinic)
    for address in PAGES:
        answer = client.get(address)
        said = answer.content.decode()
        assert answer.status_code == 200, f"{address}: {said[:500]}"
        assert said.count("<h1") == 1
        assert '<a class="nav-item here" href="/calendar/" aria-current="page">' in said


def test_each_number_opens_its_list(busy, signed_in):
    due_tomorrow(busy)
    looked_ahead(busy)
    client = signed_in(busy)
    tomorrow = busy.today + dt.timedelta(days=1)
    site = busy.practice.location.pk
    busy.practice.outside_appointment(
        busy.patients[0], dt.datetime.combine(tomorrow, dt.time(16), tzinfo=dt.UTC)
    )
    said = client.get("/calendar/?kind=hygiene").content.decode()
    for what in ("free", "booked", "due"):
        address = f"/calendar/behind/?what={what}&on={tomorrow}&site={site}"
        assert f"what={what}&amp;on={tomorrow}&amp;site={site}" in said, what
        listed = client.get(address + "&kind=hygiene").content.decode()
        assert "None</h2>" not in listed, what
    assert (
        "Rosa Delgado"
        in client.get(f"/calendar/behind/?what=booked&on={tomorrow}&site={site}").content.decode()
    )
    assert client.get("/calendar/behind/?what=nonsense").status_code == 404
    # Whoever may not see patients sees the numbers, without links.
    writer = signed_in(busy, "writer")
    assert "/calendar/behind/" not in writer.get("/calendar/").content.decode()
    assert writer.get("/calendar/behind/?what=due").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/calendar/?from=nonsense", "/calendar/?from=9999-12-31", "/calendar/?kind=%00nothing",
        "/calendar/behind/?what=due&on=x&site=99999999999999999999", "/calendar/plans/?days=99999999",
        "/calendar/plans/?campaign=99999999", "/calendar/plans/?days=-1", "/calendar/forecasts/?made_on=x",
    ],
)  # fmt: skip
def test_bad_addresses_do_no_harm(address, busy, signed_in):
    assert signed_in(busy).get(address).status_code == 200


def test_another_plan_stands_beside_the_present_one(busy, signed_in):
    due_tomorrow(busy)
    client, campaign = signed_in(busy), Campaign.objects.get()
    said = client.get(f"/calendar/plans/?campaign={campaign.pk}&daily_limit=1&days=20").content.decode()
    assert "Side by side" in said
    assert "Changed plan" in said
    wrong = client.get(f"/calendar/plans/?campaign={campaign.pk}&daily_limit=many")
    assert wrong.status_code == 422
    assert "wants a whole number" in wrong.content.decode()
    too_much = client.get(f"/calendar/plans/?campaign={campaign.pk}&holdout_percent=80")
    assert (too_much.status_code, "from 0 to 50" in too_much.content.decode()) == (422, True)
    # Looking changes nothing.
    assert (Campaign.objects.get().daily_limit, Forecast.objects.count()) == (50, 0)


def test_more_patients_cost_no_more_queries(busy, signed_in):
    due_tomorrow(busy)
    looked_ahead(busy)
    client = signed_in(busy)

    def counted():
        found = []
        for address in ("/calendar/", "/calendar/forecasts/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    counted()
    before = counted()
    for number in range(8, 14):
        busy.call(busy.patient(number))
    due_tomorrow(busy)
    assert counted() == before
    assert max(before) < 40


def test_settings_are_checked_and_audited(busy, signed_in):
    client = signed_in(busy)
    asked = {
        "minutes_a_day": "90", "minutes_per_call": "5", "minutes_per_reply": "3", "window_days": "10",
        "slot_percent": "70", "patients_per_slot": "4",
    }  # fmt: skip
    client.post("/calendar/settings/", asked)
    busy.organisation.refresh_from_db()
    assert busy.organisation.settings["capacity"]["patients_per_slot"] == 4
    for wrong in ({"window_days": "0"}, {"window_days": "ten"}, {"slot_percent": "9999"}):
        answer = client.post("/calendar/settings/", asked | wrong, follow=True)
        assert "whole number" in answer.content.decode()
    busy.organisation.refresh_from_db()
    assert busy.organisation.settings["capacity"]["window_days"] == 10
    assert "capacity.changed" in client.get("/setup/audit/").content.decode().replace(
        "Capacity changed", "capacity.changed"
    )
    assert signed_in(busy, "front_desk").post("/calendar/settings/", asked).status_code == 403


def test_a_stopped_campaign_says_why_and_asks_for_a_reason(busy, signed_in):
    campaign = Campaign.objects.get()
    Stop.objects.create(
        organisation=busy.organisation, scope="campaign", key=str(campaign.pk), started_by=BY_BUDGET,
        reason="4 of 100 texts asked to stop (4.0 %; the limit is 3 %)", started_at=busy.now,
    )  # fmt: skip
    client, here = signed_in(busy), f"/campaigns/{campaign.pk}/room/"
    assert "4 of 100 texts asked to stop" in client.get(here).content.decode()
    refused = client.post(here + "go-on/", {"reason": "ok"}, follow=True)
    assert "10 to 500 letters" in refused.content.decode()
    assert Stop.objects.filter(ended_at=None).exists()
    client.post(here + "go-on/", {"reason": "The wording was changed and approved anew."})
    assert not Stop.objects.filter(ended_at=None).exists()
    assert signed_in(busy, "front_desk").post(here + "go-on/").status_code == 403


def test_other_practices_stay_out_of_sight(busy, signed_in):
    from support.clinic import make_clinic

    other = make_clinic("other-street")
    theirs = other.case(other.patient(1, family_name="Elsewhere"), next_step_at=busy.now)
    client = signed_in(busy)
    assert client.get(f"/campaigns/{theirs.campaign_id}/room/").status_code == 404
    assert "Elsewhere" not in client.get(f"/calendar/behind/?what=due&on={busy.today}").content.decode()
