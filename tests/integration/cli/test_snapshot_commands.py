"""``snapshots``: what is kept, one more, and taking old ones away."""

import json
from datetime import UTC, datetime

import pytest

from rebook.accounts.models import Organisation
from rebook.records import models

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(db, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    row = Organisation.objects.create(slug="one", name="One", time_zone="UTC", pack_keys=["dental"])
    source = models.Source.objects.create(organisation=row, key="spec", kind="csv")
    for number in range(9):
        models.Patient.objects.create(
            organisation=row,
            source=source,
            fact_hash=b"0",
            external_id=f"P{number}",
            family_name="Secretname",
        )
    return row


def asked(rebook, *words):
    return json.loads(rebook("snapshots", *words, "--json").stdout)


def test_taken_listed_and_taken_away(practice, rebook):
    first = asked(rebook, "take", "--as-of", "2025-08-01")
    assert (first["number"], first["base_number"], first["counts"]["patients"]) == (1, None, 9)
    second = asked(rebook, "take", "--as-of", "2025-08-02")
    assert (second["base_number"], second["counts"]["patients"]) == (1, 0)
    whole = asked(rebook, "take", "--as-of", "2025-08-03", "--everybody")
    assert (whole["base_number"], whole["counts"]["patients"]) == (None, 9)
    asked(rebook, "take", "--as-of", "2025-11-21")
    listed = asked(rebook, "list")
    assert [(one["number"], one["as_of"], one["base_number"]) for one in listed] == [
        (1, "2025-08-01", None),
        (2, "2025-08-02", 1),
        (3, "2025-08-03", None),
        (4, "2025-11-21", None),
    ]
    away = ("prune", "--as-of", "2025-11-21")
    assert asked(rebook, *away, "--dry-run") == {"kept": 2, "pruned": 2, "numbers": [1, 2], "dry_run": True}
    assert len(asked(rebook, "list")) == 4
    assert "2 gone, 2 kept" in rebook("snapshots", *away).stdout
    assert [one["number"] for one in asked(rebook, "list")] == [3, 4]
    assert models.Snapshot.objects.filter(pruned_at__lte=datetime.now(UTC)).count() == 2


def test_what_is_said_to_people_names_no_patient(practice, rebook):
    said = rebook("snapshots", "take", "--as-of", "2025-11-21").stdout + rebook("snapshots", "list").stdout
    assert "Snapshot 1 of 2025-11-21: everybody, 9 rows" in said
    assert "Secretname" not in said
