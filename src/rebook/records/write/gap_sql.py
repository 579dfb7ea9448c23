"""The statements that open, change and close gaps: sets in, sets out.

``gap_finding`` is a temporary table with the columns of ``FINDING_COLUMNS``, filled by ``COPY``. Parameters
are named; every statement has ``organisation_id`` and ``as_of``.
"""

# Name to type in PostgreSQL; the population engine gives them in this order.
FINDING_COLUMNS = {
    "patient_id": "bigint",
    "definition_key": "text",
    "kind": "text",
    "verdict": "text",
    "tier": "text",
    "risk_class": "smallint",
    "visit_type": "text",
    "is_sensitive": "boolean",
    "anchor_on": "date",
    "due_on": "date",
    "overdue_on": "date",
    "interval_days": "bigint",
    "location_id": "bigint",
    "follow_up_id": "bigint",
    "appointment_id": "bigint",
    "value_cents": "bigint",
    "outreach": "text",
}
CREATE = (
    "CREATE TEMPORARY TABLE {name} ("
    + ", ".join(f"{name} {kind}" for name, kind in FINDING_COLUMNS.items())
    + ") ON COMMIT DROP"
)

# The steps shown to people, as in ``core.gaps``: ids and dates only.
_STEP = "jsonb_build_object('rule', {rule}, 'passed', true, 'detail', {detail})"
_WHY = """CASE f.kind
    WHEN 'interval' THEN CASE
        WHEN f.follow_up_id IS NOT NULL
            THEN format('return recommended on %%s, which beats the interval', f.anchor_on)
        WHEN f.anchor_on IS NULL THEN 'never recorded here'
        ELSE format('last one %%s', f.anchor_on) END
    WHEN 'follow_up_not_booked' THEN format('return recommended on %%s', f.anchor_on)
    WHEN 'cancelled_not_rebooked' THEN format('appointment cancelled on %%s', f.anchor_on)
    WHEN 'no_show_not_rebooked' THEN format('appointment missed on %%s', f.anchor_on)
    WHEN 'later_than_usual' THEN format('last seen %%s, usually every %%s days', f.anchor_on, f.interval_days)
    WHEN 'inactive' THEN format('last seen %%s', f.anchor_on)
    ELSE format('since %%s', f.anchor_on) END"""
EVIDENCE = (
    "jsonb_build_array("
    + ", ".join(
        _STEP.format(rule=rule, detail=detail)
        for rule, detail in (
            ("'definition'", "concat_ws(' ', f.definition_key, %(hashes)s::jsonb ->> f.definition_key)"),
            ("'due'", f"format('%%s, due %%s', {_WHY}, f.due_on)"),
            ("'grace'", "format('overdue since %%s', f.overdue_on)"),
            ("'coming_appointment'", "'nothing booked that would close it'"),
        )
    )
    + ")"
)

OPENED = f"""
INSERT INTO records_gap (organisation_id, patient_id, definition_key, kind, visit_type, risk_class,
    is_sensitive, anchor_on, due_on, overdue_on, interval_days, tier, location_id, outreach, evidence,
    rank_reasons, opened_on, opened_by_snapshot_id, close_reason)
SELECT %(organisation_id)s, f.patient_id, f.definition_key, f.kind, f.visit_type, f.risk_class,
    f.is_sensitive, f.anchor_on, f.due_on, f.overdue_on, f.interval_days, f.tier, f.location_id,
    f.outreach, {EVIDENCE}, '[]'::jsonb, %(as_of)s, %(snapshot_id)s, ''
FROM gap_finding f
JOIN records_patient p ON p.id = f.patient_id AND p.organisation_id = %(organisation_id)s
WHERE f.verdict = 'open' AND NOT EXISTS (
    SELECT FROM records_gap g WHERE g.organisation_id = %(organisation_id)s AND g.closed_on IS NULL
        AND g.patient_id = f.patient_id AND g.definition_key = f.definition_key)
ORDER BY f.patient_id, f.definition_key
"""

_KEPT = (
    "risk_class",
    "visit_type",
    "is_sensitive",
    "anchor_on",
    "due_on",
    "overdue_on",
    "interval_days",
    "tier",
    "location_id",
    "outreach",
)
CHANGED = f"""
UPDATE records_gap g SET {", ".join(f"{name} = f.{name}" for name in _KEPT)}, evidence = f.evidence
FROM (SELECT f.*, {EVIDENCE} AS evidence FROM gap_finding f WHERE f.verdict = 'open') f
WHERE g.organisation_id = %(organisation_id)s AND g.closed_on IS NULL
    AND g.patient_id = f.patient_id AND g.definition_key = f.definition_key
    AND ({", ".join(f"g.{name}" for name in _KEPT)}, g.evidence)
        IS DISTINCT FROM ({", ".join(f"f.{name}" for name in _KEPT)}, f.evidence)
"""

ENDING = """
SELECT g.id, g.patient_id, g.definition_key, g.anchor_on FROM records_gap g
WHERE g.organisation_id = %(organisation_id)s AND g.closed_on IS NULL AND NOT EXISTS (
    SELECT FROM gap_finding f WHERE f.verdict = 'open'
        AND f.patient_id = g.patient_id AND f.definition_key = g.definition_key)
    -- Of whom was not judged, nothing ends.
    AND EXISTS (SELECT FROM gap_judged j WHERE j.patient_id = g.patient_id)
"""

# Why a gap ends: first where the patient stands, then what the rule says now, then whether they came.
CLOSED = f"""
UPDATE records_gap g SET closed_on = greatest(%(as_of)s, g.opened_on), rank = NULL, close_reason = CASE
    WHEN e.standing IN ('deceased', 'merged', 'left_practice', 'excluded', 'no_recall') THEN e.standing
    WHEN e.verdict = 'booked' THEN 'appointment_booked'
    WHEN e.verdict = 'done' AND e.kind = 'interval' THEN 'satisfied_by_visit'
    WHEN e.verdict = 'done' THEN 'done_at_source'
    WHEN e.verdict = 'lapsed' THEN 'lapsed'
    WHEN e.verdict = 'seen_since' THEN 'satisfied_by_visit'
    WHEN e.verdict IN ('excluded', 'unsigned', 'superseded', 'off_season', 'snoozed', 'no_recall')
        THEN e.verdict
    WHEN e.verdict IN ('not_eligible', 'unknown') THEN 'no_longer_eligible'
    WHEN e.last_attended_on > e.anchor_on THEN 'satisfied_by_visit'
    WHEN e.last_attended_on = e.anchor_on AND e.kind IN ('cancelled_not_rebooked', 'no_show_not_rebooked')
        THEN 'satisfied_by_visit'
    WHEN e.anchor_on IS NULL AND e.last_attended_on IS NOT NULL THEN 'satisfied_by_visit'
    WHEN e.verdict = 'aged_out' THEN e.verdict
    WHEN e.kind IN ('follow_up_not_booked', 'inactive', 'later_than_usual') THEN 'covered_by_other_gap'
    ELSE 'no_longer_due' END
FROM (
    SELECT g.id, g.anchor_on, g.kind, s.standing, s.last_attended_on, f.verdict
    FROM ({ENDING}) ending
    JOIN records_gap g ON g.id = ending.id
    LEFT JOIN gap_standing s ON s.patient_id = g.patient_id
    LEFT JOIN gap_verdict f ON f.patient_id = g.patient_id AND f.definition_key = g.definition_key
) e
WHERE g.id = e.id
"""
