"""Patients with their contact points and consents.

What a source says never overwrites what people said to Rebook: an opt-out, a do-not-contact, a death,
the state of a contact point, a merge (R-A177, R-A156).
"""

from typing import Any

from django.db import connection

from rebook.records.models import Patient
from rebook.records.write.facts_merge import LOCATION, PRACTITIONER, Merge
from rebook.records.write.people import DO_NOT_CONTACT_BY_SOURCE, OWN_EXCLUSIONS

_TEXTS = ("given_name", "family_name", "time_zone", "address_line", "city", "state", "postal_code")
_SAID_BY_PEOPLE = f"t.do_not_contact AND t.do_not_contact_reason <> '{DO_NOT_CONTACT_BY_SOURCE}'"
_REASON = f"CASE WHEN f.do_not_contact THEN '{DO_NOT_CONTACT_BY_SOURCE}' ELSE '' END"
_OWN = ", ".join(f"'{word}'" for word in OWN_EXCLUSIONS)

# Counted as part of the fact: a changed number is a changed patient. How it came is only added where a source
# says so, which leaves the others unchanged.
_CONTACTS = """(SELECT md5(string_agg(ROW(c.system, c.value, c.line_type, c.rank, c.problem)::text
    || coalesce('|' || c.number_source, '') || coalesce('|' || c.given_on::text, '')
    || coalesce('|' || c.given_for::text, ''), '|'
    ORDER BY c.system, c.value, c.rank)) FROM import_contact c WHERE c.seq = s.seq)"""
_CONSENTS = """(SELECT md5(string_agg(ROW(c.channel, c.state, c.wording, c.at)::text, '|'
    ORDER BY c.channel, c.state)) FROM import_consent c WHERE c.seq = s.seq)"""

PATIENTS = Merge(
    "patient",
    Patient,
    {
        **{name: f"coalesce(s.{name}, '')" for name in _TEXTS},
        "birth_on": "s.birth_on",
        "sex": "s.sex",
        "language": "coalesce(s.language, '')",
        "is_deceased": "(s.is_deceased OR s.deceased_on IS NOT NULL)",
        "deceased_on": "s.deceased_on",
        "left_practice_on": "s.left_practice_on",
        "do_not_contact": "s.do_not_contact",
        "home_location_id": "l.id",
        "practitioner_id": "r.id",
        "payer_class": "coalesce(s.payer_class, 'unknown')",
        "value_cents": "s.value_cents",
        "preferred_channel": "coalesce(s.preferred_channel, '')",
        "sensitivity": "s.sensitivity",
        "exclusions": "s.exclusions",
    },
    joins=LOCATION + PRACTITIONER,
    kept={
        "language": "coalesce(nullif(f.language, ''), t.language)",
        "preferred_channel": "coalesce(nullif(f.preferred_channel, ''), t.preferred_channel)",
        "is_deceased": "f.is_deceased OR t.is_deceased",
        "deceased_on": "coalesce(f.deceased_on, t.deceased_on)",
        "left_practice_on": "coalesce(f.left_practice_on, t.left_practice_on)",
        "do_not_contact": f"f.do_not_contact OR ({_SAID_BY_PEOPLE})",
        "do_not_contact_reason": (
            f"CASE WHEN {_SAID_BY_PEOPLE} THEN t.do_not_contact_reason ELSE {_REASON} END"
        ),
        "exclusions": (
            f"ARRAY(SELECT word FROM unnest(f.exclusions) word UNION"
            f" SELECT word FROM unnest(t.exclusions) word WHERE word IN ({_OWN}) ORDER BY 1)"
        ),
    },
    defaults={
        "do_not_contact_reason": _REASON,
        "household_key": "''",
    },
    hashed=(_CONTACTS, _CONSENTS),
    is_referred_to=True,
)

