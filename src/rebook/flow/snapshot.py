"""Freeze the records: numbered, dated Parquet that engines read."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from rebook.analytics import snapshot as files
from rebook.records.read import chart
from rebook.records.write import snapshots as write


@dataclass(frozen=True, slots=True)
class SnapshotSummary:
    """``path`` is relative to the directory of snapshots."""

    snapshot_id: int
    number: int
    as_of: date
    path: str
    counts: dict[str, int]


def take_snapshot(*, organisation_id: int, as_of: date, now: datetime) -> SnapshotSummary:
    """Copy what the rules need into a new snapshot, one table after the other.

    The records are copied as they are now; ``as_of`` is the day the snapshot is meant for. A fact that
    arrives while the copy runs may be in it or not; the next snapshot has it. Raises
    ``analytics.snapshot.UnableToWriteSnapshot`` when the disk refuses; then nothing is left behind.
    """
    root = Path(settings.SNAPSHOT_DIRECTORY)
    path: Path | None = None
    try:
        with transaction.atomic(durable=True):
            write.wait_for_turn(organisation_id=organisation_id)
            number = write.next_number(organisation_id=organisation_id)
            relative = f"{organisation_id}/{number}"
            files.remove(directory=root / relative)
            counts = copy_records(organisation_id=organisation_id, directory=root / relative)
            path = root / relative
            snapshot_id = write.add_snapshot(
                organisation_id=organisation_id,
                number=number,
                as_of=as_of,
                now=now,
                path=relative,
                counts=counts,
            )
    except BaseException:
        if path is not None:
            files.remove(directory=path)
        raise
    return SnapshotSummary(snapshot_id, number, as_of, relative, counts)


def copy_records(*, organisation_id: int, directory: Path) -> dict[str, int]:
    """Write the snapshot's files into ``directory`` and return the rows of each table."""
    tables = {
        name: chart.snapshot_rows(organisation_id=organisation_id, table=name)
        for name in chart.SNAPSHOT_TABLES
    }
    return files.write(directory=directory, tables=tables)
