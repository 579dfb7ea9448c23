"""What a source's rows look like: the profile kept with every import, for noticing what changed since.

Counts and shares only, of the last eight weeks where a row has a date; words are the clinic's kinds and
codes and the ledger's status words, never a name or a text.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rebook.records.models import ImportRun

WEEKS = 8
MOST_WORDS = 200

# (table, ledger's table, condition for recent rows, columns whose words are kept, columns that may be empty)
_TABLES: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("patients", "records_patient", "true", ("sex",), ("birth_on", "language", "home_location_id")),
    (
        "appointments",
        "records_appointment",
        "t.starts_at >= %(since)s",
        ("status", "visit_type"),
        ("visit_type", "booked_at", "practitioner_id"),
    ),
    (
        "visits",
        "records_visit",
        "t.started_at BETWEEN %(since)s AND %(now)s",
        ("visit_type",),
        ("visit_type",),
    ),
    ("procedures", "records_procedure", "t.performed_on >= %(since)s", ("kind", "code"), ("kind",)),
    ("conditions", "records_condition", "true", ("kind", "code"), ("kind",)),
)
_EMPTY = "coalesce(t.{column}::text, '') = ''"


def profile(*, organisation_id: int, source_id: int, counts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """``core.doctor.Profile`` as JSON. ``counts``: what the import read, by entity."""
    values = {
        "organisation": organisation_id,
        "source": source_id,
        "now": now,
        "since": now - timedelta(weeks=WEEKS),
        "most": MOST_WORDS,
    }
    empty: dict[str, float] = {}
    words: dict[str, dict[str, int]] = {}
    visits = 0
    for name, table, recent, worded, emptied in _TABLES:
        rows, shares = _shares(table, recent, emptied, values)
        if name == "visits":
            visits = rows
        if not rows:
            continue
        empty |= {f"{name}.{column}": share for column, share in zip(emptied, shares, strict=True)}
        for column in worded:
            words[f"{name}.{column}"] = _words(table, recent, column, values)
    read = {entity: int(one.get("read", 0)) for entity, one in counts.items() if isinstance(one, dict)}
    return {"rows": read, "empty": empty, "words": words, "visits_per_week": visits / WEEKS}


def last_profiles(*, organisation_id: int) -> dict[int, list[dict[str, Any]]]:
    """Source id to the profiles of its last two complete imports, the newest first."""
    rows = ImportRun.objects.filter(organisation_id=organisation_id, state="done").exclude(profile={})
    found: dict[int, list[dict[str, Any]]] = {}
    for source_id, kept in rows.order_by("-pk").values_list("source_id", "profile")[:200]:
        if len(found.setdefault(source_id, [])) < 2:
            found[source_id].append(kept)
    return found


def _shares(
    table: str, recent: str, columns: tuple[str, ...], values: dict[str, Any]
) -> tuple[int, list[float]]:
    empties = ", ".join(
        f"avg(CASE WHEN {_EMPTY.format(column=column)} THEN 1 ELSE 0 END)::float" for column in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {empties} FROM {_rows(table, recent)}", values)
        count, *shares = cursor.fetchone()
    return count, [round(share or 0.0, 4) for share in shares]


def _words(table: str, recent: str, column: str, values: dict[str, Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.{column}, count(*) FROM {_rows(table, recent)} AND t.{column} <> ''
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
            """,
            values,
        )
        return dict(cursor.fetchall())


def _rows(table: str, recent: str) -> str:
    return f"{table} t WHERE t.organisation_id = %(organisation)s AND t.source_id = %(source)s AND {recent}"
