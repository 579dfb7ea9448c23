"""The web server: gunicorn in this process, holding the embedded PostgreSQL for all that it starts."""

import errno
import socket
import sys
from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from rebook.cli.context import EXIT_FAILED, console, refuse
from rebook.work.logs import BareFormatter, bare_traceback


def serve_pages(*, host: str, port: int, threads: int, processes: int = 1) -> None:
    """Serve until told to stop; then the process ends. Refuses when the port is taken.

    The ledger has been opened before, in this process: it counts as a user of the embedded server for as long
    as it lives, so a server process that dies and is replaced never stops the database.
    """
    listening = _listen(host=host, port=port)
    shown = "localhost" if host in ("127.0.0.1", "localhost", "::1") else host
    console.print(
        f"Rebook answers on http://{shown}:{listening.getsockname()[1]} - Ctrl-C stops it.", highlight=False
    )
    sys.stdout.flush()
    # Children inherit what is open, and two processes must not speak on one connection.
    connections.close_all()
    _Server(
        {
            "bind": f"fd://{listening.detach()}",
            "workers": processes,
            "threads": threads,
            "worker_class": "gthread",
            # What is slow to read is read once, before the first request and for every worker.
            "preload_app": True,
            "loglevel": "warning",
            "logger_class": PrivateLogger,
            # Addresses hold tokens, so there is no access log (promise 12).
            "accesslog": None,
            "graceful_timeout": 20,
            "control_socket_disable": True,
        }
    ).run()


def _listen(*, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            refuse(f"port {port} is taken by another program; choose one with --port", code=EXIT_FAILED)
        refuse(
            f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}", code=EXIT_FAILED
        )


class PrivateLogger(Logger):
    """gunicorn names the address of a request that failed; ours says only where in the code it was."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(BareFormatter(self.error_fmt, self.datefmt))

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        self.error_log.error("a request failed\n%s", bare_traceback(error) if error else "")


class _Server(BaseApplication):
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__(prog="rebook serve")

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application
        from django.urls import get_resolver

        from rebook.packs.response import shipped_lexicon
        from rebook.packs.templates import templates

        # WhiteNoise warns about a directory of collected files that is not there.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        application = get_wsgi_application()
        # All pages are imported, and texts and lexicons read, before the first request: patients wait for it.
        _ = get_resolver().url_patterns
        templates()
        shipped_lexicon()
        return application
