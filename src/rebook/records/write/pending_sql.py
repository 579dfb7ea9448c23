"""The statements that turn signs in the ledger into pending items, and staff's gaps into tasks.

Parameters are named; every statement has ``organisation_id`` and ``now``. Running one again adds nothing.
"""

from rebook.core.priority import ENOUGH_LINKS, SIGNAL_DAYS

# A sign that was looked after is not one again the next day.
QUIET_DAYS = 14
HALF_WAY_AFTER = "1 hour"

_INSERT = """
INSERT INTO records_pendingitem (organisation_id, source_id, external_id, fact_hash, patient_id, kind,
    visit_type, priority, state, opened_on, location_id, day_part)
"""
_TODAY = "(%(now)s::timestamptz AT TIME ZONE coalesce(l.time_zone, o.time_zone))::date"
_OF_PATIENT = """
JOIN records_patient p ON p.id = s.patient_id
JOIN accounts_organisation o ON o.id = p.organisation_id
LEFT JOIN accounts_location l ON l.id = p.home_location_id
"""


def _quiet(kind: str) -> str:
    """Nothing of the kind was noted lately, and no time is booked."""
    return f"""
NOT EXISTS (SELECT FROM records_pendingitem x WHERE x.organisation_id = %(organisation_id)s
    AND x.patient_id = s.patient_id AND x.kind = '{kind}'
    AND x.opened_on > (s.at AT TIME ZONE coalesce(l.time_zone, o.time_zone))::date - {QUIET_DAYS})
AND NOT EXISTS (SELECT FROM records_appointment a WHERE a.organisation_id = %(organisation_id)s
    AND a.patient_id = s.patient_id AND a.starts_at > s.at
    AND a.status NOT IN ('cancelled', 'noshow', 'entered-in-error', 'waitlist'))
"""


# R-C129: links opened twice or more, or a yes without a time. Who already has a task for it is looked after.
HIGH_INTENT = f"""
{_INSERT}
SELECT %(organisation_id)s, %(source_id)s,
    'high_intent:' || s.patient_id || ':' || to_char(s.at AT TIME ZONE 'UTC', 'YYYYMMDD'), '\\x00'::bytea,
    s.patient_id, 'high_intent', s.visit_type, 'routine', 'open',
    (s.at AT TIME ZONE coalesce(l.time_zone, o.time_zone))::date, p.home_location_id, ''
FROM (
    SELECT patient_id, max(at) AS at, count(*) FILTER (WHERE is_link) AS links, bool_or(NOT is_link) AS yes,
        coalesce((array_agg(visit_type ORDER BY at DESC) FILTER (WHERE visit_type <> ''))[1], '')
            AS visit_type
    FROM (
        SELECT k.patient_id, k.opened_at AS at, true AS is_link, coalesce(g.visit_type, '') AS visit_type
        FROM records_patientlink k
        LEFT JOIN records_case c ON c.id = k.case_id LEFT JOIN records_gap g ON g.id = c.gap_id
        WHERE k.organisation_id = %(organisation_id)s AND k.opened_at <= %(now)s
            AND k.opened_at > %(now)s::timestamptz - interval '{SIGNAL_DAYS} days'
        UNION ALL
        SELECT r.patient_id, r.received_at, false, coalesce(g.visit_type, '')
        FROM records_reply r
        LEFT JOIN records_case c ON c.id = r.case_id LEFT JOIN records_gap g ON g.id = c.gap_id
        WHERE r.organisation_id = %(organisation_id)s AND r.intent = 'book' AND r.patient_id IS NOT NULL
            AND r.received_at <= %(now)s
            AND r.received_at > %(now)s::timestamptz - interval '{SIGNAL_DAYS} days'
    ) signs GROUP BY patient_id
) s {_OF_PATIENT}
WHERE (s.yes OR s.links >= {ENOUGH_LINKS}) AND {_quiet("high_intent")}
    AND NOT EXISTS (SELECT FROM records_task t WHERE t.organisation_id = %(organisation_id)s
        AND t.patient_id = s.patient_id AND t.state = 'open' AND t.kind IN ('book', 'call', 'call_back'))
ORDER BY s.patient_id
ON CONFLICT DO NOTHING
"""

