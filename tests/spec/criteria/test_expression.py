"""The small boolean logic of gap definitions: tables in, answers out, and both engines the same."""

from datetime import UTC, date, datetime

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebook.analytics.criteria import snapshot_events, with_expression
from rebook.analytics.criteria.tables import SCHEMAS as EVENT_SCHEMAS
from rebook.analytics.snapshot import SCHEMAS
from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    ConditionRecord,
    MedicationRecord,
    PatientRecord,
    ProcedureRecord,
    VisitRecord,
)
from rebook.core.criteria import ExpressionInvalid, chart_history, holds, parse_expression

TODAY = date(2026, 11, 21)
SETS = {"http://x": frozenset({("urn:s", "1"), ("urn:s", "2")}), "http://y": frozenset({("urn:t", "1")})}
USED = ("patients", "visits", "appointments", "procedures", "conditions", "medications")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def chart(**rows: list[tuple[object, ...]]) -> Chart:
    """Rows as (word, first day[, last day]); appointments as (word, status, day)."""
    patient = PatientRecord(
        1,
        1,
        date(1980, 5, 17),
        "female",
        "en",
        False,
        None,
        None,
        False,
        None,
        None,
        None,
        None,
        "",
        0,
        "",
        (),
        (),
    )
    return Chart(
        patient=patient,
        time_zone="UTC",
        visits=tuple(
            VisitRecord(n, w, at(d), d, None, None) for n, (w, d) in enumerate(rows.get("visits", []))
        ),
        appointments=tuple(
            AppointmentRecord(n, w, s, at(d), d, None, None, None, "", None, None)
            for n, (w, s, d) in enumerate(rows.get("appointments", []))
        ),
        procedures=tuple(ProcedureRecord(n, *row) for n, row in enumerate(rows.get("procedures", []))),
        conditions=tuple(ConditionRecord(n, *row) for n, row in enumerate(rows.get("conditions", []))),
        medications=tuple(
            MedicationRecord(n, w, a, b, None, *code)
            for n, (w, a, b, *code) in enumerate(rows.get("medications", []))
        ),
    )


def coded(row) -> dict[str, str]:
    return {"kind": row.kind, "system": row.system, "code": row.code}


def in_snapshot(expression, charts: list[Chart]) -> list[bool | None]:
    """What the population engine says of each chart."""
    rows = {name: [] for name in USED}
    for number, one in enumerate(charts):
        here = {"patient_id": number}
        rows["patients"].append({**here, "birth_on": one.patient.birth_on, "sex": one.patient.sex})
        rows["visits"] += [
            {**here, "visit_type": x.visit_type, "visited_on": x.visited_on} for x in one.visits
        ]
        rows["appointments"] += [
            {**here, "visit_type": x.visit_type, "status": x.status, "starts_on": x.starts_on}
            for x in one.appointments
        ]
        rows["procedures"] += [{**here, **coded(x), "performed_on": x.performed_on} for x in one.procedures]
        rows["conditions"] += [
            {**here, **coded(x), "onset_on": x.onset_on, "abated_on": x.abated_on} for x in one.conditions
        ]
        rows["medications"] += [
            {**here, **coded(x), "started_on": x.started_on, "ended_on": x.ended_on} for x in one.medications
        ]
    engine = ibis.duckdb.from_connection(duckdb.connect())
    for name, found in rows.items():
        engine.con.register(name, pa.Table.from_pylist(found, schema=SCHEMAS[name]))
    named = {name: ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name) for name in USED}
    sets = [{"canonical": name, "system": a, "code": b} for name, codes in SETS.items() for a, b in codes]
    engine.con.register("value_sets", pa.Table.from_pylist(sets, schema=EVENT_SCHEMAS["value_sets"]))
    named["value_sets"] = ibis.table(ibis.Schema.from_pyarrow(EVENT_SCHEMAS["value_sets"]), name="value_sets")
    tables = snapshot_events(**named)
    asked = with_expression(tables.people, name="ok", expression=expression, tables=tables, as_of=TODAY)
    found = {row["patient_id"]: row["ok"] for row in engine.to_pyarrow(asked).to_pylist()}
    return [found[number] for number in range(len(charts))]


