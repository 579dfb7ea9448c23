"""What a look ahead starts from: open cases, how patients can be reached, what contacts brought so far."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

# What a contact brings shows within so long, or before the next contact of the case.
ANSWERS_WITHIN = timedelta(days=10)
LEARNS_FROM = timedelta(days=180)
GONE_OUT = ("accepted", "sent", "delivered", "read", "unknown")
# Endings that are no answer to a contact.
NOT_STOPPED = (
    "no_response",
    "unreachable",
    "campaign_ended",
    "visit_kept",
    "booked_not_kept",
    "not_returned",
)


class OpenCase(NamedTuple):
    """A case under way whose next contact is to come. ``step`` and ``due_at`` are of that contact."""

    campaign_id: int
    patient_id: int
    location_id: int
    visit_type: str
    risk_class: int
    step: int
    due_at: datetime
    sent_at: list[datetime]
    tries: int
    calls: int
    preferred: str


OPEN_CASES = """
SELECT c.campaign_id, c.patient_id, coalesce(g.location_id, p.home_location_id, 0),
       coalesce(nullif(c.visit_type, ''), g.visit_type), g.risk_class,
       coalesce(standing.step_index, c.step_index), coalesce(standing.due_at, c.next_step_at),
       coalesce(past.sent_at, '{}'), coalesce(past.tries, 0), coalesce(past.calls, 0), p.preferred_channel
FROM records_case c
JOIN records_gap g ON g.id = c.gap_id
JOIN records_patient p ON p.id = c.patient_id
LEFT JOIN LATERAL (
    SELECT a.step_index, a.due_at FROM records_attempt a
    WHERE a.case_id = c.id AND a.state IN ('planned', 'deferred') ORDER BY a.due_at LIMIT 1
) standing ON true
LEFT JOIN LATERAL (
    SELECT (array_agg(a.sent_at ORDER BY a.sent_at DESC))[1:3] AS sent_at, count(*) AS tries,
           count(*) FILTER (WHERE a.channel = 'phone') AS calls
    FROM records_attempt a WHERE a.case_id = c.id AND a.sent_at IS NOT NULL
) past ON true
WHERE c.organisation_id = %s AND c.campaign_id = ANY(%s) AND c.arm = 'contact' AND c.closed_at IS NULL
  AND c.booked_at IS NULL AND c.paused_at IS NULL
  AND (standing.due_at IS NOT NULL OR c.next_step_at IS NOT NULL)
ORDER BY c.id
"""
# Their own numbers, and those of the adult who answers for them.
REACH = """
SELECT p.id, coalesce(bool_or(o.system = 'phone'
           AND o.line_type IN ('mobile', 'voip', 'fixed_line_or_mobile')), false),
       coalesce(bool_or(o.system = 'email'), false), coalesce(bool_or(o.system = 'phone'), false),
       p.address_line <> '', p.preferred_channel, p.household_key
FROM records_patient p
LEFT JOIN records_contactpoint o ON o.patient_id IN (p.id, p.responsible_patient_id) AND o.is_current
    AND o.state IN ('unverified', 'verified') AND o.organisation_id = p.organisation_id
WHERE p.organisation_id = %s AND p.id = ANY(%s)
GROUP BY p.id
"""
# Ours and those of other tools, by whom and by whose household they count (R-A190).
PAST = """
SELECT p.id, p.household_key, past.at FROM (
    SELECT a.patient_id, a.sent_at AS at FROM records_attempt a
    WHERE a.organisation_id = %(org)s AND a.sent_at > %(since)s AND a.sent_at <= %(now)s
      AND a.origin NOT IN ('reply', 'safety', 'test')
    UNION ALL
    SELECT o.patient_id, o.at FROM records_othercontact o
    WHERE o.organisation_id = %(org)s AND o.at > %(since)s AND o.at <= %(now)s AND o.patient_id IS NOT NULL
    UNION ALL
    SELECT c.patient_id, o.at FROM records_othercontact o
    JOIN records_contactpoint c ON c.organisation_id = o.organisation_id AND c.value = o.to_value
        AND c.is_current
    WHERE o.organisation_id = %(org)s AND o.at > %(since)s AND o.at <= %(now)s AND o.patient_id IS NULL
) past JOIN records_patient p ON p.id = past.patient_id
ORDER BY past.at DESC, p.id
"""
# Each contact with what came of it before the next one. Only those sent long enough ago, whatever came of it:
# to count one as soon as the next is sent would leave out just those who booked and need no next.
ANSWERS = """
WITH sent AS (
    SELECT a.case_id, a.channel, a.sent_at,
           least(coalesce(lead(a.sent_at) OVER (PARTITION BY a.case_id ORDER BY a.sent_at, a.id),
                          a.sent_at + %(within)s), a.sent_at + %(within)s) AS until_at
    FROM records_attempt a
    WHERE a.organisation_id = %(org)s AND a.origin = 'campaign' AND a.case_id IS NOT NULL
      AND a.sent_at BETWEEN %(since)s AND %(now)s AND a.state = ANY(%(gone_out)s)
), mature AS (SELECT * FROM sent WHERE sent_at <= %(now)s - %(within)s)
SELECT sent.channel, count(*),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM records_reply r WHERE r.case_id = sent.case_id
           AND r.received_at >= sent.sent_at AND r.received_at < sent.until_at)),
       count(*) FILTER (WHERE c.booked_at >= sent.sent_at AND c.booked_at < sent.until_at),
       count(*) FILTER (WHERE c.booked_at IS NULL AND c.closed_at >= sent.sent_at
           AND c.closed_at < sent.until_at AND c.outcome <> ALL(%(not_stopped)s))
