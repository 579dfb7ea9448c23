"""Facts into the ledger: staged while they are read, applied as one set of statements at the end.

``Staging`` takes facts and rejects one by one and holds a batch at most. ``apply`` runs inside the
caller's transaction: all of it is in the ledger, or none. Order does not matter within a run.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from rebook.records.write.facts_care import MERGES, close_pending
from rebook.records.write.facts_merge import Merged, merge
from rebook.records.write.facts_people import PATIENTS, finish_patients
from rebook.records.write.facts_practice import (
    add_visit_types,
    merge_locations,
    merge_practitioners,
    resolve_aliases,
)
from rebook.records.write.facts_shape import EVERY_TABLE
from rebook.records.write.facts_staging import Staging, drop

__all__ = ["Applied", "Staging", "apply", "drop"]


@dataclass(frozen=True, slots=True)
class Applied:
    """``counts`` by entity: read, repeated, created, updated, unchanged, rejected."""

    counts: dict[str, dict[str, int]]
    rejects_new: int
    rejects_kept: int
    rejects_gone: int


def apply(
    *,
    organisation_id: int,
    source_id: int,
    run_id: int,
    staging: Staging,
    files: list[str],
    time_zone: str,
    recorded_by: str,
    now: datetime,
) -> Applied:
    """Merge everything staged. ``files`` were read: their older rejects give way to those of this run.

    ``time_zone`` is for new locations whose source names none. Rows that the source no longer has stay.
    """
    staging.flush()
    parameters: dict[str, Any] = {
        "organisation": organisation_id,
        "source": source_id,
        "run": run_id,
        "zone": time_zone,
        "recorded_by": recorded_by,
        "now": now,
        "files": files,
    }
    _know_sizes()
    resolve_aliases()
    merged: dict[str, Merged] = {}
    extra: dict[str, dict[str, int]] = {"visit_type": {"created": add_visit_types(parameters)}}
    merged["location"] = merge_locations(parameters)
    merged["practitioner"] = merge_practitioners(parameters)
    merged["patient"] = merge(PATIENTS, parameters)
    extra["patient"] = finish_patients(parameters)
    for spec in MERGES:
        merged[spec.entity] = merge(spec, parameters)
    closed = close_pending(parameters)
    if closed:
        extra["pending_item"] = {"closed": closed}
    counts = _counts(merged, extra, staging)
    return Applied(counts, *_keep_rejects(parameters))


def _know_sizes() -> None:
    """Temporary tables are analysed by nobody else."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_contact (seq)")
        cursor.execute("CREATE INDEX ON import_consent (seq)")
        for table in EVERY_TABLE:
            cursor.execute(f"ANALYZE {table.name}")


def _counts(
    merged: dict[str, Merged], extra: dict[str, dict[str, int]], staging: Staging
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for entity, result in merged.items():
        one = asdict(result)
        one["rejected"] += staging.rejected[entity]
        if one["read"] or one["rejected"]:
            counts[entity] = one | extra.get(entity, {})
    for entity, number in staging.rejected.items():
        if entity not in merged and number:
            counts[entity] = {"rejected": number}
    if extra["visit_type"]["created"]:
        counts["visit_type"] = extra["visit_type"]
    return counts


_SAME = """x.source_id = %(source)s AND x.file = n.file AND x.line = n.line AND x.field = n.field
    AND x.reason = n.reason"""
_REJECTS_READY = """
CREATE TEMPORARY TABLE ready_reject AS
SELECT DISTINCT ON (1, 2, 3, 4) left(file, 300) AS file, line, left(coalesce(field, ''), 100) AS field,
    left(reason, 300) AS reason, coalesce(raw, '') AS raw
FROM import_reject ORDER BY 1, 2, 3, 4
"""
_REJECTS_GONE = f"""
DELETE FROM records_rejectedrow x WHERE x.source_id = %(source)s AND x.file = ANY(%(files)s)
    AND NOT EXISTS (SELECT FROM ready_reject n WHERE {_SAME})
"""
_REJECTS_NEW = f"""
INSERT INTO records_rejectedrow (organisation_id, source_id, run_id, file, line, field, reason, raw)
SELECT %(organisation)s, %(source)s, %(run)s, n.file, n.line, n.field, n.reason, n.raw FROM ready_reject n
WHERE NOT EXISTS (SELECT FROM records_rejectedrow x WHERE {_SAME}) ORDER BY n.file, n.line
"""


def _keep_rejects(parameters: dict[str, Any]) -> tuple[int, int, int]:
    """(new, as before, gone): the list of a file is that of its last run."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.ready_reject")
        cursor.execute(_REJECTS_READY)
        cursor.execute("SELECT count(*) FROM ready_reject")
        number = cursor.fetchone()[0]
        cursor.execute(_REJECTS_GONE, parameters)
        gone = cursor.rowcount
        cursor.execute(_REJECTS_NEW, parameters)
        return cursor.rowcount, number - cursor.rowcount, gone