_RESPONSIBLE = """
UPDATE records_patient t SET responsible_patient_id = coalesce(g.merged_into_id, g.id)
FROM ready_patient f
JOIN import_patient s ON s.seq = f.seq
JOIN records_patient g ON g.organisation_id = %(organisation)s AND g.source_id = %(source)s
    AND g.external_id = s.responsible_patient_id
WHERE t.organisation_id = %(organisation)s AND t.source_id = %(source)s AND t.external_id = f.external_id
    AND coalesce(g.merged_into_id, g.id) <> t.id
    AND t.responsible_patient_id IS DISTINCT FROM coalesce(g.merged_into_id, g.id)
"""
_RESPONSIBLE_MISSING = """
INSERT INTO import_reject (seq, file, line, field, reason, entity)
SELECT f.seq, f.file, f.line, 'responsible_patient_id',
    'the responsible person was not found; the patient was taken without', 'patient'
FROM ready_patient f JOIN import_patient s ON s.seq = f.seq
WHERE f.problem IS NULL AND s.responsible_patient_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM records_patient g WHERE g.organisation_id = %(organisation)s
        AND g.source_id = %(source)s AND g.external_id = s.responsible_patient_id)
"""

# Only of patients that are new or changed: what staff added stays until the source says something new.
_CONTACTS_READY = """
CREATE TEMPORARY TABLE ready_contact AS
SELECT DISTINCT ON (p.id, c.system, c.value) p.id AS patient_id, c.system, c.value, c.rank,
    coalesce(c.line_type, '') AS line_type, coalesce(c.problem, '') AS problem,
    coalesce(c.number_source, '') AS number_source, c.given_on, coalesce(c.given_for, '{}') AS given_for
FROM ready_patient f
JOIN records_patient p ON p.organisation_id = %(organisation)s AND p.source_id = %(source)s
    AND p.external_id = f.external_id
JOIN import_contact c ON c.seq = f.seq
WHERE f.differs AND f.problem IS NULL AND c.value IS NOT NULL
ORDER BY p.id, c.system, c.value, c.rank
"""
_CONTACTS_GONE = """
UPDATE records_contactpoint t SET is_current = false
FROM ready_patient f
JOIN records_patient p ON p.organisation_id = %(organisation)s AND p.source_id = %(source)s
    AND p.external_id = f.external_id
WHERE f.differs AND f.problem IS NULL AND f.target_id IS NOT NULL AND t.patient_id = p.id AND t.is_current
    AND NOT EXISTS (SELECT FROM ready_contact c WHERE c.patient_id = t.patient_id
        AND c.system = t.system AND c.value = t.value)
    AND NOT EXISTS (SELECT FROM records_confidentialrequest w WHERE w.patient_id = t.patient_id
        AND w.ended_at IS NULL AND t.value IN (w.phone, w.email))
"""
_CONTACTS_AGAIN = """
UPDATE records_contactpoint t SET is_current = true, rank = c.rank, line_type = c.line_type
FROM ready_contact c
WHERE t.patient_id = c.patient_id AND t.system = c.system AND t.value = c.value
    AND (NOT t.is_current OR t.rank <> c.rank OR t.line_type <> c.line_type)
"""
# What a person wrote down of how a number came outlasts every import; what the source no longer says stays.
_CONTACTS_SOURCE = """
UPDATE records_contactpoint t
SET number_source = c.number_source, given_on = c.given_on, given_for = c.given_for
FROM ready_contact c
WHERE t.patient_id = c.patient_id AND t.system = c.system AND t.value = c.value
    AND t.source_noted_by = '' AND (c.number_source <> '' OR c.given_on IS NOT NULL OR c.given_for <> '{}')
    AND (t.number_source::text, t.given_on, t.given_for::text[])
        IS DISTINCT FROM (c.number_source, c.given_on, c.given_for)
"""
_CONTACTS_NEW = """
INSERT INTO records_contactpoint (organisation_id, patient_id, system, value, line_type, rank, state,
    state_reason, state_changed_at, is_current, number_source, given_on, given_for)
SELECT %(organisation)s, c.patient_id, c.system, c.value, c.line_type, c.rank,
    CASE WHEN c.problem = '' THEN 'unverified' ELSE 'invalid' END, c.problem,
    CASE WHEN c.problem = '' THEN NULL ELSE %(now)s::timestamptz END, true,
    c.number_source, c.given_on, c.given_for
FROM ready_contact c
WHERE NOT EXISTS (SELECT FROM records_contactpoint t WHERE t.patient_id = c.patient_id
    AND t.system = c.system AND t.value = c.value)
"""

