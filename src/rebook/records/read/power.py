"""How many a campaign could draw for comparison today."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from rebook.core.outreach.holdout import NEVER_FROM_CLASS
from rebook.core.segment import Segment

from .barring import BARRED, barring_parameters
from .segments import fitting


class Drawable(NamedTuple):
    """``units``: households or single patients that may be drawn; ``never``: patients whose need is too
    grave to leave anybody out (R-F50)."""

    units: int
    never: int


def drawable(
    *,
    organisation_id: int,
    segment: Segment,
    purpose: str,
    barring: Sequence[str],
    today: date,
    now: datetime,
) -> Drawable:
    """Who fits the segment and could be taken in now. One query."""
    rows, parameters = fitting(segment, today=today, now=now)
    query = f"""
        WITH fits AS ({rows}),
        free AS (
            SELECT p.id, p.household_key, COALESCE(g.risk_class, 0) >= %(never)s AS is_never
            FROM fits f JOIN records_patient p ON p.id = f.patient_id
            LEFT JOIN records_gap g ON g.id = f.gap_id
            WHERE {BARRED} = ''
        )
        SELECT count(DISTINCT COALESCE(NULLIF(household_key, ''), 'patient:' || id)) FILTER (
                   WHERE NOT is_never),
               count(*) FILTER (WHERE is_never)
        FROM free
    """
    given = {"org": organisation_id, "never": NEVER_FROM_CLASS, **parameters}
    given |= barring_parameters(now=now, purpose=purpose, barring=barring)
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return Drawable(*map(int, cursor.fetchone()))
