"""What the command says when something goes wrong: one sentence for people, a bare traceback for bugs.

Anticipated failures carry ``permanent`` (style 3.3); this is the one place that maps them to exit codes.
"""

import errno
import json
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

EXIT_NO, EXIT_USAGE, EXIT_FAILED, EXIT_INTERRUPTED = 1, 2, 3, 130

# What the database says in these classes of errors is about the server, never about a row.
_ABOUT_THE_SERVER = ("08", "28", "3D", "42501", "53", "57", "58")
# Their messages name code, never a row.
_ABOUT_CODE = (ImportError, NameError, SyntaxError)
_BAD_PATHS = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


class Refused(Exception):
    """A command will not do what was asked; ``code`` is what it leaves with."""

    is_for_people = True
    permanent = True

    def __init__(self, sentence: str, *, code: int = EXIT_USAGE) -> None:
        self.code = code
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Failure:
    """What to say, and what to leave with."""

    sentence: str
    code: int


def explained(error: BaseException) -> Failure | None:
    """The failure in words, or None when it is a bug."""
    if isinstance(error, Refused):
        return Failure(str(error), error.code)
    if getattr(error, "is_for_people", False) or hasattr(error, "permanent"):
        # Whatever the embedded server lacks (space, rights, time) is no fault of what was typed.
        is_input = getattr(error, "permanent", True) and "config.embedded" not in type(error).__module__
        return Failure(str(error), EXIT_USAGE if is_input else EXIT_FAILED)
    if isinstance(error, _BAD_PATHS) and error.filename:
        return Failure(f"{error.filename}: {error.strerror}", EXIT_USAGE)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return Failure(f"{error.filename or 'writing a file'}: {error.strerror}", EXIT_FAILED)
    return _database_failure(error)


def _database_failure(error: BaseException) -> Failure | None:
    # Imported here: a command that fails before the settings are read needs no driver.
    import psycopg

    for one in _causes(error):
        if isinstance(one, psycopg.Error):
            state = one.sqlstate or ("08" if isinstance(one, psycopg.OperationalError) else "")
            if state.startswith(_ABOUT_THE_SERVER):
                said = " ".join(str(one).split())
                return Failure(f"The database cannot be used: {said}", EXIT_FAILED)
        elif getattr(one, "is_for_people", False):
            return explained(one)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say on standard error what went wrong, as JSON on standard output too; the exit code."""
    failure = explained(error)
    if failure is None or is_debugging():
        sys.stderr.write(bug_report(error, with_messages=is_debugging()))
    if failure is None:
        failure = Failure(f"something failed that should not ({type(error).__name__})", EXIT_FAILED)
    sys.stderr.write(f"rebook: {failure.sentence}\n")
    print_error(failure.sentence, as_json=as_json)
    return failure.code


def print_error(sentence: str, *, as_json: bool) -> None:
    """The failure for whoever asked for JSON: on standard output, where the answer would have been."""
    if as_json:
        sys.stdout.write(json.dumps({"error": sentence}) + "\n")


def is_debugging() -> bool:
    return os.environ.get("REBOOK_DEBUG", "").lower() in ("1", "true", "yes", "on")


def bug_report(error: BaseException, *, with_messages: bool = False) -> str:
    """The traceback without locals, and without messages: they quote rows, and rows are about patients."""
    if with_messages:
        return "".join(traceback.format_exception(error))
    parts = []
    for one in reversed(list(_causes(error))):
        parts += traceback.format_tb(one.__traceback__)
        hint = "(REBOOK_DEBUG=1 shows its message, which may tell about a patient)"
        said = str(one) if isinstance(one, _ABOUT_CODE) else hint
        parts.append(f"{type(one).__module__}.{type(one).__qualname__}: {said}\n")
    return "Traceback (most recent call last):\n" + "".join(parts)
