"""Which PostgreSQL Rebook talks to: the embedded one, or the one named in `REBOOK_DATABASE_URL`."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rebook.config.embedded.layout import Layout
from rebook.config.embedded.owner import server_owner

DATABASE = "rebook"
OLDEST_MAJOR_VERSION = 15
ENGINE = "rebook.config.embedded.postgresql"


class DatabaseUrlInvalid(Exception):
    """`REBOOK_DATABASE_URL` names no database. The value is not shown: it may hold a password."""

    permanent = True
    is_for_people = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"REBOOK_DATABASE_URL {reason}. Set it to postgresql://USER:PASSWORD@HOST:5432/DATABASE, "
            "or leave it out and Rebook starts a PostgreSQL of its own."
        )


class ServerTooOld(Exception):
    """The PostgreSQL server is older than Rebook supports."""

    permanent = True
    is_for_people = True

    def __init__(self, version: int) -> None:
        super().__init__(
            f"The database server is PostgreSQL {version // 10_000}; Rebook needs {OLDEST_MAJOR_VERSION} or "
            "later. Upgrade it, or leave REBOOK_DATABASE_URL out and Rebook starts a PostgreSQL of its own."
        )


def check_server_version(version: int) -> None:
    """Raises `ServerTooOld` for a server below PostgreSQL 15.

    `version` is as libpq gives it: 150004 for 15.4. The database backend calls this on its first connection.
    """
    if version < OLDEST_MAJOR_VERSION * 10_000:
        raise ServerTooOld(version)


def database_settings(*, home: Path, url: str | None) -> dict[str, Any]:
    """What goes into `DATABASES["default"]`.

    Without a `url` (None or empty) it is the embedded server of `home`. Nothing is started here, so that
    `rebook --help` and the type checker start no database: the backend does it when the first connection is
    asked for, and again should the server die later.

    Raises `DatabaseUrlInvalid`.
    """
    if not url:
        layout = Layout.of(home)
        connection = {
            "NAME": DATABASE,
            "USER": "rebook",
            "PASSWORD": "",
            "HOST": str(layout.socket_directory(owner=server_owner())),
            "PORT": "5432",
            "OPTIONS": {"connect_timeout": 30, "application_name": "rebook"},
            "EMBEDDED_HOME": layout.home,
        }
    else:
        connection = _from_url(url)
    return {
        "ENGINE": ENGINE,
        # A thread keeps its connection; a server that was restarted meanwhile is noticed at the next request.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **connection,
    }


def _from_url(url: str) -> dict[str, Any]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseUrlInvalid("does not begin with postgresql://")
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise DatabaseUrlInvalid("is not an address PostgreSQL understands") from None
    if not parts.get("dbname"):
        raise DatabaseUrlInvalid("names no database")
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {django: str(parts.pop(libpq, None) or "") for libpq, django in names.items()}
    return settings | {"OPTIONS": {"connect_timeout": 10, "application_name": "rebook"} | parts}
