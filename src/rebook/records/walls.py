"""The walls between organisations, as SQL for the migrations that bring new tables (promise 9)."""

from collections.abc import Iterable, Mapping

_KEY = """
ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organisation_id, {column})
    REFERENCES {target} (organisation_id, id) DEFERRABLE INITIALLY DEFERRED;
"""
# Each half is a sub-select without a row in it, so it is computed once per statement and not per row.
_POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY one_organisation ON {table} USING (
    (SELECT coalesce(current_setting('rebook.organisation', true), '') = '')
    OR organisation_id = (SELECT nullif(current_setting('rebook.organisation', true), '')::bigint)
);
"""
_NO_POLICY = """
DROP POLICY one_organisation ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def same_organisation(references: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """(SQL, its undoing): every reference carries the organisation with it.

    ``references``: table to column ("patient_id") to the table it points to.
    """
    keys = [
        {"table": table, "column": column, "target": target, "name": _name(table, column)}
        for table, columns in references.items()
        for column, target in columns.items()
    ]
    undo = (f"ALTER TABLE {one['table']} DROP CONSTRAINT {one['name']};" for one in keys)
    return "".join(_KEY.format(**one) for one in keys), "\n".join(undo)


def one_organisation(tables: Iterable[str]) -> tuple[str, str]:
    """(SQL, its undoing): inside a scope a table shows and takes one organisation's rows only."""
    names = list(tables)
    return (
        "".join(_POLICY.format(table=table) for table in names),
        "".join(_NO_POLICY.format(table=table) for table in names),
    )


def _name(table: str, column: str) -> str:
    return f"{table.removeprefix('records_')}_{column.removesuffix('_id')}_same_organisation"
