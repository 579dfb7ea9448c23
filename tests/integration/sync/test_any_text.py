"""Text that could upset a copy into the ledger arrives as it was, or without what cannot be kept."""

import pytest

from rebook.records.models import Patient
from support.exports import ndjson, patient

pytestmark = pytest.mark.django_db

TEXTS = [
    # as given, as kept
    ('quote " comma , semicolon ;', None),
    ("tab \t inside", None),
    ("line\nbreak and \r return", None),
    ("back\\slash \\N \\. {braces}", None),
    ("\\N", None),
    ("\\.", None),
    ("Ünïcödé 日本語 🦷", None),
    ("NULL", None),
    ("%s %(now)s {0}", None),
    ("Robert'); DROP TABLE records_patient;--", None),
    ("nothing\0inside", "nothinginside"),
]


def test_text_arrives_as_it_was(bring):
    resources = [
        patient(f"p{number}", name=[{"family": given, "given": [given]}])
        for number, (given, _) in enumerate(TEXTS)
    ]
    summary = bring(ndjson(*resources), name="export.ndjson")
    assert (summary.state, summary.rejected) == ("done", 0)
    kept = dict(Patient.objects.values_list("external_id", "family_name"))
    for number, (given, expected) in enumerate(TEXTS):
        assert kept[f"p{number}"] == (given if expected is None else expected)


def test_half_a_character_costs_its_row_at_most(bring):
    broken = b'{"resourceType":"Patient","id":"bad","name":[{"family":"x\\ud800y"}]}\n'
    summary = bring(ndjson(patient("p1")) + broken + ndjson(patient("p2")), name="export.ndjson")
    assert summary.state == "done"
    assert {"p1", "p2"} <= set(Patient.objects.values_list("external_id", flat=True))


def test_an_import_of_the_same_text_writes_nothing(bring, versions):
    content = ndjson(*(patient(f"p{n}", name=[{"family": text}]) for n, (text, _) in enumerate(TEXTS)))
    bring(content, name="export.ndjson")
    before = versions()
    bring(content, name="export.ndjson")
    assert versions() == before
