"""The catalogue and what is settled for a patient: who may what, and what the pages say."""

import pytest

from rebook.packs.gaps import gap_definitions
from rebook.records.models import Gap, GapSignOff, RecallPreference

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician(clinic, signed_in):
    return signed_in(clinic, "clinician")


def settle(client, patient, **values):
    answer = client.post(
        f"/patients/{patient.pk}/settled/",
        {"reason": "as agreed", "rule": "dental.hygiene", **values},
        follow=True,
    )
    return answer.content.decode()


def test_every_rule_is_listed_with_its_count(clinician, clinic):
    page = clinician.get("/setup/catalogue/").content.decode()
    for rule in gap_definitions(tuple(clinic.organisation.pack_keys)):
        assert f"/setup/catalogue/{rule.key}/" in page
    found = Gap.objects.filter(definition_key="dental.hygiene", closed_on__isnull=True).count()
    assert f'<td class="num">{found}</td>' in page


@pytest.mark.parametrize(
    ("query", "fits", "not_fits"),
    [
        ("q=cleaning", "dental.hygiene/", "dental.dental_exam/"),
        ("state=finding", "dental.hygiene/", "dental.dental_exam/"),
        ("state=off", "No rule fits", "dental.hygiene/"),
        ("q=nothing+like+it", "No rule fits", "dental.hygiene/"),
        ("specialty=elsewhere", "No rule fits", "dental.hygiene/"),
    ],
)
def test_filters_let_through_what_fits(clinician, query, fits, not_fits):
    if query == "state=off" and any(one.blocks_unsigned for one in gap_definitions(("dental",))):
        fits = "Off until a clinician signs"
    answer = clinician.get(f"/setup/catalogue/?{query}", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert fits in page
    assert not_fits not in page
    assert "<html" not in page


def test_a_rule_shows_its_patients_only_to_who_may_see_them(clinic, signed_in):
    assert (
        "Rosa Delgado"
        in signed_in(clinic, "front_desk").get("/setup/catalogue/dental.hygiene/").content.decode()
    )
    page = signed_in(clinic, "writer").get("/setup/catalogue/dental.hygiene/").content.decode()
    assert "Rosa Delgado" not in page
    assert "Sign this rule" not in page
    assert signed_in(clinic, "writer").get("/setup/catalogue/dental.nothing/").status_code == 404


def test_a_signature_is_withdrawn_with_a_reason_by_a_clinician_only(clinic, clinician, signed_in):
    rule = gap_definitions(("dental",))[0]
    clinician.post("/setup/catalogue/sign/", {"key": rule.key, "content_hash": rule.content_hash})
    what = {"key": rule.key, "reason": "wrong interval"}
    assert signed_in(clinic, "manager").post("/setup/catalogue/withdraw/", what).status_code == 403
    said = clinician.post("/setup/catalogue/withdraw/", {"key": rule.key}, follow=True).content.decode()
    assert "Say why" in said
    assert GapSignOff.objects.get().withdrawn_at is None
    clinician.post("/setup/catalogue/withdraw/", what)
    assert GapSignOff.objects.get().withdrawn_at is not None
    again = clinician.post("/setup/catalogue/withdraw/", what, follow=True).content.decode()
    assert "signature stands" in again
    # Signed anew: a second row, the first stays.
    clinician.post("/setup/catalogue/sign/", {"key": rule.key, "content_hash": rule.content_hash})
    assert GapSignOff.objects.count() == 2


def test_an_interval_is_a_clinicians_word_a_wait_anybodys(clinic, clinician, signed_in):
    patient, desk = clinic.patients[0], signed_in(clinic, "front_desk")
    assert "Only a clinician" in settle(desk, patient, kind="interval", months="3")
    assert not RecallPreference.objects.exists()
    assert "every 3 months" in settle(clinician, patient, kind="interval", months="3")
    kept = RecallPreference.objects.get()
    assert "Only a clinician" in desk.post(f"/settled/{kept.pk}/end/", follow=True).content.decode()
    until = clinic.today.replace(year=clinic.today.year + 1).isoformat()
    assert "Left alone for now" in settle(desk, patient, kind="snooze", until=until)
    assert RecallPreference.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "interval", "months": "soon"}, "could not be read"),
        ({"kind": "next_date", "due_on": "2026-02-30"}, "could not be read"),
        ({"kind": "interval"}, "interval in months"),
        ({"kind": "snooze"}, "last day"),
        ({"kind": "no_recall", "reason": ""}, "say why"),
        ({"kind": "interval", "months": "3", "rule": ""}, "choose the rule"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_kept(clinician, clinic, values, says):
    assert says in settle(clinician, clinic.patients[0], **values)
    assert not RecallPreference.objects.exists()


def test_nobody_settles_for_another_practices_patient(clinic, signed_in):
    desk = signed_in(clinic, "front_desk")
    assert desk.post("/patients/999999/settled/", {"kind": "no_recall", "reason": "x"}).status_code == 404
    assert desk.post("/settled/999999/end/").status_code == 404
