"""What fills an invented practice that has run for a quarter: one statement a table, in the order they run.

``n`` is the number of a patient, from 1 on; every share below is of it, so that any size looks alike.
"""

_OF = "FROM records_patient p, LATERAL (SELECT substr(p.external_id, 2)::int AS n) i"
_MINE = "p.source_id = %(source)s"

PRACTICE = """
WITH kinds AS (
    INSERT INTO records_visittype (organisation_id, key, label, minutes, is_self_bookable)
    SELECT %(org)s, key, initcap(replace(key, '_', ' ')), 30, true
    FROM unnest(%(visit_types)s::text[]) AS key
), people AS (
    INSERT INTO records_practitioner (organisation_id, source_id, external_id, fact_hash, name, location_id)
    SELECT %(org)s, %(source)s, 'd' || n, '', 'Test Practitioner ' || n, %(location)s
    FROM generate_series(1, %(practitioners)s) AS n RETURNING id
)
INSERT INTO records_practitionerhours (organisation_id, practitioner_id, location_id, weekday, starts, ends,
    capacity, visit_type_keys)
SELECT %(org)s, id, %(location)s, weekday, '09:00', '17:00', 1, '[]'
FROM people, generate_series(0, 4) AS weekday
"""
# Four that came, of which every seventh did not; every tenth patient has a visit ahead.
APPOINTMENTS = f"""
INSERT INTO records_appointment (organisation_id, source_id, external_id, fact_hash, patient_id, location_id,
    practitioner_id, visit_type, status, starts_at, ends_at, booked_at, cancelled_by)
SELECT %(org)s, %(source)s, p.external_id || '-' || k, '', p.id, %(location)s, d.ids[1 + n %% d.many],
    (%(visit_types)s::text[])[1 + (n + k) %% cardinality(%(visit_types)s::text[])],
    CASE WHEN k = 0 THEN 'booked' WHEN (n + k) %% 7 = 0 THEN 'noshow' ELSE 'fulfilled' END,
    a.at, a.at + interval '30 minutes', a.at - interval '20 days', ''
{_OF}, generate_series(0, 4) AS k, LATERAL (SELECT date_trunc('hour', %(now)s::timestamptz) + CASE
        WHEN k = 0 THEN make_interval(days => 1 + (n / 10 * 7) %% 60, mins => 30 * (n %% 12))
        ELSE make_interval(days => -(k * 180 + n %% 170)) END AS at) a,
    (SELECT array_agg(id) AS ids, count(*)::int AS many FROM records_practitioner
     WHERE source_id = %(source)s) d
WHERE {_MINE} AND (k > 0 OR n %% 10 = 0)
"""
# Half of the patients are overdue: most may be written to, some are for staff or for the next visit. Every
# tenth has a second reason, every fifth one that was closed.
GAPS = f"""
INSERT INTO records_gap (organisation_id, patient_id, definition_key, kind, visit_type, risk_class,
    is_sensitive, outreach, anchor_on, due_on, overdue_on, interval_days, tier, location_id, evidence, rank,
    rank_reasons, opened_on, closed_on, close_reason)
SELECT %(org)s, p.id, (%(definitions)s::text[])[1 + (n / 2 + k) %% cardinality(%(definitions)s::text[])],
    'interval', (%(visit_types)s::text[])[1 + (n / 2 + k) %% cardinality(%(visit_types)s::text[])],
    n / 2 %% 4, false, CASE WHEN n %% 40 = 0 THEN 'staff' WHEN n %% 30 = 0 THEN 'at_visit' ELSE 'yes' END,
    d.due_on - 365, d.due_on, d.due_on, 365,
    (ARRAY['slipping', 'dormant', 'long_lapsed', 'active'])[1 + n / 2 %% 4], %(location)s,
    jsonb_build_array(jsonb_build_object('rule', 'due', 'passed', true, 'detail', 'due since ' || d.due_on)),
    CASE WHEN k < 2 THEN row_number() OVER (ORDER BY k, (n * 7919) %% 100003, n) END,
    '[{{"rule": "risk", "detail": "routine"}}]', d.due_on, CASE WHEN k = 2 THEN %(today)s::date - 20 END,
    CASE WHEN k = 2 THEN 'satisfied' ELSE '' END
{_OF}, generate_series(0, 2) AS k, LATERAL (SELECT %(today)s::date - 5 - (n * 37) %% 900 AS due_on) d
WHERE {_MINE} AND (k = 0 AND n %% 2 = 0 OR k = 1 AND n %% 10 = 0 OR k = 2 AND n %% 5 = 1)
"""
CAMPAIGNS = """
INSERT INTO records_campaign (organisation_id, name, state, segment, sequence_key, sequence, purpose,
    owner_id, daily_limit, holdout_percent, booking_window_days, visit_window_days, plan, launched_at,
    paused_at)
SELECT %(org)s, 'Rehearsal ' || k, CASE WHEN k = 4 THEN 'paused' ELSE 'active' END,
    jsonb_build_object('who', 'due', 'filters', jsonb_build_array(
        jsonb_build_object('field', 'definition', 'any_of',
            jsonb_build_array((%(definitions)s::text[])[1 + k %% cardinality(%(definitions)s::text[])])),
        jsonb_build_object('field', 'last_visit_months', 'from', 3))),
    %(sequence_key)s, %(sequence)s::jsonb, 'treatment_recall', %(owner)s, 50, 10, 60, 120, '{}',
    %(now)s::timestamptz - interval '120 days', CASE WHEN k = 4 THEN %(now)s::timestamptz END
FROM generate_series(1, %(campaigns)s) AS k
"""
# Of the overdue: every second is in a case or was, of those every third now, of those every tenth held out.
CASES = """
INSERT INTO records_case (organisation_id, campaign_id, patient_id, gap_id, arm, opened_at, step_index,
    next_step_at, pause_reason, first_attempt_at, last_attempt_at, reached_at, barrier, outcome, closed_at,
    outcome_detail)
SELECT %(org)s, c.ids[1 + n / 4 %% cardinality(c.ids)], g.patient_id, g.id,
    CASE WHEN is_held_out THEN 'holdout' ELSE 'contact' END, opened_at, 3,
    CASE WHEN is_open AND NOT is_held_out THEN %(now)s::timestamptz + interval '4 days' END, '',
    CASE WHEN NOT is_held_out THEN opened_at END, CASE WHEN NOT is_held_out THEN opened_at END,
    CASE WHEN NOT is_held_out AND n %% 12 = 0 THEN opened_at END, '',
    CASE WHEN is_open THEN '' WHEN n %% 5 = 0 THEN 'visit_kept' ELSE 'no_response' END,
    CASE WHEN NOT is_open THEN opened_at + interval '20 days' END, ''
FROM records_gap g JOIN records_patient p ON p.id = g.patient_id,
    LATERAL (SELECT substr(p.external_id, 2)::int AS n) i,
    LATERAL (SELECT n %% 3 = 0 AS is_open, n / 4 %% 10 = 3 AS is_held_out,
        %(now)s::timestamptz - make_interval(days => CASE WHEN n %% 3 = 0 THEN 5 + n %% 20
            ELSE 30 + n %% 80 END) AS opened_at) o,
    (SELECT array_agg(id ORDER BY id) AS ids FROM records_campaign WHERE organisation_id = %(org)s) c
WHERE p.source_id = %(source)s AND g.outreach = 'yes' AND g.closed_on IS NULL AND n %% 4 = 0
    AND g.id = (SELECT min(o.id) FROM records_gap o WHERE o.patient_id = p.id AND o.closed_on IS NULL)
"""
# Three messages of a case; the third of an open one still waits.
ATTEMPTS = """
INSERT INTO records_attempt (organisation_id, case_id, patient_id, origin, step_index, channel, reference,
    purpose, lawful_basis, contact_point_id, to_value, template_key, template_hash, language, subject, body,
    body_html, unsubscribe_url, segments, state, planned_at, due_at, expires_at, claimed_by, adapter, tries,
    sent_at, result_at, provider_message_id, error_code, reasons)
SELECT %(org)s, c.id, c.patient_id, 'campaign', k, 'sms', 'c' || c.id || '-s' || k || '-sms',
    'treatment_recall', '', cp.id, cp.value, %(template_key)s, %(template_hash)s, 'en', '', %(body)s, '', '',
    1, CASE WHEN w.waits THEN 'planned' ELSE 'delivered' END, w.at, w.at, w.at + interval '7 days', '',
    'sandbox', 0, CASE WHEN NOT w.waits THEN w.at END, CASE WHEN NOT w.waits THEN w.at END,
    CASE WHEN NOT w.waits THEN 'm' || c.id || '-' || k ELSE '' END, '', '[]'
FROM records_case c JOIN records_contactpoint cp ON cp.patient_id = c.patient_id,
    generate_series(0, 2) AS k,
    LATERAL (SELECT k = 2 AND c.closed_at IS NULL AS waits, CASE WHEN k = 2 AND c.closed_at IS NULL
        THEN %(now)s::timestamptz + interval '2 days' ELSE c.opened_at + k * interval '2 days' END AS at) w
WHERE c.organisation_id = %(org)s AND c.arm = 'contact'
"""
EVENTS = """
INSERT INTO records_attemptevent (organisation_id, attempt_id, state, at, source, code)
SELECT %(org)s, id, said.state, sent_at, said.source, ''
FROM records_attempt, (VALUES ('sent', 'worker'), ('delivered', 'provider')) AS said (state, source)
WHERE organisation_id = %(org)s AND sent_at IS NOT NULL
"""
DECISIONS = """
INSERT INTO records_guarddecision (organisation_id, patient_id, attempt_id, case_id, channel, verdict,
    reasons, decided_at, defer_until)
SELECT %(org)s, patient_id, id, case_id, channel, CASE WHEN id %% 10 = 0 THEN 'defer' ELSE 'allow' END,
    CASE WHEN id %% 10 = 0 THEN '[{"rule": "quiet_hours", "detail": ""}]'::jsonb ELSE '[]'::jsonb END,
    planned_at, CASE WHEN id %% 10 = 0 THEN planned_at + interval '8 hours' END
FROM records_attempt WHERE organisation_id = %(org)s
"""
# Every tenth first message is answered; every twentieth answer, the first among them, waits for somebody.
REPLIES = """
INSERT INTO records_reply (organisation_id, channel, provider_message_id, from_value, to_value, body,
    received_at, patient_id, case_id, attempt_id, intents, intent, language, state, handled_at, handled_by)
SELECT %(org)s, 'sms', 'r' || a.id, a.to_value, '', 'Please call me tomorrow', at, a.patient_id, a.case_id,
    a.id, '[{"intent": "call_me", "level": 3, "matched": "en.call_me"}]', 'call_me', 'en',
    CASE WHEN is_new THEN 'new' ELSE 'handled' END, CASE WHEN NOT is_new THEN at END,
    CASE WHEN is_new THEN '' ELSE 'user:' || %(owner)s END
FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM records_attempt
      WHERE organisation_id = %(org)s AND step_index = 0) a,
    LATERAL (SELECT a.place %% 200 = 1 AS is_new, a.sent_at + interval '2 hours' AS at) w
WHERE a.place %% 10 = 1
"""
TASKS = """
INSERT INTO records_task (organisation_id, kind, patient_id, case_id, attempt_id, owner_role, urgency,
    opened_at, due_at, state, disposition, barrier, note, done_at, done_by)
SELECT %(org)s, 'call', a.patient_id, a.case_id, a.id, 'front_desk', 2 + a.case_id %% 3, a.sent_at,
    a.sent_at + interval '1 day', CASE WHEN is_open THEN 'open' ELSE 'done' END,
    CASE WHEN is_open THEN '' ELSE 'no_answer' END, '', '',
    CASE WHEN NOT is_open THEN a.sent_at + interval '1 day' END,
    CASE WHEN is_open THEN '' ELSE 'user:' || %(owner)s END
FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM records_attempt
      WHERE organisation_id = %(org)s AND step_index = 1) a, LATERAL (SELECT a.place %% 20 = 1 AS is_open) w
WHERE a.place %% 5 = 1
"""
CONSENTS = f"""
INSERT INTO records_consent (organisation_id, patient_id, contact_value, channel, purpose, state, origin,
    wording, recorded_by, at)
SELECT %(org)s, p.id, '', 'all', 'all', said.state, 'import', '', 'import',
    %(now)s::timestamptz - make_interval(days => said.days)
{_OF}, (VALUES (1, 'granted', 400), (50, 'revoked', 40)) AS said (every, state, days)
WHERE {_MINE} AND n %% said.every = 0
"""
HOLDS = f"""
INSERT INTO records_automationhold (organisation_id, patient_id, kind, from_at, until_at, released_by)
SELECT %(org)s, p.id, said.kind, %(now)s, %(now)s::timestamptz + said.lasts, ''
{_OF}, (VALUES (100, 'snooze', interval '30 days'), (402, 'clinical_review', NULL))
    AS said (every, kind, lasts)
WHERE {_MINE} AND n %% said.every = 0
"""
TESTS = """
WITH tests AS (
    INSERT INTO records_wordingtest (organisation_id, campaign_id, template_key, channel, state, plan,
        content, started_at, started_by, looks, applied_variant, applied_by)
    SELECT %(org)s, id, %(template_key)s, 'sms', 'running', %(test)s::jsonb, %(arms)s::jsonb, launched_at,
        'user:' || %(owner)s, '[]', '', ''
    FROM records_campaign WHERE organisation_id = %(org)s RETURNING id, campaign_id
)
INSERT INTO records_wordingassignment (organisation_id, test_id, case_id, variant, unit, assigned_at)
SELECT %(org)s, t.id, c.id, CASE WHEN c.id %% 2 = 0 THEN '' ELSE 'b' END, 'patient:' || c.patient_id,
    c.opened_at
FROM tests t JOIN records_case c ON c.campaign_id = t.campaign_id WHERE c.arm = 'contact'
"""
