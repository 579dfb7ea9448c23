"""Who is behind each counted check: one query for each that gives patients, or rows with their patient.

``Behind.query`` gives one row for what is counted, with ``patient_id``; ``of`` counts what it is counted of.
"""

from typing import NamedTuple

from rebook.core.outreach.number_checks import AGING_DAYS

from .number_checks import SIGNS

LIVE = "p.organisation_id = %(organisation)s AND p.merged_into_id IS NULL"
ACTIVE = f"{LIVE} AND NOT p.is_deceased AND p.left_practice_on IS NULL"
USABLE = "c.organisation_id = %(organisation)s AND c.is_current AND c.state IN ('unverified', 'verified')"
BOOKED = "('proposed', 'pending', 'booked', 'waitlist')"
# Number types that take a text; an unknown type is tried.
TEXTED = "c.system = 'phone' AND c.line_type NOT IN ('fixed_line', 'toll_free')"

PEOPLE = f"SELECT count(*) FROM records_patient p WHERE {ACTIVE}"
EVERYBODY = f"SELECT count(*) FROM records_patient p WHERE {LIVE}"


class Behind(NamedTuple):
    query: str
    of: str


def _people(condition: str) -> Behind:
    return Behind(f"SELECT p.id AS patient_id FROM records_patient p WHERE {ACTIVE} AND {condition}", PEOPLE)


def _has_point(condition: str) -> str:
    mine = f"SELECT 1 FROM records_contactpoint c WHERE c.patient_id = p.id AND {USABLE}"
    return f"EXISTS ({mine} AND {condition})"


def _rows(table: str, of: str, condition: str) -> Behind:
    base = f"FROM {table} t WHERE t.organisation_id = %(organisation)s AND {of}"
    return Behind(f"SELECT t.patient_id {base} AND {condition}", f"SELECT count(*) {base}")


def _no_consent(channel: str, point: str) -> Behind:
    """Reachable patients without a grant that stands for marketing on this channel."""
    said = f"""EXISTS (SELECT 1 FROM records_consent s WHERE s.patient_id = p.id AND s.state = 'granted'
        AND s.channel IN ('all', '{channel}') AND s.purpose IN ('all', 'marketing')
        AND NOT EXISTS (SELECT 1 FROM records_consent r WHERE r.patient_id = p.id AND r.state = 'revoked'
            AND r.channel IN ('all', '{channel}') AND r.purpose IN ('all', 'marketing') AND r.at >= s.at))"""
    of = f"SELECT count(*) FROM records_patient p WHERE {ACTIVE} AND {_has_point(point)}"
    return Behind(_people(f"{_has_point(point)} AND NOT {said}").query, of)