TABLE = [
    # what is asked, what is charted, the answer
    ({"condition": "diabetes"}, {"conditions": [("diabetes", date(2020, 1, 1), None)]}, True),
    ({"condition": "diabetes"}, {"conditions": [("diabetes", None, None)]}, True),
    ({"condition": "diabetes"}, {"conditions": [("asthma", None, None)]}, False),
    # The day it is over it does not count any more; the day it begins it does.
    ({"condition": "diabetes"}, {"conditions": [("diabetes", date(2020, 1, 1), TODAY)]}, False),
    ({"condition": "diabetes"}, {"conditions": [("diabetes", date(2020, 1, 1), date(2026, 11, 22))]}, True),
    ({"condition": "diabetes"}, {"conditions": [("diabetes", TODAY, None)]}, True),
    ({"condition": "diabetes"}, {"conditions": [("diabetes", date(2026, 11, 22), None)]}, False),
    (
        {"condition": "fracture", "within_months": 12},
        {"conditions": [("fracture", date(2025, 1, 1), date(2025, 11, 22))]},
        True,
    ),
    (
        {"condition": "fracture", "within_months": 12},
        {"conditions": [("fracture", date(2025, 1, 1), date(2025, 11, 21))]},
        False,
    ),
    ({"medication": "warfarin"}, {"medications": [("warfarin", date(2026, 1, 1), None)]}, True),
    ({"procedure": "eye_exam"}, {"procedures": [("eye_exam", date(1999, 1, 1))]}, True),
    ({"procedure": "eye_exam"}, {"procedures": [("eye_exam", date(2026, 11, 22))]}, False),
    (
        {"procedure": "eye_exam", "within_months": 12},
        {"procedures": [("eye_exam", date(2025, 11, 21))]},
        True,
    ),
    (
        {"procedure": "eye_exam", "within_months": 12},
        {"procedures": [("eye_exam", date(2025, 11, 20))]},
        False,
    ),
    (
        {"visit": "check", "at_least": 2, "within_days": 90},
        {"visits": [("check", date(2026, 9, 1)), ("check", date(2026, 10, 1))]},
        True,
    ),
    # A visit and the kept appointment it came from are one.
    (
        {"visit": "check", "at_least": 2},
        {"visits": [("check", date(2026, 9, 1))], "appointments": [("check", "fulfilled", date(2026, 9, 1))]},
        False,
    ),
    ({"visit": "check"}, {"appointments": [("check", "noshow", date(2026, 9, 1))]}, False),
    (
        {"all": [{"condition": "diabetes"}, {"not": {"procedure": "eye_exam"}}]},
        {"conditions": [("diabetes", None, None)]},
        True,
    ),
    (
        {"any": [{"condition": "diabetes"}, {"medication": "insulin"}]},
        {"medications": [("insulin", None, None)]},
        True,
    ),
    ({"in": "http://x", "kind": "condition"}, {"conditions": [("a", None, None, "urn:s", "1")]}, True),
    ({"in": "http://x", "kind": "condition"}, {"conditions": [("", None, None, "urn:s", "1")]}, True),
    ({"in": "http://x", "kind": "condition"}, {"conditions": [("a", None, None, "urn:s", "3")]}, False),
    ({"in": "http://x", "kind": "condition"}, {"conditions": [("a", None, None, "", "1")]}, False),
    ({"in": "http://x", "kind": "procedure"}, {"conditions": [("a", None, None, "urn:s", "1")]}, False),
    # One thing with two codes is one; two things without words are two.
    (
        {"in": "http://x", "kind": "procedure", "at_least": 2},
        {"procedures": [("a", TODAY, "urn:s", "1"), ("a", TODAY, "urn:s", "2")]},
        False,
    ),
    (
        {"in": "http://x", "kind": "procedure", "at_least": 2},
        {"procedures": [("", TODAY, "urn:s", "1"), ("", TODAY, "urn:s", "2")]},
        True,
    ),
    # A code without a system is no word of the clinic's own.
    ({"medication": "insulin"}, {"medications": [("", None, None, "", "insulin")]}, False),
]


@pytest.mark.parametrize(("asked", "charted", "answer"), TABLE)
def test_expression(asked, charted, answer):
    """What an expression says of a chart."""
    expression = parse_expression(asked)
    one = chart(**charted)
    asked_of = {"expression": expression, "history": chart_history(one), "as_of": TODAY}
    assert holds(**asked_of, value_sets=SETS).holds is answer
    assert in_snapshot(expression, [one]) == [answer]


