"""Resources of FHIR R4, and what each of them says."""

from datetime import UTC, date, datetime

import pytest

from rebook.core.facts import (
    AliasFact,
    AppointmentFact,
    ConditionFact,
    ContactFact,
    LocationFact,
    PatientFact,
    PractitionerFact,
    ProcedureFact,
    VisitFact,
)
from support.exports import bundle, encounter, ndjson, patient, read_fhir

CODES = """
time_zone = "America/New_York"
skip_classes = ["EMER"]
[[visit_type]]
key = "annual_visit"
codes = ["http://snomed.info/sct|185349003"]
text = ["*check*up*"]
[[procedure_kind]]
key = "colonoscopy"
codes = ["73761001"]
[[condition_kind]]
key = "diabetes"
codes = ["http://snomed.info/sct|44054006"]
"""
SNOMED = "http://snomed.info/sct"


def concept(code, text="", system=SNOMED):
    return {"coding": [{"system": system, "code": code}], "text": text}


def test_a_patient(tmp_path):
    resource = patient(
        name=[
            {"use": "old", "family": "Former", "given": ["Ana"]},
            {"use": "official", "family": "Garcia", "given": ["Ana", "Maria"], "suffix": ["II"]},
        ],
        gender="female",
        telecom=[
            {"system": "phone", "value": "312-555-0100", "use": "home"},
            {"system": "sms", "value": "tel:312-555-0101"},
            {"system": "phone", "value": "312-555-0102", "use": "old"},
            {"system": "phone", "value": "312-555-0103", "rank": 5, "use": "work"},
            {"system": "email", "value": "ana@example.org"},
            {"system": "fax", "value": "312-555-0104"},
        ],
        address=[
            {"use": "temp", "city": "Elsewhere"},
            {"line": ["1 Main St", "Apt 2"], "city": "Chicago", "state": "IL", "postalCode": "60601"},
        ],
        communication=[
            {"language": {"coding": [{"code": "en-US"}]}},
            {"language": {"text": "Spanish"}, "preferred": True},
        ],
        generalPractitioner=[{"reference": "Organization/o1"}, {"reference": "Practitioner/d1"}],
        managingOrganization={"reference": "Organization/o1"},
        contact=[{"name": {"family": "Ignored"}}],
    )
    assert read_fhir(tmp_path, ndjson(resource)).one(PatientFact) == PatientFact(
        external_id="p1",
        given_name="Ana Maria",
        family_name="Garcia II",
        birth_on=date(1980, 5, 17),
        sex="female",
        language="es",
        address_line="1 Main St, Apt 2",
        city="Chicago",
        state="IL",
        postal_code="60601",
        location_id="Organization/o1",
        practitioner_id="d1",
        contacts=(
            ContactFact("phone", "312-555-0100", "home", 2),
            ContactFact("phone", "312-555-0101", "mobile", 1),
            ContactFact("phone", "312-555-0103", "work", 5),
            ContactFact("email", "ana@example.org", "", 2),
        ),
    )


DEATHS = [
    ({}, False, None),
    ({"deceasedBoolean": False}, False, None),
    ({"deceasedBoolean": True}, True, None),
    ({"deceasedDateTime": "2025-03-01T10:00:00-06:00"}, True, date(2025, 3, 1)),
    ({"deceasedDateTime": "2025"}, True, None),
]


@pytest.mark.parametrize(("elements", "is_deceased", "on"), DEATHS)
def test_a_death_counts_even_without_its_day(tmp_path, elements, is_deceased, on):
    fact = read_fhir(tmp_path, ndjson(patient(**elements))).one(PatientFact)
    assert (fact.is_deceased, fact.deceased_on) == (is_deceased, on)


def test_a_record_out_of_use_is_excluded(tmp_path):
    assert read_fhir(tmp_path, ndjson(patient(active=False))).one(PatientFact).exclusions == (
        "inactive_record",
    )


def test_an_encounter_is_a_visit(tmp_path):
    resource = encounter(
        type=[concept("185349003")],
        participant=[{"individual": {"reference": "Practitioner/d1"}}],
        location=[{"location": {"reference": "Location/l1"}}],
        serviceProvider={"reference": "Organization/o1"},
        appointment=[{"reference": "Appointment/a1"}],
    )
    read = read_fhir(tmp_path, ndjson(resource), mapping=CODES)
    assert read.one(VisitFact) == VisitFact(
        external_id="e1",
        patient_id="p1",
        started_at=datetime(2026, 1, 5, 15, tzinfo=UTC),
        visit_type="annual_visit",
        appointment_id="a1",
        location_id="l1",
        practitioner_id="d1",
    )


def test_encounters_that_are_no_visit_are_counted(tmp_path):
    others = (
        encounter("e2", status="planned"),
        encounter("e3", status="entered-in-error"),
        encounter("e4", **{"class": {"code": "EMER"}}),
    )
    read = read_fhir(tmp_path, ndjson(encounter(), *others), mapping=CODES)
    assert [fact.external_id for fact in read.facts(VisitFact)] == ["e1"]
    assert read.ignored == {
        "Encounter planned": 1,
        "Encounter entered-in-error": 1,
        "Encounter of class EMER": 1,
    }


