"""Whatever keeps the embedded server from starting is said in words, with what to do about it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from rebook.config.embedded import (
    DiskFull,
    HomeNotWritable,
    OtherMajorVersion,
    SocketDirectoryUnsafe,
    StartFailed,
    UnableToStart,
    ensure_running,
    release,
)
from rebook.config.embedded.layout import SHORT_DIRECTORY, Layout
from rebook.config.embedded.owner import server_owner

can_mount = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="needs to mount a small disk: root on Linux"
)


@pytest.fixture
def disk(home):
    """Mounts a disk of a given size at `home`."""

    def mount(options):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", home], capture_output=True)
        if done.returncode != 0:
            pytest.skip("this container may not mount")

    yield mount
    release(home=home)
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(["umount", "--lazy", home], capture_output=True, check=False)


def _fill(directory):
    with contextlib.suppress(OSError), open(directory / "filler", "wb", buffering=0) as file:
        while True:
            file.write(b"0" * 65536)


@can_mount
def test_a_disk_too_small_for_a_first_start(home, disk):
    disk("size=8m")
    with pytest.raises(DiskFull, match=r"No space is left.*Free some space"):
        ensure_running(home=home)
    assert not (home / "postgres" / "data").exists(), "half a data directory would pass for a whole one"


@can_mount
def test_a_disk_that_filled_up_between_two_starts_loses_nothing(home, disk, ledger):
    disk("size=200m")
    with psycopg.connect(ledger()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    release(home=home)
    _fill(home)
    with pytest.raises(DiskFull, match="Nothing that was committed is lost"):
        ensure_running(home=home)
    (home / "filler").unlink()
    with psycopg.connect(ledger()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@can_mount
def test_a_disk_that_fills_up_while_running_loses_nothing_committed(home, disk, ledger):
    disk("size=300m")
    with psycopg.connect(ledger(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        _fill(home)
        with pytest.raises(psycopg.Error):
            connection.execute(
                "CREATE TABLE big AS SELECT repeat(n::text, 100) FROM generate_series(1, 1e6) n"
            )
    (home / "filler").unlink()
    with psycopg.connect(ledger()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@can_mount
def test_a_read_only_home(home, disk):
    disk("size=8m,ro")
    with pytest.raises(HomeNotWritable, match=r"Read-only file system.*REBOOK_HOME"):
        ensure_running(home=home)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_without_permission(home):
    home.chmod(0o500)
    with pytest.raises(HomeNotWritable, match=r"Permission denied.*REBOOK_HOME"):
        ensure_running(home=home / "below")
    home.chmod(0o700)


def test_a_home_that_is_a_file(home):
    (home / "file").write_text("")
    with pytest.raises(HomeNotWritable, match="REBOOK_HOME"):
        ensure_running(home=home / "file")


def test_data_of_another_major_version_is_refused_and_left_alone(home):
    ensure_running(home=home)
    release(home=home)
    version = home / "postgres" / "data" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(
        OtherMajorVersion, match=r"written by PostgreSQL 16; this Rebook brings 18.*rebook backup"
    ):
        ensure_running(home=home)
    assert version.read_text() == "16\n"


def test_a_failed_start_shows_the_end_of_the_log(home):
    ensure_running(home=home)
    release(home=home)
    (home / "postgres" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(StartFailed, match="pg_control"):
        ensure_running(home=home)


def test_a_failure_leaves_no_lock_behind(home):
    ensure_running(home=home)
    release(home=home)
    control = home / "postgres" / "data" / "global" / "pg_control"
    control.rename(home / "aside")
    for _ in range(2):
        with pytest.raises(StartFailed):
            ensure_running(home=home)
    (home / "aside").rename(control)
    assert ensure_running(home=home).postmaster_pid > 0


def test_every_failure_says_whether_trying_again_helps():
    def kinds(of):
        return [of, *(deeper for kind in of.__subclasses__() for deeper in kinds(kind))]

    assert len(kinds(UnableToStart)) > 8
    assert [kind for kind in kinds(UnableToStart) if not isinstance(kind.permanent, bool)] == []


def test_a_half_made_data_directory_of_a_killed_start_is_made_anew(home):
    left = home / "postgres" / "data.new-killed"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    assert ensure_running(home=home).postmaster_pid > 0
    assert not left.exists()


@pytest.mark.parametrize("content", ["{stranger}\n", "", "999999999\n"])
def test_lock_files_of_a_dead_server_are_no_obstacle(home, content):
    server = ensure_running(home=home)
    files = [home / "postgres" / "data" / "postmaster.pid", server.socket_directory / ".s.PGSQL.5432.lock"]
    kept = [file.read_text() for file in files]
    release(home=home)
    for file, text in zip(files, kept, strict=True):
        # The number of a process that lives and is none of ours, as after a reboot.
        rest = text.split("\n", 1)[1] if content else ""
        file.write_text(content.format(stranger=os.getpid()) + rest)
    assert ensure_running(home=home).postmaster_pid != os.getpid()


@pytest.fixture
def deep_home(home):
    path = home / ("d" * 60) / ("e" * 60)
    path.mkdir(parents=True)
    yield path
    release(home=path)
    shutil.rmtree(Layout.of(path).socket_directory(owner=server_owner()), ignore_errors=True)


def test_a_home_too_deep_for_a_socket_uses_a_short_private_directory(deep_home):
    server = ensure_running(home=deep_home)
    assert server.socket_directory.parent == SHORT_DIRECTORY
    assert server.socket_directory.stat().st_mode & 0o077 == 0
    with psycopg.connect(server.dsn("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    release(home=deep_home)
    assert not server.socket_directory.exists()


def test_a_short_directory_of_somebody_else_is_not_trusted(deep_home):
    taken = Layout.of(deep_home).socket_directory(owner=server_owner())
    taken.mkdir(mode=0o777)
    taken.chmod(0o777)
    with pytest.raises(SocketDirectoryUnsafe, match=str(taken)):
        ensure_running(home=deep_home)


def test_odd_characters_in_the_path(home):
    odd = home / "mi clínica, 'Sud' (2)"
    server = ensure_running(home=odd)
    with psycopg.connect(server.dsn("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    release(home=odd)


def test_settings_of_a_neighbouring_server_do_not_leak_in(home, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    server = ensure_running(home=home)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(server.socket_directory / ".s.PGSQL.5432"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_reaches_a_home_in_a_private_directory(home):
    """Only passing is allowed to others, never listing or reading."""
    private = Path(tempfile.mkdtemp(dir=home))
    private.chmod(0o700)
    ensure_running(home=private / "rebook")
    assert private.stat().st_mode & 0o777 == 0o701
    assert (private / "rebook" / "postgres" / "data").stat().st_uid != 0
    release(home=private / "rebook")
