"""The address in `REBOOK_DATABASE_URL` becomes Django's settings, or a clear refusal."""

import pytest

from rebook.config.database import (
    DatabaseUrlInvalid,
    ServerTooOld,
    check_server_version,
    database_settings,
)


def _read(url, home):
    return database_settings(home=home, url=url)


def test_every_part_of_an_address_is_used(tmp_path):
    url = "postgresql://nurse:p%40ss%2Fword@db.example.org:6432/clinic?sslmode=verify-full&connect_timeout=3"
    settings = _read(url, tmp_path)
    parts = {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert parts == {
        "NAME": "clinic",
        "USER": "nurse",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example.org",
        "PORT": "6432",
    }
    assert settings["OPTIONS"]["sslmode"] == "verify-full"
    assert settings["OPTIONS"]["connect_timeout"] == "3"
    assert "EMBEDDED_HOME" not in settings


def test_a_socket_and_two_hosts_are_understood(tmp_path):
    assert _read("postgresql:///clinic?host=/run/postgresql", tmp_path)["HOST"] == "/run/postgresql"
    assert _read("postgres://a:5432,b:5433/clinic", tmp_path)["HOST"] == "a,b"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://u:secret@host/clinic", "does not begin with postgresql://"),
        ("host=db password=secret dbname=clinic", "does not begin with postgresql://"),
        ("postgresql://u:secret@host:5432/", "names no database"),
        ("postgresql://u:secret@host:5432", "names no database"),
        ("postgresql://u:secret@host/clinic?sslmod=require", "is not an address PostgreSQL understands"),
    ],
)
def test_a_wrong_address_is_refused_without_showing_the_password(url, reason, tmp_path):
    with pytest.raises(DatabaseUrlInvalid) as refusal:
        _read(url, tmp_path)
    assert reason in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", [None, ""])
def test_without_an_address_it_is_the_embedded_server_of_the_home(url, tmp_path):
    settings = _read(url, tmp_path)
    assert settings["EMBEDDED_HOME"] == tmp_path.resolve()
    assert settings["HOST"].startswith("/")
    assert settings["NAME"] == "rebook"


@pytest.mark.parametrize("version", [150000, 150004, 160001, 180004])
def test_supported_servers_pass(version):
    check_server_version(version)


@pytest.mark.parametrize(("version", "named"), [(140011, "PostgreSQL 14"), (90624, "PostgreSQL 9")])
def test_older_servers_are_refused_by_name(version, named):
    with pytest.raises(ServerTooOld, match=f"{named}; Rebook needs 15 or later"):
        check_server_version(version)
