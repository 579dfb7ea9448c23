"""FHIR files as they come: other versions, broken resources, broken files."""

import gzip
import json
import tracemalloc

import pytest

from rebook.core.facts import PatientFact, VisitFact
from rebook.sources import fhir
from rebook.sources.base import UnableToRead
from rebook.sources.fhir import reader
from support.exports import CHICAGO, bundle, collect, encounter, ndjson, patient, read_fhir, write

BAD_LINES = [
    # a line, the element that is named, the reason
    (ndjson(patient("bad", birthDate=19800517)), "Patient.birthDate", "Expected \"str\", got \"int\""),
    (ndjson(patient("bad", birthDate="17.05.1980")), "Patient.birthDate", "not a FHIR date"),
    (ndjson(patient("bad", name={"family": "x"})), "Patient.name", "Expected \"array\""),
    (ndjson(patient("")), "Patient.id", "no id"),
    (ndjson(patient("bad", deceasedDateTime="1970-01-01")), "Patient.deceased_on", "before the birth"),
    (ndjson(encounter("bad", subject=None)), "Encounter.subject", "does not refer to a patient"),
    (ndjson(encounter("bad", "Group/1")), "Encounter.subject", "does not refer to a patient"),
    (ndjson(encounter("bad", period={})), "Encounter.period.start", "no time"),
    (ndjson({"resourceType": "Appointment", "id": "bad", "status": "confirmed"}), "Appointment.status", "R4"),
    (b'{"resourceType":"Patient","id":"bad"\n', "Patient", "not JSON"),
    (b'{"resourceType":"Patient","id":"bad\xff"}\n', "Patient", "not JSON"),
    (b"PatientId,Name\n", "", "not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "reason"), BAD_LINES)
def test_a_bad_line_names_its_element_and_the_rest_goes_on(tmp_path, line, field, reason):
    read = read_fhir(tmp_path, ndjson(patient("p1")) + line + ndjson(patient("p3")))
    (reject,) = read.rejects
    assert (reject.file, reject.line, reject.field) == ("export.ndjson", 2, field)
    assert reason in reject.reason
    assert reject.raw
    assert [fact.external_id for fact in read.facts(PatientFact)] == ["p1", "p3"]


def test_a_bad_resource_in_a_bundle_costs_only_itself(tmp_path):
    whole = bundle(patient("p1"), encounter("e1", period={}), encounter("e2"))
    read = read_fhir(tmp_path, ndjson(whole))
    assert [fact.external_id for fact in read.facts()] == ["p1", "e2"]
    assert read.places() == [(1, "Encounter.period.start", "the encounter has no time")]


STU3 = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2017-01-05T09:00:00-06:00"},
    "reason": [{"text": "Sore throat"}],
}


def test_a_bundle_in_stu3_is_refused_whole(tmp_path):
    """Its patient without its visits would look lapsed."""
    read = read_fhir(tmp_path, ndjson(bundle(patient("p1"), STU3)))
    assert read.placed == []
    (reject,) = read.rejects
    assert (reject.entity, reject.field) == ("file", "Encounter.reason")
    assert "this is FHIR STU3, only R4 is read" in reject.reason


def test_a_file_in_stu3_ends_there_and_other_files_are_read(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "Encounter.ndjson", ndjson(STU3, encounter("e2")))
    write(folder / "Patient.ndjson", ndjson(patient("p1")))
    read = collect(fhir.FhirReader([folder], None, clock=CHICAGO))
    assert [fact.external_id for fact in read.facts()] == ["p1"]
    assert [(one.file, one.line, one.entity) for one in read.rejects] == [("Encounter.ndjson", 1, "file")]


def test_a_bundle_that_says_its_version(tmp_path):
    whole = bundle(patient("p1")) | {"meta": {"profile": ["http://hl7.org/fhir/STU3/bundle.html"]}}
    read = read_fhir(tmp_path, ndjson(whole))
    assert (read.placed, read.rejects[0].field) == ([], "Bundle.meta.profile")


def test_a_line_of_200_mb_is_skipped_without_being_held(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "LINE_LIMIT", 1024 * 1024)
    file = tmp_path / "export.ndjson"
    with file.open("wb") as out:
        out.write(ndjson(patient("p1")) + b'{"resourceType":"Patient","id":"')
        for _ in range(200):
            out.write(b"x" * 1_000_000)
        out.write(b'"}\n' + ndjson(patient("p3")))
    tracemalloc.start()
    read = collect(fhir.FhirReader([file], None, clock=CHICAGO))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.places() == [(2, "", "the line is longer than 1 MiB")]
    assert [fact.external_id for fact in read.facts()] == ["p1", "p3"]
    assert peak < 20_000_000


def test_a_gzip_that_breaks_off_gives_what_stood_before(tmp_path):
    whole = gzip.compress(ndjson(*(encounter(f"e{number * 7919 % 10007}") for number in range(3_000))))
    file = tmp_path / "Encounter.ndjson.gz"
    file.write_bytes(whole[: len(whole) * 2 // 3])
    read = collect(fhir.FhirReader([file], None, clock=CHICAGO))
    assert 500 < len(read.facts(VisitFact)) < 3_000
    (reject,) = read.rejects
    assert (reject.file, reject.entity) == ("Encounter.ndjson.gz", "file")
    assert f"breaks off after {len(whole) * 2 // 3} bytes" in reject.reason


def test_a_document_over_several_lines(tmp_path):
    content = json.dumps(bundle(patient("p1"), encounter("e1")), indent=2).encode()
    read = read_fhir(tmp_path, b"\xef\xbb\xbf" + content, name="bundle.json")
    assert [fact.external_id for fact in read.facts()] == ["p1", "e1"]


def test_ndjson_under_the_name_of_json(tmp_path):
    read = read_fhir(tmp_path, ndjson(patient("p1"), patient("p2")), name="export.json")
    assert [(one.line, one.fact.external_id) for one in read.placed] == [(1, "p1"), (2, "p2")]


def test_a_document_that_breaks_off(tmp_path):
    content = json.dumps(bundle(patient("p1")), indent=2).encode()[:-20]
    read = read_fhir(tmp_path, content, name="bundle.json")
    assert read.placed == []
    assert "not JSON" in read.rejects[0].reason


def test_what_is_not_read_is_counted_and_logs_are_left_alone(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "Observation.000.ndjson.gz", ndjson({"resourceType": "Observation", "id": "1"}))
    write(folder / "log.ndjson", b'{"exportId":"1"}\n')
    write(folder / "readme.txt", b"hello")
    read = collect(fhir.FhirReader([folder], None, clock=CHICAGO))
    assert read.placed == read.rejects == []
    assert read.ignored == {"Observation": 1, "log.ndjson": 1, "readme.txt": 1}


def test_the_type_may_stand_anywhere_in_the_resource(tmp_path):
    read = read_fhir(tmp_path, b'{"id":"p1","birthDate":"1980-05-17","resourceType":"Patient"}\n{"id":"x"}\n')
    assert [fact.external_id for fact in read.facts()] == ["p1"]
    assert read.ignored == {"not FHIR": 1}


def test_a_folder_without_fhir(tmp_path):
    write(tmp_path / "notes.txt", b"hello")
    with pytest.raises(UnableToRead, match=r"no \.ndjson"):
        fhir.FhirReader([tmp_path], None, clock=CHICAGO)
