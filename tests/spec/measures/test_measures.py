"""Every measure's own cases (``cases_*.py``), on both engines."""

from importlib import import_module
from pathlib import Path

import pytest
from bundles import all_at_once, differing, one_by_one

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES = {name.removeprefix("cases_"): import_module(name).CASES for name in MODULES}
EACH = [pytest.param(key, case, id=f"{key}: {case.title}") for key, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("key", "case"), EACH)
def test_one_patient(key, case):
    """The one-patient engine gives the expected populations."""
    assert not differing(one_by_one(key, [case]), [case])


@pytest.mark.parametrize("key", CASES)
def test_population(key):
    """The population engine gives them for all of a measure's cases at once."""
    assert not differing(all_at_once(key, CASES[key]), CASES[key])


def test_titles_are_different():
    """So that a failing case can be told from the others."""
    for key, cases in CASES.items():
        titles = [case.title for case in cases]
        assert len(titles) == len(set(titles)), key
