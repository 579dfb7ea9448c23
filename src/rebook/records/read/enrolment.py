"""Whom a campaign could take in now, best rank first, and who is left out with the reason."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.segment import Segment
from rebook.records.models import Case, HoldoutAssignment

from .barring import BARRED, barring_parameters
from .segment_sql import in_segment


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
    visit_type: str = ""


# One gap per patient: their best. Those in a case, or resting after one, are not candidates at all.
CANDIDATES = """
WITH best AS (
    SELECT DISTINCT ON (g.patient_id) g.id, g.patient_id, g.location_id, g.kind, g.risk_class, g.rank,
           g.visit_type AS needed, g.definition_key = ANY(%(unsafe)s) AS is_unsafe
    FROM records_gap g
    WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND g.outreach = 'yes' AND {fits}
      AND NOT EXISTS (SELECT 1 FROM records_case c WHERE c.campaign_id = %(campaign)s AND c.gap_id = g.id)
    ORDER BY g.patient_id, is_unsafe, g.rank NULLS LAST, g.id
)
SELECT best.id, p.id, p.household_key, best.location_id, p.home_location_id, p.time_zone, best.kind,
       best.risk_class, best.rank, CASE WHEN best.is_unsafe THEN 'rule_unsafe' ELSE {barred} END,
       best.needed
FROM best
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
    today: date,
    now: datetime,
    unsafe: Sequence[str] = (),
) -> list[EnrolmentRow]:
    """Every patient whom the segment takes in, best rank first, with what bars those who cannot come in.

    ``unsafe``: keys of rules that list the wrong patients on these records; another gap goes before theirs.
    """
    fits, chosen = in_segment(Segment.from_json(segment), today=today, now=now)
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "rest_since": now - rest,
        "unsafe": list(unsafe),
        **chosen,
        **barring_parameters(now=now, purpose=purpose, barring=barring),
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES.format(fits=fits, barred=BARRED), parameters)
        return list(map(EnrolmentRow._make, cursor.fetchall()))


def has_cases(*, organisation_id: int, campaign_id: int) -> bool:
    """Whether the campaign has ever taken anybody in."""
    return Case.objects.filter(organisation_id=organisation_id, campaign_id=campaign_id).exists()


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
