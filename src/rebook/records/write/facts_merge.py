"""From a staging table into the ledger, as a whole: resolve, compare, insert, update, turn away.

The hash is over the row as it would be written, references resolved; a fact whose hash is that of the
row in the ledger costs no write. Of several facts with one id in one run the last one counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

PATIENT = """
LEFT JOIN records_patient p ON p.organisation_id = %(organisation)s AND p.source_id = %(source)s
    AND p.external_id = s.patient_id"""
LOCATION = """
LEFT JOIN accounts_location l ON l.organisation_id = %(organisation)s AND l.external_id = s.location_id"""
PRACTITIONER = """
LEFT JOIN records_practitioner r ON r.organisation_id = %(organisation)s AND r.source_id = %(source)s
    AND r.external_id = s.practitioner_id"""

# A merged record's facts belong to the record that it was merged into.
PATIENT_ID = "coalesce(p.merged_into_id, p.id)"
PATIENT_MISSING = ("p.id IS NULL", "patient_id", "the patient was not found")


PIECE = 200_000


@dataclass(frozen=True, slots=True)
class Merge:
    """How one staging table becomes rows of one model.

    ``columns``: the model's column and the expression for it over s (staged) and the joins.
    ``kept``: columns that a person or Rebook may have changed, with what an update makes of them,
    over t (the ledger) and f (the fact). ``defaults``: columns that no fact sets, for new rows.
    ``hashed``: further expressions whose change makes the fact a changed one.
    """

    entity: str
    model: type[models.Model]
    columns: dict[str, str]
    joins: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    problems: tuple[tuple[str, str, str], ...] = ()
    hashed: tuple[str, ...] = ()
    # What comes later in the same transaction looks rows of this table up.
    is_referred_to: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def ready(self) -> str:
        return f"ready_{self.entity}"


@dataclass(frozen=True, slots=True)
class Merged:
    read: int
    repeated: int
    created: int
    updated: int
    unchanged: int
    rejected: int


def merge(spec: Merge, parameters: dict[str, Any]) -> Merged:
    """Run ``spec`` over everything staged; leaves ``ready_<entity>`` behind for what hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM import_{spec.entity}")
        read = cursor.fetchone()[0]
        prepare(spec, parameters)
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE problem IS NOT NULL),"
            f" count(*) FILTER (WHERE problem IS NULL AND target_id IS NULL),"
            f" count(*) FILTER (WHERE problem IS NULL AND target_id IS NOT NULL AND differs)"
            f" FROM {spec.ready}"
        )
        ready, rejected, new, changed = cursor.fetchone()
        if rejected:
            _turn_away(spec)
        created = _insert(spec, parameters) if new else 0
        updated = _update(spec, parameters) if changed else 0
        if created > 1_000 and spec.is_referred_to:
            # The planner must not take the table for as empty as it was when the transaction began.
            cursor.execute(f"ANALYZE {spec.table}")
    unchanged = ready - rejected - created - updated
    return Merged(read, read - ready, created, updated, unchanged, rejected)


def prepare(spec: Merge, parameters: dict[str, Any]) -> None:
    """Fill ``ready_<entity>``: the last fact per id, resolved, hashed, compared with the ledger."""
    names = ", ".join(spec.columns)
    chosen = ", ".join(f"{expression} AS {name}" for name, expression in spec.columns.items())
    hashed = ", ".join([*spec.columns, *("x.more" for _ in spec.hashed[:1])])
    more = f", ROW({', '.join(spec.hashed)})::text AS more" if spec.hashed else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{spec.ready}")
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE {spec.ready} AS
            SELECT f.*, t.id AS target_id, t.fact_hash IS DISTINCT FROM f.fact_hash AS differs
            FROM (
                SELECT x.seq, x.file, x.line, x.external_id, x.problem, {names},
                    decode(md5(ROW({hashed})::text), 'hex') AS fact_hash
                FROM (
                    SELECT DISTINCT ON (s.external_id) s.seq, s.file, s.line, s.external_id, {chosen}{more},
                        {_problem(spec)} AS problem
                    FROM import_{spec.entity} s {spec.joins}
                    ORDER BY s.external_id, s.seq DESC
                ) x
            ) f
            LEFT JOIN {spec.table} t ON t.organisation_id = %(organisation)s
                AND t.source_id = %(source)s AND t.external_id = f.external_id
            """,
            parameters,
        )
        cursor.execute(f"CREATE INDEX ON {spec.ready} (seq)")
        cursor.execute(f"ANALYZE {spec.ready}")


def _problem(spec: Merge) -> str:
    """An expression: what is wrong with the row as {field, reason}, or NULL."""
    cases = [*spec.problems, *_too_long(spec)]
    whens = " ".join(f"WHEN {test} THEN ARRAY['{name}', '{reason}']" for test, name, reason in cases)
    return f"CASE {whens} END"


def _too_long(spec: Merge) -> Iterable[tuple[str, str, str]]:
    for name, expression in {"external_id": "s.external_id", **spec.columns}.items():
        limit = getattr(_field(spec.model, name), "max_length", None)
        if limit:
            test = f"char_length({expression}) > {limit}"
            yield test, name.removesuffix("_id"), f"longer than {limit} characters"


def _field(model: type[models.Model], column: str) -> Any:
    return next(one for one in model._meta.concrete_fields if one.column == column)


def _turn_away(spec: Merge) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO import_reject (seq, file, line, field, reason, entity)"
            f" SELECT seq, file, line, problem[1], problem[2], '{spec.entity}' FROM {spec.ready}"
            f" WHERE problem IS NOT NULL"
        )


def _insert(spec: Merge, parameters: dict[str, Any]) -> int:
    names = ", ".join([*spec.columns, *spec.defaults])
    values = ", ".join([*(f"f.{name}" for name in spec.columns), *spec.defaults.values()])
    return _in_pieces(
        spec,
        f"INSERT INTO {spec.table} (organisation_id, source_id, external_id, fact_hash, {names})"
        f" SELECT %(organisation)s, %(source)s, f.external_id, f.fact_hash, {values} FROM {spec.ready} f"
        f" WHERE f.problem IS NULL AND f.target_id IS NULL AND f.seq > %(after)s AND f.seq <= %(upto)s"
        f" ORDER BY f.seq",
        parameters,
    )


def _update(spec: Merge, parameters: dict[str, Any]) -> int:
    columns = [*spec.columns, *(name for name in spec.kept if name not in spec.columns)]
    changes = ", ".join(f"{name} = {spec.kept.get(name, f'f.{name}')}" for name in columns)
    return _in_pieces(
        spec,
        f"UPDATE {spec.table} t SET fact_hash = f.fact_hash, {changes} FROM {spec.ready} f"
        f" WHERE t.id = f.target_id AND f.differs AND f.problem IS NULL"
        f" AND f.seq > %(after)s AND f.seq <= %(upto)s",
        parameters,
    )


def _in_pieces(spec: Merge, statement: str, parameters: dict[str, Any]) -> int:
    """Run ``statement`` over ``PIECE`` facts at a time, their references checked at the end of each.

    The server keeps the checks of a statement in memory: ten million rows at once would be gigabytes.
    """
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SELECT coalesce(min(seq), 0) - 1, coalesce(max(seq), 0) FROM {spec.ready}")
        after, last = cursor.fetchone()
        while after < last:
            piece = {"after": after, "upto": after + PIECE}
            cursor.execute(statement, parameters | piece)
            done += int(cursor.rowcount)
            after += PIECE
    return done
