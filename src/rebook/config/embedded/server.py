"""One embedded server per home directory, shared by every Rebook process that needs it.

Three locks, all released by the kernel when their holder dies:
`starting` is held by whoever starts or stops the server, `users` is shared by everybody who uses
it, `server` is held by the processes of the server itself. Whoever leaves and finds nobody else
among the users stops the server.
"""

import atexit
import contextlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rebook.config.embedded import locks
from rebook.config.embedded.binaries import find_binaries
from rebook.config.embedded.cluster import ensure_initialised
from rebook.config.embedded.databases import APPLICATION_ROLE, ensure_role
from rebook.config.embedded.failures import UnableToStart
from rebook.config.embedded.layout import Layout, explained, prepare, tidy
from rebook.config.embedded.owner import open_programs, open_the_way, server_owner
from rebook.config.embedded.postmaster import START_SECONDS, STOP_SECONDS, Server, State

_LEAVE_SECONDS = 2 * STOP_SECONDS


@dataclass(frozen=True, kw_only=True)
class EmbeddedServer:
    """A running server, reachable through a Unix socket only."""

    home: Path
    socket_directory: Path
    postmaster_pid: int

    def dsn(self, database: str, *, user: str = APPLICATION_ROLE) -> str:
        """The address of one of its databases, as an URL that libpq understands."""
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{quote(user)}@/{quote(database)}?host={host}"


@dataclass(kw_only=True)
class _Registration:
    server: Server
    descriptor: int
    running: EmbeddedServer


_registrations: dict[Path, _Registration] = {}
_guard = threading.RLock()


def _renew_guard() -> None:
    # A child forked while another thread held the guard would wait for a thread it does not have.
    global _guard
    _guard = threading.RLock()


os.register_at_fork(after_in_child=_renew_guard)


def ensure_running(*, home: Path) -> EmbeddedServer:
    """The server of `home`, started or attached to; this process counts as a user until it ends.

    Safe to call often: when the server is there it costs a look at one process. After a crash of the
    server it is started again, with everything that was committed.

    Raises one of the kinds of `UnableToStart`, whose message says what to do.
    """
    layout = Layout.of(home)
    with _guard:
        known = _registrations.get(layout.home)
        if known is not None and known.server.is_alive(pid=known.running.postmaster_pid):
            return known.running
        server = known.server if known else _described(layout)
        prepare(layout=layout, owner=server.owner)
        with locks.exclusive(layout.starting, timeout_seconds=START_SECONDS + _LEAVE_SECONDS):
            if known is None:
                with explained(layout.users):
                    descriptor = locks.opened(layout.users)
            else:
                descriptor = known.descriptor
            try:
                locks.share(descriptor)
                running = _up(server)
            except BaseException:
                os.close(descriptor)
                _registrations.pop(layout.home, None)
                raise
            _registrations[layout.home] = _Registration(server=server, descriptor=descriptor, running=running)
        return running


def release(*, home: Path) -> None:
    """Gives up the use of the server before this process ends; the last user stops it."""
    layout = Layout.of(home)
    with _guard:
        known = _registrations.pop(layout.home, None)
        if known is not None:
            _leave(known)


def _described(layout: Layout) -> Server:
    return Server(layout=layout, binaries=find_binaries(), owner=server_owner())


def _up(server: Server) -> EmbeddedServer:
    if server.settled() is State.DOWN:
        open_programs(
            installation=server.binaries.installation, program=server.binaries.postgres, owner=server.owner
        )
        socket_directory = server.layout.socket_directory(owner=server.owner)
        for path in (server.layout.data, server.layout.log, socket_directory):
            open_the_way(path=path, owner=server.owner)
        ensure_initialised(layout=server.layout, binaries=server.binaries, owner=server.owner)
        server.start()
    ensure_role(socket_directory=server.socket_directory)
    return EmbeddedServer(
        home=server.layout.home, socket_directory=server.socket_directory, postmaster_pid=server.pid() or 0
    )


def _leave(registration: _Registration) -> None:
    server = registration.server
    if not server.layout.users.exists():
        # The home was deleted under the server; it would notice within a minute.
        os.close(registration.descriptor)
        server.kill_all()
        return
    with locks.exclusive(server.layout.starting, timeout_seconds=_LEAVE_SECONDS):
        # Closed, never unlocked: a forked parent or child may still use the same lock.
        os.close(registration.descriptor)
        last = locks.opened(server.layout.users)
        try:
            if locks.try_exclusive(last):
                server.stop()
                tidy(layout=server.layout, owner=server.owner)
        finally:
            os.close(last)


@atexit.register
def _leave_all() -> None:
    with _guard:
        while _registrations:
            _home, registration = _registrations.popitem()
            # Nobody is left to act on a failure here, and the next start copes with a server left behind.
            with contextlib.suppress(UnableToStart, OSError):
                _leave(registration)
