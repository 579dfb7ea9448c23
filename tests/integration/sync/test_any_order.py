"""Whatever the order of resources, and however they are spread over lines and runs, one ledger results."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebook.accounts.models import Organisation
from rebook.flow.sync import import_files
from rebook.records.models import Condition, ContactPoint, Patient, Practitioner, Procedure, Visit
from support.exports import bundle, encounter, ndjson, patient, write

NPI = {"system": "npi", "value": "9"}
CONCEPT = {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}
OF_PATIENT = {"subject": {"reference": "urn:uuid:p2"}}
RESOURCES = [
    patient("p1", generalPractitioner=[{"identifier": NPI}]),
    patient("p2", telecom=[{"system": "phone", "value": "312-555-0123"}]),
    {"resourceType": "Location", "id": "l1", "name": "North"},
    {"resourceType": "Organization", "id": "o1", "name": "Clinic"},
    {"resourceType": "Practitioner", "id": "d1", "identifier": [NPI], "name": [{"family": "Kim"}]},
    {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": {"reference": "Practitioner/d1"},
        "location": [{"reference": "Location/l1"}],
    },
    encounter("e1", participant=[{"individual": {"identifier": NPI}}]),
    encounter("e2", "urn:uuid:p2", serviceProvider={"reference": "https://x.example.org/Organization/o1"}),
    encounter("e3", "https://x.org/Patient/p1", location=[{"location": {"reference": "Location/l1"}}]),
    {"resourceType": "Procedure", "id": "1", "status": "completed", "code": CONCEPT, **OF_PATIENT}
    | {"performedDateTime": "2025-01-05"},
    {"resourceType": "Condition", "id": "1", "code": CONCEPT, **OF_PATIENT},
]  # fmt: skip


def ledger(organisation_id: int) -> dict[str, set[tuple]]:
    """Everything that was imported, without ids of ours."""

    def of(model, *names):
        return set(model.objects.filter(organisation_id=organisation_id).values_list(*names))

    return {
        "patients": of(Patient, "external_id", "birth_on", "practitioner__external_id"),
        "practitioners": of(Practitioner, "external_id", "name", "location__external_id"),
        "visits": of(
            Visit, "external_id", "patient__external_id", "location__name", "practitioner__external_id"
        ),
        "procedures": of(Procedure, "external_id", "patient__external_id", "performed_on", "code"),
        "conditions": of(Condition, "external_id", "patient__external_id", "code"),
        "contacts": of(ContactPoint, "patient__external_id", "value", "state"),
    }


def bring(folder, lines) -> dict[str, set[tuple]]:
    organisation = Organisation.objects.create(slug=uuid4().hex, name="North", time_zone="America/Chicago")
    summary = import_files(
        organisation_id=organisation.pk,
        source_key="ehr",
        kind="fhir",
        paths=[write(folder / "export.ndjson", ndjson(*lines))],
        mapping=None,
        now=datetime(2026, 3, 16, 13, tzinfo=UTC),
    )
    assert (summary.state, summary.rejected) == ("done", 0)
    return ledger(organisation.pk)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(RESOURCES), bundled=st.integers(0, len(RESOURCES)))
def test_the_order_does_not_matter(tmp_path, order, bundled):
    lines = [bundle(*order[:bundled]), *order[bundled:]] if bundled else order
    found = bring(tmp_path, lines)
    assert found["visits"] == {
        ("e1", "p1", None, "d1"),
        ("e2", "p2", "Clinic", None),
        ("e3", "p1", "North", None),
    }
    assert found["practitioners"] == {("d1", "Kim", "l1")}
    assert found == bring(tmp_path, RESOURCES)
