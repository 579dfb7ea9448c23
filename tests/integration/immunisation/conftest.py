"""A practice with a fictional schedule on the server, and ways to record doses."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from rebook.flow import immunisation as flow
from rebook.records.models import Procedure, Source
from support.practice import NOW, make_practice

OWN = Path(__file__).parents[2] / "data" / "cdsi" / "own_1.0"
CVX = "http://hl7.org/fhir/sid/cvx"
CHOSEN = {"authorities": {"Alpha": "CDC", "Beta": "CDC"}, "loaded": "CDC", "registry_source": "iis"}


@pytest.fixture(autouse=True)
def schedule(settings, tmp_path):
    settings.IMMUNISATION_SCHEDULE = tmp_path / "immunisation"
    shutil.copytree(OWN, settings.IMMUNISATION_SCHEDULE)
    return settings.IMMUNISATION_SCHEDULE


@pytest.fixture
def practice(db):
    return make_practice()


@pytest.fixture
def child(practice):
    return practice.patient(birth_on=dt.date(2025, 1, 1), sex="female")


@pytest.fixture
def registry(practice):
    """``registry()`` is the source of the registry; ``read=False``: never read to the end."""

    def make(*, read=True):
        return Source.objects.create(
            organisation=practice.organisation, key="iis", kind="fhir", last_synced_at=NOW if read else None
        )

    return make


@pytest.fixture
def dose(practice):
    def record(patient, day, code="501", *, source=None, system=CVX, name=""):
        return Procedure.objects.create(
            organisation=practice.organisation,
            source=source or practice.source,
            external_id=name or f"Immunization/{patient.pk}-{day}-{code}-{getattr(source, 'key', '')}",
            fact_hash=bytes(16),
            patient=patient,
            performed_on=dt.date.fromisoformat(day),
            system=system,
            code=code,
        )

    return record


@pytest.fixture
def choose(practice):
    def record(**values):
        return flow.choose(
            organisation_id=practice.organisation.pk, values={**CHOSEN, **values}, now=NOW, actor="user:7"
        )

    return record
