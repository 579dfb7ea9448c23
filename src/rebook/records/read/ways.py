"""Counts of how bookings came about, how channels did within segments, and where people left on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rebook.core.measure.ways import ChannelCell, Way, segment_order, way
from rebook.core.outcome.touch import RECENT, Booked
from rebook.records.models import Attempt

from .outreach import GONE_OUT
from .successes import NEWEST

# Replies that were a button on a page or in a mail program, not words.
PRESSED = ("patient_page", "list_unsubscribe")

BOOKED = f"""
SELECT coalesce(b.origin, ''), coalesce(own.channel, ''), coalesce(last.channel, ''),
       coalesce(c.booked_at - last.sent_at <= %(recent)s, false), coalesce(before.channels, '{{}}'),
       count(*), count(*) FILTER (WHERE won.met_at <= %(cut_off)s)
FROM records_case c
LEFT JOIN records_booking b ON b.appointment_id = c.appointment_id
LEFT JOIN records_attempt own ON own.id = b.attempt_id
LEFT JOIN LATERAL (
    SELECT at.channel, at.sent_at FROM records_attempt at
    WHERE at.case_id = c.id AND at.sent_at <= c.booked_at AND at.state = ANY(%(gone_out)s)
    ORDER BY at.sent_at DESC, at.id DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT at.channel ORDER BY at.channel) AS channels FROM records_attempt at
    WHERE at.case_id = c.id AND at.sent_at <= c.booked_at AND at.state = ANY(%(gone_out)s)
) before ON true
{NEWEST}
WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.booked_at <= %(cut_off)s
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""

_SEGMENT = {
    "kind": "split_part(g.kind, ':', 1)",
    "tier": "g.tier",
    "location": "coalesce(g.location_id::text, '')",
    "language": "p.language",
    "age": """CASE WHEN p.birth_on IS NULL THEN ''
        WHEN date_part('year', age(%(cut_off)s, p.birth_on)) < 18 THEN '0-17'
        WHEN date_part('year', age(%(cut_off)s, p.birth_on)) < 40 THEN '18-39'
        WHEN date_part('year', age(%(cut_off)s, p.birth_on)) < 65 THEN '40-64' ELSE '65+' END""",
}
SEGMENTS = f"""
SELECT {{segment}}, first.channel, count(*),
       count(*) FILTER (WHERE c.reached_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.responded_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.booked_at <= %(cut_off)s),
       count(*) FILTER (WHERE won.met_at <= %(cut_off)s)
FROM records_case c
JOIN records_gap g ON g.id = c.gap_id
JOIN records_patient p ON p.id = c.patient_id
JOIN LATERAL (
    SELECT at.channel FROM records_attempt at
    WHERE at.case_id = c.id AND at.sent_at <= %(cut_off)s AND at.state = ANY(%(gone_out)s)
    ORDER BY at.sent_at, at.id LIMIT 1
) first ON true
{NEWEST}
WHERE c.organisation_id = %(org)s AND c.arm = 'contact'
GROUP BY 1, 2
"""

