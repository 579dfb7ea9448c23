"""What an import leaves in the ledger, and that the same import again leaves it untouched."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.accounts import audit
from rebook.accounts.models import AuditEvent, Location
from rebook.records.models import (
    Appointment,
    ContactPoint,
    ImportRun,
    Patient,
    Practitioner,
    Procedure,
    RejectedRow,
    Source,
    Visit,
    VisitType,
)
from rebook.records.read import imports
from support.exports import DIARY, bundle, diary, diary_row, encounter, ndjson, patient

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 16, 13, tzinfo=UTC)


def numbers(summary, entity):
    names = ("read", "repeated", "created", "updated", "unchanged", "rejected")
    return tuple(summary.counts[entity][name] for name in names)


def test_a_diary_becomes_patients_appointments_and_visits(bring, organisation):
    summary = bring(diary(diary_row(1), diary_row(2, status="missed"), diary_row(3, age="-1")))
    assert summary.state == "done"
    assert numbers(summary, "patient") == (2, 0, 2, 0, 0, 1)
    assert numbers(summary, "appointment") == (2, 0, 2, 0, 0, 0)
    assert numbers(summary, "visit") == (1, 0, 1, 0, 0, 0)
    rosa = Patient.objects.get(external_id="p1")
    assert (rosa.given_name, rosa.birth_on, rosa.organisation) == ("Rosa", date(1985, 8, 4), organisation)
    kept = Visit.objects.get()
    assert (kept.patient, kept.started_at) == (rosa, datetime(2026, 2, 2, 15, tzinfo=UTC))
    assert Appointment.objects.get(external_id="a2").status == "noshow"
    source = Source.objects.get()
    assert (source.key, source.kind, source.last_synced_at) == ("csv", "csv", FIRST)


def test_the_run_its_rejects_and_an_audit_line_are_kept(bring, organisation):
    summary = bring(diary(diary_row(1), diary_row(3, age="-1")))
    (run,) = imports.runs(organisation_id=organisation.pk)
    assert (run.id, run.state, run.counts) == (summary.run_id, "done", summary.counts)
    (reject,) = imports.rejects(organisation_id=organisation.pk)
    assert (reject.file, reject.line, reject.field) == ("diary.csv", 3, "age")
    assert reject.reason == "the age is below zero"
    assert reject.raw.startswith("a3\tp3")
    (reason,) = imports.reject_reasons(organisation_id=organisation.pk)
    assert (reason.field, reason.count) == ("age", 1)
    line = AuditEvent.objects.get(action="import")
    assert (line.subject_id, line.detail["counts"]) == (str(run.id), summary.counts)
    assert audit.verify(organisation_id=organisation.pk) == (1, None)


def test_the_same_input_again_writes_nothing(bring, versions):
    content = diary(diary_row(1), diary_row(2, status="vanished"), diary_row(2, age="-2"), "a,b")
    bring(content)
    before = versions()
    again = bring(content)
    assert versions() == before
    assert numbers(again, "patient") == (2, 0, 0, 0, 2, 1)
    assert (again.rejects_new, again.rejects_gone) == (0, 0)
    assert RejectedRow.objects.count() == 3
    assert Source.objects.get().last_synced_at == FIRST + timedelta(days=1)


def test_changed_rows_are_updated_and_no_others(bring, versions):
    bring(diary(diary_row(1), diary_row(2)))
    before = versions()
    summary = bring(diary(diary_row(1, family="Changed"), diary_row(2)))
    assert numbers(summary, "patient") == (2, 0, 0, 1, 1, 0)
    assert numbers(summary, "appointment") == (2, 0, 0, 0, 2, 0)
    assert Patient.objects.get(external_id="p1").family_name == "Changed"
    after = versions()
    changed = [table for table in after if after[table] != before[table]]
    assert changed == ["records_patient"]
    assert len(set(after["records_patient"]) - set(before["records_patient"])) == 1


def test_large_imports_are_written_piece_by_piece(bring, monkeypatch):
    monkeypatch.setattr("rebook.records.write.facts_merge.PIECE", 3)
    names = range(20)
    summary = bring(diary(*(diary_row(number) for number in names)))
    assert numbers(summary, "visit") == (20, 0, 20, 0, 0, 0)
    summary = bring(diary(*(diary_row(number, family="Changed") for number in names)))
    assert numbers(summary, "patient") == (20, 0, 0, 20, 0, 0)
    assert set(Patient.objects.values_list("family_name", flat=True)) == {"Changed"}


def test_rows_that_are_gone_from_the_input_stay(bring):
    bring(diary(diary_row(1), diary_row(2)))
    bring(diary(diary_row(2)))
    assert Patient.objects.count() == Visit.objects.count() == 2


def test_of_two_rows_with_one_id_the_last_one_counts(bring):
    summary = bring(diary(diary_row(1), diary_row(1, family="Later", phone="312-555-0199")))
    assert numbers(summary, "patient") == (2, 1, 1, 0, 0, 0)
    assert Patient.objects.get().family_name == "Later"
    assert [point.value for point in ContactPoint.objects.all()] == ["+13125550199"]


def test_a_row_without_its_patient_is_turned_away_with_its_place(bring):
    visits = encounter("e1", "Patient/nobody")
    summary = bring(ndjson(patient("p1"), visits, encounter("e2")), name="export.ndjson")
    assert numbers(summary, "visit") == (2, 0, 1, 0, 0, 1)
    reject = RejectedRow.objects.get()
    assert (reject.file, reject.line, reject.field) == ("export.ndjson", 2, "patient_id")
    assert reject.reason == "the patient was not found"


def test_rejects_that_no_longer_stand_are_taken_off_the_list(bring):
    bring(diary(diary_row(1), diary_row(2, age="-1"), diary_row(3, age="-1")))
    kept = RejectedRow.objects.get(line=4).pk
    summary = bring(diary(diary_row(1), diary_row(2), diary_row(3, age="-1")))
    assert (summary.rejects_new, summary.rejects_gone) == (0, 1)
    assert [reject.pk for reject in RejectedRow.objects.all()] == [kept]


def test_the_order_of_files_and_lines_does_not_matter(bring):
    practice = [
        encounter("e1", participant=[{"individual": {"reference": "Practitioner?identifier=npi|9"}}]),
        {
            "resourceType": "PractitionerRole",
            "id": "r1",
            "practitioner": {"identifier": {"system": "npi", "value": "9"}},
            "location": [{"reference": "Location/1"}],
        },
        patient("p1", generalPractitioner=[{"reference": "Practitioner/d1"}]),
        {"resourceType": "Location", "id": "1", "name": "North"},
        {
            "resourceType": "Practitioner",
            "id": "d1",
            "identifier": [{"system": "npi", "value": "9"}],
            "name": [{"text": "Jo Kim"}],
        },
    ]
    summary = bring(ndjson(*practice), name="export.ndjson")
    assert summary.rejected == 0
    doctor = Practitioner.objects.get()
    assert (doctor.external_id, doctor.name, doctor.location.name) == ("d1", "Jo Kim", "North")
    assert Visit.objects.get().practitioner == Patient.objects.get().practitioner == doctor
    again = bring(ndjson(*reversed(practice)), name="export.ndjson")
    assert {name: one["updated"] for name, one in again.counts.items()} == dict.fromkeys(again.counts, 0)


def test_a_reference_that_can_be_resolved_only_later_is_mended(bring):
    visit = encounter("e1", location=[{"location": {"reference": "Location/1"}}])
    bring(ndjson(patient("p1"), visit), name="export.ndjson")
    assert Visit.objects.get().location is None
    place = {"resourceType": "Location", "id": "1", "name": "North"}
    bring(ndjson(patient("p1"), visit, place), name="export.ndjson")
    assert Visit.objects.get().location.name == "North"


def test_an_organisation_is_a_site_only_when_something_refers_to_it(bring):
    named, parent = ({"resourceType": "Organization", "id": one, "name": one} for one in ("named", "parent"))
    visit = encounter("e1", serviceProvider={"reference": "Organization/named"})
    bring(ndjson(named, parent, patient("p1"), visit), name="export.ndjson")
    assert [(place.name, place.time_zone) for place in Location.objects.all()] == [
        ("named", "America/Chicago")
    ]


def test_visit_types_that_were_met_get_a_row(bring):
    mapping = DIARY.replace("booked_at", 'visit_type = "given"\nbooked_at')
    bring(diary(diary_row(1, given="Annual visit")), mapping=mapping)
    assert [(kind.key, kind.label) for kind in VisitType.objects.all()] == [("annual_visit", "Annual visit")]


def test_what_is_too_long_for_the_ledger_is_turned_away(bring):
    summary = bring(diary(diary_row(1, family="x" * 101), diary_row(2)))
    assert numbers(summary, "patient") == (2, 0, 1, 0, 0, 1)
    found = set(RejectedRow.objects.values_list("field", "reason", "line"))
    assert ("family_name", "longer than 100 characters", 2) in found
    # What leaned on it is turned away for want of it.
    assert numbers(summary, "visit")[-1] == numbers(summary, "appointment")[-1] == 1


def test_immunisations_are_procedures_and_bundles_are_read(bring):
    vaccine = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "patient": {"reference": "urn:uuid:p1"},
        "occurrenceDateTime": "2025-10-01",
    }
    bring(ndjson(bundle(patient("p1"), vaccine)), name="export.ndjson")
    assert Procedure.objects.get().performed_on == date(2025, 10, 1)


def test_two_sources_may_use_the_same_ids(bring):
    bring(diary(diary_row(1)))
    bring(ndjson(patient("p1")), name="export.ndjson")
    assert Patient.objects.filter(external_id="p1").count() == 2


def test_facts_of_a_merged_record_go_to_the_one_it_was_merged_into(bring):
    bring(diary(diary_row(1), diary_row(2)))
    kept = Patient.objects.get(external_id="p1")
    Patient.objects.filter(external_id="p2").update(merged_into=kept)
    bring(diary(diary_row(1), diary_row(2), diary_row(3, patient="p2")))
    assert Visit.objects.get(external_id="a3").patient == kept
    assert Patient.objects.get(external_id="p2").merged_into == kept


def test_a_dry_run_says_what_would_happen_and_changes_nothing(bring, versions):
    bring(diary(diary_row(1)))
    before = versions()
    summary = bring(diary(diary_row(1, family="Changed"), diary_row(2)), dry_run=True)
    assert (summary.run_id, summary.dry_run) == (None, True)
    assert numbers(summary, "patient") == (2, 0, 1, 1, 0, 0)
    assert versions() == before
    assert ImportRun.objects.count() == AuditEvent.objects.count() == 1
    assert Source.objects.get().last_synced_at == FIRST
