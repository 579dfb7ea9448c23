"""The order of ``core.priority`` over all gaps at once, in the same whole numbers and the same words."""

from rebook.core.priority import (
    CLASS_WORDS,
    DEFAULT_INTERVAL_DAYS,
    ENOUGH_LINKS,
    MOST_OVERDUE,
    MOST_OVERDUE_FIRST,
    SIGNAL_DAYS,
)

# What patients did in the last days, per patient (R-C129).
_SIGNALS = f"""
SELECT patient_id, bool_or(said_yes) AS said_yes, bool_or(asked) AS asked_for_call, sum(links)::int AS links
FROM (
    SELECT patient_id, intent = 'book' AS said_yes, intent = 'call_me' AS asked, 0 AS links
    FROM records_reply
    WHERE organisation_id = %(organisation_id)s AND intent IN ('book', 'call_me') AND patient_id IS NOT NULL
        AND received_at > %(now)s::timestamptz - interval '{SIGNAL_DAYS} days' AND received_at <= %(now)s
    UNION ALL
    SELECT patient_id, false, true, 0 FROM records_task
    WHERE organisation_id = %(organisation_id)s AND state = 'open' AND kind = 'call_back'
        AND patient_id IS NOT NULL
    UNION ALL
    SELECT patient_id, false, false, 1 FROM records_patientlink
    WHERE organisation_id = %(organisation_id)s AND opened_at <= %(now)s
        AND opened_at > %(now)s::timestamptz - interval '{SIGNAL_DAYS} days'
) signs GROUP BY patient_id
"""
_INTERVAL = f"coalesce(nullif(g.interval_days, 0), {DEFAULT_INTERVAL_DAYS})"
_DAYS = "greatest(%(as_of)s::date - g.overdue_on, 0)"
# Event gaps always have an anchor; only a first visit has none.
_MOST = f"CASE WHEN g.anchor_on IS NULL THEN {MOST_OVERDUE_FIRST} ELSE {MOST_OVERDUE} END"
_THOUSANDTHS = f"least({_DAYS}::bigint * 1000 / {_INTERVAL}, {_MOST})"
_POINTS = f"""(CASE WHEN s.said_yes OR s.asked_for_call THEN 2 ELSE 0 END
    + CASE WHEN s.links >= {ENOUGH_LINKS} THEN 1 ELSE 0 END)"""
_CLASS = " ".join(f"WHEN {grade} THEN '{words}'" for grade, words in enumerate(CLASS_WORDS))
_SINCE = f"""CASE
    WHEN {_DAYS} > 0 THEN format('overdue for %%s days; the interval is %%s days', {_DAYS}, {_INTERVAL})
    WHEN %(as_of)s::date < g.overdue_on THEN 'due, not yet overdue' ELSE 'overdue since today' END"""


def _reason(rule: str, detail: str, when: str = "true") -> str:
    return f"CASE WHEN {when} THEN jsonb_build_object('rule', '{rule}', 'detail', {detail}) END"


_EACH = (
    _reason("risk_class", f"format('class %%s: %%s', g.risk_class, CASE g.risk_class {_CLASS} END)"),
    _reason("overdue", _SINCE),
    _reason("first", "'never recorded here, perhaps had elsewhere'", "g.anchor_on IS NULL"),
    _reason("intent", "'asked to be called'", "s.asked_for_call"),
    _reason("intent", "'said yes and has no appointment'", "s.said_yes"),
    _reason("intent", "format('opened %%s links', s.links)", f"s.links >= {ENOUGH_LINKS}"),
    _reason("expected_gain", "e.words", "e.words IS NOT NULL"),
)
# What a contact is worth, per tier and risk class; the caller gives every stratum or none.
_GAINS = "json_to_recordset(%(gains)s::json) AS e(tier text, risk_class smallint, points int, words text)"
_REASONS = f"jsonb_path_query_array(jsonb_build_array({', '.join(_EACH)}), '$[*] ? (@ != null)')"


def ranking(gaps: str) -> str:
    """A query for (id, place, reasons) over ``gaps``, a query that gives what ``core.priority`` looks at."""
    return f"""
SELECT g.id, row_number() OVER (ORDER BY g.risk_class DESC, {_THOUSANDTHS} / 250 DESC, {_POINTS} DESC,
    coalesce(e.points, 0) DESC, {_THOUSANDTHS} DESC, g.value_cents DESC, g.id)::int AS place,
    {_REASONS} AS reasons
FROM ({gaps}) g LEFT JOIN ({_SIGNALS}) s ON s.patient_id = g.patient_id
LEFT JOIN {_GAINS} ON (e.tier, e.risk_class) = (g.tier, g.risk_class)
"""


_OPEN = """SELECT g.id, g.patient_id, g.risk_class, g.anchor_on, g.overdue_on, g.interval_days, g.tier,
    p.value_cents
FROM records_gap g JOIN records_patient p ON p.id = g.patient_id
WHERE g.organisation_id = %(organisation_id)s AND g.closed_on IS NULL"""

RANKED = f"""
UPDATE records_gap g SET rank = r.place, rank_reasons = r.reasons FROM ({ranking(_OPEN)}) r
WHERE g.id = r.id AND (g.rank, g.rank_reasons) IS DISTINCT FROM (r.place, r.reasons)
"""

_FOUND = """SELECT row_number() OVER (ORDER BY patient_id, definition_key) AS id, *
FROM gap_finding WHERE verdict = 'open'"""

# Findings that are not in the ledger, in the same order: ``gap_finding`` alone.
LISTED = f"""
SELECT f.patient_id, p.external_id, f.definition_key, f.kind, f.visit_type, f.risk_class, f.tier, f.anchor_on,
    f.due_on, f.overdue_on, r.place, r.reasons
FROM ({_FOUND}) f JOIN ({ranking(_FOUND)}) r USING (id) JOIN records_patient p ON p.id = f.patient_id
ORDER BY r.place LIMIT %(limit)s
"""
