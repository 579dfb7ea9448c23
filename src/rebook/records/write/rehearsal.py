"""Invented patients with attempts that are due, in a few statements: for benches and drills only."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What every invented attempt carries."""

    organisation_id: int
    location_id: int
    sequence_key: str
    sequence: dict[str, Any]
    template_key: str
    template_hash: str
    body: str
    time_zone: str
    state: str
    # E.164 without its last seven digits, "+1212".
    area: str
    visit_type: str


SOURCE = """
INSERT INTO records_source (organisation_id, key, kind, last_synced_at)
VALUES (%(org)s, 'rehearsal', 'csv', %(now)s) RETURNING id
"""
CAMPAIGN = """
INSERT INTO records_campaign (organisation_id, name, state, segment, sequence_key, sequence, purpose,
    daily_limit, holdout_percent, booking_window_days, visit_window_days, launched_at)
VALUES (%(org)s, 'Rehearsal', 'active', '{}', %(sequence_key)s, %(sequence)s::jsonb, 'treatment_recall',
    %(count)s, 0, 60, 120, %(now)s) RETURNING id
"""
APPROVAL = """
INSERT INTO records_templateapproval (organisation_id, template_key, language, content_hash, approved_by,
    approved_at) VALUES (%(org)s, %(template_key)s, 'en', %(template_hash)s, 'system', %(now)s)
"""
PATIENTS = """
INSERT INTO records_patient (organisation_id, source_id, external_id, fact_hash, given_name, family_name,
    birth_on, sex, language, is_deceased, do_not_contact, do_not_contact_reason, time_zone, address_line,
    city, state, postal_code, home_location_id, payer_class, value_cents, preferred_channel, sensitivity,
    exclusions, household_key)
SELECT %(org)s, %(source)s, 'r' || n, decode(md5(n::text), 'hex'), 'Test', 'Person' || n,
    date '1950-01-01' + (n %% 18000), 'unknown', 'en', false, false, '', %(time_zone)s, '', '', %(state)s, '',
    %(location)s, 'unknown', 0, '', '{}', '{}',
    CASE WHEN n %% 10 = 0 THEN 'house:' || n / 20 ELSE '' END
FROM generate_series(1, %(count)s) AS n
"""
CONTACTS = """
INSERT INTO records_contactpoint (organisation_id, patient_id, system, value, line_type, rank, state,
    state_reason, is_current)
SELECT %(org)s, id, 'phone', %(area)s || (2000000 + substr(external_id, 2)::int), 'mobile', 1, 'verified', '',
    true
FROM records_patient WHERE source_id = %(source)s
"""
GAPS = """
INSERT INTO records_gap (organisation_id, patient_id, definition_key, kind, visit_type, risk_class,
    is_sensitive, due_on, overdue_on, tier, location_id, evidence, rank, rank_reasons, opened_on,
    close_reason)
SELECT %(org)s, id, 'rehearsal.visit', 'interval', %(visit_type)s, 1, false, %(due_on)s, %(due_on)s,
    'dormant', %(location)s, '[]', row_number() OVER (ORDER BY id), '[]', %(due_on)s, ''
FROM records_patient WHERE source_id = %(source)s
"""
VISITS = """
INSERT INTO records_visit (organisation_id, source_id, external_id, fact_hash, patient_id, location_id,
    appointment_external_id, visit_type, started_at)
SELECT %(org)s, %(source)s, external_id || '-' || v, decode(md5(external_id), 'hex'), id, %(location)s, '',
    %(visit_type)s, %(now)s::timestamptz - (v * interval '400 days')
FROM records_patient CROSS JOIN generate_series(1, 3) AS v WHERE source_id = %(source)s
"""
CASES = """
INSERT INTO records_case (organisation_id, campaign_id, patient_id, gap_id, arm, opened_at, step_index,
    next_step_at, pause_reason, barrier, outcome, outcome_detail)
SELECT %(org)s, %(campaign)s, g.patient_id, g.id, 'contact', %(now)s, 1, %(next_step_at)s, '', '', '', ''
FROM records_gap g JOIN records_patient p ON p.id = g.patient_id WHERE p.source_id = %(source)s
"""
ATTEMPTS = """
INSERT INTO records_attempt (organisation_id, case_id, patient_id, origin, step_index, channel, reference,
    purpose, lawful_basis, contact_point_id, to_value, template_key, template_hash, language, subject, body,
    body_html, unsubscribe_url, segments, state, planned_at, due_at, expires_at, claimed_by, adapter, tries,
    provider_message_id, error_code, reasons)
SELECT %(org)s, c.id, c.patient_id, 'campaign', 0, 'sms', 'c' || c.id || '-s0-sms', 'treatment_recall', '',
    cp.id, cp.value, %(template_key)s, %(template_hash)s, 'en', '', %(body)s, '', '', 1, 'planned', %(now)s,
    %(now)s, %(expires_at)s, '', '', 0, '', '', '[]'
FROM records_case c JOIN records_contactpoint cp ON cp.patient_id = c.patient_id
WHERE c.campaign_id = %(campaign)s
"""


def add_rehearsal(*, plan: Rehearsal, count: int, now: datetime) -> int:
    """``count`` patients, each with a number, an open gap, three old visits, a case and one attempt due now.

    The campaign's id. One in ten shares a household with another. Nothing else of the ledger is touched.
    """
    values: dict[str, Any] = {
        "org": plan.organisation_id,
        "location": plan.location_id,
        "count": count,
        "now": now,
        "due_on": (now - timedelta(days=200)).date(),
        "next_step_at": now + timedelta(days=4),
        "expires_at": now + timedelta(days=7),
        "sequence_key": plan.sequence_key,
        "sequence": json.dumps(plan.sequence),
        "template_key": plan.template_key,
        "template_hash": plan.template_hash,
        "body": plan.body,
        "time_zone": plan.time_zone,
        "state": plan.state,
        "area": plan.area,
        "visit_type": plan.visit_type,
    }
    with connection.cursor() as cursor:
        cursor.execute(SOURCE, values)
        values["source"] = cursor.fetchone()[0]
        cursor.execute(CAMPAIGN, values)
        values["campaign"] = cursor.fetchone()[0]
        for statement in (APPROVAL, PATIENTS, CONTACTS, GAPS, VISITS, CASES, ATTEMPTS):
            cursor.execute(statement, values)
    return int(values["campaign"])


def gather_statistics() -> None:
    """Let the planner know what came in, as a ledger in use would."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
