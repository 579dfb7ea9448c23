"""Statements of the backtest's bookkeeping: which listing began when, and what came of it.

No rule is in here: who is due is said by the definitions, whose findings these statements only remember.
They run on DuckDB whatever judged the population. A listing is (patient, key, anchor): booked and listed
again for the same missed visit is one listing; the next cycle, counted from a later visit, is another.
"""

PEOPLE = """
CREATE OR REPLACE TABLE base_people AS SELECT patient_id, merged_into_id FROM {patients}
"""
LISTING = """
CREATE OR REPLACE TEMP TABLE {name} (
    patient_id BIGINT, key VARCHAR, anchor_on DATE, reason VARCHAR, kind VARCHAR, risk_class SMALLINT,
    visit_type VARCHAR, due_on DATE, first_on DATE, last_on DATE)
"""

# One judged day, by one plan: what is open, each under the record that its patient was merged into since.
FOUND = """
CREATE OR REPLACE TABLE {found} AS
SELECT coalesce(p.merged_into_id, f.patient_id) AS patient_id, f.definition_key AS key,
    coalesce(f.anchor_on, DATE '0001-01-01') AS anchor_on, split_part(f.definition_key, ':', 1) AS reason,
    f.kind, f.risk_class, f.visit_type, f.due_on, f.tier, f.location_id
FROM findings f LEFT JOIN base_people p ON p.patient_id = f.patient_id
WHERE f.verdict = 'open' AND {wanted}
"""

# What of it a setting takes in; ``filters`` is made from checked words and numbers.
TODAY = """
CREATE OR REPLACE TEMP TABLE today AS
SELECT patient_id, key, anchor_on, any_value(reason) AS reason, any_value(kind) AS kind,
    any_value(risk_class) AS risk_class, any_value(visit_type) AS visit_type, min(due_on) AS due_on
FROM {found} f WHERE true {filters} GROUP BY patient_id, key, anchor_on
"""
SEEN_AGAIN = """
UPDATE {name} l SET last_on = ? FROM today t
WHERE l.patient_id = t.patient_id AND l.key = t.key AND l.anchor_on = t.anchor_on
"""
NEW = """
INSERT INTO {name} SELECT t.*, ?, ? FROM today t ANTI JOIN {name} l
ON l.patient_id = t.patient_id AND l.key = t.key AND l.anchor_on = t.anchor_on
"""

# What of the records may close a listing: visits and procedures after the first judged day.
CAME = """
CREATE OR REPLACE TEMP TABLE came AS
SELECT patient_id, 'visit' AS what, visit_type AS word, visited_on AS came_on FROM {visits}
WHERE visited_on > ? AND visited_on <= ?
UNION
SELECT patient_id, 'visit', visit_type, starts_on FROM {appointments}
WHERE status IN {attended} AND starts_on > ? AND starts_on <= ?
UNION
SELECT patient_id, 'procedure', kind, performed_on FROM {procedures}
WHERE performed_on > ? AND performed_on <= ?
"""

# The first closing event after listing; any visit closes what is no interval rule.
OUTCOME = """
CREATE OR REPLACE TEMP TABLE {name}_outcome AS
WITH closed AS (
    SELECT l.patient_id, l.key, l.anchor_on, min(c.came_on) AS back_on
    FROM {name} l JOIN came c ON c.patient_id = l.patient_id AND c.came_on > l.first_on
    LEFT JOIN closing k ON k.reason = l.reason AND k.what = c.what AND k.word = c.word
    WHERE k.reason IS NOT NULL OR (c.what = 'visit' AND l.reason NOT IN (SELECT reason FROM closing))
    GROUP BY ALL
)
SELECT l.*, c.back_on, CASE WHEN l.last_on < ? THEN l.last_on + CAST(? AS INTEGER) END AS until_on,
    CASE WHEN c.back_on IS NULL THEN '' WHEN EXISTS (
        SELECT 1 FROM contacts x WHERE x.patient_id = l.patient_id
            AND x.contacted_on BETWEEN l.first_on AND c.back_on) THEN 'after_contact' ELSE 'alone' END AS how
FROM {name} l LEFT JOIN closed c USING (patient_id, key, anchor_on)
"""

