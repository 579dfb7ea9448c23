"""Our reading of FHIR beside that of fhir.resources, which validates every element."""

import pytest
from fhir.resources.R4B import get_fhir_model_class

from rebook.cli.bench_import_data import bundles
from rebook.core.facts import ConditionFact, PatientFact, ProcedureFact, VisitFact
from support.exports import CHICAGO, ndjson, read_fhir


@pytest.fixture(scope="module")
def generated():
    return list(bundles(patients=3))


@pytest.fixture(scope="module")
def models(generated):
    """Every generated resource as a validated model, by type and id."""
    resources = [entry["resource"] for bundle in generated for entry in bundle["entry"]]
    return {
        (one["resourceType"], one["id"]): get_fhir_model_class(one["resourceType"]).model_validate(one)
        for one in resources
    }


@pytest.fixture
def read(generated, tmp_path):
    return read_fhir(tmp_path, ndjson(*generated))


def test_nothing_is_lost(read, models):
    assert read.rejects == []
    kinds = [kind for kind, _ in models]
    assert len(read.facts(PatientFact)) == kinds.count("Patient")
    assert len(read.facts(VisitFact)) == kinds.count("Encounter")
    assert len(read.facts(ProcedureFact)) == kinds.count("Procedure") + kinds.count("Immunization")
    assert len(read.facts(ConditionFact)) == kinds.count("Condition")
    assert read.ignored == {"Observation": kinds.count("Observation")}


def test_patients(read, models):
    for fact in read.facts(PatientFact):
        model = models["Patient", fact.external_id]
        assert fact.birth_on == model.birthDate
        assert (fact.given_name, fact.family_name) == (model.name[0].given[0], model.name[0].family)
        assert (fact.sex, fact.city, fact.state) == (
            model.gender,
            model.address[0].city,
            model.address[0].state,
        )
        assert [(one.value, one.use) for one in fact.contacts] == [
            (one.value, one.use) for one in model.telecom
        ]
        assert fact.language == model.communication[0].language.coding[0].code


def test_visits(read, models):
    for fact in read.facts(VisitFact):
        model = models["Encounter", fact.external_id]
        assert fact.started_at == model.period.start
        assert f"urn:uuid:{fact.patient_id}" == model.subject.reference
        assert f"urn:uuid:{fact.practitioner_id}" == model.participant[0].individual.reference
        assert fact.location_id.replace("Organization/", "urn:uuid:") == model.serviceProvider.reference


def test_procedures_and_conditions(read, models):
    for fact in read.facts(ProcedureFact):
        kind, _, identity = fact.external_id.rpartition("/")
        model = models[kind or "Procedure", identity]
        at = model.occurrenceDateTime if kind else model.performedPeriod.end
        coding = (model.vaccineCode if kind else model.code).coding[0]
        assert fact.performed_on == at.astimezone(CHICAGO).date()
        assert (fact.system, fact.code) == (coding.system, coding.code)
    for fact in read.facts(ConditionFact):
        model = models["Condition", fact.external_id]
        assert fact.onset_on == model.onsetDateTime.astimezone(CHICAGO).date()
        assert fact.code == model.code.coding[0].code
