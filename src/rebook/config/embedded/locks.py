"""File locks that the kernel releases when their process dies, however it dies.

`flock` belongs to the opened file, not to the process: a forked child shares its parent's lock,
and it is free only when both have closed it. That is exactly what counting users needs.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebook.config.embedded.failures import UnableToStart

_PAUSE_SECONDS = 0.02


class LockNotReleased(UnableToStart):
    """Another process has been starting or stopping the server for too long."""

    permanent = False

    def __init__(self, path: Path, waited_seconds: float) -> None:
        super().__init__(
            f"Another Rebook process has held {path} for more than {waited_seconds:.0f} seconds while it "
            "starts or stops PostgreSQL. Wait and try again; if it hangs, stop that process."
        )


def opened(path: Path) -> int:
    """A file descriptor of its own; locks taken through it do not survive an `exec`."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def share(descriptor: int) -> None:
    """Takes a shared lock; waits only as long as somebody looks whether anybody is left."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def try_exclusive(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock exclusively. Takes it, shared, for an instant."""
    descriptor = opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def exclusive(path: Path, *, timeout_seconds: float, inheritable: bool = False) -> Iterator[int]:
    """Holds the lock alone; yields its descriptor. Raises `LockNotReleased`.

    An inheritable lock is closed at the end but not unlocked, so it stays with the programs that
    were given the descriptor until the last of them has ended.
    """
    descriptor = opened(path)
    try:
        deadline = time.monotonic() + timeout_seconds
        while not try_exclusive(descriptor):
            if time.monotonic() > deadline:
                raise LockNotReleased(path, timeout_seconds)
            time.sleep(_PAUSE_SECONDS)
        yield descriptor
        if not inheritable:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)
