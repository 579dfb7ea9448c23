"""Which files of a snapshot hold which rows: all of them in its own directory, or a base and what changed.

A full snapshot is a directory with ``<table>.parquet`` for every table. An increment has other files, so that
nobody mistakes it for everything: ``changed.parquet`` lists the patients whose rows are new, with the number
of the snapshot that first saw their last change (empty for who is only looked at again, ``is_due``);
``<table>.changed.parquet`` has all rows of just these patients; ``base.json`` names the full snapshot beside
it. The rows of its day are the base's without those patients, and theirs as they are in the increment.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .snapshot import BASE, CHANGED, TABLES


class SnapshotIncomplete(Exception):
    """Files of a snapshot, or of the one it builds on, are gone. A new one helps, trying again does not."""

    permanent = True


@dataclass(frozen=True, slots=True)
class TableFiles:
    """``whole``: rows of everybody, or of the base; ``replaced``: patients whose rows are in ``new`` instead.

    None for files that do not exist: a table that came after the snapshot has no rows in it.
    """

    whole: Path | None
    replaced: Path | None = None
    new: Path | None = None


def table_files(*, directory: Path) -> dict[str, TableFiles]:
    """The files of every table of the snapshot in ``directory``. Raises ``SnapshotIncomplete``."""
    base = base_of(directory=directory)
    if base is None:
        return {name: TableFiles(_existing(directory / f"{name}.parquet")) for name in TABLES}
    if not (base / "patients.parquet").exists() or base_of(directory=base) is not None:
        raise SnapshotIncomplete(f"snapshot {directory.name} builds on {base.name}, which is not whole")
    return {
        name: TableFiles(
            _existing(base / f"{name}.parquet"),
            directory / CHANGED,
            _existing(directory / f"{name}.changed.parquet"),
        )
        for name in TABLES
    }


def base_of(*, directory: Path) -> Path | None:
    """The directory of the full snapshot that an increment builds on; None for a full one."""
    note = directory / BASE
    if not note.exists():
        return None
    return directory.parent / str(json.loads(note.read_text(encoding="utf-8"))["base"])


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
