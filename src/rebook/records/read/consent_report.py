"""Stops that some path does not honour, counts by state, and the search behind Setup > Consent (R-A44)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from rebook.core.outreach.consent import UNAPPLIED_AFTER, Line
from rebook.core.outreach.consent_applied import GONE_OUT, WAITING, Contact, how_it_failed
from rebook.records.models import Consent


@dataclass(frozen=True, slots=True)
class UnappliedStop:
    """One stop and how it was not honoured: "went_out", "waits" (attempt id) or "not_marked" (no attempt)."""

    consent_id: int
    patient_id: int | None
    contact_value: str
    channel: str
    said_at: datetime
    recorded_at: datetime
    how: str
    attempt_id: int | None
    attempt_at: datetime | None


# Candidates by number and by person; the rule itself is ``core.outreach.consent_applied``.
_CANDIDATES = """
WITH RECURSIVE stops AS (
    SELECT id, patient_id, contact_value, channel, purpose, at, recorded_at
    FROM records_consent
    WHERE organisation_id = %(org)s AND state = 'revoked' AND recorded_at <= %(until)s
), same AS (
    SELECT DISTINCT patient_id AS said, patient_id AS person FROM stops WHERE patient_id IS NOT NULL
    UNION
    SELECT same.said, p.merged_into_id FROM same JOIN records_patient p ON p.id = same.person
    WHERE p.merged_into_id IS NOT NULL
), found AS (
    SELECT s.id AS stop, a.id AS attempt FROM stops s JOIN records_attempt a
        ON a.organisation_id = %(org)s AND a.to_value = s.contact_value AND s.contact_value <> ''
        AND (s.channel = 'all' OR s.channel = a.channel)
    UNION
    SELECT s.id, a.id FROM stops s JOIN same ON same.said = s.patient_id
        JOIN records_attempt a ON a.patient_id = same.person AND a.organisation_id = %(org)s
        AND s.contact_value = '' AND (s.channel = 'all' OR s.channel = a.channel)
)
SELECT s.id, s.patient_id, s.contact_value, s.channel, s.purpose, s.at, s.recorded_at,
    a.id, a.state, a.channel, a.purpose, a.origin, a.template_key,
    coalesce(a.sent_at, a.claimed_at, a.due_at), a.patient_id
FROM found JOIN stops s ON s.id = found.stop JOIN records_attempt a ON a.id = found.attempt
WHERE a.state = ANY(%(waiting)s) OR a.state = ANY(%(gone)s)
    AND coalesce(a.sent_at, a.claimed_at, a.due_at) > s.recorded_at
ORDER BY s.recorded_at, a.id
LIMIT 5000
"""
# Who wants no contact at all is marked so, unless they changed their mind.
_NOT_MARKED = """
SELECT k.id, k.patient_id, k.channel, k.at, k.recorded_at
FROM records_consent k JOIN records_patient p ON p.id = k.patient_id
WHERE k.organisation_id = %(org)s AND k.state = 'revoked' AND k.channel = 'all' AND k.purpose = 'all'
    AND k.origin = 'staff' AND k.contact_value = '' AND k.recorded_at <= %(until)s
    AND NOT p.do_not_contact AND p.merged_into_id IS NULL
    AND NOT EXISTS (SELECT FROM records_consent g WHERE g.patient_id = k.patient_id AND g.state = 'granted'
        AND g.at > k.at)
"""


def unapplied(*, organisation_id: int, now: datetime) -> tuple[UnappliedStop, ...]:
    """Every stop older than a day that a message broke or still would; empty when all is well."""
    asked: dict[str, Any] = {
        "org": organisation_id,
        "until": now - UNAPPLIED_AFTER,
        "waiting": list(WAITING),
        "gone": list(GONE_OUT),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, asked)
        rows = cursor.fetchall()
        cursor.execute(_NOT_MARKED, asked)
        unmarked = cursor.fetchall()
    grants = _grants(organisation_id, {row[1] for row in rows} | {row[14] for row in rows}, rows)
    found = []
    for row in rows:
        stop = Line(row[3], row[4], "revoked", row[5], "", row[2])
        contact = Contact(row[8], row[9], row[10], row[11], row[12], row[13])
        owner = row[2] or row[1]
        how = how_it_failed(stop, contact, recorded_at=row[6], grants=grants[owner])
        if how:
            found.append(
                UnappliedStop(row[0], row[1] or row[14], row[2], row[3], row[5], row[6], how, row[7], row[13])
            )
    found += [
        UnappliedStop(one, patient, "", channel, at, recorded, "not_marked", None, None)
        for one, patient, channel, at, recorded in unmarked
    ]
    return tuple(found)


def _grants(
    organisation_id: int, people: set[int | None], rows: list[tuple[object, ...]]
) -> dict[object, list[Line]]:
    """Grants by the person or the number whose stop they may have lifted."""
    values = {str(row[2]) for row in rows if row[2]}
    granted = Consent.objects.filter(organisation_id=organisation_id, state="granted")
    columns = ("patient_id", "contact_value", "channel", "purpose", "at", "origin")
    by: dict[object, list[Line]] = defaultdict(list)
    ids = [one for one in people if one is not None]
    for chosen in (granted.filter(patient_id__in=ids), granted.filter(contact_value__in=values)):
        for patient_id, value, channel, purpose, at, origin in chosen.values_list(*columns):
            by[value or patient_id].append(Line(channel, purpose, "granted", at, origin, value))
    return by


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How many numbers and people stopped a channel, and how many permitted it, by their newest line."""

    channel: str
    stopped: int
    allowed: int


_COUNTS = """
SELECT channel, state, count(*) FROM (
    SELECT DISTINCT ON (coalesce(patient_id, 0), contact_value, channel) channel, state
    FROM records_consent WHERE organisation_id = %s
    ORDER BY coalesce(patient_id, 0), contact_value, channel,
        CASE WHEN state = 'granted' AND NOT origin = ANY(%s) THEN 0 ELSE 1 END DESC, at DESC, state DESC
) newest GROUP BY channel, state
"""


def counts(*, organisation_id: int, lifting: tuple[str, ...]) -> tuple[ChannelCount, ...]:
    """By channel. A permission that may not lift a stop (``lifting``: origins that may) never hides one."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [organisation_id, list(lifting)])
        found = {(channel, state): number for channel, state, number in cursor.fetchall()}
    return tuple(
        ChannelCount(channel, found.get((channel, "revoked"), 0), found.get((channel, "granted"), 0))
        for channel in ("all", "sms", "phone", "email", "letter", "portal")
        if (channel, "revoked") in found or (channel, "granted") in found
    )
