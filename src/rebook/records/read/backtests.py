"""Backtests that were asked for, and what running one needs from the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.records.models import Backtest, ImportRun, Patient, Snapshot

from .gaps import SnapshotView


@dataclass(frozen=True, slots=True)
class BacktestView:
    """``state``: waiting, running, done or failed. ``result`` is ``core.backtest.Tally`` as JSON, with
    ``caveats``, when it is done."""

    number: int
    asked: dict[str, Any]
    state: str
    days_done: int
    days_total: int
    definitions: dict[str, dict[str, str]]
    snapshots: tuple[int, ...]
    result: dict[str, Any] | None
    fingerprint: str
    path: str
    error: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class FrozenRecords:
    """A snapshot with the instant at which it was taken."""

    snapshot: SnapshotView
    taken_at: datetime


def backtests(*, organisation_id: int, limit: int = 20) -> list[BacktestView]:
    """The newest first."""
    rows = Backtest.objects.filter(organisation_id=organisation_id).order_by("-number")
    return [_view(row) for row in rows[:limit]]


def backtest(*, organisation_id: int, number: int) -> BacktestView | None:
    row = Backtest.objects.filter(organisation_id=organisation_id, number=number).first()
    return _view(row) if row else None


def newest_records(*, organisation_id: int, number: int | None = None) -> FrozenRecords | None:
    """The newest snapshot, or the one of that number; None when there is none."""
    kept = Snapshot.objects.filter(organisation_id=organisation_id, pruned_at__isnull=True)
    rows = kept.order_by("-number")
    row = (rows if number is None else rows.filter(number=number)).first()
    return FrozenRecords(_snapshot(row), row.taken_at) if row else None


def has_changed_since(*, organisation_id: int, at: datetime) -> bool:
    """Whether an import brought anything after ``at``."""
    return ImportRun.objects.filter(organisation_id=organisation_id, state="done", ended_at__gt=at).exists()


def snapshots_between(*, organisation_id: int, from_on: date, to_on: date) -> dict[date, SnapshotView]:
    """Day to the newest snapshot taken for it."""
    rows = Snapshot.objects.filter(
        organisation_id=organisation_id, as_of__range=(from_on, to_on), pruned_at__isnull=True
    )
    return {row.as_of: _snapshot(row) for row in rows.order_by("number")}


def contacts(*, organisation_id: int, until: datetime) -> Iterator[tuple[int, date]]:
    """(patient, day on the practice's clock) of everything sent or called up to an instant, as a stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT coalesce(p.merged_into_id, p.id), (a.sent_at AT TIME ZONE o.time_zone)::date
            FROM records_attempt a JOIN records_patient p ON p.id = a.patient_id
            JOIN accounts_organisation o ON o.id = a.organisation_id
            WHERE a.organisation_id = %s AND a.sent_at <= %s AND a.origin <> 'test'
            ORDER BY 1, 2
            """,
            [organisation_id, until],
        )
        while rows := cursor.fetchmany(10_000):
            yield from rows


def names(*, organisation_id: int, patient_ids: Sequence[int]) -> dict[int, str]:
    """Names of patients, for a page that may show them."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk__in=patient_ids)
    return {
        key: f"{given} {family}".strip()
        for key, given, family in rows.values_list("pk", "given_name", "family_name")
    }


def minutes_per_week(*, organisation_id: int, visit_types: list[str], on: date) -> int | None:
    """Minutes of practitioners' hours a week that take one of these visit types; None without any hours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sum(extract(epoch FROM h.ends - h.starts) / 60 * h.capacity)
            FROM records_practitionerhours h WHERE h.organisation_id = %(organisation)s
                AND (h.from_on IS NULL OR h.from_on <= %(on)s)
                AND (h.until_on IS NULL OR h.until_on >= %(on)s)
                AND (h.visit_type_keys = '[]'::jsonb OR h.visit_type_keys ?| %(types)s)
            """,
            {"organisation": organisation_id, "on": on, "types": visit_types},
        )
        minutes = cursor.fetchone()[0]
        return None if minutes is None else int(minutes)


def _snapshot(row: Snapshot) -> SnapshotView:
    return SnapshotView(row.pk, row.number, row.as_of, row.path, row.counts)


def _view(row: Backtest) -> BacktestView:
    return BacktestView(
        number=row.number,
        asked=row.asked,
        state=row.state,
        days_done=row.days_done,
        days_total=row.days_total,
        definitions=row.definitions,
        snapshots=tuple(row.snapshots),
        result=row.result,
        fingerprint=row.fingerprint,
        path=row.path,
        error=row.error,
        created_at=row.created_at,
        created_by=row.created_by,
        ended_at=row.ended_at,
    )
