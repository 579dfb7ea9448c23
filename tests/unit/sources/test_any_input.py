"""Whatever stands in an export, reading it ends, and says what became of every row."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.core.facts import AppointmentFact, PatientFact
from support.exports import (
    DIARY_HEADER,
    bundle,
    diary,
    diary_row,
    encounter,
    ndjson,
    patient,
    read_csv,
    read_fhir,
)

FULL = """
time_zone = "America/Chicago"
[[table]]
files = "*.csv"
[table.patient]
external_id = "patient"
full_name = "given"
birth_on = { age = "age", at = "day" }
sex = "family"
language = "phone"
is_deceased = "sms"
deceased_on = "booked"
value_cents = { column = "age", unit = "currency" }
[table.appointment]
external_id = "id"
patient_id = "patient"
status = { column = "status", other = "booked" }
starts_at = "day"
ends_at = { column = "age", unit = "minutes" }
booked_at = "booked"
visit_type = "given"
"""
strange = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[0-9]{1,6}[-/.][0-9]{1,3}[-/.][0-9]{1,5}", fullmatch=True),
    st.from_regex(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-9:.]{1,8}(Z|[+-][0-9]{2}:[0-9]{2})?)?", fullmatch=True
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1e400", "nan", "-0", '"', "=", ";"]
    ),
)


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(strange, min_size=8, max_size=12), column=st.integers(0, 9), value=strange)
def test_any_cells(tmp_path_factory, cells, column, value):
    folder = tmp_path_factory.mktemp("any")
    names = DIARY_HEADER.split(",")
    rows = [diary_row(1), ",".join(cells), diary_row(2, **{names[column]: value}), diary_row(3)]
    content = diary(*rows).encode("utf-8", "surrogatepass")
    read = read_csv(folder, content, mapping=FULL)
    assert all(one.reason for one in read.rejects)
    taken = [fact.external_id for fact in read.facts(AppointmentFact)]
    # The first row stands before anything strange.
    assert taken[:1] == ["a1"]


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | strange,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WHOLE = {
    "Patient": patient("x", name=[{"family": "T"}], telecom=[{"system": "phone", "value": "1"}])
    | {"deceasedDateTime": "2025-01-01", "communication": [{"language": {"text": "es"}}]},
    "Encounter": encounter(
        "x", type=[{"text": "check"}], location=[{"location": {"reference": "Location/1"}}]
    ),
    "Appointment": {"resourceType": "Appointment", "id": "x", "status": "booked", "start": "2026-01-05"}
    | {"participant": [{"actor": {"reference": "Patient/p1"}}], "created": "2026-01-01"},
    "Condition": {"resourceType": "Condition", "id": "x", "subject": {"reference": "Patient/p1"}}
    | {"onsetDateTime": "2025", "abatementDateTime": "2026", "clinicalStatus": {}},
}


@settings(max_examples=100, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(WHOLE)), value=json_values, is_bundled=st.booleans())
def test_any_element(tmp_path_factory, data, kind, value, is_bundled):
    resource = WHOLE[kind]
    changed = resource | {data.draw(st.sampled_from(sorted(set(resource) - {"resourceType"}))): value}
    line = bundle(changed | {"id": changed["id"]}) if is_bundled else changed
    content = ndjson(patient("p1")) + json.dumps(line).encode() + b"\n" + ndjson(patient("p2"))
    read = read_fhir(tmp_path_factory.mktemp("any"), content)
    ids = [fact.external_id for fact in read.facts(PatientFact)]
    assert ids[0] == "p1"
    assert ids[-1] == "p2" or [one.entity for one in read.rejects] == ["file"]
    assert all(one.reason for one in read.rejects)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    read_csv(folder, content)
    read_fhir(folder, content)
    read_fhir(folder, content, name="export.json")
