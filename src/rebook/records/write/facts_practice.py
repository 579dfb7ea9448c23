"""Locations, practitioners and visit types."""

from typing import Any

from django.db import connection

from rebook.records.models import Practitioner
from rebook.records.write.facts_merge import Merge, Merged, merge
from rebook.records.write.facts_shape import EVERY_TABLE

# One fact may name the person and another the place: the last word on each counts.
_PRACTITIONERS_JOINED = """
UPDATE import_practitioner s SET name = j.name, location_id = j.location_id
FROM (
    SELECT external_id, (array_agg(name ORDER BY seq DESC) FILTER (WHERE name IS NOT NULL))[1] AS name,
        (array_agg(location_id ORDER BY seq DESC) FILTER (WHERE location_id IS NOT NULL))[1] AS location_id
    FROM import_practitioner GROUP BY external_id HAVING count(*) > 1
) j WHERE j.external_id = s.external_id
"""
_PRACTITIONERS = Merge(
    "practitioner",
    Practitioner,
    {"name": "coalesce(s.name, s.external_id)", "location_id": "l.id"},
    joins="""
LEFT JOIN accounts_location l ON l.organisation_id = %(organisation)s AND l.external_id = s.location_id""",
)

_LOCATION_COLUMNS = ("name", "time_zone", "phone", "address_line", "city", "state", "postal_code")
_LOCATION_LIMITS = {"external_id": 200, "name": 200, "phone": 32, "address_line": 300, "city": 100}
_LOCATION_LIMITS |= {"state": 32, "postal_code": 16, "time_zone": 64}
_TOO_LONG = " ".join(
    f"WHEN char_length(s.{name}) > {limit} THEN ARRAY['{name}', 'longer than {limit} characters']"
    for name, limit in _LOCATION_LIMITS.items()
)
_LOCATIONS_READY = f"""
CREATE TEMPORARY TABLE ready_location AS
SELECT s.*, t.id AS target_id, t.id IS NOT NULL AND (
        t.name, t.phone, t.address_line, t.city, t.state, t.postal_code,
        coalesce(nullif(s.zone, ''), t.time_zone)
    ) IS DISTINCT FROM (
        s.name, s.phone, s.address_line, s.city, s.state, s.postal_code, t.time_zone
    ) AS differs
FROM (
    SELECT DISTINCT ON (s.external_id) s.seq, s.file, s.line, s.external_id,
        coalesce(s.name, s.external_id) AS name, coalesce(s.time_zone, '') AS zone,
        coalesce(s.phone, '') AS phone, coalesce(s.address_line, '') AS address_line,
        coalesce(s.city, '') AS city, coalesce(s.state, '') AS state,
        coalesce(s.postal_code, '') AS postal_code, CASE {_TOO_LONG} END AS problem
    FROM import_location s
    WHERE NOT s.only_if_named OR s.external_id IN (SELECT location_id FROM named_location)
    ORDER BY s.external_id, s.seq DESC
) s
LEFT JOIN accounts_location t ON t.organisation_id = %(organisation)s AND t.external_id = s.external_id
"""
_VISIT_TYPES = """
INSERT INTO records_visittype (organisation_id, key, label, minutes, is_self_bookable)
SELECT %(organisation)s, key, left(upper(left(key, 1)) || replace(substr(key, 2), '_', ' '), 100), 30, false
FROM (
    SELECT visit_type AS key FROM import_appointment UNION SELECT visit_type FROM import_visit
    UNION SELECT visit_type FROM import_follow_up
    UNION SELECT visit_type FROM import_pending_item
) met
WHERE key IS NOT NULL AND char_length(key) <= 60 AND NOT EXISTS (
    SELECT FROM records_visittype t WHERE t.organisation_id = %(organisation)s AND t.key = met.key)
ORDER BY key ON CONFLICT DO NOTHING
"""


def resolve_aliases() -> None:
    """Replace logical references by the ids of what carries those names; the unknown ones stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM import_alias)")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("CREATE INDEX ON import_alias (alias)")
        cursor.execute("ANALYZE import_alias")
        for table in EVERY_TABLE:
            for column in table.references:
                cursor.execute(
                    f"UPDATE {table.name} s SET {column} = a.external_id"
                    f" FROM (SELECT DISTINCT ON (alias) alias, external_id FROM import_alias"
                    f" ORDER BY alias, seq DESC) a"
                    f" WHERE strpos(s.{column}, '?') > 0 AND s.{column} = a.alias"
                )


def merge_locations(parameters: dict[str, Any]) -> Merged:
    """Sites belong to the organisation, whatever source names them. Without a time zone ours stays."""
    named = " UNION ".join(
        f"SELECT location_id FROM {table.name}" for table in EVERY_TABLE if "location_id" in table.columns
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.named_location, pg_temp.ready_location")
        cursor.execute(f"CREATE TEMPORARY TABLE named_location AS {named}")
        cursor.execute(_LOCATIONS_READY, parameters)
        cursor.execute("SELECT count(*) FROM import_location")
        read = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE problem IS NOT NULL),"
            " count(*) FILTER (WHERE problem IS NULL AND target_id IS NOT NULL AND NOT differs)"
            " FROM ready_location"
        )
        ready, rejected, unchanged = cursor.fetchone()
        cursor.execute(
            "INSERT INTO import_reject (seq, file, line, field, reason, entity)"
            " SELECT seq, file, line, problem[1], problem[2], 'location' FROM ready_location"
            " WHERE problem IS NOT NULL"
        )
        columns = ", ".join(name for name in _LOCATION_COLUMNS if name != "time_zone")
        cursor.execute(
            f"INSERT INTO accounts_location (organisation_id, external_id, time_zone, {columns})"
            f" SELECT %(organisation)s, external_id, coalesce(nullif(zone, ''), %(zone)s), {columns}"
            f" FROM ready_location WHERE problem IS NULL AND target_id IS NULL ORDER BY seq"
            f" ON CONFLICT DO NOTHING",
            parameters,
        )
        created = cursor.rowcount
        changes = ", ".join(f"{name} = f.{name}" for name in _LOCATION_COLUMNS if name != "time_zone")
        cursor.execute(
            f"UPDATE accounts_location t SET time_zone = coalesce(nullif(f.zone, ''), t.time_zone), {changes}"
            f" FROM ready_location f WHERE t.id = f.target_id AND f.differs AND f.problem IS NULL"
        )
        updated = cursor.rowcount
    return Merged(read, read - ready, created, updated, unchanged, rejected)


def merge_practitioners(parameters: dict[str, Any]) -> Merged:
    with connection.cursor() as cursor:
        cursor.execute(_PRACTITIONERS_JOINED)
    return merge(_PRACTITIONERS, parameters)


def add_visit_types(parameters: dict[str, Any]) -> int:
    """A row for every visit type that was met and is new; its label is its key in words."""
    with connection.cursor() as cursor:
        cursor.execute(_VISIT_TYPES, parameters)
        return int(cursor.rowcount)
