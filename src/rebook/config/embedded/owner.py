"""The system user the server runs as: PostgreSQL refuses to run as root."""

import functools
import logging
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebook.config.embedded.failures import UnableToStart

SYSTEM_USER = "rebook-postgres"
# Every system has it; used where no user can be added (a read-only or very small container).
FALLBACK_USER = "nobody"

_logger = logging.getLogger(__name__)


class UnreachableForServer(UnableToStart):
    """Rebook runs as root, and the user PostgreSQL runs as cannot get to its files."""

    def __init__(self, *, path: Path, user: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL does not run as root, and the system user '{user}' that Rebook uses for it cannot "
            f"reach {path} ({reason}). Run Rebook as an ordinary user, or set REBOOK_HOME to a directory "
            "outside any private one, such as /var/lib/rebook."
        )


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who owns the data directory and runs the server."""

    uid: int
    gid: int
    name: str

    @property
    def is_self(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def run_as(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this user."""
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Gives one file or directory to this user."""
        if not self.is_self:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def take_all(self, directory: Path) -> None:
        """Gives a directory and all it holds to this user (an image rebuilt with other user ids)."""
        if self.is_self:
            return
        for parent, _directories, files in os.walk(directory):
            self.take(Path(parent))
            for name in files:
                self.take(Path(parent) / name)


def server_owner() -> Owner:
    """The user this process runs the server as: itself, or a system user when it is root.

    Raises `UnreachableForServer` when root has no other user to turn to.
    """
    uid = os.geteuid()
    if uid != 0:
        return Owner(uid=uid, gid=os.getegid(), name=_name_of(uid))
    return _system_user()


@functools.cache
def _system_user() -> Owner:
    entry = _entry(SYSTEM_USER) or _added_user() or _entry(FALLBACK_USER)
    if entry is None:
        raise UnreachableForServer(path=Path("/"), user=SYSTEM_USER, reason="the user could not be added")
    return Owner(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _added_user() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, check=False)
    # Looked up again rather than trusting the exit code: another process may have added it first.
    return _entry(SYSTEM_USER)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def open_the_way(*, path: Path, owner: Owner) -> None:
    """Lets the owner pass through every directory above `path`.

    Only the right to pass is added (never to list or read), and only where it lacks: `/root` and
    pytest's directories are closed to everybody else.

    Raises `UnreachableForServer`.
    """
    if owner.is_self:
        return
    for directory in reversed(path.parents):
        mode = directory.stat()
        if _can(mode, owner, stat.S_IXOTH):
            continue
        _logger.info("letting the user %s pass through %s", owner.name, directory)
        try:
            directory.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)
        except OSError as error:
            reason = error.strerror or "no permission"
            raise UnreachableForServer(path=directory, user=owner.name, reason=reason) from error


def open_programs(*, installation: Path, program: Path, owner: Owner) -> None:
    """Lets the owner read and run the programs of the wheel, and proves it by running one.

    Raises `UnreachableForServer`.
    """
    if owner.is_self:
        return
    open_the_way(path=installation, owner=owner)
    if not _can(program.stat(), owner, stat.S_IROTH | stat.S_IXOTH):
        _open_tree(installation)
    try:
        subprocess.run([program, "--version"], capture_output=True, check=True, cwd="/", **owner.run_as)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = "no permission to run it as that user"
        raise UnreachableForServer(path=program, user=owner.name, reason=reason) from error


def _open_tree(root: Path) -> None:
    for parent, _directories, files in os.walk(root):
        for path in (Path(parent), *(Path(parent) / name for name in files)):
            mode = stat.S_IMODE(path.stat().st_mode)
            runnable = stat.S_IXOTH if mode & stat.S_IXUSR else 0
            path.chmod(mode | stat.S_IROTH | runnable)


def _can(found: os.stat_result, owner: Owner, wanted: int) -> bool:
    """Whether the owner has the permissions `wanted`, given as those of "others"."""
    if found.st_uid == owner.uid:
        wanted <<= 6
    elif found.st_gid == owner.gid:
        wanted <<= 3
    return found.st_mode & wanted == wanted