def test_an_appointment(tmp_path):
    resource = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "cancelled",
        "cancelationReason": concept("pat-crs", system="http://terminology.hl7.org/CodeSystem/x"),
        "serviceType": [{"text": "Yearly check-up"}],
        "start": "2026-02-02T09:00:00-06:00",
        "end": "2026-02-02T09:30:00-06:00",
        "created": "2026-01-05",
        "participant": [
            {"actor": {"reference": "Location/l1"}},
            {"actor": {"reference": "Patient/p1"}},
            {"actor": {"reference": "Practitioner/d1"}},
        ],
    }
    assert read_fhir(tmp_path, ndjson(resource), mapping=CODES).one(AppointmentFact) == AppointmentFact(
        external_id="a1",
        patient_id="p1",
        status="cancelled",
        starts_at=datetime(2026, 2, 2, 15, tzinfo=UTC),
        ends_at=datetime(2026, 2, 2, 15, 30, tzinfo=UTC),
        booked_at=datetime(2026, 1, 5, 17, tzinfo=UTC),
        cancelled_by="patient",
        visit_type="annual_visit",
        location_id="l1",
        practitioner_id="d1",
    )


def test_procedures_and_immunisations(tmp_path):
    procedure = {
        "resourceType": "Procedure",
        "id": "1",
        "status": "completed",
        "code": concept("73761001"),
        "subject": {"reference": "Patient/p1"},
        "performedPeriod": {"start": "2025-12-31T23:00:00-06:00", "end": "2025-12-31T23:30:00-06:00"},
    }
    immunization = {
        "resourceType": "Immunization",
        "id": "1",
        "status": "completed",
        "vaccineCode": concept("140", system="http://hl7.org/fhir/sid/cvx"),
        "patient": {"reference": "Patient/p1"},
        "occurrenceDateTime": "2025-10-01",
    }
    read = read_fhir(tmp_path, ndjson(procedure, immunization), mapping=CODES)
    assert read.facts(ProcedureFact) == [
        # Past midnight on the mapping's clock.
        ProcedureFact("1", "p1", date(2026, 1, 1), "colonoscopy", SNOMED, "73761001"),
        ProcedureFact("Immunization/1", "p1", date(2025, 10, 1), "", "http://hl7.org/fhir/sid/cvx", "140"),
    ]


def test_conditions(tmp_path):
    def condition(identity, **elements):
        return {
            "resourceType": "Condition",
            "id": identity,
            "code": concept("44054006"),
            "subject": {"reference": "Patient/p1"},
            "onsetDateTime": "2020-01-05",
            **elements,
        }

    status = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    read = read_fhir(
        tmp_path,
        ndjson(
            condition("c1"),
            condition("c2", abatementDateTime="2021-01-05"),
            condition("c3", **status, recordedDate="2022-01-05"),
            condition("c4", **status),
            condition("c5", verificationStatus={"coding": [{"code": "refuted"}]}),
        ),
        mapping=CODES,
    )
    assert [(fact.external_id, fact.kind, fact.abated_on) for fact in read.facts(ConditionFact)] == [
        ("c1", "diabetes", None),
        ("c2", "diabetes", date(2021, 1, 5)),
        ("c3", "diabetes", date(2022, 1, 5)),
        ("c4", "diabetes", date(2020, 1, 5)),
    ]
    assert read.ignored == {"Condition not confirmed": 1}


def test_who_and_where(tmp_path):
    npi = {"system": "npi", "value": "9"}
    read = read_fhir(
        tmp_path,
        ndjson(
            {"resourceType": "Organization", "id": "1", "name": "Parent"},
            {"resourceType": "Location", "id": "1", "name": "North", "address": {"city": "Chicago"}},
            {
                "resourceType": "Practitioner",
                "id": "d1",
                "identifier": [npi],
                "name": [{"family": "Kim", "given": ["Jo"]}],
            },
            {
                "resourceType": "PractitionerRole",
                "id": "r1",
                "practitioner": {"identifier": npi},
                "location": [{"reference": "Location/1"}],
            },
        ),
    )
    assert read.facts(LocationFact) == [
        LocationFact("Organization/1", "Parent", only_if_named=True),
        LocationFact("1", "North", city="Chicago"),
    ]
    assert read.facts(PractitionerFact) == [
        PractitionerFact("d1", "Jo Kim"),
        PractitionerFact("Practitioner?npi|9", "", "1"),
    ]
    assert read.facts(AliasFact) == [AliasFact("Practitioner?npi|9", "d1")]


def test_a_bundle_resolves_its_own_names(tmp_path):
    inner = {key: value for key, value in patient().items() if key != "id"}
    whole = bundle(patient("17"), encounter("e1", "urn:uuid:17"))
    whole["entry"] += [
        {"fullUrl": "urn:uuid:aaaa", "resource": inner},
        {"fullUrl": "urn:uuid:bbbb", "resource": encounter("e2", "urn:uuid:aaaa")},
        {"fullUrl": "https://ehr.example.org/x", "resource": patient("18")},
        {"fullUrl": "urn:uuid:cccc", "resource": encounter("e3", "https://ehr.example.org/x")},
        {"fullUrl": "urn:uuid:dddd", "resource": patient("19"), "request": {"method": "DELETE", "url": "x"}},
        {"fullUrl": "urn:uuid:eeee"},
    ]
    read = read_fhir(tmp_path, ndjson(whole))
    assert read.rejects == []
    assert [fact.external_id for fact in read.facts(PatientFact)] == ["17", "aaaa", "18"]
    assert [fact.patient_id for fact in read.facts(VisitFact)] == ["17", "aaaa", "18"]
