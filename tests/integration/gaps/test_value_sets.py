"""Rules that ask for value sets, on the ledger, with value sets from the practice's own files."""

import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rebook.flow import gaps as flow
from rebook.flow.catalogue import catalogue
from rebook.flow.common import examining
from rebook.flow.common.value_sets import loaded_codes
from rebook.flow.gaps import explain, find_gaps, list_gaps, rules_of
from rebook.flow.snapshot import take_snapshot
from rebook.packs import gaps as packs
from rebook.records.models import Gap

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
KIDNEY, PILLS = "http://example.org/sets/kidney", "http://example.org/sets/pills"
RULES = f"""
[[gap]]
key = "kidney"
label = {{ en = "kidney check" }}
visit_type = "lab"
minutes = 10
interval_months = 12
risk_class = 1
source = "spec"
eligible_when = {{ in = "{KIDNEY}", kind = "condition" }}
excluded_when = {{ in = "{PILLS}", kind = "medication" }}
[[gap.last]]
visit_types = ["lab"]

[[gap]]
key = "grave"
label = {{ en = "grave check" }}
visit_type = "lab"
minutes = 10
interval_months = 12
risk_class = 3
signed_off_by = "Dr. Spec"
source = "spec"
eligible_when = {{ any = [ {{ condition = "renal" }}, {{ in = "{PILLS}", kind = "medication" }} ] }}
[[gap.last]]
visit_types = ["lab"]
"""
ILL = "condition renal from=2020-01-01 code=urn:codes|K1\nvisit 2024-10-01 lab"
UNCODED = "condition renal from=2020-01-01\nvisit 2024-10-01 lab"
ON_PILLS = f"{ILL}\nmedication - from=2025-01-01 code=urn:codes|P1"


def value_set(url, *codes, **more):
    contains = [{"system": "urn:codes", "code": code} for code in codes]
    return json.dumps({"resourceType": "ValueSet", "url": url, "expansion": {"contains": contains}, **more})


@pytest.fixture
def folder(settings, tmp_path):
    settings.VALUE_SETS = tmp_path / "value-sets"
    return settings.VALUE_SETS


@pytest.fixture
def clinic(make_practice, tmp_path, monkeypatch, folder):
    """A practice with a pack of its own."""
    (tmp_path / "specialty" / "spec").mkdir(parents=True)
    (tmp_path / "specialty" / "spec" / "gaps.toml").write_text(RULES, encoding="utf-8")
    monkeypatch.setattr(packs, "SPECIALTIES", tmp_path / "specialty")
    for cached in (packs.gap_definitions, packs._of_pack):
        cached.cache_clear()
    yield make_practice(pack_keys=("spec",))
    for cached in (packs.gap_definitions, packs._of_pack):
        cached.cache_clear()


