"""References and dates of FHIR, and what betrays another version."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rebook.sources.fhir import shape
from rebook.sources.fhir.values import BadElement, Targets, day, instant
from rebook.sources.fhir.versions import AnotherVersion, check_version

CHICAGO = ZoneInfo("America/Chicago")

REFERENCES = [
    # as written, the patient's id
    ("Patient/17", "17"),
    ("https://ehr.example.org/fhir/Patient/17", "17"),
    ("https://ehr.example.org/fhir/Patient/17/_history/3", "17"),
    ("urn:uuid:018f428e-34f6-4707-8009-5ad742f901e7", "018f428e-34f6-4707-8009-5ad742f901e7"),
    ("urn:uuid:known", "42"),
    ("https://ehr.example.org/known", "43"),
    ("Patient?identifier=https://example.org/mrn|A7", "Patient?https://example.org/mrn|A7"),
    ("Group/17", ""),
    ("#contained", ""),
    ("", ""),
]


@pytest.mark.parametrize(("reference", "identity"), REFERENCES)
def test_references(reference, identity):
    targets = Targets()
    targets.add("urn:uuid:known", "Patient", "42")
    targets.add("https://ehr.example.org/known", "Patient", "43")
    assert targets.resolve(shape.Reference(reference=reference), "Patient")[1] == identity


def test_a_logical_reference_is_known_by_its_identifier():
    reference = shape.Reference(identifier=shape.Identifier(system="npi", value="9"))
    assert Targets().practitioner(reference) == "Practitioner?npi|9"


def test_organisations_and_locations_may_have_the_same_id():
    targets = Targets()
    assert targets.location(shape.Reference(reference="Location/1")) == "1"
    assert targets.location(None, shape.Reference(reference="Organization/1")) == "Organization/1"


DAYS = [
    ("2026-01-05", date(2026, 1, 5)),
    ("2026-01-05T03:00:00Z", date(2026, 1, 4)),
    ("2026-01", date(2026, 1, 15)),
    ("2026", date(2026, 7, 1)),
]


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_days(text, expected):
    assert day(text, "birthDate", CHICAGO) == expected


def test_instants():
    assert instant("2026-01-05T09:00:00-06:00", "start", CHICAGO) == datetime(2026, 1, 5, 15, tzinfo=UTC)
    assert instant("2026-01-05", "start", CHICAGO) == datetime(2026, 1, 5, 18, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "05/01/2026", "20260105", "0000"])
def test_what_is_no_date(text):
    with pytest.raises(BadElement, match="not a FHIR date") as caught:
        day(text, "birthDate", CHICAGO)
    assert caught.value.field == "birthDate"


OTHER_VERSIONS = [
    (shape.Patient(animal={}), "STU3", "animal"),
    (shape.Encounter(reason=[]), "STU3", "reason"),
    (shape.Encounter(appointment=shape.Reference(reference="Appointment/1")), "STU3", "appointment"),
    (shape.Encounter(class_=[{}]), "R5", "class"),
    (shape.Encounter(actualPeriod={}), "R5", "actualPeriod"),
    (shape.Procedure(context={}), "STU3", "context"),
    (shape.Procedure(notDone=False), "STU3", "notDone"),
    (shape.Procedure(occurrenceDateTime="2026"), "R5", "occurrence"),
    (shape.Condition(clinicalStatus="active"), "STU3", "clinicalStatus"),
    (shape.Condition(verificationStatus="confirmed"), "STU3", "verificationStatus"),
    (shape.Immunization(notGiven=False), "STU3", "notGiven"),
    (shape.Immunization(date="2026-01-05"), "STU3", "date"),
    (shape.Appointment(reason=[]), "STU3", "reason"),
    (
        shape.Patient(meta=shape.Meta(profile=["http://hl7.org/fhir/STU3/patient.html"])),
        "STU3",
        "meta.profile",
    ),
]


@pytest.mark.parametrize(("resource", "version", "field"), OTHER_VERSIONS)
def test_another_version_is_told_by_its_looks(resource, version, field):
    with pytest.raises(AnotherVersion, match=f"FHIR {version}") as caught:
        check_version(resource)
    assert caught.value.field == field


@pytest.mark.parametrize("kind", [shape.Patient, shape.Encounter, shape.Condition, shape.Location])
def test_r4_is_let_through(kind):
    check_version(kind())
