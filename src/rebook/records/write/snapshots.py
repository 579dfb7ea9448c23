"""Rows about snapshots; the files themselves are written by ``analytics``."""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from django.db import DatabaseError, connection
from django.db.models import Max

from rebook.records.models import Snapshot


@contextmanager
def turn(*, organisation_id: int) -> Iterator[None]:
    """Snapshots of one organisation are taken one after the other.

    Held by the connection and not by the transaction: the transaction's view of the records must not begin
    before the turn has come.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('rebook.snapshot'), %s)", [organisation_id])
    try:
        yield
    finally:
        # A connection that broke meanwhile has lost its lock, and the failure to report is another one.
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('rebook.snapshot'), %s)", [organisation_id])


def see_one_instant() -> None:
    """Everything this transaction reads from here on is as of one instant. Its first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def next_number(*, organisation_id: int) -> int:
    """The number of the organisation's next snapshot, counted from 1."""
    newest = Snapshot.objects.filter(organisation_id=organisation_id).aggregate(newest=Max("number"))[
        "newest"
    ]
    return (newest or 0) + 1


def add_snapshot(
    *,
    organisation_id: int,
    number: int,
    as_of: date,
    now: datetime,
    path: str,
    counts: Mapping[str, int],
    layout: str = "",
    base_number: int | None = None,
) -> int:
    """Name a finished snapshot; returns its id. ``path`` is relative to the directory of snapshots."""
    row = Snapshot.objects.create(
        organisation_id=organisation_id,
        number=number,
        as_of=as_of,
        taken_at=now,
        path=path,
        counts=dict(counts),
        layout=layout,
        base_number=base_number,
    )
    return row.pk


def mark_pruned(*, organisation_id: int, numbers: Collection[int], now: datetime) -> int:
    """The files of these snapshots are gone; their rows stay, because gaps name them."""
    rows = Snapshot.objects.filter(organisation_id=organisation_id, number__in=list(numbers))
    return rows.filter(pruned_at__isnull=True).update(pruned_at=now)
