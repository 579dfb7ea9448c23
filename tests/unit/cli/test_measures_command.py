"""``rebook measures``: rates and gaps over a clinic's export, and why for one patient."""

import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.packs.criteria import load_measure

runner = CliRunner()
CODE = {"coding": [{"system": "urn:x", "code": "visit"}]}
CARIES = {"coding": [{"system": "urn:x", "code": "caries"}]}


def patient(key, born="2015-01-01"):
    return {"resourceType": "Patient", "id": key, "birthDate": born}


def visit(key, day="2026-03-01"):
    return {
        "resourceType": "Encounter",
        "id": f"e-{key}",
        "status": "finished",
        "type": [CODE],
        "subject": {"reference": f"Patient/{key}"},
        "period": {"start": f"{day}T08:00:00Z", "end": f"{day}T09:00:00Z"},
    }


def caries(key):
    return {
        "resourceType": "Condition",
        "code": CARIES,
        "subject": {"reference": f"Patient/{key}"},
        "onsetDateTime": "2026-02-01",
        "clinicalStatus": {"coding": [{"code": "active"}]},
    }


@pytest.fixture
def sets(tmp_path):
    """The value sets of the dental measure."""
    codes = {"clinical_oral_evaluation": "visit", "dental_caries": "caries"}
    path = tmp_path / "sets.ndjson"
    rows = []
    for one in load_measure("cms75").value_sets:
        contains = [{"system": "urn:x", "code": codes[one.name]}] if one.name in codes else []
        rows.append({"resourceType": "ValueSet", "url": one.canonical, "expansion": {"contains": contains}})
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.fixture
def export(tmp_path):
    """A bulk export: one file per type, and one patient as a Bundle."""
    folder = tmp_path / "export"
    folder.mkdir()
    rows = {
        "Patient": [patient("decayed"), patient("sound"), patient("unseen")],
        "Encounter": [visit("decayed"), visit("sound"), visit("stranger")],
        "Condition": [caries("decayed")],
        "log": [{"note": "not a resource"}],
    }
    for name, resources in rows.items():
        (folder / f"{name}.ndjson").write_text("\n".join(json.dumps(one) for one in resources) + "\n")
    entry = [{"resource": one} for one in (patient("bundled"), visit("bundled"), {"resourceType": "Claim"})]
    (folder / "one.jsonl").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}) + "\n{\n")
    return folder


def ask(export, sets, *more):
    words = ["measures", str(export), "--value-sets", str(sets), "--from", "2026-01-01", "--to", "2026-12-31"]
    return runner.invoke(app, [*words, "--measure", "cms75", *more])


def test_rates_gaps_and_what_was_not_read(export, sets):
    """Three of four had the visit; one has decay, which is the gap of this measure."""
    answer = json.loads(ask(export, sets, "--json").output)
    (row,) = answer["measures"]
    assert answer["patients"] == 4
    assert (row["initial_population"], row["denominator"], row["numerator"]) == (3, 3, 1)
    assert row["rate"] == 0.3333
    assert row["lower_is_better"]
    assert answer["gaps"] == {row["measure"]: ["decayed"]}
    assert answer["rejects"] == ["one.jsonl:2: not JSON, broken off, or too long"]
    assert answer["ignored"] == {"Claim: not read": 1, "a patient of whom there is no Patient resource": 1}


def test_why_for_one_patient(export, sets):
    """Every set that was looked for, with the days that were found."""
    (answer,) = json.loads(ask(export, sets, "--json", "--patient", "decayed").output)
    assert answer["has_gap"]
    steps = {one["rule"]: one for one in answer["steps"]}
    assert "2026-03-01" in steps["visits"]["detail"]
    assert steps["caries"]["passed"]
    assert "from 2026-02-01" in steps["caries"]["detail"]
    said = ask(export, sets, "--patient", "sound").output
    assert "nothing to do" in said
    nobody = ask(export, sets, "--patient", "nobody")
    assert nobody.exit_code == 1


def test_the_table(export, sets):
    """The same for people."""
    said = ask(export, sets).output
    assert "4 patients" in said
    assert "Children who have dental decay" in said
    assert "not read: one.jsonl:2" in said


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--measure", "cms999"], "there is no such measure"),
        (["--measure", "cms74"], "is missing"),
        (["--from", "soon"], "wants a date"),
        (["--from", "2027-06-01"], "lies after"),
    ],
)
def test_what_cannot_be_asked_is_refused(export, sets, more, reason):
    """With 2, and the reason."""
    done = ask(export, sets, *more)
    assert done.exit_code == 2
    assert reason in done.output + done.stderr


def test_without_files_it_says_so(tmp_path, sets):
    """An empty folder is no practice without patients."""
    (tmp_path / "empty").mkdir()
    done = ask(tmp_path / "empty", sets)
    assert done.exit_code == 2
