"""The mappings shown in docs/importing.md and kept beside the tests are ones that can be used."""

import re
from pathlib import Path

import pytest

from rebook.core.facts import AppointmentFact, PatientFact, VisitFact
from rebook.sources import csv, fhir
from support.exports import CHICAGO, collect, write

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "importing.md").read_text(), flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path / "patients.csv",
        "chart,name,dob,sex,language,died,guardian,cell,cell from,cell since,cell for,allow_texts,status\n"
        "7,Ana Garcia,05/17/1980,F,Spanish,,,312-555-0123,BCBS,03/17/2025,care,YES,Active\n",
    )
    write(
        tmp_path / "schedule.csv",
        "id,chart,status,date,time,minutes,made on,type\n"
        "1,7,checked out,02/02/2026,09:30,30,01/05/2026,NP Exam\n"
        "2,7,Open,08/02/2026,09:30,30,02/02/2026,Other\n",
    )
    return tmp_path


def test_the_csv_example_reads_what_it_describes(folder):
    mapping = csv.load_mapping(write(folder / "mapping.toml", EXAMPLES[0]))
    read = collect(csv.CsvReader([folder], mapping, clock=CHICAGO))
    assert read.rejects == []
    patient = read.one(PatientFact)
    assert (patient.given_name, patient.language, patient.consents[0].state) == ("Ana", "es", "granted")
    assert (patient.contacts[0].number_source, patient.contacts[0].given_for) == ("insurer", ("care",))
    kept, planned = read.facts(AppointmentFact)
    assert (kept.visit_type, kept.status, planned.visit_type, planned.status) == (
        "annual_visit",
        "fulfilled",
        "acute",
        "booked",
    )
    assert read.one(VisitFact).appointment_id == "1"


def test_the_fhir_example(tmp_path):
    mapping = fhir.load_mapping(write(tmp_path / "codes.toml", EXAMPLES[1]))
    assert mapping.skip_classes == {"EMER", "IMP"}


def test_the_mapping_for_synthea():
    assert fhir.load_mapping(ROOT / "tests" / "data" / "synthea.toml").region == "US"
