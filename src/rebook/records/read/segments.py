"""Whom a segment takes in now, and what its filters may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.core.segment import FIELDS, Segment
from rebook.records.models import Practitioner

from .barring import BARRED, barring_parameters
from .patientfile import PatientLine, patient_lines
from .segment_sql import conditions


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """``patients`` fit; ``free`` of them could be taken in now, the others are ``left_out`` by reason.

    ``reasons`` counts the open gaps that fit (0 when the segment does not ask for any).
    """

    patients: int
    reasons: int
    free: int
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter may name; ``patients`` have it in the ledger now."""

    value: str
    patients: int


# One row per patient: the gap of best rank, how many fit.
_FITTING = """
SELECT DISTINCT ON (p.id) p.id AS patient_id, g.id AS gap_id, COALESCE(g.visit_type, '') AS needed, g.rank,
       count(g.id) OVER (PARTITION BY p.id) AS reasons
FROM records_patient p
{join}
WHERE p.organisation_id = %(org)s AND {tests}
ORDER BY p.id, g.rank NULLS LAST, g.id
"""
_DUE = """JOIN records_gap g
    ON g.organisation_id = p.organisation_id AND g.patient_id = p.id AND g.closed_on IS NULL"""
_ANY = "LEFT JOIN records_gap g ON FALSE"


def fitting(segment: Segment, *, today: date, now: datetime) -> tuple[str, dict[str, Any]]:
    """SQL and parameters of the patients that fit: patient_id, gap_id, needed, rank, reasons."""
    tests, parameters = conditions(segment, today=today, now=now)
    return _FITTING.format(join=_DUE if segment.who == "due" else _ANY, tests=tests), parameters


def size(
    *,
    organisation_id: int,
    segment: Segment,
    purpose: str = "treatment_recall",
    barring: Sequence[str],
    today: date,
    now: datetime,
) -> SegmentSize:
    """How many fit, how many of them could be contacted at all, and why not the others. One query."""
    rows, parameters = fitting(segment, today=today, now=now)
    query = f"""
        WITH fits AS ({rows})
        SELECT {BARRED} AS reason, count(*), sum(f.reasons)
        FROM fits f JOIN records_patient p ON p.id = f.patient_id
        GROUP BY 1
    """
    given = {"org": organisation_id, **parameters}
    given |= barring_parameters(now=now, purpose=purpose, barring=barring)
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        counted = {reason: (int(patients), int(reasons)) for reason, patients, reasons in cursor.fetchall()}
    left_out = [(reason, patients) for reason, (patients, _) in counted.items() if reason]
    return SegmentSize(
        patients=sum(patients for patients, _ in counted.values()),
        reasons=sum(reasons for _, reasons in counted.values()) if segment.who == "due" else 0,
        free=counted.get("", (0, 0))[0],
        left_out=tuple(sorted(left_out, key=lambda one: (-one[1], one[0]))),
    )


def patients_in(
    *,
    organisation_id: int,
    segment: Segment,
    left_out_by: str | None,
    purpose: str = "treatment_recall",
    barring: Sequence[str],
    today: date,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> tuple[PatientLine, ...]:
    """Those who fit, best rank first. ``left_out_by``: only these ("" those whom nothing bars; None all)."""
    rows, parameters = fitting(segment, today=today, now=now)
    only = "" if left_out_by is None else f"WHERE {BARRED} = %(left_out_by)s"
    query = f"""
        WITH fits AS ({rows})
        SELECT f.patient_id, f.gap_id FROM fits f JOIN records_patient p ON p.id = f.patient_id {only}
        ORDER BY f.rank NULLS LAST, f.patient_id LIMIT %(limit)s OFFSET %(offset)s
    """
    given = {"org": organisation_id, "left_out_by": left_out_by, "limit": limit, "offset": offset}
    given |= parameters | barring_parameters(now=now, purpose=purpose, barring=barring)
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        found = [(int(patient), gap) for patient, gap in cursor.fetchall()]
    return patient_lines(found)


# Where the values of a filter are found: the table ("gap" means open gaps), and the value's expression.
_CHOICES = {
    "gap_kind": ("gap", "kind"),
    "definition": ("gap", "CASE WHEN kind = 'interval' THEN definition_key END"),
    "gap_visit_type": ("gap", "NULLIF(visit_type, '')"),
    "risk_class": ("gap", "risk_class::text"),
    "tier": ("gap", "tier"),
    "visit_type": ("visit", "NULLIF(visit_type, '')"),
    "procedure": ("procedure", "NULLIF(kind, '')"),
    "condition": ("condition", "NULLIF(kind, '')"),
    "prior_outcome": ("case", "NULLIF(outcome, '')"),
    "location": ("patient", "home_location_id::text"),
    "practitioner": ("patient", "practitioner_id::text"),
    "language": ("patient", "split_part(lower(language), '-', 1)"),
    "payer_class": ("patient", "payer_class"),
}
MOST_CHOICES = 60


def choices(*, organisation_id: int) -> dict[str, tuple[Choice, ...]]:
    """For every field with a choice, the values found in the ledger, the commonest first. One query."""
    parts = [_choices_of(key, table, value) for key, (table, value) in _CHOICES.items()]
    found: dict[str, list[Choice]] = {key: [] for key in FIELDS}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"org": organisation_id})
        for key, value, patients in cursor.fetchall():
            found[key].append(Choice(value, int(patients)))
    found["last_visit_type"] = found["visit_type"]
    found["channel"] = [Choice(word, 0) for word in FIELDS["channel"].words]
    return {key: tuple(values) for key, values in found.items()}


def _choices_of(key: str, table: str, value: str) -> str:
    who = "id" if table == "patient" else "patient_id"
    only = "AND closed_on IS NULL" if table == "gap" else ""
    return f"""(
        SELECT '{key}', {value} AS value, count(DISTINCT {who}) AS patients
        FROM records_{table} WHERE organisation_id = %(org)s {only} AND {value} IS NOT NULL
        GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {MOST_CHOICES}
    )"""


def practitioner_names(*, organisation_id: int) -> dict[str, str]:
    """Id as text -> name."""
    rows = Practitioner.objects.filter(organisation_id=organisation_id).values_list("pk", "name")
    return {str(key): name for key, name in rows}
