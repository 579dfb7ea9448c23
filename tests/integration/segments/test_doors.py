"""Segments through the page, the command and the API: counted while chosen, saved by version, used."""

import datetime as dt
import json

import pytest
from django.test import Client
from typer.testing import CliRunner

from rebook.accounts.models import AuditEvent
from rebook.cli.app import app
from rebook.core.segment import Segment
from rebook.flow import segments
from rebook.packs.outreach import sequences
from rebook.records.models import Campaign, Gap, Patient, SavedSegment, SegmentVersion
from rebook.records.read.segment_files import segment_file
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
LOST = {"filters": [{"field": "tier", "any_of": ["lost"]}]}


def save(clinic, value=LOST, name="Gone for long", **more):
    return segments.save(
        organisation_id=clinic.organisation.pk,
        segment=Segment.from_json(value),
        name=name,
        now=NOW,
        actor="user:1",
        **more,
    )


def rebook(*words):
    answer = CliRunner().invoke(app, ["segment", *words, "--json"])
    return answer.exit_code, json.loads(answer.stdout) if answer.exit_code == 0 else answer.output


def test_the_page_counts_what_is_chosen_and_says_it(clinic, signed_in):
    client = signed_in(clinic, "manager")
    everybody = Gap.objects.filter(closed_on__isnull=True).values("patient").distinct().count()
    page = client.get("/segments/new/").content.decode()
    assert f"{everybody} patients" in page
    fragment = client.get("/segments/new/", {"who": "due", "age.from": "300"}, headers={"HX-Request": "true"})
    said = fragment.content.decode()
    assert "<html" not in said
    assert "Age: Lies between 0 and 130 years." in said
    fewer = client.get("/segments/new/", {"language": "es"}, headers={"HX-Request": "true"}).content.decode()
    fits = (
        Patient.objects.filter(gaps__in=Gap.objects.filter(closed_on__isnull=True), language__startswith="es")
        .distinct()
        .count()
    )
    assert "who speak Spanish" in fewer
    assert f"{fits} patient" in fewer


