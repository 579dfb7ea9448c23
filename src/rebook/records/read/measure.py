"""Counts for the report, by one query each, as known at a cut-off instant."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from rebook.core.gaps import KINDS
from rebook.core.measure import Cell, ChannelCounts, Waits

from .successes import NEWEST, plans, rule_of

CELLS = f"""
SELECT c.campaign_id, g.kind, g.location_id,
       coalesce(first_attempt.channel, ''), c.arm, g.risk_class,
       (campaign.holdout_percent > 0 AND g.risk_class < 3),
       count(*),
       count(*) FILTER (WHERE c.first_attempt_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.reached_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.responded_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.booked_at <= %(cut_off)s),
       count(*) FILTER (WHERE c.visit_kept_at <= %(cut_off)s AND c.booked_at <= %(cut_off)s),
       count(*) FILTER (WHERE won.met_at <= %(cut_off)s),
       count(*) FILTER (WHERE a.status IN ('arrived', 'fulfilled') AND a.starts_at <= %(cut_off)s),
       count(*) FILTER (WHERE a.status = 'noshow' AND a.starts_at <= %(cut_off)s),
       coalesce(sum(first_attempt.n), 0),
       count(*) FILTER (WHERE c.opened_at + coalesce(rule.days, campaign.visit_window_days)
                            * interval '1 day' > %(cut_off)s
                          AND (won.met_at IS NULL OR won.met_at > %(cut_off)s))
