"""``rebook bench cdsi``: agreement by group, declined apart from wrong, and clear words without the data."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebook.cli import bench_cdsi
from rebook.cli.app import app
from rebook.cli.failures import Refused

OWN = Path(__file__).parents[2] / "data" / "cdsi" / "own_1.0"
HEADER = (
    "CDC_Test_ID,DOB,gender,Series_Status,Vaccine_Group,Assessment_Date,Earliest_Date,Recommended_Date,"
    "Past_Due_Date,CVX_1,MVX_1,Date_Administered_1,Evaluation_Status_1\n"
)
ROWS = [
    "right,2025-01-01,F,Not complete,Alpha,2025-02-01,2025-02-12,2025-03-01,2025-04-28,,,,",
    "wrong,2025-01-01,F,Not complete,Alpha,2025-02-01,2025-02-12,2025-03-02,2025-04-28,,,,",
    "declined,2025-01-01,F,Not complete,Alpha,2025-02-01,2025-02-12,2025-03-01,2025-04-28,999,,2025-01-05,",
    "refused,2025-01-01,F,Not complete,Gamma,2025-02-01,,,,,,,",
]


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(HEADER + "\n".join(ROWS) + "\n")
    return path


def test_right_wrong_and_declined_are_counted_apart(cases):
    result = bench_cdsi.run(cases=cases, supporting_data=OWN)
    counted = {name: result[name] for name in ("cases", "agree", "wrong", "not_covered", "ok", "schedule")}
    assert counted == {
        "cases": 3, "agree": 1, "wrong": 1, "not_covered": 1, "ok": False, "schedule": "1.0",
    }  # fmt: skip
    assert result["ours"] == 0.3333
    group = result["files"]["cases.csv"]["groups"]["Alpha"]
    assert (group["cases"], group["status"], group["recommended_on"], group["all"]) == (3, 3, 2, 2)
    (wrong,) = result["disagreeing"]
    assert (wrong["id"], wrong["differences"]) == (
        "wrong",
        {"recommended_on": "expected 2025-03-02, ours 2025-03-01"},
    )
    assert result["declined"] == [{"id": "declined", "reasons": ("vaccine code 999 is not in the schedule",)}]
    assert result["rejects"] == [
        "cases.csv: line 5: vaccine_group: 'gamma' is no vaccine group of the schedule"
    ]


def test_the_table_names_groups_cases_and_reasons(cases, capsys):
    bench_cdsi.show(bench_cdsi.run(cases=cases, supporting_data=OWN))
    printed = capsys.readouterr().out
    for words in ("cases.csv", "Alpha", "together", "expected 2025-03-02", "vaccine code 999", "line 5"):
        assert words in printed


def test_without_the_data_it_is_not_measured_unless_asked_for(monkeypatch, tmp_path, cases, capsys):
    monkeypatch.setattr(bench_cdsi, "BESIDE", tmp_path / "nowhere")
    result = bench_cdsi.run()
    assert (result["ok"], result["ours"]) == (True, None)
    bench_cdsi.show(result)
    assert "--supporting-data" in capsys.readouterr().out
    with pytest.raises(Refused, match="--supporting-data"):
        bench_cdsi.run(cases=cases)
    empty = tmp_path / "alone" / "supporting_data_1.0"
    empty.mkdir(parents=True)
    with pytest.raises(Refused, match="--cases"):
        bench_cdsi.run(supporting_data=empty)


def test_the_newest_data_beside_a_checkout_is_taken(monkeypatch, tmp_path, cases):
    for version in ("4.9", "4.64"):
        (tmp_path / f"supporting_data_{version}").mkdir()
    for path in OWN.iterdir():
        (tmp_path / "supporting_data_4.64" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(bench_cdsi, "BESIDE", tmp_path)
    assert bench_cdsi.run(cases=cases)["schedule"] == "4.64"


def test_the_command_takes_its_files_by_option_and_leaves_with_1_below_the_budget(cases, tmp_path):
    words = ["bench", "cdsi", "--supporting-data", str(OWN), "--cases", str(cases)]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert (done.exit_code, json.loads(done.output)["wrong"]) == (1, 1)
    assert "vaccine group" in CliRunner().invoke(app, words).output
    cases.write_text(HEADER + ROWS[0] + "\n")
    assert CliRunner().invoke(app, words).exit_code == 0
    missing = CliRunner().invoke(app, ["bench", "cdsi", "--cases", str(tmp_path / "nowhere.csv")])
    assert missing.exit_code == 2
    other = CliRunner().invoke(app, ["bench", "explain", "--cases", str(cases)])
    assert other.exit_code == 2
