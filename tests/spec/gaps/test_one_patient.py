"""The spec tables against the one-patient engine."""

import pytest
from spec_tables import Case, comparable, sections

from rebook.core.gaps import judge

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
