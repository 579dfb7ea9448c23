"""Opening files and cutting them into lines without ever holding more than one of them."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, BinaryIO, NamedTuple, cast

from rebook.core.facts import ReadProgress
from rebook.sources.base import SourceFile

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class UnableToReadOn(Exception):
    """The file breaks off: what stood before is good, what follows cannot be had. Permanent."""

    permanent = True


class Line(NamedTuple):
    """``text`` is None when the line is longer than the limit: it was skipped, never held."""

    number: int
    text: str | None


class ByteLine(NamedTuple):
    number: int
    content: bytes | None


class OpenFile:
    """One file being read: the bytes inside it, and how far into the file on disk that is."""

    def __init__(self, file: SourceFile, raw: BinaryIO) -> None:
        self.name = file.name
        self.total_bytes = file.path.stat().st_size
        self._raw = raw
        head = raw.read(4)
        raw.seek(0)
        if head.startswith((_ZIP, _OLD_EXCEL)):
            raise UnableToReadOn("this is a workbook or a zip archive: save it as CSV, or unpack it")
        self.is_compressed = head.startswith(_GZIP)
        self.content = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if self.is_compressed else raw

    def sample(self, size: int) -> bytes:
        """The first ``size`` bytes or so, as far as the file is whole; reading begins anew after it."""
        taken: list[bytes] = []
        with suppress(EOFError, gzip.BadGzipFile, zlib.error):
            while size > 0 and (piece := self.content.read1(size)):  # type: ignore[attr-defined]
                taken.append(piece)
                size -= len(piece)
        self.content.seek(0)
        return b"".join(taken)

    def progress(self, rows: int) -> ReadProgress:
        return ReadProgress(self.name, min(self._raw.tell(), self.total_bytes), self.total_bytes, rows)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn whatever a damaged file raises into UnableToReadOn, with the place."""
        try:
            yield
        except EOFError:
            raise UnableToReadOn(
                f"the compressed file breaks off after {self.total_bytes} bytes: the rest is missing"
            ) from None
        except (gzip.BadGzipFile, zlib.error):
            raise UnableToReadOn(f"the compressed file is damaged at about byte {self._raw.tell()}") from None
        except OSError as error:
            raise UnableToReadOn(f"the file cannot be read on: {error.strerror or 'unknown error'}") from None


@contextmanager
def opened(file: SourceFile) -> Iterator[OpenFile]:
    """Open plain or gzip by what the file holds, not by its name. Raises UnableToReadOn."""
    try:
        raw = file.path.open("rb")
    except OSError as error:
        raise UnableToReadOn(f"the file cannot be opened: {error.strerror}") from None
    with raw:
        yield OpenFile(file, raw)


def byte_lines(file: OpenFile, *, limit: int) -> Iterator[ByteLine]:
    """Every line without its end, numbered from 1; longer ones than ``limit`` bytes as None."""
    content = file.content
    number = 0
    while True:
        with file.explained():
            line: bytes | None = content.readline(limit + 1)
            if not line:
                return
            number += 1
            if len(line) > limit and not line.endswith(b"\n"):
                while (rest := content.readline(limit)) and not rest.endswith(b"\n"):
                    pass
                line = None
        yield ByteLine(number, line if line is None else line.rstrip(b"\r\n"))


def text_lines(file: OpenFile, text: IO[str], *, limit: int) -> Iterator[Line]:
    """Every line with its end, numbered from 1; longer ones than ``limit`` characters as None."""
    number = 0
    while True:
        with file.explained():
            line: str | None = text.readline(limit + 1)
            if not line:
                return
            number += 1
            if len(line) > limit and not line.endswith(("\n", "\r")):
                while (rest := text.readline(limit)) and not rest.endswith(("\n", "\r")):
                    pass
                line = None
        yield Line(number, line)
