"""An invented practice in the ledger, in a few statements, and one day's changes of it: for benches only."""

from typing import Any

from django.db import connection

_TYPES = "(ARRAY['hygiene', 'dental_exam', 'restorative', 'annual_visit', 'mammogram', 'acute', 'follow_up'])"
_STATUSES = "(ARRAY['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'cancelled', 'noshow'])"
SOURCE = """
INSERT INTO records_source (organisation_id, key, kind) VALUES (%(org)s, 'rehearsal', 'csv') RETURNING id
"""
PATIENTS = """
INSERT INTO records_patient (organisation_id, source_id, external_id, fact_hash, given_name, family_name,
    birth_on, sex, language, is_deceased, do_not_contact, do_not_contact_reason, time_zone, address_line,
    city, state, postal_code, payer_class, value_cents, preferred_channel, sensitivity, exclusions,
    household_key)
SELECT %(org)s, %(source)s, 'r' || n, '', 'Test', 'Person' || n,
    date '1935-01-01' + (n * 7919) %% 33000, (ARRAY['female', 'male'])[1 + n %% 2], 'en', false, false, '',
    '', '', '', '', '', 'unknown', 0, '', '{}', '{}', ''
FROM generate_series(1, %(count)s) AS n
"""
APPOINTMENTS = f"""
INSERT INTO records_appointment (organisation_id, source_id, external_id, fact_hash, patient_id, visit_type,
    status, starts_at, cancelled_by)
SELECT %(org)s, %(source)s, p.external_id || '-' || k, '', p.id, {_TYPES}[1 + (p.id + k * 3) %% 7],
    {_STATUSES}[1 + (p.id * 31 + k) %% 6],
    %(day)s::timestamptz - make_interval(days => (1 + (p.id * 1103 + k * 367) %% 2500)::int), ''
FROM records_patient p, generate_series(1, 10) AS k WHERE p.source_id = %(source)s
"""
# Every hundredth patient came today, another hundredth in turn on each day.
CHANGES = """
INSERT INTO records_visit (organisation_id, source_id, external_id, fact_hash, patient_id,
    appointment_external_id, visit_type, started_at)
SELECT %(org)s, %(source)s, p.external_id || '-' || %(turn)s, '', p.id, '', 'hygiene', %(day)s::timestamptz
FROM records_patient p WHERE p.source_id = %(source)s AND (p.id + %(turn)s) %% %(every)s = 0
"""


def add_practice(*, organisation_id: int, patients: int, day: str) -> int:
    """Invent patients with ten appointments each before ``day`` (ISO); returns the id of their source."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCE, {"org": organisation_id})
        values: dict[str, Any] = {
            "org": organisation_id,
            "source": int(cursor.fetchone()[0]),
            "count": patients,
            "day": day,
        }
        for statement in (PATIENTS, APPOINTMENTS):
            cursor.execute(statement, values)
        return int(values["source"])


def add_day(*, organisation_id: int, source_id: int, day: str, turn: int, every: int = 100) -> int:
    """Every ``every``-th patient comes on ``day``, others each ``turn``; returns how many came."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "org": organisation_id,
            "source": source_id,
            "day": day,
            "turn": turn,
            "every": every,
        }
        cursor.execute(CHANGES, values)
        return int(cursor.rowcount)


def refresh_statistics() -> None:
    """Let the planner look at what was added; outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE records_patient, records_appointment, records_visit, records_gapoutlook"
        )
