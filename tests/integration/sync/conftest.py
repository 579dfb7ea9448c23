"""A practice without data, and a way to bring a file in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rebook.accounts.models import Organisation
from rebook.flow.sync import ImportSummary, import_files
from support.exports import DIARY, write

NOW = datetime(2026, 3, 16, 13, tzinfo=UTC)

# Everything an import may write.
TABLES = (
    "accounts_location",
    "records_practitioner",
    "records_visittype",
    "records_patient",
    "records_contactpoint",
    "records_consent",
    "records_appointment",
    "records_visit",
    "records_procedure",
    "records_condition",
    "records_followup",
    "records_medication",
    "records_pendingitem",
    "records_rejectedrow",
)


@pytest.fixture
def organisation(db) -> Organisation:
    return Organisation.objects.create(slug="north", name="North", time_zone="America/Chicago")


@pytest.fixture
def bring(organisation: Organisation, tmp_path: Path) -> Callable[..., ImportSummary]:
    """Import one file's content; every call a day later."""
    calls = 0

    def bring(content: str | bytes | Path, *, name: str = "diary.csv", mapping: str = DIARY, **more: Any):
        nonlocal calls
        calls += 1
        kind = "csv" if ".csv" in name else "fhir"
        given = {
            "organisation_id": organisation.pk,
            "source_key": kind,
            "kind": kind,
            "paths": [content if isinstance(content, Path) else write(tmp_path / name, content)],
            "mapping": write(tmp_path / "mapping.toml", mapping) if kind == "csv" else None,
            "now": NOW + timedelta(days=calls - 1),
        }
        return import_files(**given | more)

    return bring


def row_versions() -> dict[str, list[tuple[int, str, str]]]:
    """(id, version, place) of every row an import may write: equal means that nothing was written."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT id, xmin::text, ctid::text FROM {table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


@pytest.fixture
def versions() -> Callable[[], dict[str, list[tuple[int, str, str]]]]:
    return row_versions
