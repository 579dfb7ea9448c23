"""Whom a campaign could take in now, best rank first, and who is left out with the reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.records.models import Case, HoldoutAssignment

from .campaigns import IN_SEGMENT, segment_parameters


class EnrolmentRow(NamedTuple):
    """The best open gap of one patient in the segment. ``reason`` is empty for those who may come in."""

    gap_id: int
    patient_id: int
    household_key: str
    location_id: int | None
    home_location_id: int | None
    time_zone: str
    kind: str
    risk_class: int
    rank: int | None
    reason: str


# Person-level hindrances that no step could get past; the guard still judges every attempt. One gap per
# patient: their best. Those in a case, or resting after one, are not candidates at all.
CANDIDATES = f"""
WITH best AS (
    SELECT DISTINCT ON (g.patient_id) g.id, g.patient_id, g.location_id, g.kind, g.risk_class, g.rank
    FROM records_gap g
    WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND {IN_SEGMENT}
      AND NOT EXISTS (SELECT 1 FROM records_case c WHERE c.campaign_id = %(campaign)s AND c.gap_id = g.id)
    ORDER BY g.patient_id, g.rank NULLS LAST, g.id
)
SELECT best.id, p.id, p.household_key, best.location_id, p.home_location_id, p.time_zone, best.kind,
       best.risk_class, best.rank,
       CASE
         WHEN p.merged_into_id IS NOT NULL THEN 'merged'
         WHEN p.is_deceased THEN 'deceased'
         WHEN p.left_practice_on IS NOT NULL THEN 'left_practice'
         WHEN p.do_not_contact THEN 'do_not_contact'
         WHEN EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = p.id AND a.starts_at > %(now)s
             AND a.status IN ('proposed', 'pending', 'booked', 'arrived', 'checked-in')
             AND (a.visit_type = '' OR a.visit_type = gv.visit_type OR gv.visit_type = ''))
             THEN 'appointment_booked'
         WHEN p.exclusions && %(barring)s::varchar[] THEN 'excluded'
         WHEN EXISTS (SELECT 1 FROM records_automationhold h WHERE h.patient_id = p.id
             AND h.released_at IS NULL AND (h.until_at IS NULL OR h.until_at > %(now)s)) THEN 'hold'
         WHEN (SELECT k.state FROM records_consent k WHERE k.patient_id = p.id AND k.channel = 'all'
             AND k.contact_value = '' AND k.purpose IN ('all', %(purpose)s)
             ORDER BY k.at DESC, k.id DESC LIMIT 1) = 'revoked' THEN 'opted_out'
         WHEN NOT EXISTS (SELECT 1 FROM records_contactpoint cp
             WHERE cp.patient_id IN (p.id, p.responsible_patient_id) AND cp.is_current
             AND cp.state IN ('unverified', 'verified')) THEN 'contact_missing'
         ELSE ''
       END
FROM best
JOIN records_gap gv ON gv.id = best.id
JOIN records_patient p ON p.id = best.patient_id
WHERE NOT EXISTS (SELECT 1 FROM records_case c WHERE c.organisation_id = %(org)s AND c.patient_id = p.id
          AND (c.closed_at IS NULL OR c.closed_at > %(rest_since)s))
ORDER BY best.rank NULLS LAST, best.id
"""


def candidates(
    *,
    organisation_id: int,
    campaign_id: int,
    segment: dict[str, Any],
    purpose: str,
    rest: timedelta,
    barring: Sequence[str],
    now: datetime,
) -> list[EnrolmentRow]:
    """Every patient whom the segment takes in, best rank first, with what bars those who cannot come in."""
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "purpose": purpose,
        "now": now,
        "rest_since": now - rest,
        "barring": list(barring),
        **segment_parameters(segment),
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, parameters)
        return list(map(EnrolmentRow._make, cursor.fetchall()))


def opened_between(*, organisation_id: int, campaign_id: int, since: datetime, until: datetime) -> int:
    """Cases that a campaign opened from ``since`` up to ``until``."""
    return Case.objects.filter(
        organisation_id=organisation_id, campaign_id=campaign_id, opened_at__gte=since, opened_at__lt=until
    ).count()


def drawn(*, organisation_id: int, cycle: str) -> tuple[dict[str, str], dict[str, int]]:
    """(arm by unit, units by stratum) drawn in a cycle."""
    arms: dict[str, str] = {}
    counts: dict[str, int] = {}
    rows = HoldoutAssignment.objects.filter(organisation_id=organisation_id, cycle=cycle)
    for unit, stratum, arm in rows.values_list("unit", "stratum", "arm"):
        arms[unit] = arm
        counts[stratum] = counts.get(stratum, 0) + 1
    return arms, counts


def told_lately(*, organisation_id: int, patient_ids: Sequence[int], since: datetime) -> set[tuple[int, str]]:
    """(patient, rule) of refusals at enrolment that were already written down since an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT patient_id, reasons->0->>'rule' FROM records_guarddecision
            WHERE organisation_id = %s AND patient_id = ANY(%s) AND decided_at > %s
              AND attempt_id IS NULL AND case_id IS NULL
            """,
            [organisation_id, list(patient_ids), since],
        )
        return {(row[0], row[1]) for row in cursor.fetchall()}