_SAME_NAME = f"""
WITH people AS (
    SELECT p.id, p.birth_on, p.exclusions,
        lower(regexp_replace(p.given_name, '[^[:alnum:]]', '', 'g')) AS given,
        lower(regexp_replace(p.family_name, '[^[:alnum:]]', '', 'g')) AS family
    FROM records_patient p WHERE {ACTIVE} AND p.birth_on IS NOT NULL
), counted AS (
    SELECT *, count(*) OVER (PARTITION BY birth_on, given, family) AS same,
        bool_or('possible_duplicate' = ANY(exclusions)) OVER (PARTITION BY birth_on, given, family) AS marked
    FROM people WHERE given <> '' AND family <> ''
)
SELECT id AS patient_id FROM counted WHERE same > 1 AND NOT marked
"""
_SHARED = f"""
SELECT DISTINCT p.id AS patient_id FROM records_patient p
JOIN records_contactpoint c ON c.patient_id = p.id AND {USABLE}
WHERE {ACTIVE} AND (c.system, c.value) IN (
    SELECT c.system, c.value FROM records_contactpoint c WHERE {USABLE}
    GROUP BY 1, 2 HAVING count(DISTINCT c.patient_id) > 8)
"""
_DEAD = f"""
SELECT p.id AS patient_id FROM records_patient p WHERE {LIVE} AND p.is_deceased AND (
    EXISTS (SELECT 1 FROM records_visit v WHERE v.patient_id = p.id
        AND v.started_at > p.deceased_on + interval '30 days')
    OR EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = p.id AND a.starts_at > %(now)s
        AND a.status IN {BOOKED}))
"""
_MINORS = f"""
SELECT p.id AS patient_id FROM records_patient p
LEFT JOIN records_patient g ON g.id = p.responsible_patient_id
WHERE {ACTIVE} AND p.birth_on > %(adult_since)s
    AND (g.id IS NULL OR g.is_deceased OR g.birth_on > %(adult_since)s)
"""
# R-A152: time to ask them for a number of their own.
_COMING_OF_AGE = f"""
SELECT p.id AS patient_id FROM records_patient p JOIN records_patient g ON g.id = p.responsible_patient_id
WHERE {ACTIVE} AND p.birth_on > %(adult_since)s AND p.birth_on <= %(adult_soon)s AND NOT g.is_deceased
"""
_MANY = f"""
SELECT a.patient_id FROM records_appointment a JOIN records_patient p ON p.id = a.patient_id
WHERE {LIVE} GROUP BY 1 HAVING count(*) > 1000
"""
_LANGUAGE = "split_part(lower(p.language), '-', 1)"
_UNKNOWN_KIND = "(t.visit_type = '' OR NOT t.visit_type = ANY(%(visit_types)s))"
_BOTH = """(
    SELECT organisation_id, patient_id, visit_type FROM records_visit
    UNION ALL SELECT organisation_id, patient_id, visit_type FROM records_appointment)"""
_POINTS = "SELECT count(*) FROM records_contactpoint c JOIN records_patient p ON p.id = c.patient_id"
_OPTED_OUT = "EXISTS (SELECT 1 FROM records_consent s WHERE s.patient_id = p.id AND s.state = 'revoked')"
_NOT_SEEN = """NOT EXISTS (SELECT 1 FROM records_visit v WHERE v.patient_id = p.id
    AND v.started_at > %(two_years_ago)s)
    AND NOT EXISTS (SELECT 1 FROM records_appointment a WHERE a.patient_id = p.id
    AND a.status IN ('arrived', 'fulfilled', 'checked-in') AND a.starts_at > %(two_years_ago)s)"""

_CHECKED = """c.system = 'phone' AND '{kind}' = (SELECT m.kind FROM records_numbermark m
    WHERE m.organisation_id = c.organisation_id AND m.value = c.value AND m.ended_at IS NULL
    AND m.kind <> 'blocked' ORDER BY m.at DESC, m.id DESC LIMIT 1)"""
# Only where the practice has numbers checked: what the guard holds back for want of a sign and of an answer.
_MUST_BE_CHECKED = """(SELECT nullif((o.settings -> 'guard' ->> 'unchecked_number_days')::int, 0)
    FROM accounts_organisation o WHERE o.id = %(organisation)s)"""
_CHECKED_OF = f"{SIGNS} SELECT count(*) FROM signs WHERE {_MUST_BE_CHECKED} IS NOT NULL"
_SIGNS_AND_CHECKS = f"""{SIGNS}
SELECT signs.patient_id FROM signs
LEFT JOIN checks ON checks.value = signs.value AND checks.kind <> 'no_data'"""
_NO_SIGN = """greatest(signs.at, checks.at) IS NULL
    OR greatest(signs.at, checks.at) <= %(now)s - {days} * interval '1 day'"""
_UNCHECKED = f"""{_SIGNS_AND_CHECKS}
WHERE {_MUST_BE_CHECKED} IS NOT NULL AND ({_NO_SIGN.format(days=_MUST_BE_CHECKED)})"""
_FROM_THEM = "('', 'patient_form', 'patient_page', 'patient_said')"


