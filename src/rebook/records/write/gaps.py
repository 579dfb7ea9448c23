"""Gaps in the ledger: what the engine found is copied beside them, then compared as sets."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.core.expected_gain import Gains, Stratum
from rebook.core.gaps.tiers import TIERS
from rebook.records.rows import as_rows

from .gap_sql import CHANGED, CLOSED, CREATE, ENDING, FINDING_COLUMNS, OPENED
from .rank_sql import LISTED, RANKED

STANDING_COLUMNS = ("patient_id", "standing", "last_attended_on")


@dataclass(frozen=True, slots=True)
class ListedGap:
    """One open finding in its place; ``reasons`` as ``core.reasons.Reason.as_json`` gives them."""

    patient_id: int
    external_id: str
    definition_key: str
    kind: str
    visit_type: str
    risk_class: int
    tier: str
    anchor_on: date | None
    due_on: date
    overdue_on: date
    rank: int
    reasons: tuple[dict[str, str], ...]


def wait_for_turn(*, organisation_id: int) -> None:
    """Gaps of one organisation are changed by one at a time; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rebook.gaps'), %s)", [organisation_id])


def stage_findings(*, blocks: Iterable[bytes], table: str = "gap_finding") -> None:
    """Copy findings (CSV of ``FINDING_COLUMNS``) into a table that lives as long as the transaction."""
    _stage(CREATE.replace("{name}", table), table, tuple(FINDING_COLUMNS), blocks)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {table} (patient_id, definition_key)")
        cursor.execute(f"ANALYZE {table}")


def stage_standing(*, blocks: Iterable[bytes]) -> None:
    """Copy where patients stand (CSV of ``STANDING_COLUMNS``) beside the findings."""
    columns = "patient_id bigint PRIMARY KEY, standing text, last_attended_on date"
    _stage(
        f"CREATE TEMPORARY TABLE gap_standing ({columns}) ON COMMIT DROP",
        "gap_standing",
        STANDING_COLUMNS,
        blocks,
    )


def patients_with_ending_gaps(*, organisation_id: int) -> list[int]:
    """Patients with an open gap that ``gap_finding`` no longer has as open."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT patient_id FROM ({ENDING}) ending", {"organisation_id": organisation_id}
        )
        return [row[0] for row in cursor.fetchall()]


def close_ended(*, organisation_id: int, as_of: date) -> int:
    """Close gaps that are no longer found, with the reason from ``gap_verdict`` and ``gap_standing``."""
    return _run(CLOSED, {"organisation_id": organisation_id, "as_of": as_of})


def change_found(*, organisation_id: int, hashes: Mapping[str, str]) -> int:
    """Bring open gaps up to date where anything changed. ``hashes``: definition key to content hash."""
    return _run(CHANGED, {"organisation_id": organisation_id, "hashes": json.dumps(dict(hashes))})


def open_found(*, organisation_id: int, as_of: date, snapshot_id: int, hashes: Mapping[str, str]) -> int:
    """Open what was found and is not open yet."""
    values = {"organisation_id": organisation_id, "as_of": as_of, "snapshot_id": snapshot_id}
    return _run(OPENED, {**values, "hashes": json.dumps(dict(hashes))})


def rank(*, organisation_id: int, as_of: date, now: datetime, gains: Gains | None = None) -> int:
    """Write place and reasons of every open gap; returns how many changed."""
    values = {"organisation_id": organisation_id, "as_of": as_of, "now": now, "gains": _gain_rows(gains)}
    return _run(RANKED, values)


def listed(
    *, organisation_id: int, as_of: date, now: datetime, limit: int, gains: Gains | None = None
) -> list[ListedGap]:
    """The open findings of ``gap_finding`` in the order of ``core.priority``, at most ``limit``."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"organisation_id": organisation_id, "as_of": as_of, "now": now}
        cursor.execute(LISTED, {**values, "limit": limit, "gains": _gain_rows(gains)})
        return [ListedGap(*(*row[:-1], tuple(_loaded(row[-1])))) for row in cursor.fetchall()]


def _gain_rows(gains: Gains | None) -> str:
    """Every stratum with its points and words; none where nothing was learned or stated."""
    strata = [Stratum(tier, grade) for tier in TIERS for grade in range(5)] if gains else []
    return as_rows(
        {"tier": one.tier, "risk_class": one.risk_class, "points": gain.points, "words": gain.words}
        for one in strata
        if gains and (gain := gains.of(one))
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _run(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return int(cursor.rowcount)


def _stage(create: str, table: str, columns: Iterable[str], blocks: Iterable[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(create)
        with cursor.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
            for block in blocks:
                copy.write(block)


def refresh_statistics() -> None:
    """Tell PostgreSQL's planner how many gaps there are now; its own look comes a minute later."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_gap")
