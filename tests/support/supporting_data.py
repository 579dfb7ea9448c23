"""CDC's own files, which lie beside a checkout and are never part of it."""

from functools import cache
from pathlib import Path

import pytest

from rebook.sources.cdsi import read_schedule

CDSI = Path(__file__).parents[3] / "shared" / "data" / "cdsi"
FOLDER = CDSI / "supporting_data_4.64"
HEALTHY = CDSI / "healthy_test_cases_4.45_part1.csv"
UNDERLYING = CDSI / "underlying_condition_test_cases_4.6_part1.csv"


def needs(path):
    if not path.exists():
        pytest.skip("CDC's immunisation schedule and test cases are not here")
    return path


@cache
def _read():
    return read_schedule(FOLDER)


def supporting_data():
    needs(FOLDER)
    return _read()
