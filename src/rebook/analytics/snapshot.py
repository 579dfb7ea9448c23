"""Snapshots: frozen, numbered Parquet copies of what the rules need, written once and never changed.

Ids, dates and kinds only: no name, number, address or text. Dates are calendar dates on the clock of the
patient's location. A snapshot is a directory with one file per table, sorted by patient, so that an engine
can take the patients in ranges.
"""

import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq

_ID, _DAY, _WORD, _FLAG = pa.int64(), pa.date32(), pa.string(), pa.bool_()
# What the source calls it. Snapshots of before have neither.
_CODE = (("system", _WORD), ("code", _WORD))

SCHEMAS: Mapping[str, pa.Schema] = {
    "patients": pa.schema(
        [
            ("patient_id", _ID),
            ("birth_on", _DAY),
            ("sex", _WORD),
            ("is_deceased", _FLAG),
            ("deceased_on", _DAY),
            ("left_practice_on", _DAY),
            ("merged_into_id", _ID),
            ("home_location_id", _ID),
            ("value_cents", _ID),
            # "|hospice|moved_away|", empty without any.
            ("exclusions", _WORD),
        ]
    ),
    "appointments": pa.schema(
        [
            ("appointment_id", _ID),
            ("patient_id", _ID),
            ("visit_type", _WORD),
            ("status", _WORD),
            ("starts_on", _DAY),
            ("booked_on", _DAY),
            ("cancelled_on", _DAY),
            ("cancelled_by", _WORD),
            ("location_id", _ID),
        ]
    ),
    "visits": pa.schema([("patient_id", _ID), ("visit_type", _WORD), ("visited_on", _DAY)]),
    "procedures": pa.schema([("patient_id", _ID), ("kind", _WORD), ("performed_on", _DAY), *_CODE]),
    "conditions": pa.schema(
        [("patient_id", _ID), ("kind", _WORD), ("onset_on", _DAY), ("abated_on", _DAY), *_CODE]
    ),
    "follow_ups": pa.schema(
        [
            ("follow_up_id", _ID),
            ("patient_id", _ID),
            ("visit_type", _WORD),
            ("recommended_on", _DAY),
            ("due_on", _DAY),
        ]
    ),
    "medications": pa.schema(
        [
            ("patient_id", _ID),
            ("kind", _WORD),
            ("started_on", _DAY),
            ("ended_on", _DAY),
            ("supply_until", _DAY),
            *_CODE,
        ]
    ),
    "pending": pa.schema(
        [
            ("pending_id", _ID),
            ("patient_id", _ID),
            ("kind", _WORD),
            ("visit_type", _WORD),
            ("priority", _WORD),
            ("state", _WORD),
            ("opened_on", _DAY),
            ("due_on", _DAY),
            ("closed_on", _DAY),
            ("location_id", _ID),
            ("units_left", _ID),
            ("units_threshold", _ID),
            ("visits_per_week", _ID),
            ("matched_on", _DAY),
        ]
    ),
    "recall_preferences": pa.schema(
        [
            ("preference_id", _ID),
            ("patient_id", _ID),
            ("kind", _WORD),
            ("definition_key", _WORD),
            ("interval_months", _ID),
            ("interval_days", _ID),
            ("due_on", _DAY),
            ("made_on", _DAY),
            ("valid_until", _DAY),
            ("ended_on", _DAY),
        ]
    ),
}
TABLES = tuple(SCHEMAS)
# What an increment has instead of ``<table>.parquet`` (``snapshot_files`` says how it is read).
BASE, CHANGED = "base.json", "changed.parquet"
CHANGED_SCHEMA = pa.schema([("patient_id", _ID), ("changed_in", _ID), ("is_due", _FLAG)])
# Rows of a row group: small enough that a range of patients skips most of the file.
ROW_GROUP = 100_000


class UnableToWriteSnapshot(Exception):
    """The snapshot could not be written; nothing of it is left behind. Trying again helps when space does."""

    permanent = False


class _Stream(io.RawIOBase):
    """Blocks of bytes, read as a file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks: Iterator[bytes] = iter(blocks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                self._rest = memoryview(bytes(next(self._blocks)))
            except StopIteration:
                return 0
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def write(*, directory: Path, tables: Mapping[str, Iterable[bytes]]) -> dict[str, int]:
    """Write a snapshot into ``directory``, which must not exist, and return the rows of each table.

    ``tables`` gives for every name of ``TABLES`` the rows as blocks of CSV without a header, in the order of
    the schema's columns: empty is NULL, ``""`` is empty text, flags are t and f. Memory does not grow with
    the rows. The directory appears whole, by one rename, or not at all.

    Raises ``UnableToWriteSnapshot`` for a full disk and the like.
    """
    return _write(directory, {f"{name}.parquet": (SCHEMAS[name], tables[name]) for name in TABLES})


def write_increment(
    *, directory: Path, base: str, changed: Iterable[bytes], tables: Mapping[str, Iterable[bytes]]
) -> dict[str, int]:
    """Like ``write``, for the patients in ``changed`` alone (CSV of ``CHANGED_SCHEMA``), by their ids.

    ``base`` is the name of the full snapshot beside it that has everybody else.
    """
    files = {f"{name}.changed.parquet": (SCHEMAS[name], tables[name]) for name in TABLES}
    note = json.dumps({"base": base})
    return _write(directory, {CHANGED: (CHANGED_SCHEMA, changed), **files}, note=note)


def _write(
    directory: Path, files: Mapping[str, tuple[pa.Schema, Iterable[bytes]]], note: str = ""
) -> dict[str, int]:
    if directory.exists():
        raise FileExistsError(directory.name)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=directory.parent))
    except OSError as error:
        raise UnableToWriteSnapshot(f"cannot write a snapshot: {error.strerror}") from error
    try:
        counts = {
            name: _write_table(unfinished / name, schema, rows) for name, (schema, rows) in files.items()
        }
        if note:
            (unfinished / BASE).write_text(note, encoding="utf-8")
        unfinished.chmod(0o700)
        os.rename(unfinished, directory)
    except OSError as error:
        raise UnableToWriteSnapshot(f"cannot write a snapshot: {error.strerror}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return {name.partition(".")[0]: rows for name, rows in counts.items() if name != CHANGED}


def remove(*, directory: Path) -> None:
    """Take away a snapshot that no row of the ledger will name."""
    shutil.rmtree(directory, ignore_errors=True)


def _write_table(path: Path, schema: pa.Schema, blocks: Iterable[bytes]) -> int:
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(schema, blocks):
            writer.write_batch(batch, row_group_size=ROW_GROUP)
            rows += batch.num_rows
    return rows


def _batches(schema: pa.Schema, blocks: Iterable[bytes]) -> Iterator[pa.RecordBatch]:
    stream = io.BufferedReader(_Stream(blocks), buffer_size=1 << 20)
    if not stream.peek(1):
        return
    reader = pv.open_csv(
        stream,
        read_options=pv.ReadOptions(column_names=schema.names, block_size=8 << 20, use_threads=False),
        convert_options=pv.ConvertOptions(
            column_types=schema,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
        ),
    )
    yield from reader
