"""What each filter of a segment means in the ledger: SQL over a patient ``p`` and an open gap ``g``."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from rebook.core.segment import Filter, Segment

# Every visit the patient came to, whether it arrived as a visit or as a kept appointment.
_CAME = """(
    SELECT v.visit_type, v.started_at AS at FROM records_visit v
    WHERE v.patient_id = p.id AND v.started_at <= %(now)s
    UNION ALL
    SELECT a.visit_type, a.starts_at FROM records_appointment a
    WHERE a.patient_id = p.id AND a.starts_at <= %(now)s
      AND a.status IN ('arrived', 'fulfilled', 'checked-in')
)"""
# The newest of them; two looks into an index.
_CAME_LAST = """GREATEST(
    (SELECT max(v.started_at) FROM records_visit v WHERE v.patient_id = p.id AND v.started_at <= %(now)s),
    (SELECT max(a.starts_at) FROM records_appointment a WHERE a.patient_id = p.id AND a.starts_at <= %(now)s
       AND a.status IN ('arrived', 'fulfilled', 'checked-in')))"""
_NOT_REVOKED = """COALESCE((
    SELECT k.state FROM records_consent k
    WHERE k.patient_id = p.id AND k.channel IN ('all', '{channel}') AND k.contact_value = ''
    ORDER BY k.at DESC, k.id DESC LIMIT 1), '') <> 'revoked'"""
_POINT = """EXISTS (
    SELECT 1 FROM records_contactpoint cp
    WHERE cp.patient_id IN (p.id, p.responsible_patient_id) AND cp.is_current
      AND cp.state IN ('unverified', 'verified') AND {which})"""
_REACHED = {
    "sms": _POINT.format(which="cp.system = 'phone' AND cp.line_type NOT IN ('fixed_line', 'toll_free')"),
    "phone": _POINT.format(which="cp.system = 'phone'"),
    "email": _POINT.format(which="cp.system = 'email'"),
    "letter": "p.address_line <> ''",
}

# ``{v}`` is the name of the parameter with the chosen values, as text.
_CHOICES = {
    "gap_kind": "g.kind = ANY(%({v})s)",
    "definition": "split_part(g.definition_key, ':', 1) = ANY(%({v})s)",
    "gap_visit_type": "g.visit_type = ANY(%({v})s)",
    "risk_class": "g.risk_class = ANY(%({v})s::smallint[])",
    "tier": "g.tier = ANY(%({v})s)",
    "last_visit_type": f"(SELECT c.visit_type FROM {_CAME} c ORDER BY c.at DESC LIMIT 1) = ANY(%({{v}})s)",
    "visit_type": f"EXISTS (SELECT 1 FROM {_CAME} c WHERE c.visit_type = ANY(%({{v}})s))",
    "procedure": """EXISTS (SELECT 1 FROM records_procedure r WHERE r.patient_id = p.id
        AND r.performed_on <= %(today)s AND r.kind = ANY(%({v})s))""",
    "condition": """EXISTS (SELECT 1 FROM records_condition r WHERE r.patient_id = p.id
        AND (r.onset_on IS NULL OR r.onset_on <= %(today)s)
        AND (r.abated_on IS NULL OR r.abated_on > %(today)s) AND r.kind = ANY(%({v})s))""",
    "prior_outcome": """COALESCE((SELECT c.outcome FROM records_case c WHERE c.patient_id = p.id
        AND c.closed_at IS NOT NULL ORDER BY c.closed_at DESC, c.id DESC LIMIT 1), 'none') = ANY(%({v})s)""",
    "location": "{site} = ANY(%({v})s::bigint[])",
    "practitioner": "p.practitioner_id = ANY(%({v})s::bigint[])",
    "language": "split_part(lower(p.language), '-', 1) = ANY(%({v})s)",
    "payer_class": "p.payer_class = ANY(%({v})s)",
}
_RANGES = {
    "overdue_days": "%(today)s::date - g.overdue_on",
    "last_visit_months": f"""(SELECT date_part('year', away.long) * 12 + date_part('month', away.long)
        FROM (SELECT age(%(now)s, {_CAME_LAST}) AS long OFFSET 0) away)""",
    # A birth in the future is a mistake, not an age.
    "age": """(CASE WHEN p.birth_on <= %(today)s
        THEN date_part('year', age(%(today)s::date, p.birth_on)) END)""",
    "value": "p.value_cents / 100.0",
}


def conditions(segment: Segment, *, today: date, now: datetime) -> tuple[str, dict[str, Any]]:
    """(conditions joined by AND, their parameters); a fact that is not recorded fits no filter."""
    parameters: dict[str, Any] = {"today": today, "now": now}
    tests = [
        _test(one, f"segment_{number}", parameters, is_due=segment.who == "due")
        for number, one in enumerate(segment.filters)
    ]
    return " AND ".join(tests) or "TRUE", parameters


def in_segment(segment: Segment, *, today: date, now: datetime) -> tuple[str, dict[str, Any]]:
    """A condition on ``g`` alone: the open gap belongs to a patient and fits, as the segment says."""
    tests, parameters = conditions(segment, today=today, now=now)
    patient = "SELECT 1 FROM records_patient p WHERE p.id = g.patient_id"
    return f"EXISTS ({patient} AND {tests})", parameters


def _test(one: Filter, name: str, parameters: dict[str, Any], *, is_due: bool) -> str:
    write: Callable[..., str] = _range if one.field in _RANGES else _choice
    test = write(one, name, parameters, is_due=is_due)
    return f"NOT COALESCE({test}, FALSE)" if one.is_not else f"({test})"


def _choice(one: Filter, name: str, parameters: dict[str, Any], *, is_due: bool) -> str:
    if one.field == "channel":
        ways = (f"({_REACHED[way]} AND {_NOT_REVOKED.format(channel=way)})" for way in one.values)
        return f"({' OR '.join(ways)})"
    site = "COALESCE(g.location_id, p.home_location_id)" if is_due else "p.home_location_id"
    parameters[name] = list(one.values)
    return _CHOICES[one.field].format(v=name, site=site)


def _range(one: Filter, name: str, parameters: dict[str, Any], *, is_due: bool) -> str:
    what, ends = _RANGES[one.field], []
    for sign, end, suffix in ((">=", one.low, "low"), ("<=", one.high, "high")):
        if end is not None:
            parameters[f"{name}_{suffix}"] = end
            ends.append(f"{what} {sign} %({name}_{suffix})s")
    return f"({' AND '.join(ends)})"
