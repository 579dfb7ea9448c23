"""Making sure that the ledger is there and up to date before a command reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Any number, the same in every Rebook: who holds this lock of the database changes its tables.
_CHANGING_TABLES = 7_032_001


class LedgerIsNewer(Exception):
    """The ledger was made by a later version of Rebook than this one."""

    permanent = True
    is_for_people = True

    def __init__(self) -> None:
        super().__init__(
            "This ledger was last used by a later version of Rebook, which knows changes that this one does "
            "not. Install that version again; nothing was changed."
        )


def ensure_ledger() -> None:
    """Apply the migrations that are missing; nothing happens when there are none.

    Two commands that start at once take turns. Raises ``LedgerIsNewer``.
    """
    if not _is_missing_something():
        return
    with _alone():
        if _is_missing_something():
            call_command("migrate", verbosity=0, interactive=False)


def empty_ledger() -> None:
    """Throw everything away and start again: for the synthetic practice only."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        # Nobody's data: a commit need not wait for the disk, and a crash loses a moment of the story.
        cursor.execute("SELECT format('ALTER DATABASE %I SET synchronous_commit = off', current_database())")
        cursor.execute(cursor.fetchone()[0])
    connection.close()
    ensure_ledger()


def _is_missing_something() -> bool:
    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes) | set(executor.loader.replacements)
    ours = {app for app, _name in known}
    if {key for key in executor.loader.applied_migrations if key[0] in ours} - known:
        raise LedgerIsNewer
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_CHANGING_TABLES])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_CHANGING_TABLES])