def test_the_steps_say_what_was_found():
    """Every leaf leaves a step with the days it saw."""
    expression = parse_expression({"procedure": "eye_exam", "within_months": 12})
    one = chart(procedures=[("eye_exam", date(2026, 3, 4)), ("eye_exam", date(2020, 3, 4))])
    (step,) = holds(expression=expression, history=chart_history(one), as_of=TODAY).steps
    assert step.passed
    assert step.rule == "procedure eye_exam in the last 12 months"
    assert "2026-03-04" in step.detail
    assert "2020" not in step.detail


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        ({}, "", "wants a table"),
        ("diabetes", "", "wants a table"),
        ({"all": []}, "all", "wants a list"),
        ({"all": [{"condition": "a"}], "any": []}, "", "stands alone"),
        ({"any": [{"condition": "a"}, {"diagnosis": "b"}]}, "any[1]", "unknown field 'diagnosis'"),
        ({"condition": ""}, "condition", "wants text"),
        ({"condition": "a", "visit": "b"}, "", "name one of"),
        ({"condition": "a", "within_months": 0}, "within_months", "whole number"),
        ({"condition": "a", "at_least": True}, "at_least", "whole number"),
        ({"condition": "a", "within_months": 1, "within_days": 1}, "", "not both"),
        ({"in": "http://x"}, "kind", "wants text"),
        ({"in": "http://x", "kind": "mood"}, "", "kind must be one of"),
        ({"not": {"condition": "a", "since": 3}}, "not", "unknown field 'since'"),
    ],
)
def test_what_means_nothing_is_refused(data, field, reason):
    """With the place and the reason."""
    with pytest.raises(ExpressionInvalid) as refused:
        parse_expression(data)
    assert refused.value.field == field
    assert reason in refused.value.reason


def test_names_and_text_are_kept():
    """So that undeclared words can be refused, and a changed joining word changes what was signed."""
    leaves = [{"condition": "a"}, {"in": "http://x", "kind": "condition"}]
    expression = parse_expression({"all": leaves})
    assert expression.words == (("condition", "a"),)
    assert expression.value_sets == ("http://x",)
    assert expression.text != parse_expression({"any": leaves}).text


DAYS = st.dates(date(2025, 6, 1), date(2027, 1, 31))
WORDS = st.sampled_from(["a", "b"])
# A word, and the source's code where there is one.
CODES = st.sampled_from([("", ""), ("urn:s", "1"), ("urn:s", "2"), ("urn:t", "1"), ("", "1"), ("urn:s", "")])
LEAVES = st.builds(
    lambda named, limit, at_least: {**named, **limit, **at_least},
    st.builds(
        lambda kind, word: {kind: word},
        st.sampled_from(["condition", "medication", "procedure", "visit"]),
        WORDS,
    )
    | st.builds(
        lambda kind, canonical: {"in": canonical, "kind": kind},
        st.sampled_from(["condition", "medication", "procedure"]),
        st.sampled_from(list(SETS)),
    ),
    st.sampled_from([{}, {"within_months": 3}, {"within_months": 12}, {"within_days": 45}]),
    st.sampled_from([{}, {"at_least": 2}]),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
ONCE = st.lists(st.tuples(WORDS, DAYS), max_size=4)
NAMES = WORDS | st.just("")
RUNS = st.lists(
    st.builds(lambda *row: (*row[:-1], *row[-1]), NAMES, st.none() | DAYS, st.none() | DAYS, CODES),
    max_size=3,
)
DONE = st.lists(st.builds(lambda *row: (*row[:-1], *row[-1]), NAMES, DAYS, CODES), max_size=4)
KEPT = st.lists(st.tuples(WORDS, st.sampled_from(["fulfilled", "booked", "noshow"]), DAYS), max_size=3)
CHARTS = st.builds(
    lambda v, a, p, c, m: chart(visits=v, appointments=a, procedures=p, conditions=c, medications=m),
    ONCE,
    KEPT,
    DONE,
    RUNS,
    RUNS,
)


@settings(max_examples=20, deadline=None)
@given(EXPRESSIONS, st.lists(CHARTS, min_size=1, max_size=8))
def test_both_engines_agree(data, charts):
    """Whatever is asked of whatever charts."""
    expression = parse_expression(data)
    one_by_one = [
        holds(expression=expression, history=chart_history(x), as_of=TODAY, value_sets=SETS).holds
        for x in charts
    ]
    assert in_snapshot(expression, charts) == one_by_one
