"""Whom a campaign could take in now, best rank first, and who is left out with the reason."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.outreach.campaign_plan import Reentry, tiers_of
from rebook.core.outreach.campaign_reentry import may_come_again
from rebook.core.segment import Segment
from rebook.core.words import PROGRAMMES
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
    # What triggers look at.
    birth_on: date | None = None
    due_on: date | None = None
    last_visit_on: date | None = None
    # How often the patient was taken in again, this time included, and when the booked visit fell through.
    entry: int = 0
    fell_through_at: datetime | None = None


# One gap per patient: their best. Those in a case, or resting after one, are not candidates at all.
CANDIDATES = """
WITH best AS (
    SELECT DISTINCT ON (g.patient_id) g.id, g.patient_id, g.location_id, g.kind, g.risk_class, g.rank,
           g.visit_type AS needed, g.definition_key = ANY(%(unsafe)s) AS is_unsafe, g.due_on
    FROM records_gap g
    WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND g.outreach = 'yes' AND {fits}
      AND (%(tiers)s::varchar[] IS NULL OR g.tier = ANY(%(tiers)s::varchar[]))
      AND NOT EXISTS (SELECT 1 FROM records_case c WHERE c.campaign_id = %(campaign)s AND c.gap_id = g.id)
    ORDER BY g.patient_id, is_unsafe, g.rank NULLS LAST, g.id
)
SELECT best.id, p.id, p.household_key, best.location_id, p.home_location_id, p.time_zone, best.kind,
       best.risk_class, best.rank, CASE WHEN best.is_unsafe THEN 'rule_unsafe' ELSE {barred} END,
       best.needed, p.birth_on, best.due_on, {last_visit}, 0, NULL
FROM best
JOIN records_patient p ON p.id = best.patient_id
WHERE NOT EXISTS (SELECT 1 FROM records_case c WHERE c.organisation_id = %(org)s AND c.patient_id = p.id
          AND (c.closed_at IS NULL OR c.closed_at > %(rest_since)s))
ORDER BY best.rank NULLS LAST, best.id
"""


# On the practice's clock; looked up only for campaigns that go by it.
LAST_VISIT = """(SELECT (max(came.at) AT TIME ZONE %(zone)s)::date FROM (
    SELECT v.started_at AS at FROM records_visit v WHERE v.patient_id = p.id AND v.started_at <= %(now)s
    UNION ALL SELECT a.starts_at FROM records_appointment a WHERE a.patient_id = p.id
        AND a.starts_at <= %(now)s AND a.status IN ('arrived', 'fulfilled', 'checked-in')) came)"""

TIERS_OF_PROGRAMME = {programme: list(tiers_of(programme)) for programme in PROGRAMMES}


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
    programme: str = "",
    zone: str = "",
) -> list[EnrolmentRow]:
    """Every patient whom the segment takes in, best rank first, with what bars those who cannot come in.

    ``unsafe``: keys of rules that list the wrong patients on these records; another gap goes before theirs.
    ``programme``: "recall" or "reactivation"; empty takes both in. ``zone``: the practice's clock, when
    the day of the last visit is asked for.
    """
    fits, chosen = in_segment(Segment.from_json(segment), today=today, now=now)
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "rest_since": now - rest,
        "unsafe": list(unsafe),
        "tiers": TIERS_OF_PROGRAMME.get(programme),
        "zone": zone,
        **chosen,
        **barring_parameters(now=now, purpose=purpose, barring=barring),
    }
    with connection.cursor() as cursor:
        last_visit = LAST_VISIT if zone else "NULL"
        cursor.execute(CANDIDATES.format(fits=fits, barred=BARRED, last_visit=last_visit), parameters)
        return list(map(EnrolmentRow._make, cursor.fetchall()))


# Whose won-back visit fell through, with the best gap they have now: the same reason, or the visit missed.
# Whoever said why not, or was taken in by another campaign since, is left to that.
COMING_AGAIN = """
WITH last AS (
    SELECT DISTINCT ON (c.patient_id) c.patient_id, c.gap_id, c.entry, c.arm, c.outcome, c.barrier,
           c.closed_at,
           split_part(g.definition_key, ':', 1) AS definition
    FROM records_case c JOIN records_gap g ON g.id = c.gap_id
    WHERE c.organisation_id = %(org)s AND c.campaign_id = %(campaign)s
    ORDER BY c.patient_id, c.opened_at DESC, c.id DESC
), best AS (
    SELECT DISTINCT ON (g.patient_id) g.id, g.patient_id, g.location_id, g.kind, g.risk_class, g.rank,
           g.due_on,
           g.visit_type AS needed, last.entry + 1 AS entry, last.closed_at
    FROM last JOIN records_gap g ON g.patient_id = last.patient_id AND g.organisation_id = %(org)s
    WHERE last.outcome = 'booked_not_kept' AND last.arm = 'contact' AND last.barrier = ''
      AND last.closed_at <= %(now)s AND last.closed_at > %(since)s
      AND g.closed_on IS NULL AND g.outreach = 'yes' AND NOT g.definition_key = ANY(%(unsafe)s)
      AND (g.id = last.gap_id OR split_part(g.definition_key, ':', 1) = last.definition
          OR g.kind IN ('no_show_not_rebooked', 'cancelled_not_rebooked'))
      AND NOT EXISTS (SELECT 1 FROM records_case c WHERE c.organisation_id = %(org)s
          AND c.patient_id = last.patient_id AND (c.closed_at IS NULL OR c.opened_at > last.closed_at))
    ORDER BY g.patient_id, g.kind IN ('no_show_not_rebooked', 'cancelled_not_rebooked') DESC,
        g.rank NULLS LAST, g.id
)
SELECT best.id, p.id, p.household_key, best.location_id, p.home_location_id, p.time_zone, best.kind,
       best.risk_class, best.rank, {barred}, best.needed, p.birth_on, best.due_on, NULL,
       best.entry, best.closed_at
FROM best JOIN records_patient p ON p.id = best.patient_id
ORDER BY best.rank NULLS LAST, best.id
"""


def coming_again(
    *,
    organisation_id: int,
    campaign_id: int,
    reentry: Reentry,
    purpose: str,
    barring: Sequence[str],
    now: datetime,
    unsafe: Sequence[str] = (),
) -> list[EnrolmentRow]:
    """Whom a campaign takes in again after a booked visit that was not kept, best rank first.

    The rest period does not bind them: nobody asked them to rest, their visit fell through.
    """
    if not reentry.limit:
        return []
    parameters: dict[str, Any] = {
        "org": organisation_id,
        "campaign": campaign_id,
        "since": now - timedelta(days=reentry.within_days + 1),
        "unsafe": list(unsafe),
        **barring_parameters(now=now, purpose=purpose, barring=barring),
    }
    with connection.cursor() as cursor:
        cursor.execute(COMING_AGAIN.format(barred=BARRED), parameters)
        rows = list(map(EnrolmentRow._make, cursor.fetchall()))
    return [
        row
        for row in rows
        if row.fell_through_at is not None
        and may_come_again(reentry, entries=row.entry - 1, fell_through_at=row.fell_through_at, now=now)
    ]


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
