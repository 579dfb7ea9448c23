"""Freeze the records: numbered, dated Parquet that engines read."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from rebook.analytics import snapshot as files
from rebook.core.keeping import Dated, to_prune
from rebook.records.read import chart
from rebook.records.read import outlook as read
from rebook.records.write import outlook
from rebook.records.write import snapshots as write

# An increment grows until the next full snapshot: every week, or when this share of the patients has changed.
FULL_EVERY_DAYS = 7
FULL_FROM_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class SnapshotSummary:
    """``path`` is relative to the directory of snapshots; ``counts`` are the rows written.

    ``base_number`` names the full snapshot that an increment builds on; None for a full one.
    """

    snapshot_id: int
    number: int
    as_of: date
    path: str
    counts: dict[str, int]
    base_number: int | None = None


@dataclass(frozen=True, slots=True)
class PruneSummary:
    """Numbers of the snapshots whose files were taken away, and how many are kept."""

    kept: int
    pruned: int
    numbers: list[int] = field(default_factory=list)


def take_snapshot(
    *, organisation_id: int, as_of: date, now: datetime, everybody: bool = False
) -> SnapshotSummary:
    """Copy what the rules need into a new snapshot, as it is at one instant.

    Most days only the patients who changed since the last full snapshot are copied, with those whose answer
    may change by ``as_of``; the rest of the day's rows are the full one's. ``everybody`` copies all. The
    records are copied as they are now; ``as_of`` is the day the snapshot is meant for. Raises
    ``analytics.snapshot.UnableToWriteSnapshot`` when the disk refuses; then nothing is left behind.
    """
    root = Path(settings.SNAPSHOT_DIRECTORY)
    path: Path | None = None
    try:
        with write.turn(organisation_id=organisation_id), _one_instant():
            number = write.next_number(organisation_id=organisation_id)
            path = root / f"{organisation_id}/{number}"
            files.remove(directory=path)
            layout = _layout(organisation_id)
            outlook.notice_changes(organisation_id=organisation_id, number=number)
            base = None if everybody else _base(organisation_id, layout, root, as_of)
            if base is None:
                counts = copy_records(organisation_id=organisation_id, directory=path)
                outlook.forget_changes(organisation_id=organisation_id)
            else:
                counts = _copy_chosen(organisation_id, path, base)
            snapshot_id = write.add_snapshot(
                organisation_id=organisation_id,
                number=number,
                as_of=as_of,
                now=now,
                path=str(path.relative_to(root)),
                counts=counts,
                layout=layout,
                base_number=base.number if base else None,
            )
    except BaseException:
        if path is not None:
            files.remove(directory=path)
        raise
    number_of_base = base.number if base else None
    return SnapshotSummary(snapshot_id, number, as_of, str(path.relative_to(root)), counts, number_of_base)


def copy_records(*, organisation_id: int, directory: Path) -> dict[str, int]:
    """Write the snapshot's files into ``directory`` and return the rows of each table."""
    return files.write(directory=directory, tables=_rows(organisation_id))


def prune_snapshots(
    *, organisation_id: int, as_of: date, now: datetime, dry_run: bool = False
) -> PruneSummary:
    """Take away the files of snapshots that nobody will ask for; see ``core.keeping`` for what is kept.

    Their rows stay, because gaps name them. ``dry_run`` only says which.
    """
    root = Path(settings.SNAPSHOT_DIRECTORY)
    with write.turn(organisation_id=organisation_id):
        kept = read.kept_snapshots(organisation_id=organisation_id)
        dated = [Dated(one.number, one.as_of, one.base_number, one.is_named) for one in kept]
        numbers = sorted(to_prune(dated, today=as_of))
        if not dry_run:
            with transaction.atomic(durable=True):
                write.mark_pruned(organisation_id=organisation_id, numbers=numbers, now=now)
            # After the row says so: a crash in between leaves files that nobody reads, never a row without.
            for one in kept:
                if one.number in numbers:
                    files.remove(directory=root / one.path)
    return PruneSummary(kept=len(kept) - len(numbers), pruned=len(numbers), numbers=numbers)


@contextmanager
def _one_instant() -> Iterator[None]:
    # Inside somebody's transaction (tests) the view of the records has long begun.
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(durable=True):
        if is_outermost:
            write.see_one_instant()
        yield


def _rows(organisation_id: int, *, only_chosen: bool = False) -> dict[str, Iterator[bytes]]:
    return {
        name: chart.snapshot_rows(organisation_id=organisation_id, table=name, only_chosen=only_chosen)
        for name in chart.SNAPSHOT_TABLES
    }


def _copy_chosen(organisation_id: int, directory: Path, base: read.Base) -> dict[str, int]:
    return files.write_increment(
        directory=directory,
        base=Path(base.path).name,
        changed=outlook.chosen_patients(),
        tables=_rows(organisation_id, only_chosen=True),
    )


def _base(organisation_id: int, layout: str, root: Path, as_of: date) -> read.Base | None:
    """The full snapshot to build on, with the patients chosen that differ from it; None takes a full one."""
    base = read.newest_base(organisation_id=organisation_id)
    if base is None or base.layout != layout or not (root / base.path / "patients.parquet").exists():
        return None
    if not 0 <= (as_of - base.as_of).days < FULL_EVERY_DAYS:
        return None
    chosen, everybody = outlook.choose_patients(organisation_id=organisation_id, as_of=as_of)
    return None if chosen > FULL_FROM_SHARE * everybody else base


def _layout(organisation_id: int) -> str:
    columns = [(name, str(schema)) for name, schema in files.SCHEMAS.items()]
    shared = (read.clocks(organisation_id=organisation_id), columns)
    return hashlib.sha256(repr(shared).encode()).hexdigest()