def supply(folder, *lines, name="sets.ndjson"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


def find(practice, as_of=AS_OF):
    take_snapshot(organisation_id=practice.id, as_of=as_of, now=NOW)
    find_gaps(organisation_id=practice.id, as_of=as_of, now=NOW)
    rows = Gap.objects.filter(closed_on__isnull=True, kind="interval")
    return set(rows.values_list("patient_id", "definition_key"))


def said(practice, patient_id):
    found = explain(organisation_id=practice.id, patient_id=patient_id, as_of=AS_OF).findings
    return {one.definition_key: one for one in found if one.kind == "interval"}


def test_both_engines_answer_from_the_ledgers_codes(clinic, folder):
    supply(folder, value_set(KIDNEY, "K1", "K2"), value_set(PILLS, "P1"))
    ill, uncoded, on_pills = clinic.put(ILL), clinic.put(UNCODED), clinic.put(ON_PILLS)
    expected = {(ill, "spec.kidney"), *((one, "spec.grave") for one in (ill, uncoded, on_pills))}
    assert find(clinic) == expected
    listed = list_gaps(organisation_id=clinic.id, as_of=AS_OF, now=NOW, limit=10)
    assert {(one.patient_id, one.definition_key) for one in listed.gaps} >= expected
    verdicts = [said(clinic, one)["spec.kidney"].verdict for one in (ill, uncoded, on_pills)]
    assert verdicts == ["open", "not_eligible", "excluded"]
    steps = " / ".join(step.detail for step in said(clinic, ill)["spec.kidney"].steps)
    assert f"condition in {KIDNEY}: 1 of 1 (condition): from 2020-01-01" in steps


def test_a_set_that_nobody_supplied_is_not_known_and_stops_a_grave_rule(clinic, folder):
    supply(folder, value_set(KIDNEY, "K1"))
    ill = clinic.put(ILL)
    assert find(clinic) == set()
    found = said(clinic, ill)
    assert {one.verdict for one in found.values()} == {"unknown"}
    for one in found.values():
        assert f"needs value set {PILLS}: not loaded" in one.steps[-1].detail


def test_a_changed_file_is_read_again_and_everybody_is_judged_anew(clinic, folder):
    ill = clinic.put(ILL)
    assert find(clinic) == set()
    supply(folder, value_set(KIDNEY, "K2"), value_set(PILLS))
    assert find(clinic) == {(ill, "spec.grave")}
    supply(folder, value_set(KIDNEY, "K1", "K2"), value_set(PILLS))
    again = find_gaps(organisation_id=clinic.id, as_of=AS_OF, now=NOW)
    assert (again.judged, again.opened) == (1, 1)


def test_a_broken_file_takes_only_its_own_sets_with_it(clinic, folder):
    supply(folder, value_set(KIDNEY, "K1"))
    supply(folder, "{", name="torn.ndjson")
    supply(folder, "not a value set at all", name="readme.txt")
    definitions, _ = rules_of(organisation_id=clinic.id)
    loaded = loaded_codes(definitions)
    assert KIDNEY in loaded.codes
    assert PILLS not in loaded.codes
    assert loaded.problems == ("torn.ndjson:1: not JSON, or broken off",)


def test_the_catalogue_and_the_doctor_say_what_is_missing_and_where(clinic, folder):
    supply(folder, value_set(KIDNEY, "K1"))
    clinic.put(ILL)
    lines = {one.definition.key: one for one in catalogue(organisation_id=clinic.id, today=AS_OF)}
    wanted = f"needs value set {PILLS}: not loaded"
    assert [line.not_loaded[0] for line in lines.values()] == [wanted, wanted]
    place = str(packs.SPECIALTIES / "spec" / "gaps.toml")
    assert lines["spec.kidney"].not_loaded[1].endswith(f":11: excluded_when: value set {PILLS} is missing")
    assert place.endswith(lines["spec.kidney"].not_loaded[1].partition(":")[0])
    found = examining.look(organisation_id=clinic.id, now=NOW)
    says = {one.definition_key: one.says for one in found if one.key == "rule_codes_missing"}
    assert set(says) == {"spec.kidney", "spec.grave"}
    assert wanted in says["spec.grave"]
    assert "does not run" in says["spec.grave"]


def test_nothing_is_read_for_rules_that_name_no_value_set(practice, folder):
    supply(folder, "{")
    definitions, settings = rules_of(organisation_id=practice.id)
    assert loaded_codes(definitions).problems == ()
    assert settings.value_sets.sets == {}


def test_a_snapshot_of_before_codes_is_read_and_leaves_the_answer_open(clinic, folder, settings):
    supply(folder, value_set(KIDNEY, "K1"), value_set(PILLS, "P1"))
    clinic.put(ILL)
    taken = take_snapshot(organisation_id=clinic.id, as_of=AS_OF, now=NOW)
    for name in ("conditions", "procedures", "medications"):
        path = settings.SNAPSHOT_DIRECTORY / taken.path / f"{name}.parquet"
        rows: pa.Table = pq.read_table(path)
        pq.write_table(rows.drop_columns(["system", "code"]), path)
    find_gaps(organisation_id=clinic.id, as_of=AS_OF, now=NOW)
    assert not Gap.objects.filter(kind="interval").exists()
    with flow.judging.population_engine() as (connection, _):
        directory = settings.SNAPSHOT_DIRECTORY / taken.path
        source = flow.engine.read_snapshot(connection, directory=directory)
        assert not source.has_codes
        assert flow.judging.answerable(rules_of(organisation_id=clinic.id)[1], source).value_sets.sets == {}
        source.show()
        kinds = connection.execute("SELECT kind, system, code FROM conditions").fetchall()
        assert kinds == [("renal", None, None)]