def test_saving_makes_a_segment_then_versions_of_it(clinic, signed_in):
    client = signed_in(clinic, "manager")
    page = client.post(
        "/segments/new/", {"who": "due", "tier": ["lost"], "name": "Gone for long"}, follow=True
    ).content.decode()
    assert "Saved." in page
    made = SavedSegment.objects.get()
    address = f"/segments/{made.pk}/"
    # What was saved is ticked when it is opened again.
    assert 'name="tier" value="lost" checked' in page or made.versions.get().content["filters"]
    again = {"who": "due", "tier": ["lost"], "name": "Gone for long"}
    client.post(address, again)
    assert SegmentVersion.objects.count() == 1
    page = client.post(address, {**again, "age.from": "50", "note": "only older"}, follow=True)
    assert [one.number for one in made.versions.order_by("number")] == [1, 2]
    assert "only older" in page.content.decode()
    assert "aged 50 years or more" in page.content.decode()
    assert AuditEvent.objects.filter(action="segment.saved").count() == 3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "a name of at most"),
        ({"name": "Gone for long"}, "already a segment"),
        ({"name": "New", "age.from": "9", "age.to": "3"}, "the first is greater"),
        ({"name": "New", "tier": "churned"}, "is none of"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(given, says, clinic, signed_in):
    save(clinic)
    answer = signed_in(clinic, "manager").post("/segments/new/", {"who": "due", **given})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert SavedSegment.objects.count() == 1


def test_the_list_behind_each_number_shows_these_patients(clinic, signed_in):
    client = signed_in(clinic, "coordinator")
    chosen = (
        Patient.objects.filter(gaps__in=Gap.objects.filter(closed_on__isnull=True)).distinct().order_by("pk")
    )
    gone = chosen[0]
    Patient.objects.filter(pk=gone.pk).update(do_not_contact=True)
    page = client.get("/segments/patients/", {"who": "due", "left_out": "do_not_contact"}).content.decode()
    assert f"/patients/{gone.pk}/" in page
    assert not any(f"/patients/{one.pk}/" in page for one in chosen if one != gone)
    free = client.get("/segments/patients/", {"who": "due", "left_out": ""}).content.decode()
    assert f"/patients/{gone.pk}/" not in free
    assert "Nobody is in this list" in client.get("/segments/patients/", {"age.from": "120"}).content.decode()


def test_put_away_and_taken_back(clinic, signed_in):
    file = save(clinic)
    client = signed_in(clinic, "manager")
    client.post(f"/segments/{file.id}/put-away/")
    page = client.get("/segments/").content.decode()
    assert "Put away (1)" in page
    client.post(f"/segments/{file.id}/put-away/")
    assert "Put away (" not in client.get("/segments/").content.decode()


@pytest.mark.parametrize("address", ["/segments/new/", "/segments/{id}/"])
def test_those_who_make_no_campaigns_make_no_segments(address, clinic, signed_in):
    file = save(clinic)
    assert signed_in(clinic, "front_desk").get(address.format(id=file.id)).status_code == 403


def test_another_practices_segment_is_not_there(clinic, signed_in):
    other = make_clinic("oak-street")
    file = save(other)
    assert signed_in(clinic, "manager").get(f"/segments/{file.id}/").status_code == 404
    assert segment_file(organisation_id=clinic.organisation.pk, segment_id=file.id) is None


def test_a_campaign_keeps_the_version_it_was_made_from(clinic, signed_in):
    file = save(clinic)
    client = signed_in(clinic, "manager")
    client.post(
        "/campaigns/new/",
        {
            "name": "Back after years",
            "segment_id": str(file.id),
            "tier": ["active"],
            "sequence_key": next(iter(sequences("dental"))),
            "owner_id": str(clinic.member("manager").pk),
            "daily_limit": "20",
            "holdout_percent": "5",
        },
    )
    save(clinic, {"filters": [{"field": "age", "from": 90}]}, segment_id=file.id)
    made = Campaign.objects.get(name="Back after years")
    assert made.segment["saved"] == {"id": file.id, "version": 1}
    assert Segment.from_json(made.segment) == Segment.from_json(LOST)
    page = client.get(f"/campaigns/{made.pk}/").content.decode()
    assert "version 1" in page
    assert segment_file(organisation_id=clinic.organisation.pk, segment_id=file.id).campaigns == 1


def test_the_command_counts_saves_and_shows(clinic):
    code, counted = rebook("count", "-f", "tier=lost,dormant", "-f", "age=0..60", "-f", "language!=es")
    assert code == 0
    assert counted["sentence"].endswith("aged 0 to 60 years, who do not speak es.")
    assert counted["patients"] == counted["could_be_contacted"] + sum(counted["left_out"].values())
    code, saved = rebook("save", "Lost ones", "-f", "tier=lost")
    assert (code, saved["version"]) == (0, 1)
    assert rebook("save", "Lost ones", "-f", "tier=lost", "-f", "age=18..")[1]["version"] == 2
    assert [one["name"] for one in rebook("list")[1]] == ["Lost ones"]
    code, shown = rebook("show", "Lost ones")
    assert [one["version"] for one in shown["versions"]] == [2, 1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("count", "-f", "colour=blue"), "there is no field 'colour'"),
        (("count", "-f", "age"), "wants FIELD=VALUES"),
        (("count", "-f", "age=old"), "wants a range"),
        (("count", "-f", "tier=churned"), "'churned' is none of"),
        (("count", "--everybody", "-f", "tier=lost"), "reason to come back"),
        (("show", "Nothing"), "there is no segment 'Nothing'"),
        (("count", "--file", "no-such.json"), "no-such.json"),
    ],
)
def test_the_command_names_what_is_wrong(words, says, clinic):
    answer = CliRunner().invoke(app, ["segment", *words])
    assert answer.exit_code == 2
    assert says in answer.output + answer.stderr


def test_the_api_counts_saves_and_lists(clinic, signed_in):
    client = signed_in(clinic, "manager")

    def post(address, value):
        return client.post(address, json.dumps(value), content_type="application/json")

    counted = post("/api/v1/segments/count", LOST).json()
    assert counted["sentence"] == "Patients with a reason to come back, lost."
    made = post("/api/v1/segments", {**LOST, "name": "Lost"}).json()
    assert made["version"] == 1
    again = post("/api/v1/segments", {"filters": [], "name": "Lost", "id": made["id"]}).json()
    assert (again["id"], again["version"]) == (made["id"], 2)
    assert [one["name"] for one in client.get("/api/v1/segments").json()] == ["Lost"]
    assert {one["key"] for one in client.get("/api/v1/segments/fields").json()} >= {"age", "tier"}
    assert post("/api/v1/segments/count", {"filters": [{"field": "age"}]}).status_code == 422
    assert post("/api/v1/segments", {"filters": [], "name": "Lost"}).status_code == 422


def test_the_api_lets_nobody_else_in(clinic, signed_in):
    assert Client().get("/api/v1/segments").status_code == 401
    desk = signed_in(clinic, "front_desk")
    answer = desk.post(
        "/api/v1/segments", json.dumps({"filters": [], "name": "x"}), content_type="application/json"
    )
    assert answer.status_code == 403
    assert signed_in(clinic, "writer").get("/api/v1/segments").status_code == 403
