"""What the doctor counts: one query for each check, whatever the size of the practice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from rebook.accounts.models import AuditEvent
from rebook.core.doctor import Counted, Finding, findings_from_json
from rebook.records.models import Examination, Gap, Source, VisitType

from .doctor_sql import BEHIND, BOOKED, PEOPLE

ADULT_YEARS = 18
# As the house's row has it (``transition_task_days``).
COMING_OF_AGE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Feed:
    """What the practice's own systems know of appointments; Rebook's calendar is none of them."""

    coming: int
    furthest_on: date | None
    last_event_on: date | None


@dataclass(frozen=True, slots=True)
class ExaminationView:
    examined_at: datetime
    examined_by: str
    findings: tuple[Finding, ...]
    unsafe_definitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientBehind:
    id: int
    name: str
    birth_on: date | None


@dataclass(frozen=True, slots=True)
class Words:
    """What the visit-type rows, visits, procedures and hours of the practice name."""

    visit_types: frozenset[str]
    visits: frozenset[str]
    procedures: frozenset[str]
    with_room: frozenset[str]
    # Hours that take every visit type.
    has_open_hours: bool


def counts(
    *, organisation_id: int, now: datetime, languages: list[str], visit_types: list[str]
) -> dict[str, Counted]:
    """Every counted check by key. ``languages``: those with texts; ``visit_types``: words that are known."""
    values = _values(organisation_id, now, languages, visit_types)
    found = {}
    # Several checks are shares of the same number.
    totals: dict[str, int] = {}
    with connection.cursor() as cursor:
        for key, (query, of) in BEHIND.items():
            if of not in totals:
                cursor.execute(of, values)
                totals[of] = cursor.fetchone()[0]
            cursor.execute(f"SELECT count(*) FROM ({query}) counted", values)
            found[key] = Counted(cursor.fetchone()[0], totals[of])
    return found


def patients(*, organisation_id: int) -> int:
    """Patients who could be contacted at all: not merged away, deceased or gone."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"organisation": organisation_id})
        return int(cursor.fetchone()[0])


def behind(
    *,
    organisation_id: int,
    key: str,
    now: datetime,
    languages: list[str],
    visit_types: list[str],
    limit: int = 200,
) -> tuple[tuple[PatientBehind, ...], int]:
    """(the first patients behind a counted check, how many patients). Raises KeyError for no such check."""
    values = {**_values(organisation_id, now, languages, visit_types), "limit": limit}
    query = BEHIND[key].query
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT patient_id) FROM ({query}) counted", values)
        total = cursor.fetchone()[0]
        cursor.execute(
            f"""
            SELECT p.id, trim(p.given_name || ' ' || p.family_name), p.birth_on FROM records_patient p
            WHERE p.id IN (SELECT patient_id FROM ({query}) counted)
            ORDER BY p.family_name, p.given_name, p.id LIMIT %(limit)s
            """,
            values,
        )
        return tuple(PatientBehind(*row) for row in cursor.fetchall()), total


def feed(*, organisation_id: int, now: datetime, time_zone: str) -> Feed:
    """Days are those on the practice's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE a.starts_at > %(now)s AND a.status IN {BOOKED}),
                (max(a.starts_at) FILTER (WHERE a.status IN {BOOKED}) AT TIME ZONE %(zone)s)::date,
                greatest(
                    (max(a.starts_at) FILTER (WHERE a.starts_at <= %(now)s) AT TIME ZONE %(zone)s)::date,
                    (SELECT (max(v.started_at) AT TIME ZONE %(zone)s)::date FROM records_visit v
                        WHERE v.organisation_id = %(organisation)s AND v.started_at <= %(now)s))
            FROM records_appointment a JOIN records_source s ON s.id = a.source_id
            WHERE a.organisation_id = %(organisation)s AND s.kind <> 'local'
            """,
            {"organisation": organisation_id, "now": now, "zone": time_zone},
        )
        return Feed(*cursor.fetchone())


def words(*, organisation_id: int, on: date) -> Words:
    """Every word in use, each read in one pass."""
    types = frozenset(VisitType.objects.filter(organisation_id=organisation_id).values_list("key", flat=True))
    with connection.cursor() as cursor:
        found = []
        for query in (
            """SELECT visit_type FROM records_visit WHERE organisation_id = %(organisation)s GROUP BY 1
            UNION SELECT visit_type FROM records_appointment WHERE organisation_id = %(organisation)s
            AND status IN ('arrived', 'fulfilled', 'checked-in') GROUP BY 1""",
            "SELECT kind FROM records_procedure WHERE organisation_id = %(organisation)s GROUP BY 1",
            """SELECT DISTINCT jsonb_array_elements_text(visit_type_keys) FROM records_practitionerhours
            WHERE organisation_id = %(organisation)s AND (until_on IS NULL OR until_on >= %(on)s)""",
            """SELECT '' FROM records_practitionerhours WHERE organisation_id = %(organisation)s
            AND visit_type_keys = '[]'::jsonb AND (until_on IS NULL OR until_on >= %(on)s) LIMIT 1""",
        ):
            cursor.execute(query, {"organisation": organisation_id, "on": on})
            found.append(frozenset(row[0] for row in cursor.fetchall()))
    visits, procedures, with_room, open_hours = found
    return Words(types, visits, procedures, with_room, bool(open_hours))


def patients_by_rule(*, organisation_id: int) -> dict[str, int] | None:
    """Patients with an open gap, by definition; None when gaps were never looked for."""
    if not Gap.objects.filter(organisation_id=organisation_id).exists():
        return None
    rows = Gap.objects.filter(organisation_id=organisation_id, closed_on__isnull=True, kind="interval")
    return dict(rows.values_list("definition_key").annotate(patients=Count("patient_id", distinct=True)))


def sources(*, organisation_id: int) -> list[tuple[int, str, datetime | None]]:
    """(id, key, last synced) of the practice's own systems; answers about numbers are looked at apart."""
    rows = Source.objects.filter(organisation_id=organisation_id).exclude(kind__in=("local", "number_checks"))
    rows = rows.order_by("key")
    return list(rows.values_list("pk", "key", "last_synced_at"))


def last_backup_at(*, organisation_id: int) -> datetime | None:
    """When a backup was last noted in the trail."""
    rows = AuditEvent.objects.filter(organisation_id=organisation_id, action__startswith="backup")
    return rows.order_by("-pk").values_list("at", flat=True).first()


def newest_examination(*, organisation_id: int) -> ExaminationView | None:
    row = Examination.objects.filter(organisation_id=organisation_id).order_by("-examined_at", "-pk").first()
    if row is None:
        return None
    return ExaminationView(
        row.examined_at,
        row.examined_by,
        findings_from_json(row.findings),
        tuple(row.unsafe_definitions),
    )


def _values(
    organisation_id: int, now: datetime, languages: list[str], visit_types: list[str]
) -> dict[str, Any]:
    today = now.date()
    return {
        "organisation": organisation_id,
        "now": now,
        "yesterday": now - timedelta(days=1),
        "tomorrow": now + timedelta(days=1),
        "year_ago": now - timedelta(days=365),
        "two_years_ago": now - timedelta(days=730),
        "adult_since": _years_before(today, ADULT_YEARS),
        "adult_soon": _years_before(today + timedelta(days=COMING_OF_AGE_DAYS), ADULT_YEARS),
        "languages": languages,
        "visit_types": visit_types,
    }


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