LISTED_CELLS = """
SELECT reason, first_on, date_diff('day', first_on, back_on), how, count(*) FROM {name}_outcome
GROUP BY ALL ORDER BY ALL
"""
PATIENTS = "SELECT count(DISTINCT patient_id) FROM {name}"

CONTACT_CELLS = """
SELECT o.first_on = $from AS is_backlog,
    CAST(floor(date_diff('day', CAST($from AS DATE), o.first_on + s.day) / 7) AS INTEGER) AS week,
    s.channel, count(*)
FROM {name}_outcome o JOIN steps s ON s.kind = o.kind AND s.risk_class = o.risk_class
WHERE o.first_on + s.day <= $end AND (o.back_on IS NULL OR o.first_on + s.day <= o.back_on)
    AND (o.until_on IS NULL OR o.first_on + s.day < o.until_on)
GROUP BY ALL ORDER BY ALL
"""

# ``due`` holds whom the rules hold to be due without any grace or filter.
MISSED_CELLS = """
SELECT r.reason,
    CASE WHEN l.patient_id IS NULL THEN 'never'
        WHEN date_diff('day', r.first_on, l.first_on) > ? THEN 'late' ELSE 'in_time' END AS listed,
    CASE WHEN r.back_on IS NOT NULL THEN 'came' WHEN r.until_on IS NULL THEN 'still_due' ELSE 'otherwise' END,
    count(*)
FROM due_outcome r LEFT JOIN {name} l USING (patient_id, key, anchor_on)
GROUP BY ALL ORDER BY ALL
"""

VISIT_CELLS = """
SELECT CAST(floor(date_diff('day', CAST(? AS DATE), came_on) / 7) AS INTEGER) AS week,
    count(DISTINCT (patient_id, came_on))
FROM came c WHERE came_on <= ? AND what = 'visit'
    AND (c.word IN (SELECT word FROM closing WHERE what = 'visit') OR ? )
GROUP BY ALL ORDER BY ALL
"""

# On the last day: who was looked at by the rules asked for, and why they are not listed.
ASKED = """
CREATE OR REPLACE TEMP TABLE asked AS
SELECT *, definition_key AS key, split_part(definition_key, ':', 1) AS reason FROM findings f WHERE {wanted}
"""
EXCLUDED = """
SELECT verdict, count(DISTINCT patient_id) FROM asked WHERE verdict <> 'open' GROUP BY 1
UNION ALL
SELECT 'filtered_out', count(DISTINCT patient_id) FROM asked f
WHERE verdict = 'open' AND NOT (true {filters}) HAVING count(*) > 0
"""

FILE = """
COPY ({listings} ORDER BY setting, first_on, patient_id, key)
TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
LISTINGS = """
SELECT '{letter}' AS setting, patient_id, reason, key, visit_type, risk_class, due_on, first_on, until_on,
    back_on, how FROM {name}_outcome
"""

BLIND = """
SELECT (SELECT count(*) FROM {appointments} WHERE starts_on BETWEEN $from AND $end) AS appointments,
    (SELECT count(*) FROM {appointments} WHERE starts_on BETWEEN $from AND $end AND booked_on IS NULL)
        AS never_dated_bookings,
    (SELECT count(*) FROM {appointments} WHERE starts_on BETWEEN $from AND $end AND status = 'cancelled')
        AS cancellations,
    (SELECT count(*) FROM {appointments} WHERE starts_on BETWEEN $from AND $end AND status = 'cancelled'
        AND cancelled_on IS NULL) AS undated_cancellations,
    (SELECT count(*) FROM {appointments} WHERE starts_on BETWEEN $from AND $end - 1 AND status IN {waiting})
        AS open_past,
    (SELECT count(*) FROM {visits} WHERE visited_on >= $from) AS visits,
    (SELECT count(*) FROM {visits} WHERE visited_on > $end) AS after_the_end,
    (SELECT count(*) FROM contacts WHERE contacted_on >= $from) AS contacts
"""
