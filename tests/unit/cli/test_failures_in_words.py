"""Which failure is told in which words, and with what the command leaves."""

import errno
import json

import psycopg
import pytest
from django.db import OperationalError

from rebook.cli.failures import Refused, explained, tell
from rebook.config.database import DatabaseUrlInvalid
from rebook.config.embedded import HomeNotWritable, LockNotReleased
from rebook.config.env import SettingInvalid
from rebook.flow.practice import UnableToSetUp
from rebook.packs.loader import PackError, PackInvalid
from rebook.work.passes import PassIsRunning


def connection_failure(said):
    try:
        raise OperationalError(said) from psycopg.OperationalError(said)
    except OperationalError as error:
        return error


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Refused("there is no practice 'x'"), 2, "there is no practice 'x'"),
        (Refused("port 80 is taken", code=3), 3, "port 80 is taken"),
        (UnableToSetUp("the practice needs a name"), 2, "the practice needs a name"),
        (SettingInvalid("REBOOK_DEBUG", "yes or no"), 2, "REBOOK_DEBUG"),
        (DatabaseUrlInvalid("names no database"), 2, "names no database"),
        (
            PackInvalid([PackError("dental.toml", 7, "gap", "is unknown")]),
            2,
            "dental.toml:7: gap: is unknown",
        ),
        (HomeNotWritable("/srv", "Read-only file system"), 3, "Read-only file system"),
        (LockNotReleased("/srv/starting.lock", 9), 3, "/srv/starting.lock"),
        (PassIsRunning(), 1, "already running"),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "map.toml"),
            2,
            "map.toml: No such file",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), 3, "No space left"),
        (connection_failure("connection failed:\n  refused"), 3, "connection failed: refused"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_anticipated_failure_is_one_sentence(error, code, words, capsys):
    assert tell(error, as_json=False) == code
    out, err = capsys.readouterr()
    assert words in err
    assert err.startswith("rebook: ")
    assert "Traceback" not in err
    assert out == ""


def test_asked_for_json_the_failure_is_json(capsys):
    assert tell(Refused("there is no practice yet"), as_json=True) == 2
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": "there is no practice yet"}
    assert "there is no practice yet" in err


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Rosa Delgado has no number"),
        psycopg.errors.UniqueViolation("Key (family_name)=(Delgado) already exists."),
        OSError(errno.EIO, "Input/output error"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_bug_shows_where_it_is_and_nothing_of_the_patient(error, capsys, monkeypatch):
    monkeypatch.delenv("REBOOK_DEBUG", raising=False)
    with pytest.raises(type(error)) as raised:
        raise error
    assert explained(raised.value) is None
    assert tell(raised.value, as_json=True) == 3
    out, err = capsys.readouterr()
    assert "Traceback" in err
    assert "test_a_bug_shows_where_it_is" in err
    assert type(error).__name__ in json.loads(out)["error"]
    assert "Delgado" not in out + err


def test_whoever_debugs_sees_the_message(capsys, monkeypatch):
    monkeypatch.setenv("REBOOK_DEBUG", "1")
    assert tell(ValueError("seven is no day"), as_json=False) == 3
    assert "ValueError: seven is no day" in capsys.readouterr().err


def test_a_failure_for_people_below_another_exception_is_told():
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError("pool") from HomeNotWritable("/srv", "Permission denied")
    failure = explained(raised.value)
    assert failure.code == 3
    assert "/srv" in failure.sentence
