"""``bench ecqm``: agreement per measure on files of the official layout, and clear words about the rest."""

import gzip
import json
from pathlib import Path

import pytest

from rebook.cli import bench_ecqm
from rebook.cli.failures import Refused
from rebook.packs.criteria import load_measure

HEADER = (
    "measure,case_id,patient_id,case_title,case_description,period_start,period_end,group,initial_population,"
    "denominator,denominator_exclusion,denominator_exception,numerator,numerator_exclusion\n"
)
MEASURE = "CMS75FHIRChildrenWhoHaveDentalDecayOrCavities"
CODE = {"coding": [{"system": "urn:x", "code": "1"}]}
VISIT = {
    "resourceType": "Encounter",
    "status": "finished",
    "type": [CODE],
    "period": {"start": "2026-03-01T08:00:00.000Z", "end": "2026-03-01T09:00:00.000Z"},
}


def bundle(key, *resources, born="2015-01-01"):
    rows = [{"resourceType": "Patient", "id": f"p-{key}", "birthDate": born}, *resources]
    entry = [{"resource": one} for one in rows]
    return json.dumps({"resourceType": "Bundle", "id": key, "entry": entry})


def row(key, *, ip, num, measure=MEASURE, group=1):
    return f"{measure},{key},p-{key},title of {key},,2026-01-01,2026-12-31,{group},{ip},{ip},0,,{num},\n"


def value_sets(without=""):
    """Every value set of the measure; the dental visit's has a code."""
    known = {one.canonical: one for key in ("cms75", "cms74") for one in load_measure(key).value_sets}
    for one in known.values():
        if one.name == without:
            continue
        codes = [{"system": "urn:x", "code": "1"}] if one.name == "clinical_oral_evaluation" else []
        yield json.dumps({"resourceType": "ValueSet", "url": one.canonical, "expansion": {"contains": codes}})


@pytest.fixture
def folder(tmp_path):
    """Two cases; the table says one of them wrong."""
    lines = [bundle("right", VISIT), bundle("wrong", VISIT)]
    with gzip.open(tmp_path / f"{MEASURE}.cases.ndjson.gz", "wt") as out:
        out.write("\n".join(lines) + "\n")
    table = HEADER + row("right", ip=1, num=0) + row("wrong", ip=1, num=1)
    (tmp_path / "expected_populations.csv").write_text(table)
    with gzip.open(tmp_path / "valuesets.ndjson.gz", "wt") as out:
        out.write("\n".join(value_sets()))
    return tmp_path


def test_agreement_is_counted_and_differences_named(folder):
    """By measure, by engine, with case, group, population, what was expected and what was found."""
    result = bench_ecqm.run(cases=folder)
    assert set(result) >= {"name", "ours", "reference", "ratio", "budget", "ok", "measures"}
    assert result["measures"][MEASURE] == {
        "version": "1.1.000",
        "cases": 2,
        "agree": 1,
        "one_patient": 1,
        "population": 1,
        "problem": "",
    }
    assert not result["ok"]
    (difference,) = result["disagreeing"]
    assert difference == {
        "measure": MEASURE,
        "case_id": "wrong",
        "title": "title of wrong",
        "group": 1,
        "population": "numerator",
        "expected": 1,
        "one_patient": 0,
        "population_engine": 0,
    }
    assert result["reference"] == 278
    assert result["reference_is"].startswith("published")


def test_one_file_and_other_places(folder, tmp_path_factory):
    """A file instead of a folder, plain instead of packed, the table and the value sets elsewhere."""
    other = tmp_path_factory.mktemp("other")
    cases = other / "mine.ndjson"
    cases.write_text(bundle("right", VISIT))
    table = other / "table.csv"
    table.write_text(HEADER + row("right", ip=1, num=0))
    result = bench_ecqm.run(cases=cases, expected=table, value_sets=folder / "valuesets.ndjson.gz")
    assert result["ok"]
    assert result["agree"] == result["cases"] == 1


def test_nothing_is_passed_over_in_silence(folder):
    """Broken lines, cases without a row, rows without a case, measures that are not known."""
    (folder / "more.cases.ndjson").write_text("{\n" + bundle("nobody", VISIT) + "\n")
    with (folder / "expected_populations.csv").open("a") as out:
        out.write(row("missing", ip=1, num=0))
        out.write(row("other", ip=1, num=0, measure="CMS999"))
    result = bench_ecqm.run(cases=folder)
    assert result["rejects"] == ["more.cases.ndjson:1: not JSON, or broken off"]
    assert result["without_expectation"] == ["nobody"]
    assert result["without_bundle"] == ["missing"]
    assert result["measures"]["CMS999"]["problem"] == "there is no such measure here"
    assert not result["ok"]


def test_measures_may_use_the_same_case_id(folder):
    """Each is judged by the file that is named after it."""
    other = "CMS74FHIRPrimaryCariesPreventionasOfferedbyDentists"
    (folder / f"{other}.cases.ndjson").write_text(bundle("right") + "\n")
    table = HEADER + row("right", ip=1, num=0) + row("right", ip=0, num=0, measure=other)
    (folder / "expected_populations.csv").write_text(table)
    result = bench_ecqm.run(cases=folder)
    assert {name: one["agree"] for name, one in result["measures"].items()} == {MEASURE: 1, other: 1}


def test_a_group_the_measure_does_not_have_disagrees(folder):
    """It is not counted as agreeing by looking away."""
    (folder / "expected_populations.csv").write_text(
        HEADER + row("right", ip=1, num=0) + row("right", ip=1, num=0, group=2)
    )
    result = bench_ecqm.run(cases=folder)
    assert result["measures"][MEASURE]["agree"] == 0
    assert {one["group"] for one in result["disagreeing"]} == {2}


def test_a_missing_value_set_is_refused_with_its_place(folder):
    """Empty ones would find nobody and look right."""
    with gzip.open(folder / "valuesets.ndjson.gz", "wt") as out:
        out.write("\n".join(value_sets(without="dental_caries")))
    with pytest.raises(Refused, match=r"value_sets.toml:\d+: dental_caries: value set .* is missing"):
        bench_ecqm.run(cases=folder)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("a,b\n1,2\n", "expected_populations.csv:1: column 'case_id' is missing"),
        (HEADER + row("right", ip="x", num=0), "expected_populations.csv:2: a count, group or date"),
        (HEADER + row("right", ip=1, num=0).replace("2026-01-01", "soon"), "expected_populations.csv:2"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(folder, table, reason):
    """With file, line and reason."""
    (folder / "expected_populations.csv").write_text(table)
    with pytest.raises(Refused, match=reason):
        bench_ecqm.run(cases=folder)


def test_without_data_it_says_where_to_say(tmp_path, monkeypatch):
    """Skipped when nobody asked for it, refused when somebody did."""
    monkeypatch.setattr(bench_ecqm, "BESIDE", Path(tmp_path / "nowhere"))
    result = bench_ecqm.run()
    assert result["ok"]
    assert "--cases" in result["skipped"]
    with pytest.raises(Refused, match="--cases"):
        bench_ecqm.run(cases=tmp_path)


def test_the_table_is_shown(folder, capsys):
    """Measures, differences, and that the figure beside is a published one."""
    bench_ecqm.show(bench_ecqm.run(cases=folder))
    said = capsys.readouterr().out
    assert MEASURE[:20] in said
    assert "wrong" in said
    assert "published" in said
