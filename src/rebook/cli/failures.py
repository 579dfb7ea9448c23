"""What the command says when something goes wrong: one sentence for people, a bare traceback for bugs.

Anticipated failures carry ``permanent`` (style 3.3); this is the one place that maps them to exit codes.
"""

import errno
import json
import os
import sys
import traceback
from dataclasses import dataclass

from rebook.work.logs import bare_traceback, causes
from rebook.work.passes import PassIsRunning

EXIT_NO, EXIT_USAGE, EXIT_FAILED, EXIT_INTERRUPTED = 1, 2, 3, 130

# What the database says in these classes of errors is about the server, never about a row.
_ABOUT_THE_SERVER = ("08", "28", "3D", "42501", "53", "57", "58")
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
    if isinstance(error, PassIsRunning):
        return Failure(str(error), EXIT_NO)
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

    for one in causes(error):
        if isinstance(one, psycopg.Error):
            state = one.sqlstate or ("08" if isinstance(one, psycopg.OperationalError) else "")
            if state.startswith(_ABOUT_THE_SERVER):
                said = " ".join(str(one).split())
                return Failure(f"The database cannot be used: {said}", EXIT_FAILED)
        elif getattr(one, "is_for_people", False):
            return explained(one)
    return None


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say on standard error what went wrong, as JSON on standard output too; the exit code."""
    failure = explained(error)
    if failure is None or is_debugging():
        whole = "".join(traceback.format_exception(error)) if is_debugging() else bare_traceback(error)
        sys.stderr.write(whole)
    if failure is None:
        hint = "" if is_debugging() else "; REBOOK_DEBUG=1 shows more, which may tell about patients"
        failure = Failure(f"something failed that should not ({type(error).__name__}){hint}", EXIT_FAILED)
    sys.stderr.write(f"rebook: {failure.sentence}\n")
    print_error(failure.sentence, as_json=as_json)
    return failure.code


def print_error(sentence: str, *, as_json: bool) -> None:
    """The failure for whoever asked for JSON: on standard output, where the answer would have been."""
    if as_json:
        sys.stdout.write(json.dumps({"error": sentence}) + "\n")


def is_debugging() -> bool:
    return os.environ.get("REBOOK_DEBUG", "").lower() in ("1", "true", "yes", "on")
