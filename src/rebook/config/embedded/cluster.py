"""The data directory: made whole or not at all, and only used by the version that wrote it."""

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from rebook.config.embedded.binaries import MAJOR_VERSION, Binaries
from rebook.config.embedded.failures import UnableToStart
from rebook.config.embedded.layout import DiskFull, Layout, explained
from rebook.config.embedded.owner import Owner, open_the_way

SUPERUSER = "postgres"
_UNFINISHED = "data.new-"
_DISK_FULL_WORDS = ("No space left on device", "Disk quota exceeded")
_TAIL_LINES = 15


class OtherMajorVersion(UnableToStart):
    """The data directory was written by another major version of PostgreSQL."""

    def __init__(self, *, data: Path, found: str) -> None:
        super().__init__(
            f"The data in {data} was written by PostgreSQL {found}; this Rebook brings {MAJOR_VERSION} and "
            f"leaves it untouched. Make a backup with the Rebook that wrote it (rebook backup FILE), move "
            f"{data} aside, and restore with this one (rebook restore FILE)."
        )


class OwnedBySomebodyElse(UnableToStart):
    """The data directory belongs to another user of this machine."""

    def __init__(self, *, data: Path, user: str) -> None:
        super().__init__(
            f"The data in {data} belongs to another user than '{user}', who runs Rebook. Run Rebook as the "
            "user who made it, or give the directory to this one (chown -R)."
        )


class UnableToInitialise(UnableToStart):
    """`initdb` failed; its last words are in the message."""

    def __init__(self, *, data: Path, said: str) -> None:
        super().__init__(f"PostgreSQL could not make its data directory {data}. It said:\n{said}")


def is_disk_full(text: str) -> bool:
    """Whether a program of PostgreSQL complains about space in `text`."""
    return any(words in text for words in _DISK_FULL_WORDS)


def tail(text: str) -> str:
    """The last lines of what a program said."""
    return "\n".join(text.strip().splitlines()[-_TAIL_LINES:])


def clean_environment() -> dict[str, str]:
    """The environment without PG*, which would redirect the programs, and in plain English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "LANG": "C"}


def ensure_initialised(*, layout: Layout, binaries: Binaries, owner: Owner) -> None:
    """Makes the data directory when there is none; checks it when there is one.

    The caller holds the starting lock and knows that no server runs.

    Raises `OtherMajorVersion`, `OwnedBySomebodyElse`, `DiskFull`, `UnableToInitialise`.
    """
    _remove_unfinished(layout)
    if layout.data.exists():
        _check(layout=layout, owner=owner)
        return
    # Made under another name: initdb writes PG_VERSION first, so a directory left by a killed
    # initdb would pass for a finished one.
    with explained(layout.root):
        fresh = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=layout.root))
        owner.take(fresh)
    try:
        _initdb(fresh=fresh, layout=layout, binaries=binaries, owner=owner)
        with explained(layout.root):
            fresh.rename(layout.data)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _check(*, layout: Layout, owner: Owner) -> None:
    if layout.data.stat().st_uid != owner.uid:
        if owner.is_self:
            raise OwnedBySomebodyElse(data=layout.data, user=owner.name)
        owner.take_all(layout.data)
    with explained(layout.data):
        version_file = layout.data / "PG_VERSION"
        found = version_file.read_text().strip() if version_file.exists() else "unknown"
    if found != str(MAJOR_VERSION):
        raise OtherMajorVersion(data=layout.data, found=found)


def _initdb(*, fresh: Path, layout: Layout, binaries: Binaries, owner: Owner) -> None:
    open_the_way(path=fresh, owner=owner)
    # Trust is safe here: the server listens on a socket that only its owner can reach. The builtin
    # locale sorts alike on every machine and never changes with the C library underneath.
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    options += ["--auth-local=trust", "--auth-host=reject", f"--username={SUPERUSER}", "--no-instructions"]
    try:
        done = subprocess.run(
            [binaries.initdb, *options, f"--pgdata={fresh}"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=clean_environment() | {"TZ": "UTC"},
            **owner.run_as,
        )
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(layout.root) from error
        raise UnableToInitialise(data=layout.data, said=str(error)) from error
    if done.returncode != 0:
        said = done.stdout + done.stderr
        if is_disk_full(said):
            raise DiskFull(layout.root)
        raise UnableToInitialise(data=layout.data, said=tail(said))


def _remove_unfinished(layout: Layout) -> None:
    for left in layout.root.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
