"""The facts that say who looks after each overdue patient, for the whole population in one statement."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from rebook.core.attention import AWAITS_ANSWER_DAYS, AttentionFacts
from rebook.core.segment import Segment

from .barring import BARRED, barring_parameters
from .campaigns import CampaignView
from .enrolment import TIERS_OF_PROGRAMME
from .patientfile import PatientLine, patient_lines
from .segment_sql import in_segment

# Names of the facts, in the order of their columns.
COLUMNS = tuple(one.name for one in fields(AttentionFacts))

_FACTS = """
WITH overdue AS (
    SELECT g.id, g.patient_id, g.location_id, g.kind, g.definition_key, g.visit_type, g.risk_class, g.rank,
           g.tier, g.overdue_on, g.outreach,
           split_part(g.definition_key, ':', 1) = ANY(%(unsafe)s) AS is_unsafe
    FROM records_gap g
    WHERE g.organisation_id = %(org)s AND g.closed_on IS NULL AND g.overdue_on <= %(today)s
),
people AS (
    SELECT patient_id, bool_or(outreach = 'staff') AS has_staff_gap,
           bool_or(outreach = 'yes') AS has_message_gap
    FROM overdue GROUP BY 1
),
best AS (
    SELECT DISTINCT ON (patient_id) patient_id, id AS gap_id, visit_type AS needed, rank,
           is_unsafe AND outreach = 'yes' AS is_unsafe
    FROM overdue ORDER BY patient_id, outreach <> 'yes', is_unsafe, rank NULLS LAST, id
),
-- A campaign's sequence is long: read once for each, not for every case.
rests AS MATERIALIZED (
    SELECT id, COALESCE(rest_days, (sequence->>'rest_days')::int, 60) AS days
    FROM records_campaign WHERE organisation_id = %(org)s
),
known AS MATERIALIZED (
    SELECT p.id AS patient_id, best.gap_id, best.rank,
        COALESCE(c.arm, '') AS case_arm,
        COALESCE(k.state, '') AS campaign_state,
        c.paused_at IS NOT NULL AS case_is_paused,
        c.id IS NOT NULL AND (c.next_step_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM records_attempt a WHERE a.case_id = c.id
            AND a.state IN ('planned', 'deferred', 'claimed', 'accepted', 'unknown'))) AS case_goes_on,
        c.id IS NOT NULL AND COALESCE(c.last_attempt_at, c.opened_at) > %(awaits_since)s AS case_awaits,
        EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = p.id
            AND a.starts_at > %(booked_since)s
            AND a.status IN ('proposed', 'pending', 'booked', 'arrived', 'checked-in')) AS is_booked,
        EXISTS (SELECT 1 FROM records_task t WHERE t.patient_id = p.id AND t.state = 'open')
            OR EXISTS (SELECT 1 FROM records_reply r WHERE r.patient_id = p.id AND r.state = 'new')
            AS has_person,
        EXISTS (SELECT 1 FROM {hold} AND h.kind <> 'snooze' AND h.until_at > %(now)s) AS is_held,
        EXISTS (SELECT 1 FROM {hold} AND h.until_at IS NULL) AS is_held_for_good,
        EXISTS (SELECT 1 FROM {hold} AND h.kind = 'snooze' AND h.until_at > %(now)s)
            OR EXISTS (SELECT 1 FROM records_recallpreference s WHERE s.patient_id = p.id
                AND s.kind = 'snooze' AND s.ended_at IS NULL AND s.definition_key = ''
                AND s.valid_until >= %(today)s) AS is_snoozed,
        people.has_staff_gap,
        people.has_staff_gap AND EXISTS (SELECT 1 FROM records_task t JOIN overdue o ON o.id = t.gap_id
            WHERE o.patient_id = p.id AND t.state = 'done'
            AND (t.done_at > %(done_since)s OR t.call_back_at > %(now)s))
            AS staff_did_lately,
        people.has_message_gap,
        CASE WHEN best.is_unsafe THEN 'rule_unsafe' ELSE {barred} END AS bar,
        EXISTS (SELECT 1 FROM records_case o JOIN rests ON rests.id = o.campaign_id
            WHERE o.organisation_id = %(org)s AND o.patient_id = p.id
            AND o.closed_at + make_interval(days => rests.days) > %(now)s) AS is_resting
    FROM people
    JOIN best USING (patient_id)
    JOIN records_patient p ON p.id = people.patient_id
    LEFT JOIN records_case c ON c.organisation_id = %(org)s AND c.patient_id = p.id AND c.closed_at IS NULL
    LEFT JOIN records_campaign k ON k.id = c.campaign_id
),
-- Whether a campaign would take somebody is the dearest question: asked only where nothing else answers.
looking AS MATERIALIZED (
    SELECT g.* FROM overdue g JOIN known USING (patient_id)
    WHERE g.outreach = 'yes' AND known.case_arm = '' AND known.bar = '' AND NOT known.is_resting
),
wanted AS (
    SELECT patient_id, bool_or(state = 'active' AND NOT tried) AS fits_active,
           bool_or(state = 'paused' AND NOT tried) AS fits_paused, bool_or(tried) AS was_tried
    FROM ({wanted}) one GROUP BY 1
),
facts AS (
    SELECT known.*,
        COALESCE(wanted.fits_active, FALSE) AS fits_active,
        COALESCE(wanted.fits_paused, FALSE) AS fits_paused,
        COALESCE(wanted.was_tried, FALSE) AS was_tried
    FROM known LEFT JOIN wanted USING (patient_id)
)
"""
_HOLD = "records_automationhold h WHERE h.patient_id = p.id AND h.released_at IS NULL"
_WANTED = """
    SELECT g.patient_id, '{state}' AS state, EXISTS (
        SELECT 1 FROM records_case c WHERE c.campaign_id = {campaign} AND c.gap_id = g.id) AS tried
    FROM looking g WHERE {fits}
      AND (%(c{campaign}_tiers)s::varchar[] IS NULL OR g.tier = ANY(%(c{campaign}_tiers)s::varchar[]))