# R-C128: a time was held on a booking page and never confirmed; only where contact was allowed.
LEFT_HALF_WAY = f"""
{_INSERT}
SELECT %(organisation_id)s, %(source_id)s, 'intake_unfinished:' || s.claim_id, '\\x00'::bytea,
    s.patient_id, 'intake_unfinished', s.visit_type, 'routine', 'open',
    (s.at AT TIME ZONE coalesce(l.time_zone, o.time_zone))::date, p.home_location_id, ''
FROM (
    SELECT DISTINCT ON (m.patient_id) m.id AS claim_id, m.patient_id, m.visit_type, m.held_at AS at
    FROM records_slotclaim m
    WHERE m.organisation_id = %(organisation_id)s AND m.link_id IS NOT NULL AND m.expires_at IS NOT NULL
        AND m.expires_at < %(now)s::timestamptz - interval '{HALF_WAY_AFTER}'
        AND m.held_at > %(now)s::timestamptz - interval '{SIGNAL_DAYS} days'
        AND NOT EXISTS (SELECT FROM records_booking b WHERE b.organisation_id = %(organisation_id)s
            AND b.patient_id = m.patient_id AND b.confirmed_at >= m.held_at)
    ORDER BY m.patient_id, m.held_at DESC
) s {_OF_PATIENT}
WHERE NOT p.do_not_contact AND {_quiet("intake_unfinished")}
    AND (SELECT k.state FROM records_consent k WHERE k.organisation_id = %(organisation_id)s
        AND k.patient_id = s.patient_id AND k.at <= %(now)s ORDER BY k.at DESC, k.id DESC LIMIT 1) = 'granted'
ORDER BY s.patient_id
ON CONFLICT DO NOTHING
"""

# R-C132: what the diary calls a waiting list is one.
ON_THE_LIST = f"""
{_INSERT}
SELECT %(organisation_id)s, %(source_id)s, 'waiting_list:' || s.id, '\\x00'::bytea, s.patient_id,
    'waiting_list_match', s.visit_type, 'routine', 'open',
    least((s.booked_at AT TIME ZONE coalesce(l.time_zone, o.time_zone))::date, {_TODAY}),
    s.location_id, ''
FROM (SELECT a.id, a.patient_id, a.visit_type, a.location_id, coalesce(a.booked_at, %(now)s) AS booked_at
    FROM records_appointment a
    WHERE a.organisation_id = %(organisation_id)s AND a.status = 'waitlist') s {_OF_PATIENT}
WHERE p.merged_into_id IS NULL
ORDER BY s.patient_id
ON CONFLICT DO NOTHING
"""
OFF_THE_LIST = """
UPDATE records_pendingitem x SET state = 'done', closed_on = greatest(%(as_of)s, x.opened_on)
FROM records_appointment a
WHERE x.organisation_id = %(organisation_id)s AND x.source_id = %(source_id)s AND x.state = 'open'
    AND x.kind = 'waiting_list_match' AND x.external_id = 'waiting_list:' || a.id
    AND a.organisation_id = x.organisation_id AND a.status <> 'waitlist'
"""

STAFF_GAPS = """
SELECT g.id, g.patient_id, g.kind, g.definition_key, g.risk_class, x.priority, x.visits_per_week
FROM records_gap g
LEFT JOIN records_pendingitem x ON x.organisation_id = g.organisation_id AND x.kind = g.kind
    AND x.id = CASE WHEN split_part(g.definition_key, ':', 2) ~ '^[0-9]{1,18}$'
        THEN split_part(g.definition_key, ':', 2)::bigint END
WHERE g.organisation_id = %(organisation_id)s AND g.closed_on IS NULL AND g.outreach = 'staff'
    AND NOT EXISTS (SELECT FROM records_task t WHERE t.gap_id = g.id AND t.kind = 'gap_review'
        AND (t.state = 'open' OR t.state = 'done' AND %(now)s < COALESCE(
            t.call_back_at, t.done_at + make_interval(days => (%(again)s::int[])[g.risk_class + 1]))))
ORDER BY g.risk_class DESC, g.overdue_on, g.id LIMIT %(limit)s
"""
POINTLESS = """
UPDATE records_task t SET state = 'cancelled', done_at = %(now)s, done_by = 'system'
FROM records_gap g
WHERE t.organisation_id = %(organisation_id)s AND t.kind = 'gap_review' AND t.state = 'open'
    AND g.id = t.gap_id AND (g.closed_on IS NOT NULL OR g.outreach <> 'staff')
"""