FROM mature sent JOIN records_case c ON c.id = sent.case_id
GROUP BY 1
"""
REFUSED = """
SELECT a.channel, count(*), count(*) FILTER (WHERE a.state IN ('refused', 'expired'))
FROM records_attempt a
WHERE a.organisation_id = %(org)s AND a.origin = 'campaign' AND a.planned_at BETWEEN %(since)s AND %(now)s
  AND a.state NOT IN ('planned', 'deferred', 'claimed')
GROUP BY 1
"""
LAGS = """
SELECT days, count(*) FROM (
    SELECT least(5, extract(day FROM c.booked_at - last.sent_at)::int) AS days
    FROM records_case c
    JOIN LATERAL (SELECT max(a.sent_at) AS sent_at FROM records_attempt a
        WHERE a.case_id = c.id AND a.sent_at <= c.booked_at) last ON last.sent_at IS NOT NULL
    WHERE c.organisation_id = %(org)s AND c.arm = 'contact' AND c.booked_at BETWEEN %(since)s AND %(now)s
) found GROUP BY 1
"""
WEEKDAYS = """
SELECT DISTINCT extract(isodow FROM a.sent_at AT TIME ZONE %(zone)s)::int - 1
FROM records_attempt a
WHERE a.organisation_id = %(org)s AND a.sent_at BETWEEN %(since)s AND %(now)s AND a.origin = 'campaign'
"""


class Answers(NamedTuple):
    """Contacts of one channel: planned, refused; gone out, answered, booked, ended otherwise."""

    planned: int
    refused: int
    sent: int
    replies: int
    books: int
    stops: int


class Reach(NamedTuple):
    patient_id: int
    sms: bool
    email: bool
    phone: bool
    letter: bool
    preferred: str
    household_key: str = ""


def open_cases(*, organisation_id: int, campaign_ids: Sequence[int]) -> list[OpenCase]:
    """Cases of these campaigns with a contact to come; those that wait for a person are left out."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_CASES, [organisation_id, list(campaign_ids)])
        return list(map(OpenCase._make, cursor.fetchall()))


def reach(*, organisation_id: int, patient_ids: Sequence[int]) -> dict[int, Reach]:
    """By which kinds of contact point each patient could be reached."""
    with connection.cursor() as cursor:
        cursor.execute(REACH, [organisation_id, list(patient_ids)])
        return {row[0]: Reach._make(row) for row in cursor.fetchall()}


class PastContact(NamedTuple):
    patient_id: int
    household_key: str
    at: datetime


def past_contacts(*, organisation_id: int, since: datetime, now: datetime) -> list[PastContact]:
    """Contacts in ``(since, now]`` that the caps count, newest first, those of other tools among them."""
    with connection.cursor() as cursor:
        cursor.execute(PAST, {"org": organisation_id, "since": since, "now": now})
        return list(map(PastContact._make, cursor.fetchall()))


def answers(*, organisation_id: int, now: datetime) -> dict[str, Answers]:
    """What campaign contacts of the last half year brought, by channel."""
    asked: dict[str, Any] = {
        "org": organisation_id,
        "since": now - LEARNS_FROM,
        "now": now,
        "within": ANSWERS_WITHIN,
        "gone_out": list(GONE_OUT),
        "not_stopped": list(NOT_STOPPED),
    }
    with connection.cursor() as cursor:
        cursor.execute(REFUSED, asked)
        planned = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(ANSWERS, asked)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return {
        channel: Answers(*planned.get(channel, (0, 0)), *found.get(channel, (0, 0, 0, 0)))
        for channel in planned.keys() | found.keys()
    }


def booking_lags(*, organisation_id: int, now: datetime) -> list[int]:
    """Bookings that came 0, 1, ... 5 or more days after the last contact before them."""
    counts = [0] * 6
    with connection.cursor() as cursor:
        cursor.execute(LAGS, {"org": organisation_id, "since": now - LEARNS_FROM, "now": now})
        for days, count in cursor.fetchall():
            counts[days] += count
    return counts


def weekdays_used(*, organisation_id: int, now: datetime, zone: str) -> set[int]:
    """Weekdays (Monday is 0) on which anything went out in the last four weeks."""
    asked: dict[str, Any] = {
        "org": organisation_id,
        "since": now - timedelta(days=28),
        "now": now,
        "zone": zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(WEEKDAYS, asked)
        return {row[0] for row in cursor.fetchall()}