# A step without the ones before (an old link, a page kept open) counts for those too: stages never grow.
PAGES = """
SELECT channel, count(*), count(*) FILTER (WHERE furthest >= 1), count(*) FILTER (WHERE furthest >= 2),
       count(*) FILTER (WHERE furthest >= 3), count(*) FILTER (WHERE furthest >= 4),
       count(*) FILTER (WHERE answered AND furthest < 4)
FROM (
    SELECT at.channel, coalesce(max(CASE s.step WHEN 'opened' THEN 1 WHEN 'answered' THEN 1
               WHEN 'chose' THEN 2
               WHEN 'checked' THEN 3 WHEN 'booked' THEN 4 END), 0) AS furthest,
           coalesce(bool_or(s.step = 'answered'), false) AS answered
    FROM records_patientlink l JOIN records_attempt at ON at.id = l.attempt_id
    LEFT JOIN records_linkstep s ON s.link_id = l.id AND s.at <= %(cut_off)s
    WHERE l.organisation_id = %(org)s AND at.sent_at <= %(cut_off)s AND at.state = ANY(%(gone_out)s)
      AND at.origin = 'campaign'
    GROUP BY l.id, at.channel
) links GROUP BY 1 ORDER BY 2 DESC, 1
"""
CALLS = """
SELECT count(*), count(*) FILTER (WHERE talked OR booked), count(*) FILTER (WHERE booked) FROM (
    SELECT EXISTS (SELECT FROM records_attemptevent e WHERE e.attempt_id = at.id AND e.source = 'staff'
               AND e.state = 'delivered' AND e.at <= %(cut_off)s) AS talked,
           EXISTS (SELECT FROM records_booking b WHERE b.attempt_id = at.id
               AND b.confirmed_at <= %(cut_off)s) AS booked
    FROM records_attempt at
    WHERE at.organisation_id = %(org)s AND at.channel = 'phone' AND at.sent_at <= %(cut_off)s
      AND at.state = ANY(%(gone_out)s) AND at.origin = 'campaign'
) calls
"""
WROTE = """
SELECT channel, count(*), count(*) FILTER (WHERE booked) FROM (
    SELECT DISTINCT ON (c.id) at.channel,
           coalesce(c.booked_at BETWEEN r.received_at AND %(cut_off)s, false) AS booked
    FROM records_reply r JOIN records_case c ON c.id = r.case_id
    JOIN records_attempt at ON at.id = r.attempt_id
    WHERE r.organisation_id = %(org)s AND r.received_at <= %(cut_off)s AND r.channel <> ALL(%(pressed)s)
    ORDER BY c.id, r.received_at, r.id
) wrote GROUP BY 1 ORDER BY 2 DESC, 1
"""


def _rows(sql: str, organisation_id: int, cut_off: datetime) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {
        "org": organisation_id,
        "cut_off": cut_off,
        "gone_out": list(GONE_OUT),
        "recent": RECENT,
        "pressed": list(PRESSED),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()


def booked(*, organisation_id: int, cut_off: datetime) -> list[Booked]:
    """Booked cases of the contacted arm, by how it was made and what went before."""
    rows = _rows(BOOKED, organisation_id, cut_off)
    return [replace(Booked(*row), channels=tuple(row[4])) for row in rows]


def channel_cells(*, organisation_id: int, cut_off: datetime, by: str) -> tuple[ChannelCell, ...]:
    """How far cases got by segment and channel of the first contact; ``by``: one of ``SEGMENTS``."""
    rows = _rows(SEGMENTS.format(segment=_SEGMENT[by]), organisation_id, cut_off)
    return segment_order(ChannelCell(*row) for row in rows)


def ways(*, organisation_id: int, cut_off: datetime) -> tuple[Way, ...]:
    """Each way to a booking with how many got to each of its steps."""
    found = []
    for channel, sent, opened, chose, checked, done, answered in _rows(PAGES, organisation_id, cut_off):
        stages = [
            ("sent", sent),
            ("opened", opened),
            ("chose", chose),
            ("checked", checked),
            ("booked", done),
        ]
        found.append(way("page", channel, stages))
        if answered:
            found.append(way("page_answer", channel, [("answered", answered)]))
    for called, reached, done in _rows(CALLS, organisation_id, cut_off):
        if called:
            found.append(way("call", "phone", [("called", called), ("talked", reached), ("booked", done)]))
    for channel, wrote, done in _rows(WROTE, organisation_id, cut_off):
        found.append(way("reply", channel, [("wrote", wrote), ("booked", done)]))
    return tuple(found)


def last_contact(
    *,
    organisation_id: int,
    patient_id: int,
    now: datetime,
    within: timedelta,
    states: Sequence[str] = GONE_OUT,
) -> int | None:
    """The attempt by which a patient was last contacted in the time before ``now``; None without any."""
    rows = Attempt.objects.filter(
        organisation_id=organisation_id,
        patient_id=patient_id,
        sent_at__gt=now - within,
        sent_at__lte=now,
        state__in=states,
    )
    return rows.order_by("-sent_at", "-pk").values_list("pk", flat=True).first()
