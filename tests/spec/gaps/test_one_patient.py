"""The spec tables against the one-patient engine."""

import pytest
from spec_tables import Case, comparable, sections

from rebook.core.gaps import KINDS, TIERS, VERDICTS, judge

CASES = [case for section in sections() for case in section.cases]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}: {case.title}")
def test_the_answer_is_as_specified(case: Case):
    found = {
        one.definition_key: one
        for one in judge(case.chart, case.definitions, as_of=case.as_of, settings=case.settings)
    }
    expected = case.expected
    assert {key for key, one in found.items() if one.verdict in ("open", "booked")} == {
        key for key, wanted in expected.items() if wanted["verdict"] in ("open", "booked")
    }
    for key, wanted in expected.items():
        got = comparable(found[key])
        assert {name: str(got[name]) for name in wanted} == wanted, key


RULES = frozenset(
    [
        "sign_off",
        "sex",
        "age",
        "condition",
        "medication",
        "eligible_when",
        "excluded_when",
        "exclusion",
        "standing",
        "supersedes",
        "preference",
        "due",
        "grace",
        "lead",
        "season",
        "lapsed",
        "coming_appointment",
        "event",
        "closed_by",
        "rhythm",
        "new_patient",
        "value_sets",
    ]
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}: {case.title}")
def test_every_answer_is_whole_and_every_step_can_be_read(case: Case):
    """Whatever is found or not: nothing is left out that a page, a task or the other engine reads."""
    patient = case.chart.patient
    known = {one.key: one for one in case.definitions}
    for one in judge(case.chart, case.definitions, as_of=case.as_of, settings=case.settings):
        assert one.patient_id == patient.id
        assert one.verdict in VERDICTS
        assert one.kind in KINDS
        assert one.tier in TIERS
        assert one.outreach in ("yes", "at_visit", "staff")
        assert one.risk_class in range(5)
        rule = known.get(one.definition_key)
        if rule is not None:
            asked = (rule.kind, rule.risk_class, rule.visit_type, rule.outreach, bool(rule.sensitivity))
            assert asked == (one.kind, one.risk_class, one.visit_type, one.outreach, one.is_sensitive)
        assert one.steps
        for step in one.steps:
            assert step.rule in RULES, step
            assert step.detail
            assert "None" not in step.detail
            assert "XX" not in step.detail
        if one.is_open:
            assert one.due_on is not None
            assert one.overdue_on is not None
            assert one.due_on <= one.overdue_on
            # What opens before it is due says so; nothing else speaks against an open gap.
            assert not [step for step in one.steps if step.passed is False and step.rule != "due"]
