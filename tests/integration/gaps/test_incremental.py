"""Day by day only what changed, or everybody every day: the same gaps, the same standing, the same rows."""

import random
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from django.db import connection

from rebook.analytics.gaps import connect, read_snapshot
from rebook.analytics.snapshot import TABLES
from rebook.analytics.snapshot_files import SnapshotIncomplete
from rebook.flow import snapshot as freezing
from rebook.flow.common import judging
from rebook.flow.gaps import find_gaps
from rebook.flow.snapshot import prune_snapshots, take_snapshot
from rebook.records import models
from rebook.records.read.chart import _COLUMNS

pytestmark = pytest.mark.django_db
START = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
TYPES = ["hygiene", "dental_exam", "periodontal_maintenance", "restorative", ""]
STATUSES = ["booked", "fulfilled", "cancelled", "noshow", "pending"]
OVERDUE = "visit 2025-03-02 hygiene"


@pytest.fixture
def seldom_everybody(monkeypatch):
    """No find and no snapshot is of everybody just because a week has passed."""
    monkeypatch.setattr(judging, "FULL_EVERY_DAYS", 10_000)
    monkeypatch.setattr(freezing, "FULL_EVERY_DAYS", 10_000)
    monkeypatch.setattr(freezing, "FULL_FROM_SHARE", 1.0)


def run_day(practice, on, everybody=False):
    taken = take_snapshot(organisation_id=practice.id, as_of=on, now=NOW, everybody=everybody)
    return taken, find_gaps(organisation_id=practice.id, as_of=on, now=NOW, everybody=everybody)


