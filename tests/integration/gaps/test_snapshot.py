"""Snapshots of the ledger: numbered, complete, and read alike by both engines."""

import random
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from rebook.analytics import snapshot as files
from rebook.flow.gaps import explain, find_gaps
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Gap, Patient, Snapshot

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
TYPES = ["hygiene", "dental_exam", "periodontal_maintenance", "restorative", "acute"]
STATUSES = ["booked", "fulfilled", "cancelled", "noshow", "pending", "entered-in-error"]


def test_snapshots_are_numbered_and_counted(practice, snapshots):
    practice.put(
        "visit 2025-03-02 hygiene\nreturn 2025-03-02 due=2025-09-02 hygiene\ncondition periodontitis"
    )
    first = take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    second = take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW, everybody=True)
    assert (first.number, second.number) == (1, 2)
    none = dict.fromkeys(files.TABLES, 0)
    assert first.counts == none | {"patients": 1, "visits": 1, "conditions": 1, "follow_ups": 1}
    row = Snapshot.objects.get(pk=second.snapshot_id)
    assert (row.number, row.as_of, row.path, row.counts) == (2, AS_OF, f"{practice.id}/2", second.counts)
    assert {one.name for one in (snapshots / row.path).iterdir()} == {
        f"{name}.parquet" for name in files.TABLES
    }


def test_numbers_count_by_organisation(practice, make_practice):
    take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    other = make_practice(slug="other")
    assert take_snapshot(organisation_id=other.id, as_of=AS_OF, now=NOW).number == 1


def test_a_disk_that_refuses_leaves_neither_files_nor_row(practice, snapshots, monkeypatch):
    practice.put("visit 2025-03-02 hygiene")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.pq, "ParquetWriter", full)
    with pytest.raises(files.UnableToWriteSnapshot, match="No space left"):
        take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    assert Snapshot.objects.count() == 0
    assert [one for one in snapshots.rglob("*") if one.is_file()] == []


def test_files_left_by_a_crash_are_taken_over(practice, snapshots):
    (snapshots / str(practice.id) / "1").mkdir(parents=True)
    (snapshots / str(practice.id) / "1" / "patients.parquet").write_bytes(b"half")
    summary = take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    assert pq.read_metadata(snapshots / summary.path / "patients.parquet").num_rows == 0


def test_rows_are_sorted_by_patient(practice, snapshots):
    ids = [practice.put("") for _ in range(3)]
    for patient_id in reversed(ids):
        practice.add(patient_id, "visit 2025-03-02 hygiene\nappointment 2025-12-02 hygiene booked")
    summary = take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    for name in ("patients", "visits", "appointments"):
        rows = pq.read_table(snapshots / summary.path / f"{name}.parquet")
        assert rows["patient_id"].to_pylist() == ids


def some_chart(chance):
    def day(spread=900):
        return (AS_OF + timedelta(days=chance.randrange(-spread, 120))).isoformat()

    lines = [f"patient born={1930 + chance.randrange(90)}-03-04 sex=female"]
    for _ in range(chance.randrange(4)):
        made = f" made={day()}" if chance.random() < 0.5 else ""
        ended = f" cancelled={day()}" if chance.random() < 0.5 else ""
        lines.append(f"appointment {day()} {chance.choice(TYPES)} {chance.choice(STATUSES)}{made}{ended}")
    lines += [f"visit {day()} {chance.choice(TYPES)}" for _ in range(chance.randrange(4))]
    if chance.random() < 0.3:
        lines.append(f"condition periodontitis from={day()}")
    if chance.random() < 0.4:
        on = date.fromisoformat(day())
        lines.append(f"return {on} due={on + timedelta(days=chance.randrange(200))} {chance.choice(TYPES)}")
    return "\n".join(lines)


def test_both_engines_say_the_same_of_the_ledger(make_practice):
    practice = make_practice(time_zone="America/New_York")
    homes = [practice.location("Pacific/Honolulu"), practice.location("Asia/Tokyo"), None]
    chance = random.Random(11)
    ids = [practice.put(some_chart(chance), home_location=chance.choice(homes)) for _ in range(40)]
    # Merged away: what is theirs is the survivor's.
    Patient.objects.filter(pk=ids[1]).update(merged_into_id=ids[0])
    Patient.objects.filter(pk=ids[3]).update(merged_into_id=ids[2])
    take_snapshot(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    find_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    found = {}
    for row in Gap.objects.all():
        dates = (row.anchor_on, row.due_on, row.overdue_on, row.interval_days)
        found[row.patient_id, row.definition_key] = (*dates, row.risk_class, row.tier, row.location_id)
    told = {}
    for patient_id in ids:
        explanation = explain(organisation_id=practice.id, patient_id=patient_id, as_of=AS_OF)
        for one in explanation.open:
            dates = (one.anchor_on, one.due_on, one.overdue_on, one.interval_days)
            told[patient_id, one.definition_key] = (*dates, one.risk_class, one.tier, one.location_id)
    assert len(told) > 30
    assert found == told
