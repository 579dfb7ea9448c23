"""``rebook import`` and ``rebook rejects``: answers and exit codes."""

import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.records.models import ImportRun, Patient
from support.exports import DIARY, diary, diary_row, ndjson, patient, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def rebook(organisation, tmp_path):
    """Run the command on an export in a temporary folder."""
    write(tmp_path / "mapping.toml", DIARY)

    def run(*arguments: str):
        full = [str(tmp_path / one[1:]) if one.startswith("@") else one for one in arguments]
        return CliRunner().invoke(app, full)

    return run


def test_an_import_says_what_changed_and_where_the_rest_is(rebook, tmp_path):
    write(tmp_path / "diary.csv", diary(diary_row(1), diary_row(2, status="vanished")))
    result = rebook("import", "csv", "@diary.csv", "--mapping", "@mapping.toml", "--show-rejects")
    assert result.exit_code == 0, result.output
    assert "What changed" in result.output
    assert "the word is not in the mapping's words" in result.output
    assert Patient.objects.count() == 2


def test_as_json(rebook, tmp_path):
    write(tmp_path / "Patient.ndjson", ndjson(patient("p1"), patient("p2")))
    result = rebook("import", "fhir", "@Patient.ndjson", "--source", "ehr-1", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert (answer["state"], answer["counts"]["patient"]["created"]) == ("done", 2)


def test_a_dry_run_changes_nothing(rebook, tmp_path):
    write(tmp_path / "diary.csv", diary(diary_row(1)))
    result = rebook("import", "csv", "@diary.csv", "--mapping", "@mapping.toml", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "dry run" in result.output
    assert Patient.objects.count() == ImportRun.objects.count() == 0


MISTAKES = [
    (("import", "csv", "@diary.csv"), "needs --mapping"),
    (("import", "csv", "@nowhere.csv", "--mapping", "@mapping.toml"), "does not exist"),
    (("import", "csv", "@diary.csv", "--mapping", "@nowhere.toml"), "No such file"),
    (("import", "csv", "@diary.csv", "--mapping", "@mapping.toml", "--source", "A b"), "small letters"),
    (("import", "xml", "@diary.csv"), "xml"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_bad_usage_leaves_with_2(rebook, tmp_path, arguments, message):
    write(tmp_path / "diary.csv", diary(diary_row(1)))
    result = rebook(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert ImportRun.objects.count() == 0


def test_an_export_that_breaks_off_leaves_with_3(rebook, tmp_path):
    whole = write(
        tmp_path / "diary.csv.gz", diary(*(diary_row(number) for number in range(500)))
    ).read_bytes()
    (tmp_path / "diary.csv.gz").write_bytes(whole[:-100])
    result = rebook("import", "csv", "@diary.csv.gz", "--mapping", "@mapping.toml")
    assert result.exit_code == 3
    assert "breaks off" in result.output


def test_ctrl_c_keeps_nothing_half_and_leaves_with_3(rebook, tmp_path, monkeypatch):
    write(tmp_path / "diary.csv", diary(diary_row(1)))

    def interrupt(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("rebook.records.write.facts.merge", interrupt)
    result = rebook("import", "csv", "@diary.csv", "--mapping", "@mapping.toml")
    assert result.exit_code == 3
    assert "nothing was half-imported" in result.output
    assert Patient.objects.count() == 0
    assert ImportRun.objects.get().state == "failed"


def test_rejects_as_json_hold_no_row_of_the_file(rebook, tmp_path):
    write(tmp_path / "diary.csv", diary(diary_row(1, age="-1")))
    rebook("import", "csv", "@diary.csv", "--mapping", "@mapping.toml")
    result = rebook("rejects", "--json")
    answer = json.loads(result.stdout)
    assert answer["reasons"][0]["reason"] == "the age is below zero"
    assert answer["rejects"] == [
        {
            "source_key": "csv",
            "file": "diary.csv",
            "line": 2,
            "field": "age",
            "reason": "the age is below zero",
        }
    ]
    assert "Rosa" not in result.stdout


def test_nothing_turned_away(rebook):
    assert "Nothing was turned away" in rebook("rejects").output
