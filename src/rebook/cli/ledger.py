"""Making sure that the ledger is there and up to date before a command reads it."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure_ledger() -> None:
    """Apply the migrations that are missing; nothing happens when there are none."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def empty_ledger() -> None:
    """Throw everything away and start again: for the synthetic practice only."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    ensure_ledger()
