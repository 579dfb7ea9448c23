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
       coalesce(sum(tries.n), 0),
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
LEFT JOIN LATERAL (
    SELECT t.channel_kind AS channel FROM (
        SELECT at.channel AS channel_kind, at.sent_at FROM records_attempt at
        WHERE at.case_id = c.id AND at.sent_at <= %(cut_off)s ORDER BY at.sent_at LIMIT 1
    ) t
) first_attempt ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS n FROM records_attempt at WHERE at.case_id = c.id AND at.sent_at <= %(cut_off)s
) tries ON true
WHERE c.organisation_id = %(organisation_id)s AND c.opened_at <= %(cut_off)s
  AND (%(campaign)s::bigint IS NULL OR c.campaign_id = %(campaign)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

CHANNELS = """
SELECT at.channel,
       count(*) FILTER (WHERE at.state IN ('accepted', 'sent', 'delivered', 'read')),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM records_consent consent
           WHERE consent.organisation_id = at.organisation_id AND consent.state = 'revoked'
             AND (consent.patient_id = at.patient_id
                  OR consent.contact_value = at.to_value AND at.to_value <> '')
             AND consent.at BETWEEN at.sent_at AND least(at.sent_at + interval '7 days', %(cut_off)s))),
       count(*) FILTER (WHERE point.state IN ('invalid', 'wrong_person')),
       count(*)
FROM records_attempt at
LEFT JOIN records_contactpoint point ON point.id = at.contact_point_id
WHERE at.organisation_id = %(organisation_id)s AND at.sent_at <= %(cut_off)s
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
WITH found AS (
    SELECT g.id, g.patient_id, g.closed_on, g.close_reason,
           c.id AS case_id, c.arm, c.first_attempt_at, c.outcome, c.closed_at, c.paused_at, c.pause_reason
    FROM records_gap g
    LEFT JOIN LATERAL (
        SELECT * FROM records_case c WHERE c.gap_id = g.id AND c.opened_at <= %(cut_off)s
        ORDER BY c.first_attempt_at NULLS LAST, c.opened_at DESC LIMIT 1
    ) c ON true
    WHERE g.organisation_id = %(organisation_id)s AND g.opened_on <= %(as_of)s
)
SELECT gap_id, reason FROM (
    SELECT found.id AS gap_id, CASE
        WHEN found.first_attempt_at <= %(cut_off)s THEN 'contacted'
        WHEN found.arm = 'holdout' THEN 'holdout'
        WHEN found.closed_on <= %(as_of)s THEN 'closed:' || found.close_reason
        WHEN p.is_deceased THEN 'deceased'
        WHEN p.merged_into_id IS NOT NULL THEN 'merged'
        WHEN p.left_practice_on <= %(as_of)s THEN 'left_practice'
        WHEN p.do_not_contact THEN 'do_not_contact'
        WHEN hold.kind IS NOT NULL THEN 'hold:' || hold.kind
        WHEN found.closed_at <= %(cut_off)s THEN 'case_closed:' || found.outcome
        WHEN decision.verdict = 'refuse' THEN 'guard:' || (decision.reasons -> 0 ->> 'rule')
        WHEN decision.verdict = 'defer' THEN 'waiting:' || (decision.reasons -> 0 ->> 'rule')
        WHEN found.case_id IS NOT NULL THEN 'waiting:next_step'
        WHEN other.id IS NOT NULL THEN 'other_case_open'
        ELSE 'not_enrolled'
    END AS reason
    FROM found
    JOIN records_patient p ON p.id = found.patient_id
    LEFT JOIN LATERAL (
        SELECT h.kind FROM records_automationhold h
        WHERE h.patient_id = found.patient_id AND h.from_at <= %(cut_off)s
          AND (h.until_at IS NULL OR h.until_at > %(cut_off)s)
          AND (h.released_at IS NULL OR h.released_at > %(cut_off)s)
        ORDER BY h.from_at DESC LIMIT 1
    ) hold ON true
    LEFT JOIN LATERAL (
        SELECT d.verdict, d.reasons FROM records_guarddecision d
        WHERE d.case_id = found.case_id AND d.decided_at <= %(cut_off)s
        ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
    ) decision ON true
    LEFT JOIN LATERAL (
        SELECT c.id FROM records_case c WHERE c.patient_id = found.patient_id AND c.gap_id <> found.id
          AND c.opened_at <= %(cut_off)s AND (c.closed_at IS NULL OR c.closed_at > %(cut_off)s) LIMIT 1
    ) other ON true
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
