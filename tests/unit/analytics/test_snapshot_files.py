"""Snapshot files: whole or not at all, typed, and written with constant memory."""

import subprocess
import sys
from datetime import date

import pyarrow.parquet as pq
import pytest

from rebook.analytics.snapshot import SCHEMAS, TABLES, write

PATIENTS = b'1,1980-05-01,female,f,,,,7,500,"|hospice|"\n2,,unknown,t,2025-01-01,,1,,0,""\n'


def tables(**given):
    return {name: given.get(name, []) for name in TABLES}


def test_rows_keep_their_types_and_nothing_differs_from_empty(tmp_path):
    counts = write(directory=tmp_path / "1", tables=tables(patients=[PATIENTS]))
    assert counts == {"patients": 2} | {name: 0 for name in TABLES if name != "patients"}
    first, second = pq.read_table(tmp_path / "1" / "patients.parquet").to_pylist()
    assert first == {
        "patient_id": 1,
        "birth_on": date(1980, 5, 1),
        "sex": "female",
        "is_deceased": False,
        "deceased_on": None,
        "left_practice_on": None,
        "merged_into_id": None,
        "home_location_id": 7,
        "value_cents": 500,
        "exclusions": "|hospice|",
    }
    assert (second["is_deceased"], second["merged_into_id"], second["exclusions"]) == (True, 1, "")


def test_blocks_may_break_anywhere(tmp_path):
    blocks = [PATIENTS[start : start + 7] for start in range(0, len(PATIENTS), 7)]
    write(directory=tmp_path / "whole", tables=tables(patients=[PATIENTS]))
    write(directory=tmp_path / "pieces", tables=tables(patients=blocks))
    whole, pieces = (pq.read_table(tmp_path / one / "patients.parquet") for one in ("whole", "pieces"))
    assert whole.equals(pieces)


def test_empty_tables_have_their_columns(tmp_path):
    write(directory=tmp_path / "1", tables=tables())
    for name in TABLES:
        assert pq.read_schema(tmp_path / "1" / f"{name}.parquet").names == SCHEMAS[name].names


def test_a_failure_half_way_leaves_nothing(tmp_path):
    def broken():
        yield b"1,hygiene,2025-01-01\n"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(directory=tmp_path / "1", tables=tables(visits=broken()))
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_is_never_written_over(tmp_path):
    write(directory=tmp_path / "1", tables=tables(patients=[PATIENTS]))
    with pytest.raises(FileExistsError):
        write(directory=tmp_path / "1", tables=tables())
    assert pq.read_metadata(tmp_path / "1" / "patients.parquet").num_rows == 2


def test_no_column_can_hold_a_name_a_number_or_an_address():
    columns = {name for schema in SCHEMAS.values() for name in schema.names}
    words = (
        "name",
        "phone",
        "email",
        "address",
        "city",
        "postal",
        "value",
        "body",
        "note",
        "language",
        "payer",
    )
    assert [one for one in columns if any(word in one for word in words)] == ["value_cents"]


PEAK = """
import resource, sys
from pathlib import Path
from rebook.analytics.snapshot import TABLES, write
rows = int(sys.argv[1])
block = b"".join(b"%d,hygiene,2025-01-01\\n" % number for number in range(10_000))
tables = {name: () for name in TABLES} | {"visits": (block for _ in range(rows // 10_000))}
counts = write(directory=Path(sys.argv[2]), tables=tables)
assert counts["visits"] == rows
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_ten_times_the_rows_take_the_same_memory(tmp_path):
    def peak(rows):
        words = [sys.executable, "-c", PEAK, str(rows), str(tmp_path / str(rows))]
        return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    assert peak(3_000_000) < peak(300_000) * 1.5
