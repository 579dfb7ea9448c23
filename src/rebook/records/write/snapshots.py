"""Rows about snapshots; the files themselves are written by ``analytics``."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection
from django.db.models import Max

from rebook.records.models import Snapshot


def wait_for_turn(*, organisation_id: int) -> None:
    """Snapshots of one organisation are taken one after the other; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rebook.snapshot'), %s)", [organisation_id])


def next_number(*, organisation_id: int) -> int:
    """The number of the organisation's next snapshot, counted from 1."""
    newest = Snapshot.objects.filter(organisation_id=organisation_id).aggregate(newest=Max("number"))[
        "newest"
    ]
    return (newest or 0) + 1


def add_snapshot(
    *, organisation_id: int, number: int, as_of: date, now: datetime, path: str, counts: Mapping[str, int]
) -> int:
    """Name a finished snapshot; returns its id. ``path`` is relative to the directory of snapshots."""
    row = Snapshot.objects.create(
        organisation_id=organisation_id,
        number=number,
        as_of=as_of,
        taken_at=now,
        path=path,
        counts=dict(counts),
    )
    return row.pk
