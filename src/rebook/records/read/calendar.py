"""The calendar's numbers and the lists behind them: booked visits and contacts due, by site and day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from .diary import FREES_THE_TIME

_BOOKED = """
FROM records_appointment a LEFT JOIN accounts_location l ON l.id = a.location_id
WHERE a.organisation_id = %(org)s AND a.starts_at >= %(from_at)s AND a.starts_at < %(until_at)s
  AND a.status <> ALL(%(frees)s)
"""
_DUE = """
FROM records_case c JOIN records_gap g ON g.id = c.gap_id JOIN records_patient p ON p.id = c.patient_id
WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.closed_at IS NULL AND c.paused_at IS NULL
  AND c.booked_at IS NULL AND c.next_step_at < %(until_at)s
"""
LONGEST_LIST = 200


class DayCount(NamedTuple):
    location_id: int
    visit_type: str
    on: Any
    many: int


@dataclass(frozen=True, slots=True)
class BehindLine:
    """One visit or contact in the list behind a number."""

    patient_id: int
    patient_name: str
    at: datetime
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class BehindPage:
    lines: tuple[BehindLine, ...]
    total: int


def booked_by_day(
    *, organisation_id: int, from_at: datetime, until_at: datetime, zone: str
) -> list[DayCount]:
    """Visits that stand, on each site's own clock."""
    return _counted(
        "SELECT coalesce(a.location_id, 0), a.visit_type, "
        "(a.starts_at AT TIME ZONE coalesce(l.time_zone, %(zone)s))::date, count(*) "
        f"{_BOOKED} GROUP BY 1, 2, 3",
        organisation_id, from_at, until_at, zone,
    )  # fmt: skip


def due_by_day(*, organisation_id: int, from_at: datetime, until_at: datetime, zone: str) -> list[DayCount]:
    """Contacts due by the day they fall due; what is overdue counts for the first day."""
    return _counted(
        "SELECT coalesce(g.location_id, p.home_location_id, 0), '', "
        "(greatest(c.next_step_at, %(from_at)s) AT TIME ZONE %(zone)s)::date, count(*) "
        f"{_DUE} GROUP BY 1, 2, 3",
        organisation_id, from_at, until_at, zone,
    )  # fmt: skip


def booked_list(
    *, organisation_id: int, location_id: int | None, visit_type: str, from_at: datetime, until_at: datetime
) -> BehindPage:
    """The visits behind a number, earliest first. No site: those of all."""
    head = f"""
    SELECT a.patient_id, concat_ws(' ', p.given_name, p.family_name), a.starts_at, a.visit_type,
           coalesce(d.name, ''), count(*) OVER ()
    FROM (SELECT a.* {_BOOKED}
        AND (%(location)s::bigint IS NULL OR coalesce(a.location_id, 0) = %(location)s)
        AND (%(kind)s = '' OR a.visit_type = %(kind)s)) a
    JOIN records_patient p ON p.id = a.patient_id
    LEFT JOIN records_practitioner d ON d.id = a.practitioner_id
    ORDER BY a.starts_at, a.id LIMIT {LONGEST_LIST}
    """
    return _listed(head, organisation_id, location_id, visit_type, from_at, until_at)


def due_list(
    *, organisation_id: int, location_id: int | None, from_at: datetime, until_at: datetime, first: bool
) -> BehindPage:
    """The contacts behind a number; with ``first`` those overdue, too."""
    least = "" if first else "AND c.next_step_at >= %(from_at)s"
    head = f"""
    SELECT c.patient_id, concat_ws(' ', p.given_name, p.family_name), c.next_step_at, k.name, '',
           count(*) OVER ()
    FROM (SELECT c.* {_DUE} {least} AND (%(location)s::bigint IS NULL
        OR coalesce(g.location_id, p.home_location_id, 0) = %(location)s)) c
    JOIN records_patient p ON p.id = c.patient_id JOIN records_campaign k ON k.id = c.campaign_id
    ORDER BY c.next_step_at, c.id LIMIT {LONGEST_LIST}
    """
    return _listed(head, organisation_id, location_id, "", from_at, until_at)


def _counted(
    query: str, organisation_id: int, from_at: datetime, until_at: datetime, zone: str
) -> list[DayCount]:
    asked: dict[str, Any] = {
        "org": organisation_id, "from_at": from_at, "until_at": until_at, "zone": zone,
        "frees": list(FREES_THE_TIME),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(map(DayCount._make, cursor.fetchall()))


def _listed(
    query: str,
    organisation_id: int,
    location_id: int | None,
    kind: str,
    from_at: datetime,
    until_at: datetime,
) -> BehindPage:
    asked: dict[str, Any] = {
        "org": organisation_id, "location": location_id, "kind": kind, "from_at": from_at,
        "until_at": until_at, "frees": list(FREES_THE_TIME),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows = cursor.fetchall()
    return BehindPage(tuple(BehindLine(*row[:5]) for row in rows), rows[0][5] if rows else 0)
