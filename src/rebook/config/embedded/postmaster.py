"""Starting, stopping and looking at the server process."""

import contextlib
import enum
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import statvfs
from pathlib import Path

import psutil
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from rebook.config.embedded import locks
from rebook.config.embedded.binaries import Binaries
from rebook.config.embedded.cluster import SUPERUSER, clean_environment, is_disk_full, tail
from rebook.config.embedded.failures import UnableToStart
from rebook.config.embedded.layout import SOCKET_NAME, DiskFull, Layout
from rebook.config.embedded.owner import Owner

START_SECONDS = 300
STOP_SECONDS = 60
# A backend whose postmaster is gone ends by itself unless it is deep in one long statement.
ORPHAN_SECONDS = 5
_PAUSE_SECONDS = 0.02
_LONGEST_LOG_BYTES = 5_000_000
_SMALL_SHARED_MEMORY_BYTES = 1_000_000_000

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Nothing committed is ever lost.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements, their parameters and the details of errors can hold patient data: none is logged.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_checkpoints": "off",
}


class StartFailed(UnableToStart):
    """The server did not come up; the end of its log is in the message."""

    def __init__(self, *, log: Path, said: str) -> None:
        super().__init__(f"The embedded PostgreSQL did not start. The end of its log ({log}):\n{said}")


class NotAnswering(UnableToStart):
    """Processes of the server are there but take no connection."""

    permanent = False

    def __init__(self, *, layout: Layout, pid: int | None) -> None:
        process = f" (process {pid})" if pid else ""
        super().__init__(
            f"The PostgreSQL of {layout.home} is running{process} but has not answered for {START_SECONDS} "
            f"seconds. Look at {layout.log}; if it hangs, end that process and start Rebook again."
        )


class State(enum.Enum):
    UP = "takes connections"
    BUSY = "starting, stopping or recovering"
    DOWN = "no process is left"


@dataclass(frozen=True, kw_only=True)
class Server:
    """What is needed to look after one server."""

    layout: Layout
    binaries: Binaries
    owner: Owner

    @property
    def socket_directory(self) -> Path:
        """Where the socket is: as the running server says, else where it would go."""
        lines = _lines(self.layout.data / "postmaster.pid")
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        return self.layout.socket_directory(owner=self.owner)

    def pid(self) -> int | None:
        lines = _lines(self.layout.data / "postmaster.pid")
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def state(self) -> State:
        answer = PGconn.ping(_address(self.socket_directory))
        if answer == Ping.OK:
            return State.UP
        if answer == Ping.REJECT or not locks.is_free(self.layout.server):
            return State.BUSY
        return State.DOWN

    def is_alive(self, *, pid: int) -> bool:
        """Whether that process lives and is this server. Cheap; says nothing about readiness."""
        try:
            process = psutil.Process(pid)
            lives = process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        return lives and any(self._processes([process]))

    def settled(self) -> State:
        """UP or DOWN, waiting while the server starts, stops, recovers or leaves orphans behind.

        Raises `NotAnswering`.
        """
        began = time.monotonic()
        while (state := self.state()) is State.BUSY:
            waited = time.monotonic() - began
            if waited > START_SECONDS:
                raise NotAnswering(layout=self.layout, pid=self.pid())
            pid = self.pid()
            if waited > ORPHAN_SECONDS and (pid is None or not self.is_alive(pid=pid)):
                self.kill_all()
            time.sleep(_PAUSE_SECONDS)
        return state

    def start(self) -> None:
        """Starts the server and waits until it takes connections (recovery included).

        The caller holds the starting lock and has seen that the server is down.
        Raises `StartFailed`, `DiskFull`, `LockNotReleased`.
        """
        self._remove_stale_lock_files()
        self._rotate_log()
        socket_directory = self.layout.socket_directory(owner=self.owner)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        options += [f'-cunix_socket_directories="{socket_directory}"', *_shared_memory_options()]
        seen = _size(self.layout.log)
        with locks.exclusive(self.layout.server, timeout_seconds=10, inheritable=True) as server_lock:
            # The server and all its processes keep the lock open: it is free exactly when none is left,
            # whatever process ids say (zombies, reused numbers, other containers).
            started = self._pg_ctl(
                "start",
                f"--options={shlex.join(options)}",
                f"--log={self.layout.log}",
                f"--timeout={START_SECONDS}",
                pass_fds=(server_lock,),
            )
        if started.returncode == 0:
            return
        said = _read_from(self.layout.log, seen) + started.stdout
        if is_disk_full(said):
            raise DiskFull(self.layout.data)
        raise StartFailed(log=self.layout.log, said=tail(said))

    def stop(self) -> None:
        """Stops the server: connections are closed, everything committed is on disk."""
        for mode in ("fast", "immediate"):
            stopped = self._pg_ctl("stop", f"--mode={mode}", f"--timeout={STOP_SECONDS}")
            if stopped.returncode == 0 or self.state() is State.DOWN:
                return

    def kill_all(self) -> None:
        """Ends every process of this server at once. Safe for what was committed: it is in the log."""
        for process in self._processes(psutil.process_iter()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _processes(self, candidates: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
        for process in candidates:
            with contextlib.suppress(psutil.Error, OSError):
                if process.name().startswith("postgres") and self._works_here(process):
                    yield process

    def _works_here(self, process: psutil.Process) -> bool:
        # The working directory tells for every process of a server, its title only for the first.
        directory: str = process.cwd()
        return directory.removesuffix(" (deleted)") == str(self.layout.data)

    def _remove_stale_lock_files(self) -> None:
        # The server refuses to start while any process has the number in one of its two lock files: a
        # zombie that nobody reaps, or a stranger who got the number after a reboot.
        in_socket_directory = self.layout.socket_directory(owner=self.owner) / f"{SOCKET_NAME}.lock"
        for file in (self.layout.data / "postmaster.pid", in_socket_directory):
            lines = _lines(file)
            # Empty where a disk was full at the moment it was written.
            number = int(lines[0]) if lines and lines[0].isdigit() else None
            if number is None or not self.is_alive(pid=number):
                file.unlink(missing_ok=True)

    def _rotate_log(self) -> None:
        if _size(self.layout.log) > _LONGEST_LOG_BYTES:
            self.layout.log.replace(self.layout.log.with_suffix(".log.1"))

    def _pg_ctl(
        self, action: str, *options: str, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        # Not through a pipe: the server inherits it and would keep the reader waiting for its end.
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            done = subprocess.run(
                [self.binaries.pg_ctl, action, "--wait", f"--pgdata={self.layout.data}", *options],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
                cwd="/",
                env=clean_environment(),
                pass_fds=pass_fds,
                **self.owner.run_as,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")


def _address(socket_directory: Path) -> bytes:
    return make_conninfo(
        host=str(socket_directory), port=5432, user=SUPERUSER, dbname=SUPERUSER, connect_timeout=3
    ).encode()


def _shared_memory_options() -> list[str]:
    # Containers give /dev/shm 64 MB, too little for a parallel query; System V memory has no such limit.
    if sys.platform != "linux":
        return []
    try:
        space = statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return ["-cdynamic_shared_memory_type=sysv"]
    if space.f_blocks * space.f_frsize >= _SMALL_SHARED_MEMORY_BYTES:
        return []
    return ["-cdynamic_shared_memory_type=sysv"]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _read_from(path: Path, start: int) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")
