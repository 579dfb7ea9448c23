"""Attempts of which nobody knows yet whether they went out."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection


class InTheAir(NamedTuple):
    id: int
    patient_id: int
    case_id: int | None
    reference: str
    adapter: str


# An unknown one is asked about until somebody has a task for it.
SQL = """
SELECT a.id, a.patient_id, a.case_id, a.reference, a.adapter
FROM records_attempt a
WHERE a.organisation_id = %(org)s AND a.state IN ('claimed', 'unknown') AND a.claimed_at < %(before)s
  AND (a.state = 'claimed' OR NOT EXISTS (
      SELECT 1 FROM records_task t WHERE t.attempt_id = a.id AND t.kind = 'settle_unknown'))
ORDER BY a.claimed_at, a.id LIMIT %(limit)s
"""


def in_the_air(*, organisation_id: int, before: datetime, limit: int) -> list[InTheAir]:
    """Attempts claimed before an instant and still without a result, or with an answer of "unknown"."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"org": organisation_id, "before": before, "limit": limit})
        return list(map(InTheAir._make, cursor.fetchall()))
