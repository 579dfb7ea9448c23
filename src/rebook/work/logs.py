"""What may be written down about a failure nobody foresaw: where it happened, never what it was about.

Messages of exceptions quote rows, and addresses hold tokens (promise 12). The server, the worker and the
command all write through here.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType

# The part of an address that lets its holder in: patient pages and webhooks.
_SECRET_IN_ADDRESS = re.compile(r"(/(?:p|in/[^/\s]+)/)[^/\s?\"']+")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and what led to it, latest first."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def bare_traceback(error: BaseException) -> str:
    """The traceback without local variables and without messages, earliest failure first."""
    parts = ["Traceback (most recent call last):\n"]
    for one in reversed(list(causes(error))):
        parts += traceback.format_tb(one.__traceback__)
        parts.append(f"{type(one).__module__}.{type(one).__qualname__}{_said(one)}\n")
    return "".join(parts)


def _said(error: BaseException) -> str:
    # Only what is missing of our own: modules are also looked up by what stands in a row (time zones).
    is_ours = isinstance(error, ImportError) and (error.name or "").startswith("rebook.")
    if is_ours or isinstance(error, NameError):
        return f": {error}"
    return " (message withheld)"


class BareFormatter(logging.Formatter):
    """Writes log lines without what could be private: messages of exceptions, tokens in addresses."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return bare_traceback(ei[1]).rstrip("\n") if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        # A handler before us may have kept the full text of the exception on the record.
        record.exc_text = None
        return _SECRET_IN_ADDRESS.sub(r"\1...", super().format(record))