# R-A177. A statement in the future would outlast an opt-out made after it: it counts as made now.
# An imported yes never lifts a no that reached Rebook itself, whatever its date (R-A54): ``o`` is such a
# no that no later yes of the person has lifted.
_CONSENTS_NEW = """
INSERT INTO records_consent (organisation_id, patient_id, contact_value, channel, purpose, state, origin,
    wording, recorded_by, at)
SELECT %(organisation)s, said.patient_id, '', said.channel, 'all', said.state, 'import', said.wording,
    %(recorded_by)s, said.at
FROM (
    SELECT DISTINCT ON (p.id, c.channel) p.id AS patient_id, c.channel, c.state,
        coalesce(c.wording, '') AS wording, c.at AS known_at,
        least(coalesce(c.at, %(now)s::timestamptz), %(now)s::timestamptz) AS at
    FROM ready_patient f
    JOIN records_patient p ON p.organisation_id = %(organisation)s AND p.source_id = %(source)s
        AND p.external_id = f.external_id
    JOIN import_consent c ON c.seq = f.seq
    WHERE f.differs AND f.problem IS NULL
    ORDER BY p.id, c.channel, c.at DESC NULLS LAST, c.state DESC
) said
LEFT JOIN LATERAL (
    SELECT state, at FROM records_consent i WHERE i.patient_id = said.patient_id
        AND i.channel = said.channel AND i.purpose = 'all' AND i.origin = 'import'
        ORDER BY i.at DESC, i.id DESC LIMIT 1
) last ON true
WHERE last.state IS DISTINCT FROM said.state
    AND NOT coalesce(said.known_at < last.at, false)
    AND NOT (said.state = 'granted' AND EXISTS (
        SELECT FROM records_consent o
        WHERE o.organisation_id = %(organisation)s AND o.state = 'revoked' AND o.origin <> 'import'
            AND (o.channel IN (said.channel, 'all') OR said.channel = 'all')
            AND (o.patient_id = said.patient_id OR o.contact_value IN (
                SELECT value FROM records_contactpoint n WHERE n.patient_id = said.patient_id))
            AND NOT EXISTS (
                SELECT FROM records_consent g WHERE g.organisation_id = o.organisation_id
                    AND g.state = 'granted' AND g.origin NOT IN ('import', 'staff') AND g.at > o.at
                    AND g.channel IN (o.channel, 'all')
                    AND (g.patient_id = o.patient_id OR g.contact_value = nullif(o.contact_value, '')))))
"""


def finish_patients(parameters: dict[str, Any]) -> dict[str, int]:
    """Responsible persons, contact points and consents of the patients just merged. Returns counts."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RESPONSIBLE, parameters)
        counts["responsible_set"] = cursor.rowcount
        cursor.execute(_RESPONSIBLE_MISSING, parameters)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.ready_contact")
        cursor.execute(_CONTACTS_READY, parameters)
        cursor.execute("ANALYZE ready_contact")
        cursor.execute(_CONTACTS_GONE, parameters)
        counts["contacts_no_longer_listed"] = cursor.rowcount
        cursor.execute(_CONTACTS_AGAIN, parameters)
        counts["contacts_updated"] = cursor.rowcount
        cursor.execute(_CONTACTS_SOURCE, parameters)
        counts["contacts_source_noted"] = cursor.rowcount
        cursor.execute(_CONTACTS_NEW, parameters)
        counts["contacts_created"] = cursor.rowcount
        cursor.execute(_CONSENTS_NEW, parameters)
        counts["consents_added"] = cursor.rowcount
    return counts