"""
_NOTHING = "SELECT NULL::bigint AS patient_id, '' AS state, FALSE AS tried WHERE FALSE"


class Foremost(NamedTuple):
    """A patient with the gap that is spoken of, and its rank."""

    facts: AttentionFacts
    patient_id: int
    gap_id: int
    rank: int | None


def counted(
    *,
    organisation_id: int,
    campaigns: Sequence[CampaignView],
    barring: Sequence[str],
    unsafe: Sequence[str],
    today: date,
    now: datetime,
) -> list[tuple[AttentionFacts, int]]:
    """How many patients share each set of facts. ``campaigns``: those that run or are paused. One query."""
    query, given = _query(organisation_id, campaigns, barring, unsafe, today=today, now=now)
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"{query} SELECT {columns}, count(*) FROM facts GROUP BY {columns}", given)
        return [(AttentionFacts(*row[:-1]), int(row[-1])) for row in cursor.fetchall()]


def foremost(
    *,
    organisation_id: int,
    campaigns: Sequence[CampaignView],
    barring: Sequence[str],
    unsafe: Sequence[str],
    today: date,
    now: datetime,
    most: int,
) -> list[Foremost]:
    """Of every set of facts its ``most`` patients of best rank, in no order. One query."""
    query, given = _query(organisation_id, campaigns, barring, unsafe, today=today, now=now)
    columns = ", ".join(COLUMNS)
    query += f"""
        SELECT {columns}, patient_id, gap_id, rank FROM (
            SELECT *, row_number() OVER (PARTITION BY {columns} ORDER BY rank NULLS LAST, patient_id) AS place
            FROM facts) one
        WHERE place <= %(most)s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, given | {"most": most})
        return [Foremost(AttentionFacts(*row[:-3]), *row[-3:]) for row in cursor.fetchall()]


def lines(found: Sequence[Foremost]) -> tuple[PatientLine, ...]:
    """These patients with their reason, in the same order."""
    return patient_lines([(one.patient_id, one.gap_id) for one in found])


def _query(
    organisation_id: int,
    campaigns: Sequence[CampaignView],
    barring: Sequence[str],
    unsafe: Sequence[str],
    *,
    today: date,
    now: datetime,
) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {
        "org": organisation_id,
        "today": today,
        "unsafe": list(unsafe),
        "awaits_since": now - timedelta(days=AWAITS_ANSWER_DAYS),
        "booked_since": now - timedelta(days=2),
        "done_since": now - timedelta(days=14),
        **barring_parameters(now=now, purpose="treatment_recall", barring=barring),
    }
    parts = []
    for one in campaigns:
        fits, chosen = in_segment(Segment.from_json(one.segment), today=today, now=now)
        # Each segment numbers its values from nought.
        fits = fits.replace("%(segment_", f"%(c{one.id}_segment_")
        given |= {f"c{one.id}_{name}": value for name, value in chosen.items() if name.startswith("segment_")}
        given[f"c{one.id}_tiers"] = TIERS_OF_PROGRAMME.get(one.programme)
        parts.append(_WANTED.format(state=one.state, campaign=one.id, fits=fits))
    query = _FACTS.format(wanted=" UNION ALL ".join(parts) or _NOTHING, hold=_HOLD, barred=BARRED)
    return query, given
