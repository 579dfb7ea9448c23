"""What is unsafe in the records, found set by set: households, doubles, deaths, junk numbers.

Nothing is merged and nothing is deleted here: a word, a state or a task says what a person should look at.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from rebook.records.write.people import POSSIBLE_DUPLICATE

# A number that more people share is a switchboard or a stopgap, not a home.
HOUSEHOLD_MOST = 8
_USABLE = "{0}.is_current AND {0}.state NOT IN ('invalid', 'wrong_person')"

_LINKS = f"""
CREATE TEMPORARY TABLE household_link AS
WITH shared AS (
    SELECT system, value, min(patient_id) AS first FROM records_contactpoint c
    WHERE c.organisation_id = %(organisation)s AND {_USABLE.format("c")}
    GROUP BY system, value HAVING count(DISTINCT patient_id) BETWEEN 2 AND {HOUSEHOLD_MOST}
), pairs AS (
    SELECT c.patient_id AS a, s.first AS b FROM records_contactpoint c
    JOIN shared s USING (system, value) WHERE c.organisation_id = %(organisation)s AND {_USABLE.format("c")}
    UNION
    SELECT id, responsible_patient_id FROM records_patient
    WHERE organisation_id = %(organisation)s AND responsible_patient_id IS NOT NULL
)
SELECT a, b FROM pairs WHERE a <> b UNION SELECT b, a FROM pairs WHERE a <> b
"""
_LABELS = (
    "CREATE TEMPORARY TABLE household_label AS SELECT DISTINCT a AS patient, a AS label FROM household_link"
)
_SPREAD = """
UPDATE household_label l SET label = near.label FROM (
    SELECT k.a, min(x.label) AS label
    FROM household_link k JOIN household_label x ON x.patient = k.b GROUP BY k.a
) near WHERE near.a = l.patient AND near.label < l.label
"""
_HOUSEHOLDS = """
UPDATE records_patient p SET household_key = coalesce('h' || l.label, '')
FROM records_patient q LEFT JOIN household_label l ON l.patient = q.id
WHERE p.id = q.id AND q.organisation_id = %(organisation)s
    AND p.household_key <> coalesce('h' || l.label, '')
"""

# The same name, the same birth date, and the same number or address. Twins differ in the given name,
# a junior in the birth date.
_DOUBLES = f"""
CREATE TEMPORARY TABLE double AS
WITH people AS (
    SELECT id, birth_on,
        lower(regexp_replace(split_part(given_name, ' ', 1), '[^[:alnum:]]', '', 'g')) AS given,
        lower(regexp_replace(family_name, '[^[:alnum:]]', '', 'g')) AS family,
        lower(regexp_replace(address_line || postal_code, '[^[:alnum:]]', '', 'g')) AS address
    FROM records_patient
    WHERE organisation_id = %(organisation)s AND merged_into_id IS NULL AND birth_on IS NOT NULL
)
SELECT younger.id AS younger, min(older.id) AS older
FROM people older JOIN people younger USING (birth_on, given, family)
WHERE older.id < younger.id AND given <> '' AND family <> '' AND (
    (older.address = younger.address AND char_length(older.address) > 5)
    OR EXISTS (
        SELECT FROM records_contactpoint a JOIN records_contactpoint b USING (system, value)
        WHERE a.patient_id = older.id AND b.patient_id = younger.id
            AND {_USABLE.format("a")} AND {_USABLE.format("b")})
)
GROUP BY younger.id
"""
_NOTE = "'possible duplicate of patient ' || d.older"
# A closed task is a person's answer: these two are not the same, or it has been dealt with.
_DOUBLE_OPEN = f"""
SELECT d.younger FROM double d WHERE NOT EXISTS (
    SELECT FROM records_task t WHERE t.organisation_id = %(organisation)s AND t.patient_id = d.younger
        AND t.kind = 'data_quality' AND t.note = {_NOTE} AND t.state <> 'open')
"""
_MARK = f"""
UPDATE records_patient SET exclusions = array_append(exclusions, '{POSSIBLE_DUPLICATE}')
WHERE organisation_id = %(organisation)s AND NOT '{POSSIBLE_DUPLICATE}' = ANY(exclusions)
    AND id IN ({_DOUBLE_OPEN})
"""
_UNMARK = f"""
UPDATE records_patient SET exclusions = array_remove(exclusions, '{POSSIBLE_DUPLICATE}')
WHERE organisation_id = %(organisation)s AND '{POSSIBLE_DUPLICATE}' = ANY(exclusions)
    AND id NOT IN ({_DOUBLE_OPEN})
"""

_DECEASED_SEEN = """
CREATE TEMPORARY TABLE seen_after_death AS
SELECT DISTINCT p.id AS patient FROM records_patient p
WHERE p.organisation_id = %(organisation)s AND p.is_deceased AND p.merged_into_id IS NULL AND (
    EXISTS (SELECT FROM records_visit v WHERE v.patient_id = p.id
        AND v.started_at > p.deceased_on + interval '30 days')
    OR EXISTS (SELECT FROM records_appointment a WHERE a.patient_id = p.id AND a.starts_at > %(now)s
        AND a.status IN ('proposed', 'pending', 'booked', 'waitlist')))
