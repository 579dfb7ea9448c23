"""Patients as FHIR Bundles for the bench, in the mix of resources that Synthea writes."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

SNOMED = "http://snomed.info/sct"
_BORN = datetime(1950, 1, 1, tzinfo=UTC)
_FAMILIES = ("Abbott", "Bauer", "Castillo", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanov")
_GIVEN = ("Ana", "Ben", "Chloe", "Diego", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jonas")
# Per patient, as in a Synthea sample of 303 patients.
_VISITS = 30
_OBSERVATIONS_PER_VISIT = 5


def bundles(*, patients: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """One transaction Bundle per patient, about 240 resources each; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(patients):
        yield {"resourceType": "Bundle", "type": "transaction", "entry": list(_entries(chance, number))}


def _entries(chance: random.Random, number: int) -> Iterator[dict[str, Any]]:
    def entry(kind: str, **elements: Any) -> dict[str, Any]:
        identity = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        resource = {"resourceType": kind, "id": identity, **elements}
        request = {"method": "POST", "url": kind}
        return {"fullUrl": f"urn:uuid:{identity}", "resource": resource, "request": request}

    born = _BORN + timedelta(days=chance.randrange(20_000))
    patient = entry("Patient", **_person(chance, number, born))
    site = entry("Organization", active=True, name=f"Site {number % 50}")
    doctor = entry("Practitioner", active=True, name=[{"family": chance.choice(_FAMILIES), "given": ["Kim"]}])
    yield from (patient, site, doctor)
    subject = {"reference": patient["fullUrl"]}
    for visit in range(_VISITS):
        at = born + timedelta(
            days=1_000 + visit * 200 + chance.randrange(200), minutes=chance.randrange(1_440)
        )
        encounter = entry(
            "Encounter",
            status="finished",
            **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
            type=[_concept("185349003", "Encounter for check up (procedure)")],
            subject=subject,
            participant=[{"individual": {"reference": doctor["fullUrl"]}}],
            period={"start": at.isoformat(), "end": (at + timedelta(minutes=15)).isoformat()},
            serviceProvider={"reference": site["fullUrl"]},
        )
        yield encounter
        there = {"subject": subject, "encounter": {"reference": encounter["fullUrl"]}}
        yield from _care(entry, chance, visit, at, there)


def _care(
    entry: Any, chance: random.Random, visit: int, at: datetime, there: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """What one visit leaves behind; what Rebook does not read is most of it."""
    for _ in range(_OBSERVATIONS_PER_VISIT):
        yield entry(
            "Observation",
            status="final",
            code=_concept("8302-2", "Body Height", "http://loinc.org"),
            effectiveDateTime=at.isoformat(),
            issued=at.isoformat(),
            valueQuantity={"value": round(chance.uniform(150, 190), 2), "unit": "cm"},
            **there,
        )
    if visit % 4:
        yield entry(
            "Procedure",
            status="completed",
            code=_concept("430193006", "Medication Reconciliation (procedure)"),
            performedPeriod={"start": at.isoformat(), "end": (at + timedelta(minutes=9)).isoformat()},
            **there,
        )
    if visit % 5 < 2:
        yield entry(
            "Immunization",
            status="completed",
            vaccineCode=_concept("140", "Influenza, seasonal", "http://hl7.org/fhir/sid/cvx"),
            patient=there["subject"],
            encounter=there["encounter"],
            occurrenceDateTime=at.isoformat(),
        )
    if visit % 4 == 0:
        clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
        yield entry(
            "Condition",
            clinicalStatus={"coding": [{"system": clinical, "code": "active"}]},
            code=_concept("444814009", "Viral sinusitis (disorder)"),
            onsetDateTime=at.isoformat(),
            recordedDate=at.isoformat(),
            **there,
        )


def _person(chance: random.Random, number: int, born: datetime) -> dict[str, Any]:
    return {
        "identifier": [{"system": "https://example.org/chart", "value": f"B{number:07}"}],
        "name": [{"use": "official", "family": chance.choice(_FAMILIES), "given": [chance.choice(_GIVEN)]}],
        "telecom": [{"system": "phone", "value": f"617-555-{number % 10_000:04}", "use": "mobile"}],
        "gender": chance.choice(("female", "male")),
        "birthDate": born.date().isoformat(),
        "address": [{"line": [f"{number} Main Street"], "city": "Boston", "state": "MA"}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}]}}],
    }


def _concept(code: str, text: str, system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}
