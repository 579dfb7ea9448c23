"""The same spec tables against the population engine: all charts of a day as one population."""

from itertools import groupby

import pytest
from populations import population_answers
from spec_tables import Case, sections

CASES = [case for section in sections() for case in section.cases]


def _together(case: Case):
    return case.section, case.as_of


GROUPS = [list(cases) for _, cases in groupby(sorted(CASES, key=_together), key=_together)]


@pytest.mark.parametrize("cases", GROUPS, ids=lambda cases: f"{cases[0].section} on {cases[0].as_of}")
def test_the_population_is_answered_as_specified(cases):
    first = cases[0]
    answers = population_answers(
        [case.chart for case in cases], first.definitions, as_of=first.as_of, settings=first.settings
    )
    for case in cases:
        got = {
            key: {name: str(value) for name, value in row.items()}
            for key, row in answers[case.chart.patient.id].items()
        }
        listed = {k: v for k, v in case.expected.items() if v["verdict"] in ("open", "booked")}
        assert got == listed, case.title
