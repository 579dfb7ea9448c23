"""The role and the databases Rebook uses on the embedded server."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql

from rebook.config.embedded.cluster import SUPERUSER

if TYPE_CHECKING:
    from rebook.config.embedded.server import EmbeddedServer

# Not a superuser, whom row-level security does not bind.
APPLICATION_ROLE = "rebook"


def ensure_role(*, socket_directory: Path) -> None:
    """Makes the role Rebook connects as: no superuser, may create databases (tests and restores do)."""
    with _as_superuser(socket_directory) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]).fetchone()
        if known is None:
            role = sql.Identifier(APPLICATION_ROLE)
            _attempt(connection, sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))


def ensure_database(*, server: "EmbeddedServer", name: str) -> None:
    """Makes the database `name`, owned by the role Rebook connects as, when there is none."""
    with _as_superuser(server.socket_directory) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            _attempt(
                connection,
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(APPLICATION_ROLE)
                ),
            )


def _as_superuser(socket_directory: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(socket_directory),
        port=5432,
        user=SUPERUSER,
        dbname=SUPERUSER,
        autocommit=True,
        connect_timeout=30,
        application_name="rebook set-up",
    )


def _attempt(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    # Two processes may find it missing at once; the second one's failure is what it wanted.
    try:
        connection.execute(statement)
    except (errors.DuplicateObject, errors.DuplicateDatabase, errors.UniqueViolation):
        return
