"""When practitioners see patients and what already fills their time: read for every page with times on it.

In SQL, because putting these queries together by hand each time cost more than the database took.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rebook.core.booking import Diary, Occupied, WorkingHours

# An appointment in one of these leaves the time free.
FREES_THE_TIME = ("cancelled", "noshow", "entered-in-error", "proposed", "waitlist")
# Where a source does not say how long an appointment takes.
_USUAL_LENGTH = timedelta(minutes=30)
# No appointment is longer: how far back the diary looks for one that still runs.
_LONGEST = timedelta(hours=24)

_HOURS = """
SELECT h.practitioner_id, h.location_id, l.time_zone, h.weekday, h.starts, h.ends, h.capacity,
    ARRAY(SELECT jsonb_array_elements_text(h.visit_type_keys)), h.from_on, h.until_on
FROM records_practitionerhours h JOIN accounts_location l ON l.id = h.location_id
WHERE h.organisation_id = %(organisation)s
    AND (%(practitioner)s::bigint IS NULL OR h.practitioner_id = %(practitioner)s)
    AND (%(location)s::bigint IS NULL OR h.location_id = %(location)s)
ORDER BY h.id
"""
# What Rebook booked stands there as its claim, so its appointment is left out.
_OCCUPIED = """
SELECT c.practitioner_id, c.starts_at, c.ends_at, c.seat
FROM records_slotclaim c
WHERE c.organisation_id = %(organisation)s AND c.released_at IS NULL
    AND (%(practitioner)s::bigint IS NULL OR c.practitioner_id = %(practitioner)s)
    AND c.starts_at < %(until_at)s AND c.ends_at > %(from_at)s
    AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
    AND c.id IS DISTINCT FROM %(but_claim)s
    AND NOT EXISTS (
        SELECT FROM records_booking b JOIN records_appointment a ON a.id = b.appointment_id
        WHERE b.claim_id = c.id AND a.status = ANY(%(frees)s))
UNION ALL
SELECT a.practitioner_id, a.starts_at,
    CASE WHEN a.ends_at > a.starts_at THEN a.ends_at ELSE a.starts_at + %(usual)s END, NULL
FROM records_appointment a
WHERE a.organisation_id = %(organisation)s AND a.practitioner_id IS NOT NULL
    AND (%(practitioner)s::bigint IS NULL OR a.practitioner_id = %(practitioner)s)
    AND a.starts_at < %(until_at)s AND a.starts_at > %(from_at)s::timestamptz - %(longest)s
    AND a.status <> ALL(%(frees)s)
    AND NOT EXISTS (SELECT FROM records_booking b WHERE b.appointment_id = a.id)
"""


def diary(
    *,
    organisation_id: int,
    from_at: datetime,
    until_at: datetime,
    now: datetime,
    location_id: int | None = None,
    practitioner_id: int | None = None,
    but_claim_id: int | None = None,
) -> Diary:
    """Hours and what fills them between two instants. A hold past its time counts for nothing.

    ``but_claim_id`` leaves one claim out: its owner asks whether it still fits.
    """
    values: dict[str, Any] = {
        "organisation": organisation_id,
        "location": location_id,
        "practitioner": practitioner_id,
        "but_claim": but_claim_id,
        "from_at": from_at,
        "until_at": until_at,
        "now": now,
        "frees": list(FREES_THE_TIME),
        "usual": _USUAL_LENGTH,
        "longest": _LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, values)
        hours = tuple(WorkingHours(*(*row[:7], tuple(row[7]), *row[8:])) for row in cursor.fetchall())
        cursor.execute(_OCCUPIED, values)
        occupied = tuple(Occupied(*row) for row in cursor.fetchall() if row[2] > from_at)
    return Diary(hours=hours, occupied=occupied)
