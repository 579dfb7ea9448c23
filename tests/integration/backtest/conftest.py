"""The practice of the gap tests: patients written as in the spec tables."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "spec" / "gaps"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gaps.conftest import Practice


@pytest.fixture(autouse=True)
def snapshots(settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    return settings.SNAPSHOT_DIRECTORY


@pytest.fixture
def practice(db):
    """Cleanings: one came back by herself, one after a contact, one never, one was never due."""
    made = Practice()
    made.patients = {
        "came": made.put("patient born=1980-01-01\nvisit 2024-01-10 hygiene\nvisit 2025-03-20 hygiene"),
        "called": made.put("patient born=1981-01-01\nvisit 2024-01-11 hygiene\nvisit 2025-03-21 hygiene"),
        "lost": made.put("patient born=1982-01-01\nvisit 2024-01-12 hygiene"),
        "fine": made.put("patient born=1983-01-01\nvisit 2024-12-30 hygiene\nvisit 2025-06-20 hygiene"),
        "gone": made.put("patient born=1984-01-01 deceased=2024-06-01\nvisit 2024-01-10 hygiene"),
    }
    return made
