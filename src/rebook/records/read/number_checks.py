"""Numbers in use, with the last sign of their patient and what a check said last (R-A60, R-A61)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from rebook.records.rows import as_texts


class KnownNumber(NamedTuple):
    """``good_at``: the last sign of each patient who has it, the oldest of them; None where one has none.
    ``known_at``: the same, where a permission for the number counts as well."""

    value: str
    patients: int
    good_at: datetime | None
    known_at: datetime | None
    check: str
    checked_at: datetime | None


# What counts as a sign is what the guard takes for one (``guard_wishes.NUMBERS``); a permission is none.
SIGNS = """
WITH points AS (
    SELECT c.patient_id, c.value,
        greatest(
            CASE WHEN c.state = 'verified' THEN coalesce(c.state_changed_at, %(now)s) END,
            CASE WHEN c.number_source IN ('patient_form', 'patient_page', 'patient_said')
                THEN c.given_on::timestamp AT TIME ZONE 'UTC' + interval '12 hours' END) AS at
    FROM records_contactpoint c JOIN records_patient p ON p.id = c.patient_id
    WHERE c.organisation_id = %(organisation)s AND c.system = 'phone' AND c.is_current
        AND c.state IN ('unverified', 'verified') AND c.value LIKE '+%%'
        AND p.merged_into_id IS NULL AND NOT p.is_deceased AND p.left_practice_on IS NULL
), delivered AS (
    SELECT to_value AS value, max(coalesce(result_at, sent_at)) AS at FROM records_attempt
    WHERE organisation_id = %(organisation)s AND state IN ('delivered', 'read') GROUP BY 1
), wrote AS (
    SELECT patient_id, from_value AS value, max(received_at) AS at FROM records_reply
    WHERE organisation_id = %(organisation)s AND patient_id IS NOT NULL GROUP BY 1, 2
), came AS (
    SELECT patient_id, max(at) AS at FROM (
        SELECT patient_id, started_at AS at FROM records_visit
        WHERE organisation_id = %(organisation)s AND started_at <= %(now)s
        UNION ALL SELECT patient_id, starts_at FROM records_appointment
        WHERE organisation_id = %(organisation)s AND starts_at <= %(now)s
            AND status IN ('arrived', 'checked-in', 'fulfilled')) seen GROUP BY 1
), permitted AS (
    SELECT patient_id, contact_value AS value, max(at) AS at FROM records_consent
    WHERE organisation_id = %(organisation)s AND state = 'granted' AND patient_id IS NOT NULL
        AND contact_value <> '' GROUP BY 1, 2
), checks AS (
    SELECT DISTINCT ON (value) value, kind, at FROM records_numbermark
    WHERE organisation_id = %(organisation)s AND ended_at IS NULL AND kind <> 'blocked'
    ORDER BY value, at DESC, id DESC
), signs AS (
    SELECT points.patient_id, points.value,
        greatest(points.at, delivered.at, wrote.at, came.at) AS at,
        greatest(points.at, delivered.at, wrote.at, came.at, permitted.at) AS known_at
    FROM points LEFT JOIN delivered USING (value) LEFT JOIN wrote USING (patient_id, value)
    LEFT JOIN came USING (patient_id) LEFT JOIN permitted USING (patient_id, value)
)
"""
NUMBERS = f"""{SIGNS}
SELECT signs.value, count(*), CASE WHEN count(*) = count(signs.at) THEN min(signs.at) END,
    CASE WHEN count(*) = count(signs.known_at) THEN min(signs.known_at) END,
    coalesce(min(checks.kind), ''), min(checks.at)
FROM signs LEFT JOIN checks USING (value) GROUP BY 1 ORDER BY 1
"""


def numbers(*, organisation_id: int, now: datetime) -> list[KnownNumber]:
    """Every phone number that is in use, once, whoever shares it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, {"organisation": organisation_id, "now": now})
        return [KnownNumber._make(row) for row in cursor.fetchall()]


def owners(*, organisation_id: int, values: Collection[str]) -> dict[str, list[int]]:
    """Patients by each of these numbers that is theirs now."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.value, c.patient_id FROM records_contactpoint c
            JOIN records_patient p ON p.id = c.patient_id AND p.merged_into_id IS NULL
            WHERE c.organisation_id = %(organisation)s AND c.system = 'phone' AND c.is_current
                AND c.value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
            ORDER BY c.patient_id""",
            {"organisation": organisation_id, "values": as_texts(values)},
        )
        for value, patient_id in cursor.fetchall():
            found.setdefault(value, []).append(patient_id)
    return found