FROM records_case c
JOIN records_gap g ON g.id = c.gap_id
JOIN records_campaign campaign ON campaign.id = c.campaign_id
LEFT JOIN unnest(%(campaigns)s::bigint[], %(kinds)s::text[], %(days)s::int[])
    AS rule(campaign_id, kind, days)
    ON rule.campaign_id = c.campaign_id AND rule.kind = split_part(g.kind, ':', 1)
{NEWEST}
LEFT JOIN records_appointment a ON a.id = c.appointment_id
LEFT JOIN (
    SELECT at.case_id, (array_agg(at.channel ORDER BY at.sent_at, at.id))[1] AS channel, count(*) AS n
    FROM records_attempt at
    WHERE at.organisation_id = %(organisation_id)s AND at.case_id IS NOT NULL AND at.sent_at <= %(cut_off)s
    GROUP BY 1
) first_attempt ON first_attempt.case_id = c.id
WHERE c.organisation_id = %(organisation_id)s AND c.opened_at <= %(cut_off)s
  AND (%(campaign)s::bigint IS NULL OR c.campaign_id = %(campaign)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

# Who said stop within a week of a message, by name or by number: two joins, for one with OR looks at every
# statement of the practice for every message.
CHANNELS = """
WITH tried AS (
    SELECT id, channel, state, patient_id, to_value, contact_point_id, sent_at,
           least(sent_at + interval '7 days', %(cut_off)s) AS until_at
    FROM records_attempt
    WHERE organisation_id = %(organisation_id)s AND sent_at <= %(cut_off)s
), stopped AS (
    SELECT patient_id, contact_value, at FROM records_consent
    WHERE organisation_id = %(organisation_id)s AND state = 'revoked'
), stopped_after AS (
    SELECT tried.id FROM tried JOIN stopped USING (patient_id)
    WHERE stopped.at BETWEEN tried.sent_at AND tried.until_at
    UNION
    SELECT tried.id FROM tried JOIN stopped ON stopped.contact_value = tried.to_value
    WHERE tried.to_value <> '' AND stopped.at BETWEEN tried.sent_at AND tried.until_at
)
SELECT tried.channel,
       count(*) FILTER (WHERE tried.state IN ('accepted', 'sent', 'delivered', 'read')),
       count(stopped_after.id),
       count(*) FILTER (WHERE point.state IN ('invalid', 'wrong_person')),
       count(*)
FROM tried
LEFT JOIN stopped_after USING (id)
LEFT JOIN records_contactpoint point
    ON point.id = tried.contact_point_id AND point.state IN ('invalid', 'wrong_person')
GROUP BY 1 ORDER BY 1
"""

WAITS = """
SELECT key, count(days), percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days)
FROM (
    SELECT step.key, extract(epoch FROM step.at - c.first_attempt_at)::float8 / 86400 AS days
    FROM records_case c
    CROSS JOIN LATERAL (
        VALUES ('response', c.responded_at), ('booking', c.booked_at), ('visit', c.visit_kept_at)
    ) AS step(key, at)
    WHERE c.organisation_id = %(organisation_id)s AND c.arm = 'contact' AND c.first_attempt_at IS NOT NULL
      AND step.at >= c.first_attempt_at AND step.at <= %(cut_off)s
) waits
GROUP BY key ORDER BY array_position(ARRAY['response', 'booking', 'visit'], key)
"""

# One reason for every gap without contact, the first that applies: nobody is dropped silently (R-F3).
REASON_OF_EACH = """
WITH known AS (
    SELECT id, gap_id, patient_id, arm, first_attempt_at, outcome, opened_at, closed_at
    FROM records_case WHERE organisation_id = %(organisation_id)s AND opened_at <= %(cut_off)s
), foremost AS (
    SELECT DISTINCT ON (gap_id) id AS case_id, gap_id, arm, first_attempt_at, outcome, closed_at
    FROM known ORDER BY gap_id, first_attempt_at NULLS LAST, opened_at DESC
), decided AS (
    SELECT DISTINCT ON (d.case_id) d.case_id, d.verdict, d.reasons -> 0 ->> 'rule' AS rule
    FROM foremost JOIN records_guarddecision d USING (case_id)
    WHERE d.decided_at <= %(cut_off)s
      AND (foremost.first_attempt_at IS NULL OR foremost.first_attempt_at > %(cut_off)s)
    ORDER BY d.case_id, d.decided_at DESC, d.id DESC
), going AS (
    SELECT patient_id, min(gap_id) AS least_gap, max(gap_id) AS greatest_gap
    FROM known WHERE closed_at IS NULL OR closed_at > %(cut_off)s GROUP BY 1
), held AS (
    SELECT DISTINCT ON (patient_id) patient_id, kind FROM records_automationhold
    WHERE organisation_id = %(organisation_id)s AND from_at <= %(cut_off)s
      AND (until_at IS NULL OR until_at > %(cut_off)s)
      AND (released_at IS NULL OR released_at > %(cut_off)s)
    ORDER BY patient_id, from_at DESC
)
SELECT gap_id, reason FROM (
    SELECT g.id AS gap_id, CASE
        WHEN found.first_attempt_at <= %(cut_off)s THEN 'contacted'
        WHEN found.arm = 'holdout' THEN 'holdout'
        WHEN g.closed_on <= %(as_of)s THEN 'closed:' || g.close_reason
        WHEN p.is_deceased THEN 'deceased'
        WHEN p.merged_into_id IS NOT NULL THEN 'merged'
        WHEN p.left_practice_on <= %(as_of)s THEN 'left_practice'
        WHEN p.do_not_contact THEN 'do_not_contact'
        WHEN held.kind IS NOT NULL THEN 'hold:' || held.kind
        WHEN found.closed_at <= %(cut_off)s THEN 'case_closed:' || found.outcome
        WHEN decided.verdict = 'refuse' THEN 'guard:' || decided.rule
        WHEN decided.verdict = 'defer' THEN 'waiting:' || decided.rule
        WHEN found.case_id IS NOT NULL THEN 'waiting:next_step'
        WHEN going.least_gap <> g.id OR going.greatest_gap <> g.id THEN 'other_case_open'
        ELSE 'not_enrolled'
    END AS reason
    FROM records_gap g
    JOIN records_patient p ON p.id = g.patient_id
    LEFT JOIN foremost found ON found.gap_id = g.id
    LEFT JOIN decided ON decided.case_id = found.case_id
    LEFT JOIN held ON held.patient_id = g.patient_id
    LEFT JOIN going ON going.patient_id = g.patient_id
    WHERE g.organisation_id = %(organisation_id)s AND g.opened_on <= %(as_of)s
) reasons
"""
NOT_CONTACTED = (
    f"SELECT reason, count(*) FROM ({REASON_OF_EACH}) each_gap GROUP BY 1 ORDER BY count(*) DESC, 1"
)
GAPS_BEHIND = f"""
SELECT gap_id FROM ({REASON_OF_EACH}) each_gap
WHERE reason LIKE ANY(%(reasons)s) ORDER BY gap_id LIMIT %(most)s
"""


def _rows(sql: str, **arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def cells(*, organisation_id: int, cut_off: datetime, campaign_id: int | None = None) -> list[Cell]:
    """The report's cube: one cell per campaign, gap kind, location, first channel, arm and risk class.

    Of one campaign alone when it is named.
    """
    known = plans(organisation_id=organisation_id)
    rules = [
        (campaign, kind, plan.success_of(kind).within_days)
        for campaign, plan in known.items()
        for kind in KINDS
    ]
    rows = _rows(
        CELLS,
        organisation_id=organisation_id,
        cut_off=cut_off,
        campaign=campaign_id,
        campaigns=[campaign for campaign, _, _ in rules],
        kinds=[kind for _, kind, _ in rules],
        days=[days for _, _, days in rules],
    )
    return [replace(Cell(*row), rule=rule_of(known, row[0], row[1])) for row in rows]


def channel_counts(*, organisation_id: int, cut_off: datetime) -> list[ChannelCounts]:
    return [ChannelCounts(*row) for row in _rows(CHANNELS, organisation_id=organisation_id, cut_off=cut_off)]


def waits(*, organisation_id: int, cut_off: datetime) -> list[Waits]:
    return [Waits(*row) for row in _rows(WAITS, organisation_id=organisation_id, cut_off=cut_off)]


def contact_reasons(*, organisation_id: int, cut_off: datetime) -> list[tuple[str, int]]:
    """[(reason key, gaps)] over every gap found up to the cut-off; the key "contacted" is one of them."""
    return _rows(NOT_CONTACTED, organisation_id=organisation_id, cut_off=cut_off, as_of=cut_off.date())


def gaps_behind(*, organisation_id: int, cut_off: datetime, reasons: list[str], limit: int) -> list[int]:
    """Ids of the gaps counted under these reason keys; a key may end in "%" for all that begin so."""
    rows = _rows(
        GAPS_BEHIND,
        organisation_id=organisation_id,
        cut_off=cut_off,
        as_of=cut_off.date(),
        reasons=reasons,
        most=limit,
    )
    return [row[0] for row in rows]