"""
_TASK = """
INSERT INTO records_task (organisation_id, kind, patient_id, owner_role, urgency, opened_at, due_at, state,
    disposition, barrier, note, done_by)
SELECT %(organisation)s, 'data_quality', found.patient, 'front_desk', 4, %(now)s, %(due)s, 'open', '', '',
    found.note, ''
FROM ({found}) found
WHERE NOT EXISTS (SELECT FROM records_task t WHERE t.organisation_id = %(organisation)s
    AND t.patient_id = found.patient AND t.kind = 'data_quality' AND t.note = found.note)
"""
_SETTLED = f"""
UPDATE records_task t SET state = 'cancelled', done_at = %(now)s, done_by = 'system'
WHERE t.organisation_id = %(organisation)s AND t.kind = 'data_quality' AND t.state = 'open'
    AND t.note LIKE 'possible duplicate of patient %%'
    AND NOT EXISTS (SELECT FROM double d WHERE d.younger = t.patient_id AND t.note = {_NOTE})
"""

# Numbers of services and of nobody, and addresses that front desks type when they have none.
_JUNK_PHONE = r"^(\+1)?(555\d{7}|\d{3}5551212)$|^\+?\d{0,3}(911|988|999|112|000)$|(\d)\4{6,}$"
_JUNK_EMAIL = (
    r"^(no|none|na|n/a|noemail|no-?mail|unknown|declined|refused|test|patient|nobody|fake)([._-]?\w*)?@"
    r"(none|no|na|noemail|nomail|test|fake|unknown|declined|email|nowhere)\."
)
_JUNK = """
UPDATE records_contactpoint SET state = 'invalid', state_reason = 'nobody is reached there',
    state_changed_at = %(now)s
WHERE organisation_id = %(organisation)s AND state IN ('unverified', 'unreachable') AND (
    (system = 'phone' AND value ~ %(junk_phone)s) OR (system = 'email' AND value ~* %(junk_email)s))
"""
_MINORS = """
SELECT count(*) FROM records_patient p LEFT JOIN records_patient g ON g.id = p.responsible_patient_id
WHERE p.organisation_id = %(organisation)s AND p.birth_on > %(adult_since)s AND NOT p.is_deceased
    AND p.merged_into_id IS NULL AND (g.id IS NULL OR g.is_deceased OR g.birth_on > %(adult_since)s)
"""


def clean(*, organisation_id: int, now: datetime, adult_since: date) -> dict[str, int]:
    """Run every rule; counts of rows changed, and of minors without an adult (who are only counted).

    People born after ``adult_since`` are minors.
    """
    parameters: dict[str, Any] = {
        "organisation": organisation_id,
        "now": now,
        "due": now + timedelta(days=14),
        "adult_since": adult_since,
        "junk_phone": _JUNK_PHONE,
        "junk_email": _JUNK_EMAIL,
    }
    # Junk first: nobody shares a home because both have 000-0000.
    counts = {"contact_points_junk": _run(_JUNK, parameters)}
    counts["households_changed"] = _households(parameters)
    counts |= _doubles(parameters)
    counts["deceased_seen_later"] = _deceased(parameters)
    with connection.cursor() as cursor:
        cursor.execute(_MINORS, parameters)
        counts["minors_without_adult"] = cursor.fetchone()[0]
    return counts


def _households(parameters: dict[str, Any]) -> int:
    """Everybody who is linked to everybody else, directly or through others, gets the lowest id as key."""
    _forget("household_link", "household_label")
    _run(_LINKS, parameters)
    _run(_LABELS, parameters)
    _run("ANALYZE household_link", parameters)
    _run("ANALYZE household_label", parameters)
    # Each round carries the lowest id one link further; a chain is never longer than its people.
    while _run(_SPREAD, parameters):
        pass
    return _run(_HOUSEHOLDS, parameters)


def _doubles(parameters: dict[str, Any]) -> dict[str, int]:
    _forget("double")
    _run(_DOUBLES, parameters)
    found = f"SELECT d.younger AS patient, {_NOTE} AS note FROM double d"
    return {
        "duplicate_tasks_settled": _run(_SETTLED, parameters),
        "duplicate_tasks_opened": _run(_TASK.replace("{found}", found), parameters),
        "possible_duplicates_marked": _run(_MARK, parameters),
        "possible_duplicates_cleared": _run(_UNMARK, parameters),
    }


def _deceased(parameters: dict[str, Any]) -> int:
    _forget("seen_after_death")
    _run(_DECEASED_SEEN, parameters)
    found = "SELECT patient, 'recorded as deceased, but seen or booked later' AS note FROM seen_after_death"
    return _run(_TASK.replace("{found}", found), parameters)


def _run(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _forget(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