def _points(condition: str) -> Behind:
    base = "FROM records_contactpoint c JOIN records_patient p ON p.id = c.patient_id"
    usable = f"{base} WHERE {ACTIVE} AND {USABLE}"
    return Behind(f"SELECT c.patient_id {usable} AND {condition}", f"SELECT count(*) {usable}")


BEHIND: dict[str, Behind] = {
    "past_still_booked": _rows(
        "records_appointment",
        "t.starts_at < %(yesterday)s AND t.starts_at > %(year_ago)s",
        f"t.status IN {BOOKED}",
    ),
    "booking_date_missing": _rows("records_appointment", "true", "t.booked_at IS NULL"),
    "cancellation_date_missing": _rows(
        "records_appointment", "t.status = 'cancelled'", "t.cancelled_at IS NULL"
    ),
    "visit_in_future": _rows("records_visit", "true", "t.started_at > %(tomorrow)s"),
    "visit_type_missing": _rows(_BOTH, "true", _UNKNOWN_KIND),
    "procedure_unmapped": _rows("records_procedure", "true", "t.kind = ''"),
    "condition_unmapped": _rows("records_condition", "true", "t.kind = ''"),
    "coming_of_age": Behind(_COMING_OF_AGE, PEOPLE),
    "many_appointments": Behind(_MANY, EVERYBODY),
    "duplicate_marked": _people("'possible_duplicate' = ANY(p.exclusions)"),
    "duplicate_likely": Behind(_SAME_NAME, PEOPLE),
    "shared_number": Behind(_SHARED, PEOPLE),
    "birth_date_missing": _people("p.birth_on IS NULL"),
    "death_contradicted": Behind(_DEAD, EVERYBODY),
    "minor_without_adult": Behind(_MINORS, PEOPLE),
    "language_unknown": _people("p.language = ''"),
    "language_unsupported": _people(f"p.language <> '' AND NOT {_LANGUAGE} = ANY(%(languages)s)"),
    "unreachable": _people(f"NOT {_has_point('true')}"),
    "reachable_sms": _people(_has_point(TEXTED)),
    "reachable_email": _people(_has_point("c.system = 'email'")),
    "reachable_phone": _people(_has_point("c.system = 'phone'")),
    "contact_bounced": Behind(
        f"""SELECT c.patient_id FROM records_contactpoint c JOIN records_patient p ON p.id = c.patient_id
        WHERE {ACTIVE} AND c.is_current AND c.state NOT IN ('unverified', 'verified')""",
        f"{_POINTS} WHERE {ACTIVE} AND c.is_current",
    ),
    "contact_stale": Behind(
        f"""SELECT c.patient_id FROM records_contactpoint c JOIN records_patient p ON p.id = c.patient_id
        WHERE {ACTIVE} AND c.is_current AND c.state = 'unverified' AND {_NOT_SEEN}""",
        f"{_POINTS} WHERE {ACTIVE} AND {USABLE}",
    ),
    "opted_out": _people(_OPTED_OUT),
    "number_source_unknown": _points("c.number_source = ''"),
    "number_from_elsewhere": _points(f"c.number_source NOT IN {_FROM_THEM}"),
    "number_of_somebody_else": _points(_CHECKED.format(kind="reassigned")),
    "number_check_due": Behind(
        f"{_SIGNS_AND_CHECKS} WHERE signs.value LIKE '+1%%' AND ({_NO_SIGN.format(days=AGING_DAYS)})",
        f"{SIGNS} SELECT count(*) FROM signs WHERE value LIKE '+1%%'",
    ),
    "number_check_missing": Behind(_UNCHECKED, _CHECKED_OF),
    "sms_marketing_without_consent": _no_consent("sms", TEXTED),
    "phone_marketing_without_consent": _no_consent("phone", "c.system = 'phone'"),
}
