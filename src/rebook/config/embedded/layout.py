"""What lies where under the home directory, and whether it can be written."""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rebook.config.embedded.failures import UnableToStart
from rebook.config.embedded.owner import Owner

# The address of a Unix socket has 104 bytes on macOS and 108 on Linux, with a closing NUL.
LONGEST_SOCKET_PATH = 100
SOCKET_NAME = ".s.PGSQL.5432"
# Not the temporary directory of the environment: two processes with different settings of
# TMPDIR have to meet, and on macOS that one is long by itself.
SHORT_DIRECTORY = Path("/tmp")  # noqa: S108

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class HomeNotWritable(UnableToStart):
    """The home directory cannot be created or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Rebook cannot write to {path} ({reason}). Make it writable for the user who runs Rebook, "
            "or set REBOOK_HOME to a directory that is."
        )


class DiskFull(UnableToStart):
    """No space is left where the data lives."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"No space is left on the disk that holds {path}. Nothing that was committed is lost. "
            "Free some space and start Rebook again, or set REBOOK_HOME to a directory on a larger disk."
        )


class SocketDirectoryUnsafe(UnableToStart):
    """Somebody else has made the short directory the socket would go to."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"REBOOK_HOME is too deep for a Unix socket, and {path}, which would be used instead, belongs to "
            "somebody else or is open to others. Remove it, or set REBOOK_HOME to a shorter path."
        )


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The files of one embedded server. `home` is absolute and free of symbolic links."""

    home: Path

    @classmethod
    def of(cls, home: Path) -> "Layout":
        return cls(home=Path(os.path.realpath(home.expanduser())))

    @property
    def root(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log" / "postgres.log"

    @property
    def starting(self) -> Path:
        """Locked while a process starts or stops the server."""
        return self.root / "starting.lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by every process that uses the server."""
        return self.root / "users.lock"

    @property
    def server(self) -> Path:
        """Locked by the processes of the server themselves; free only when none is left."""
        return self.root / "server.lock"

    def socket_directory(self, *, owner: Owner) -> Path:
        """Where the socket goes: beside the data, or a short private directory if it cannot."""
        beside = self.root / "run"
        fits = len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        # libpq reads a comma in a host as the start of the next host, and has no way to quote it.
        if fits and "," not in str(beside):
            return beside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return SHORT_DIRECTORY / f"rebook-{owner.uid}-{name}"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what the operating system says about a path into `DiskFull` or `HomeNotWritable`."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise DiskFull(path) from error
        raise HomeNotWritable(path, error.strerror or type(error).__name__) from error


def tidy(*, layout: Layout, owner: Owner) -> None:
    """Removes the short directory of a server that has stopped; one beside the data stays."""
    directory = layout.socket_directory(owner=owner)
    if directory.parent == SHORT_DIRECTORY:
        with contextlib.suppress(OSError):
            directory.rmdir()


def prepare(*, layout: Layout, owner: Owner) -> None:
    """Makes the directories, each for its owner alone.

    Raises `HomeNotWritable`, `DiskFull`, `SocketDirectoryUnsafe`.
    """
    with explained(layout.home):
        layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.root.mkdir(mode=0o700, exist_ok=True)
        for lock in (layout.starting, layout.users, layout.server):
            os.close(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        layout.log.parent.mkdir(mode=0o700, exist_ok=True)
        owner.take(layout.log.parent)
    _prepare_socket_directory(directory=layout.socket_directory(owner=owner), owner=owner)


def _prepare_socket_directory(*, directory: Path, owner: Owner) -> None:
    with explained(directory):
        try:
            directory.mkdir(mode=0o700)
            owner.take(directory)
        except FileExistsError:
            pass
        found = directory.lstat()
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    in_home = directory.parent != SHORT_DIRECTORY
    if private and in_home and not owner.is_self:
        owner.take(directory)
    elif not private or found.st_uid != owner.uid:
        raise SocketDirectoryUnsafe(directory)
