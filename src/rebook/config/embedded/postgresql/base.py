"""Found by Django through the name of its package in `DATABASES["default"]["ENGINE"]`."""

import functools
from typing import Any

from django.db.backends.postgresql import base

from rebook.config.database import DATABASE, check_server_version
from rebook.config.embedded import EmbeddedServer, ensure_database, ensure_running


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to the ledger."""

    def get_connection_params(self) -> dict[str, Any]:
        """Asked for before every new connection (procrastinate asks too): the moment to have a server."""
        params = super().get_connection_params()
        home = self.settings_dict.get("EMBEDDED_HOME")
        if home is not None:
            server = ensure_running(home=home)
            params["host"] = str(server.socket_directory)
            if params.get("dbname") == DATABASE:
                _ensure_database_once(server)
        return params

    def check_database_version_supported(self) -> None:
        """Raises `rebook.config.database.ServerTooOld`, which says what to do."""
        check_server_version(self.pg_version)
        super().check_database_version_supported()


@functools.cache
def _ensure_database_once(server: EmbeddedServer) -> None:
    # Once for each start of the server; a connection is too frequent to ask every time.
    ensure_database(server=server, name=DATABASE)
