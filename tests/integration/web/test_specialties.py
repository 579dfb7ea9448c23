"""Setup > Specialties, the kinds of visit that a pack brings, and the call script beside a task."""

import datetime as dt

import pytest

from rebook.accounts.models import AuditEvent, Organisation
from rebook.flow import practice
from rebook.records.models import Campaign, Task, VisitType

pytestmark = pytest.mark.django_db


def used(clinic):
    return Organisation.objects.get(pk=clinic.organisation.pk).pack_keys


def test_a_new_practice_has_the_kinds_of_visit_of_its_packs_in_its_language():
    now = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    made = practice.create_organisation(
        name="Ojo", time_zone="America/Chicago", pack_keys=["eye", "dental"], default_language="es",
        now=now, actor="cli",
    )  # fmt: skip
    rows = {row.key: row for row in VisitType.objects.filter(organisation_id=made)}
    assert {"eye_exam", "contact_lens_exam", "eye_injection", "hygiene", "dental_exam"} <= set(rows)
    assert (rows["eye_exam"].label, rows["eye_exam"].minutes) == ("Examen de la vista", 30)
    # Patients book nothing by themselves before the practice says so (R-D78).
    assert not any(row.is_self_bookable for row in rows.values())


def test_every_pack_is_listed_with_what_it_brings(clinic, signed_in):
    shown = signed_in(clinic, "manager").get("/setup/packs/").content.decode()
    for text in ("Dental care", "Cardiology and anticoagulation", "Cancer survivorship", "Physiotherapy"):
        assert text in shown
    assert "off until a clinician signs" in shown
    assert "i see flashes of light in my left eye" in shown
    assert 'aria-label="Remove Dental care"' in shown
    assert 'aria-label="Add Cardiology and anticoagulation"' in shown


def test_a_manager_adds_a_pack_and_takes_it_away_again(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    VisitType.objects.create(organisation=clinic.organisation, key="eye_exam", label="Our own", minutes=50)
    shown = manager.post("/setup/packs/eye/add/", follow=True).content.decode()
    assert "Its rules run from the next daily run." in shown
    assert used(clinic) == ["dental", "eye"]
    # What the practice has set stays.
    kept = VisitType.objects.get(organisation=clinic.organisation, key="eye_exam")
    assert (kept.label, kept.minutes) == ("Our own", 50)
    assert VisitType.objects.filter(organisation=clinic.organisation, key="eye_injection").exists()
    manager.post("/setup/packs/eye/add/")
    assert used(clinic) == ["dental", "eye"]
    manager.post("/setup/packs/eye/remove/")
    assert used(clinic) == ["dental"]
    assert VisitType.objects.filter(organisation=clinic.organisation, key="eye_injection").exists()
    acts = AuditEvent.objects.filter(subject_kind="pack").order_by("sequence")
    assert [(one.action, one.subject_id) for one in acts] == [("pack.added", "eye"), ("pack.removed", "eye")]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/setup/packs/astrology/add/", "there is no pack astrology"),
        ("/setup/packs/eye/remove/", "does not use the pack eye"),
    ],
)
def test_what_cannot_be_is_said(address, says, clinic, signed_in):
    assert says in signed_in(clinic, "manager").post(address, follow=True).content.decode()
    assert used(clinic) == ["dental"]


def test_a_pack_whose_plan_a_campaign_follows_stays(clinic, signed_in):
    Campaign.objects.update(sequence_key="dental.routine", state="active")
    shown = signed_in(clinic, "manager").post("/setup/packs/dental/remove/", follow=True).content.decode()
    assert "its contact plans are in use" in shown
    assert used(clinic) == ["dental"]
    Campaign.objects.update(state="archived")
    signed_in(clinic, "manager").post("/setup/packs/dental/remove/")
    assert used(clinic) == []


def test_only_a_manager_may(clinic, signed_in):
    for role in ("front_desk", "clinician", "compliance"):
        assert signed_in(clinic, role).post("/setup/packs/eye/add/").status_code == 403
    assert "Add Eye care" not in signed_in(clinic, "clinician").get("/setup/packs/").content.decode()
    assert signed_in(clinic, "manager").post("/setup/packs/eye/explode/").status_code == 404
    assert used(clinic) == ["dental"]


def test_a_call_shows_what_to_answer(clinic, signed_in):
    call = Task.objects.filter(kind="call", call_back_at=None).first()
    shown = signed_in(clinic).get(f"/?task={call.pk}").content.decode()
    assert "If the call turns" in shown
    assert "I am afraid of the dentist." in shown or "Le tengo miedo al dentista." in shown
