"""Typed readers for environment variables that fail loudly.

A variable that is set but empty counts as absent (compose files pass empty ones on). A value that
is present and wrong is never replaced by a default.
"""

import os
import re
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

SECRET_KEY_VARIABLE = "REBOOK_SECRET_KEY"  # noqa: S105 - the name, not the secret
SHORTEST_SECRET_KEY = 32

T = TypeVar("T")

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")
_HOST = re.compile(r"[^\s/@]+")


class SettingMissing(Exception):
    """A variable without a default is not set."""

    permanent = True
    is_for_people = True

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"The environment variable {name} is not set. Set it to {expected}.")


class SettingInvalid(Exception):
    """A variable is set to something it cannot be. The value itself is never shown: it may be a secret."""

    permanent = True
    is_for_people = True

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(
            f"The environment variable {name} has a value that cannot be used. Set it to {expected}."
        )


def env_str(name: str, *, default: str | None = None) -> str:
    """The value as it is. Raises `SettingMissing` when absent and without a default."""
    return _raw(name) or _defaulted(name, default, "some text")


def env_int(
    name: str, *, default: int | None = None, minimum: int | None = None, maximum: int | None = None
) -> int:
    """A whole number within its bounds, both included. Raises `SettingMissing`, `SettingInvalid`."""
    expected = "a whole number"
    if minimum is not None:
        expected += f", at least {minimum}"
    if maximum is not None:
        expected += f", at most {maximum}"
    raw = _raw(name)
    if raw is None:
        return _defaulted(name, default, expected)
    try:
        value = int(raw)
    except ValueError:
        raise SettingInvalid(name, expected) from None
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise SettingInvalid(name, expected)
    return value


def env_bool(name: str, *, default: bool | None = None) -> bool:
    """Yes or no in the usual spellings. Raises `SettingMissing`, `SettingInvalid`."""
    expected = f"one of {', '.join(_TRUE)} or one of {', '.join(_FALSE)}"
    raw = _raw(name)
    if raw is None:
        return _defaulted(name, default, expected)
    if raw.lower() not in _TRUE + _FALSE:
        raise SettingInvalid(name, expected)
    return raw.lower() in _TRUE


def env_choice(name: str, choices: Sequence[str], *, default: str | None = None) -> str:
    """One of ``choices``, in lower case. Raises `SettingMissing`, `SettingInvalid`."""
    expected = f"one of {', '.join(choices)}"
    raw = _raw(name)
    if raw is None:
        return _defaulted(name, default, expected)
    if raw.lower() not in choices:
        raise SettingInvalid(name, expected)
    return raw.lower()


def env_path(name: str, *, default: Path | None = None) -> Path:
    """An absolute path; `~` is expanded. Raises `SettingMissing`, `SettingInvalid` (relative path)."""
    expected = "an absolute path (or one that begins with ~)"
    raw = _raw(name)
    if raw is None:
        return _defaulted(name, default, expected)
    try:
        path = Path(raw).expanduser()
    except RuntimeError:
        raise SettingInvalid(name, expected) from None
    if not path.is_absolute():
        # Two processes started in different directories would use different data.
        raise SettingInvalid(name, expected)
    return path


def env_list(name: str, *, default: Sequence[str] | None = None) -> list[str]:
    """Comma-separated host names or words, blanks around them dropped.

    Raises `SettingMissing`, `SettingInvalid` (an item with a blank, `/` or `@` in it, or none at all).
    """
    expected = (
        "a list separated by commas, without scheme or path (for example: rebook.example.org,localhost)"
    )
    raw = _raw(name)
    if raw is None:
        return list(_defaulted(name, default, expected))
    items = [item.strip() for item in raw.split(",") if item.strip()]
    if not items or not all(_HOST.fullmatch(item) for item in items):
        raise SettingInvalid(name, expected)
    return items


def env_url(name: str, *, default: str | None = None, schemes: Sequence[str] = ("http", "https")) -> str:
    """An absolute URL without a slash at its end. Raises `SettingMissing`, `SettingInvalid`."""
    expected = f"an absolute URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    raw = _raw(name)
    if raw is None:
        return _defaulted(name, default, expected)
    try:
        parts = urlsplit(raw)
        _ = parts.port
    except ValueError:
        raise SettingInvalid(name, expected) from None
    if parts.scheme not in schemes or not parts.hostname or re.search(r"\s", raw):
        raise SettingInvalid(name, expected)
    return raw.rstrip("/")


def secret_key(*, home: Path) -> str:
    """What signs sessions and tokens: `REBOOK_SECRET_KEY`, else one made once and kept under `home`.

    Processes that start together agree on one. Raises `SettingInvalid` (too short), `SecretKeyNotKept`.
    """
    given = _raw(SECRET_KEY_VARIABLE)
    if given is not None:
        if len(given) < SHORTEST_SECRET_KEY:
            raise SettingInvalid(
                SECRET_KEY_VARIABLE, f"a random text of at least {SHORTEST_SECRET_KEY} characters"
            )
        return given
    path = home / "secret_key"
    try:
        if not path.exists():
            _keep_new_secret(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
        kept = path.read_text().strip()
    except OSError as error:
        raise SecretKeyNotKept(path, error.strerror or type(error).__name__) from error
    if len(kept) < SHORTEST_SECRET_KEY:
        raise SecretKeyNotKept(path, "the file holds no usable key; delete it and a new one is made")
    return kept


class SecretKeyNotKept(Exception):
    """The generated key can be neither read nor written."""

    permanent = True
    is_for_people = True

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Rebook cannot keep its secret key in {path} ({reason}). Make the directory writable, set "
            f"REBOOK_HOME to one that is, or give a key in {SECRET_KEY_VARIABLE}."
        )


def _keep_new_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Whoever comes first wins, and nobody ever sees half a key.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _raw(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _defaulted(name: str, default: T | None, expected: str) -> T:
    if default is None:
        raise SettingMissing(name, expected)
    return default