class Life:
    """The same things happen to the patients of two practices."""

    def __init__(self, seed, practices):
        self.chance, self.practices = random.Random(seed), practices
        self.patients = [[] for _ in practices]

    def day(self, on):
        for _ in range(self.chance.randrange(4)):
            doing = self.chance.choice(
                [
                    self.arrive,
                    self.fact,
                    self.fact,
                    self.fact,
                    self.change,
                    self.settle,
                    self.forget,
                    self.merge,
                ]
            )
            doing(on)

    def arrive(self, on):
        born = date(1930 + self.chance.randrange(95), 1 + self.chance.randrange(12), 21)
        for practice, known in zip(self.practices, self.patients, strict=True):
            known.append(practice.put(f"patient born={born}"))
        self.fact(on)

    def fact(self, on):
        who = self._somebody()
        day = on + timedelta(days=self.chance.choice([-400, -230, -190, -92, -30, -1, 0, 3, 30]))
        kind, status = self.chance.choice(TYPES), self.chance.choice(STATUSES)
        due = day + timedelta(days=self.chance.choice([0, 14, 60]))
        line = self.chance.choice(
            [
                f"visit {day} {kind}",
                f"appointment {day} {kind} {status} made={day - timedelta(days=20)}",
                f"appointment {day} {kind} {status}",
                f"return {day} due={due} {kind}",
                f"condition periodontitis from={day}",
                f"condition edentulous from={day} until={day + timedelta(days=40)}",
            ]
        )
        for practice, patient_id in who:
            practice.add(patient_id, line)

    def change(self, on):
        gone = on + timedelta(days=self.chance.randrange(-5, 30))
        values = self.chance.choice(
            [
                {"left_practice_on": gone},
                {"exclusions": ["hospice"]},
                {"left_practice_on": None, "exclusions": []},
            ]
        )
        for _, patient_id in self._somebody():
            models.Patient.objects.filter(pk=patient_id).update(**values)

    def settle(self, on):
        status, one = self.chance.choice(STATUSES), self.chance.random()
        for _, patient_id in self._somebody():
            rows = models.Appointment.objects.filter(patient_id=patient_id).order_by("pk")
            if chosen := list(rows)[int(one * len(rows)) :][:1]:
                rows.filter(pk=chosen[0].pk).update(status=status)

    def forget(self, on):
        for _, patient_id in self._somebody():
            first = models.Visit.objects.filter(patient_id=patient_id).order_by("pk")[:1]
            models.Visit.objects.filter(pk__in=[one.pk for one in first]).delete()

    def merge(self, on):
        who, into, undo = self._somebody(), self._somebody(), self.chance.random() < 0.4
        for (_, patient_id), (_, survivor_id) in zip(who, into, strict=True):
            ends = models.Patient.objects.filter(merged_into_id=patient_id).exists()
            survivor = models.Patient.objects.get(pk=survivor_id)
            if patient_id != survivor_id and not ends and survivor.merged_into_id is None:
                row = models.Patient.objects.filter(pk=patient_id)
                row.update(merged_into_id=None if undo else survivor_id)

    def _somebody(self):
        place = self.chance.randrange(len(self.patients[0])) if self.patients[0] else None
        if place is None:
            self.arrive(START)
            place = 0
        return [(one, known[place]) for one, known in zip(self.practices, self.patients, strict=True)]

    def state(self, number):
        """Every gap of a practice, as patients by their place and events without their ids."""
        place = {patient_id: n for n, patient_id in enumerate(self.patients[number])}
        rows = models.Gap.objects.filter(organisation_id=self.practices[number].id)
        names = ("kind", "visit_type", "anchor_on", "due_on", "overdue_on", "tier", "risk_class", "opened_on")
        fields = ("patient_id", "definition_key", *names, "closed_on", "close_reason", "interval_days")
        return sorted(
            (place[row[0]], row[1].partition(":")[0], *map(str, row[2:])) for row in rows.values_list(*fields)
        )

    def outlook(self, number):
        rows = models.GapOutlook.objects.filter(organisation_id=self.practices[number].id)
        return {self.patients[number].index(one.patient_id): (one.tier, one.booked) for one in rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_day_by_day_is_the_same_as_everybody_every_day(make_practice, seldom_everybody, seed):
    life = Life(seed, [make_practice(slug="daily"), make_practice(slug="full")])
    for _ in range(12):
        life.arrive(START)
    on, judged = START, []
    for _ in range(20):
        life.day(on)
        _, daily = run_day(life.practices[0], on)
        _, full = run_day(life.practices[1], on, everybody=True)
        assert life.state(0) == life.state(1), on
        assert life.outlook(0) == life.outlook(1), on
        assert (daily.tiers, daily.found, daily.booked) == (full.tiers, full.found, full.booked)
        assert full.judged == len(life.patients[1])
        judged.append(daily.judged / full.judged)
        on += timedelta(days=life.chance.choice([0, 1, 1, 1, 2, 5, 13, 30]))
    assert sum(judged) / len(judged) < 0.7
    assert min(judged[1:]) < 0.3


def rows_of(snapshots, path):
    with connect() as engine:
        source = read_snapshot(engine, directory=snapshots / path)
        return {
            name: sorted(map(repr, engine.execute(f"SELECT * FROM {source.relations[name]}").fetchall()))
            for name in TABLES
        }


def test_an_increment_reads_as_the_rows_of_its_day(make_practice, seldom_everybody, snapshots):
    life, on = Life(5, [make_practice()]), START
    for _ in range(8):
        life.arrive(on)
    take_snapshot(organisation_id=life.practices[0].id, as_of=on, now=NOW)
    kept = {}
    for _ in range(8):
        life.day(on)
        part = take_snapshot(organisation_id=life.practices[0].id, as_of=on, now=NOW)
        assert part.base_number == 1
        whole = snapshots / "compared"
        freezing.copy_records(organisation_id=life.practices[0].id, directory=whole)
        kept[part.path] = rows_of(snapshots, "compared")
        for file in whole.iterdir():
            file.unlink()
        whole.rmdir()
        on += timedelta(days=3)
    # Also later, when the records have gone on.
    assert {path: rows_of(snapshots, path) for path in kept} == kept


def test_every_table_of_a_snapshot_notes_its_changes():
    tables = {"records_patient", *(table for table, _ in _COLUMNS.values())}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'note\\_%%' GROUP BY 1"
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(tables, 3)


def test_a_day_without_changes_judges_whom_the_day_itself_changes(practice):
    for _ in range(4):
        practice.put(f"{OVERDUE}\nvisit 2025-11-20 dental_exam")
    soon = practice.put("visit 2025-04-10 hygiene\nvisit 2025-11-20 dental_exam")
    run_day(practice, START)
    run_day(practice, START, everybody=True)
    on = next(
        START + timedelta(days=ahead)
        for ahead in range(1, 7)
        if run_day(practice, START + timedelta(days=ahead))[1].judged
    )
    # Due on 10 October, 45 days of grace.
    assert on == date(2025, 11, 24)
    assert models.Gap.objects.filter(patient_id=soon, opened_on=on, definition_key="dental.hygiene").exists()


@pytest.mark.parametrize("what", ["rules", "place", "week", "earlier", "share"])
def test_everybody_is_judged_again_when_it_must_be(practice, what):
    for _ in range(10):
        last = practice.put(OVERDUE)
    run_day(practice, START)
    on = START + timedelta(days={"week": 7, "earlier": -1}.get(what, 1))
    if what == "rules":
        practice.organisation.settings = {"gaps": {"inactive_after_months": 30}}
        practice.organisation.save()
    elif what == "place":
        practice.organisation.time_zone = "Asia/Tokyo"
        practice.organisation.save()
    elif what == "share":
        models.Patient.objects.filter(pk__lte=last).update(sex="male")
    taken, summary = run_day(practice, on)
    assert summary.judged == 10
    assert (taken.base_number is None) == (what != "rules")
    assert run_day(practice, on)[1].judged < 10


def test_a_find_that_never_ended_loses_no_change(practice):
    for _ in range(9):
        practice.put(OVERDUE)
    changed = practice.put(f"{OVERDUE}\nvisit 2025-11-01 dental_exam")
    run_day(practice, START)
    practice.add(changed, "appointment 2025-12-05 hygiene booked")
    take_snapshot(organisation_id=practice.id, as_of=START, now=NOW)
    practice.put(OVERDUE)
    _, summary = run_day(practice, START)
    assert (summary.closed, summary.opened > 0) == (1, True)
    gap = models.Gap.objects.get(patient_id=changed, definition_key="dental.hygiene")
    assert gap.close_reason == "appointment_booked"


def test_old_snapshots_go_but_what_is_needed_stays(practice, snapshots):
    for _ in range(10):
        practice.put(OVERDUE)
    days = [date(2025, 9, 1) + timedelta(days=one) for one in (0, 1, 2, 28, 29, 35, 60, 80, 81)]
    taken = [take_snapshot(organisation_id=practice.id, as_of=day, now=NOW) for day in days]
    assert [one.base_number for one in taken] == [None, 1, 1, None, 4, None, None, None, 8]
    models.Backtest.objects.create(
        organisation_id=practice.id,
        number=1,
        asked={},
        snapshots=[taken[1].number],
        created_at=NOW,
        created_by="user:1",
    )
    asked = {"organisation_id": practice.id, "as_of": days[-1], "now": NOW}
    rehearsed = prune_snapshots(**asked, dry_run=True)
    assert (rehearsed.numbers, (snapshots / taken[2].path).exists()) == ([3, 6], True)
    summary = prune_snapshots(**asked)
    # 1 is the base of 2, which a backtest names, and 4 of 5, September's last; 7 is October's last.
    assert (summary.numbers, summary.kept) == ([3, 6], 7)
    assert not (snapshots / taken[2].path).exists()
    assert models.Snapshot.objects.get(number=3).pruned_at == NOW
    assert prune_snapshots(**asked).pruned == 0
    for one in (*taken[:2], *taken[3:5], *taken[6:]):
        rows_of(snapshots, one.path)


def test_an_increment_without_its_base_says_so(practice, snapshots):
    practice.put(OVERDUE)
    take_snapshot(organisation_id=practice.id, as_of=START, now=NOW)
    part = take_snapshot(organisation_id=practice.id, as_of=START, now=NOW)
    assert part.base_number == 1
    (snapshots / str(practice.id) / "1" / "patients.parquet").unlink()
    with pytest.raises(SnapshotIncomplete, match="builds on 1"), duckdb.connect() as engine:
        read_snapshot(engine, directory=snapshots / part.path)
    # The next one finds it gone, and starts anew.
    assert take_snapshot(organisation_id=practice.id, as_of=START, now=NOW).base_number is None


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_of_one_instant(practice, monkeypatch, snapshots):
    """A fact that arrives while the tables are copied, from another connection, is in none of them."""
    import psycopg

    from rebook.records.read import chart

    patient_id = practice.put(OVERDUE)
    for _ in range(8):
        practice.put(OVERDUE)
    rows, settings = chart.snapshot_rows, connection.get_connection_params()
    told = {name: settings[name] for name in ("dbname", "user", "host", "port") if settings.get(name)}

    def slowly(**asked):
        if asked["table"] == "visits":
            with psycopg.connect(**told, autocommit=True) as other:
                other.execute(
                    "UPDATE records_visit SET visit_type = 'restorative' WHERE patient_id = %s", [patient_id]
                )
        return rows(**asked)

    monkeypatch.setattr(freezing.chart, "snapshot_rows", slowly)
    first = take_snapshot(organisation_id=practice.id, as_of=START, now=NOW)
    assert "restorative" not in str(rows_of(snapshots, first.path)["visits"])
    monkeypatch.setattr(freezing.chart, "snapshot_rows", rows)
    # It is not forgotten, either: the next one notices.
    second = take_snapshot(organisation_id=practice.id, as_of=START, now=NOW)
    assert "restorative" in str(rows_of(snapshots, second.path)["visits"])
    assert models.PatientChange.objects.filter(patient_id=patient_id).count() == 1
