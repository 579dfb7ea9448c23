"""A setting is read with its type, or its name and what it should be are said."""

import stat
import threading
from pathlib import Path

import pytest

from rebook.config import env
from rebook.config.env import SecretKeyNotKept, SettingInvalid, SettingMissing

NAME = "REBOOK_SOMETHING"


def engine(name, **more):
    return env.env_choice(name, ("duckdb", "spark"), **more)


# reader, text in the environment, value
READ = [
    (env.env_str, "as it is", "as it is"),
    (env.env_str, "  trimmed ", "trimmed"),
    (env.env_int, "42", 42),
    (env.env_int, "-1", -1),
    (env.env_bool, "1", True),
    (env.env_bool, "Yes", True),
    (env.env_bool, "on", True),
    (env.env_bool, "false", False),
    (env.env_bool, "OFF", False),
    (engine, "spark", "spark"),
    (engine, "DuckDB", "duckdb"),
    (env.env_path, "/var/lib/rebook", Path("/var/lib/rebook")),
    (env.env_path, "~/data", Path.home() / "data"),
    (env.env_list, "a.example.org, localhost,,[::1]", ["a.example.org", "localhost", "[::1]"]),
    (env.env_list, "*", ["*"]),
    (env.env_url, "https://rebook.example.org/", "https://rebook.example.org"),
    (env.env_url, "http://localhost:8000", "http://localhost:8000"),
]

# reader, text that cannot be used, what the message asks for
REFUSED = [
    (env.env_int, "many", "a whole number"),
    (env.env_int, "1.5", "a whole number"),
    (env.env_bool, "maybe", "one of 1, true, yes, on or one of 0, false, no, off"),
    (engine, "polars", "one of duckdb, spark"),
    (env.env_path, "relative/path", "an absolute path"),
    (env.env_path, "~nobody-of-that-name/x", "an absolute path"),
    (env.env_list, "https://rebook.example.org", "separated by commas"),
    (env.env_list, "a b", "separated by commas"),
    (env.env_list, " , ,, ", "separated by commas"),
    (env.env_url, "rebook.example.org", "begins with http:// or https://"),
    (env.env_url, "ftp://rebook.example.org", "begins with http:// or https://"),
    (env.env_url, "https://", "begins with http:// or https://"),
    (env.env_url, "https://host:port", "begins with http:// or https://"),
    (env.env_url, "https://host/a b", "begins with http:// or https://"),
]

DEFAULTS = [
    (env.env_str, ""),
    (env.env_str, "text"),
    (env.env_int, 0),
    (env.env_bool, False),
    (engine, "duckdb"),
    (env.env_path, Path("/somewhere")),
    (env.env_list, ["localhost"]),
    (env.env_list, []),
    (env.env_url, "http://localhost:8000"),
]


@pytest.mark.parametrize(("read", "text", "value"), READ)
def test_a_value_is_read_with_its_type(read, text, value, monkeypatch):
    monkeypatch.setenv(NAME, text)
    assert read(NAME) == value


@pytest.mark.parametrize(("read", "text", "expected"), REFUSED)
def test_a_wrong_value_is_refused_even_where_there_is_a_default(read, text, expected, monkeypatch):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(SettingInvalid) as refusal:
        read(NAME, default=object())
    assert NAME in str(refusal.value)
    assert expected in str(refusal.value)
    assert text not in str(refusal.value).replace(expected, ""), "a value may be a secret"


@pytest.mark.parametrize("text", [None, "", "   "])
@pytest.mark.parametrize(("read", "default"), DEFAULTS)
def test_an_absent_or_empty_variable_gives_the_default(read, default, text, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    if text is not None:
        monkeypatch.setenv(NAME, text)
    assert read(NAME, default=default) == default


@pytest.mark.parametrize("read", sorted({read for read, _, _ in READ}, key=lambda read: read.__name__))
def test_an_absent_variable_without_default_is_named(read, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(SettingMissing, match=f"{NAME} is not set. Set it to"):
        read(NAME)


@pytest.mark.parametrize(("text", "fits"), [("0", False), ("1", True), ("9", True), ("10", False)])
def test_bounds_of_a_number_are_included(text, fits, monkeypatch):
    monkeypatch.setenv(NAME, text)
    if fits:
        assert env.env_int(NAME, minimum=1, maximum=9) == int(text)
    else:
        with pytest.raises(SettingInvalid, match="at least 1, at most 9"):
            env.env_int(NAME, minimum=1, maximum=9)


@pytest.fixture
def no_key(monkeypatch):
    monkeypatch.delenv("REBOOK_SECRET_KEY", raising=False)


def test_a_secret_key_is_made_once_and_kept_private(tmp_path, no_key):
    home = tmp_path / "new"
    key = env.secret_key(home=home)
    assert len(key) >= 64
    assert env.secret_key(home=home) == key
    assert [path.name for path in home.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600


def test_a_key_others_could_read_is_made_private(tmp_path, no_key):
    key = env.secret_key(home=tmp_path)
    (tmp_path / "secret_key").chmod(0o644)
    assert env.secret_key(home=tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_key(tmp_path, no_key):
    together = threading.Barrier(8)
    keys = set()

    def start():
        together.wait()
        keys.add(env.secret_key(home=tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1


def test_a_given_key_is_used_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("REBOOK_SECRET_KEY", "k" * 32)
    assert env.secret_key(home=tmp_path) == "k" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_given_key_that_is_too_short_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("REBOOK_SECRET_KEY", "hunter2")
    with pytest.raises(SettingInvalid, match="at least 32 characters") as refusal:
        env.secret_key(home=tmp_path)
    assert "hunter2" not in str(refusal.value)


def test_a_key_that_cannot_be_kept_says_where(tmp_path, no_key):
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretKeyNotKept, match=r"file/secret_key.*REBOOK_HOME.*REBOOK_SECRET_KEY"):
        env.secret_key(home=tmp_path / "file")


def test_an_emptied_key_file_is_not_taken_for_a_key(tmp_path, no_key):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SecretKeyNotKept, match="delete it"):
        env.secret_key(home=tmp_path)
