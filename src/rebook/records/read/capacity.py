"""What today's room depends on: who is invited, how many book, what waits, and what was last counted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.records.models import CapacityDay, RoomCount

# Cases younger than this have not had the time to be booked; older than half a year tell of another time.
MATURE_AFTER = timedelta(days=28)
LEARNS_FROM = timedelta(days=180)

_KIND = "coalesce(nullif(c.visit_type, ''), g.visit_type)"
INVITED = f"""
SELECT {_KIND}, count(*) FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %s AND c.arm = 'contact' AND c.closed_at IS NULL AND c.booked_at IS NULL
GROUP BY 1
"""
BOOKED = f"""
SELECT {_KIND}, count(*), count(*) FILTER (WHERE c.booked_at IS NOT NULL)
FROM records_case c JOIN records_gap g ON g.id = c.gap_id
WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.first_attempt_at IS NOT NULL
  AND c.opened_at BETWEEN %(since)s AND %(until)s
GROUP BY 1
"""
# Answers that staff owe: each open task that came of a reply, once.
REPLIES = """
SELECT count(DISTINCT t.reply_id), count(DISTINCT t.reply_id) FILTER (WHERE t.due_at < %(now)s),
       count(DISTINCT t.reply_id) FILTER (WHERE t.kind = 'safety' AND t.due_at < %(urgent)s)
FROM records_task t
WHERE t.organisation_id = %(org)s AND t.state = 'open' AND t.reply_id IS NOT NULL
  AND (t.call_back_at IS NULL OR t.call_back_at <= %(now)s)
"""
OWED = """
SELECT count(*) FILTER (WHERE t.kind IN ('call', 'call_back', 'book', 'unable_to_reach')),
       count(*) FILTER (WHERE t.kind NOT IN ('call', 'call_back', 'book', 'unable_to_reach'))
FROM records_task t
WHERE t.organisation_id = %(org)s AND t.state = 'open' AND t.due_at < %(now)s
  AND (t.call_back_at IS NULL OR t.call_back_at <= %(now)s)
"""


class Booked(NamedTuple):
    """Cases that had the time to be booked, and those that were."""

    visit_type: str
    cases: int
    booked: int


class Waiting(NamedTuple):
    """Replies that wait for staff: all, past their time, urgent ones not seen within the hour."""

    waiting: int
    late: int
    level_1_late: int


class Owed(NamedTuple):
    """Work past its time."""

    calls: int
    others: int


@dataclass(frozen=True, slots=True)
class RoomCountView:
    """Free times as last counted. ``days``: (location id, visit type, day, free)."""

    counted_at: datetime
    days: tuple[tuple[int, str, date, int], ...]
    types: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """How much a campaign could take in on a day; ``left`` None where nothing limited it."""

    campaign_id: int
    as_of: date
    state: str
    left: int | None
    reasons: tuple[dict[str, str], ...]
    found_at: datetime


def invited(*, organisation_id: int) -> dict[str, int]:
    """Patients invited and not booked yet, by kind of visit."""
    with connection.cursor() as cursor:
        cursor.execute(INVITED, [organisation_id])
        return dict(cursor.fetchall())


def booked(*, organisation_id: int, now: datetime) -> list[Booked]:
    """By kind of visit: cases of the last half year that had four weeks, and how many were booked."""
    asked: dict[str, Any] = {"org": organisation_id, "since": now - LEARNS_FROM, "until": now - MATURE_AFTER}
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, asked)
        return list(map(Booked._make, cursor.fetchall()))


def replies_waiting(*, organisation_id: int, now: datetime, urgent_before: datetime) -> Waiting:
    with connection.cursor() as cursor:
        cursor.execute(REPLIES, {"org": organisation_id, "now": now, "urgent": urgent_before})
        return Waiting._make(cursor.fetchone())


def work_owed(*, organisation_id: int, now: datetime) -> Owed:
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"org": organisation_id, "now": now})
        return Owed._make(cursor.fetchone())


def room_count(*, organisation_id: int) -> RoomCountView | None:
    """The last count; None before there was one."""
    row = RoomCount.objects.filter(organisation_id=organisation_id).first()
    if row is None:
        return None
    days = tuple((one[0], one[1], date.fromisoformat(one[2]), one[3]) for one in row.days)
    return RoomCountView(row.counted_at, days, row.types)


def room_counted_at(*, organisation_id: int) -> datetime | None:
    """When free times were last counted; None when never."""
    rows = RoomCount.objects.filter(organisation_id=organisation_id)
    return rows.values_list("counted_at", flat=True).first()


def room_of_type(*, organisation_id: int, visit_type: str) -> dict[str, Any] | None:
    """The last count for one kind of visit, without the days; None where nobody counted it."""
    rows = RoomCount.objects.filter(organisation_id=organisation_id)
    found = rows.values_list("types__" + visit_type, flat=True).first() if visit_type else None
    return found if isinstance(found, dict) else None


def free_by_type(*, organisation_id: int) -> dict[str, int]:
    """Free times ahead at the last count, by kind of visit; those nobody knows are left out."""
    types = RoomCount.objects.filter(organisation_id=organisation_id).values_list("types", flat=True).first()
    return {key: one["ahead"] for key, one in (types or {}).items() if one["ahead"] is not None}


def capacity_lines(*, organisation_id: int, campaign_id: int, limit: int = 14) -> list[CapacityLine]:
    """The last days of one campaign, newest first."""
    rows = CapacityDay.objects.filter(organisation_id=organisation_id, campaign_id=campaign_id)
    return [_line(row) for row in rows.order_by("-as_of")[:limit]]


def capacity_on(*, organisation_id: int, as_of: date) -> dict[int, CapacityLine]:
    """What was found for each campaign on one day."""
    rows = CapacityDay.objects.filter(organisation_id=organisation_id, as_of=as_of)
    return {row.campaign_id: _line(row) for row in rows}


def _line(row: CapacityDay) -> CapacityLine:
    reasons = tuple(row.reasons)
    return CapacityLine(row.campaign_id, row.as_of, row.state, row.left, reasons, row.found_at)
