"""Which encoding a text file is in, from its first bytes.

A file that is UTF-8 but for a few lines is read as UTF-8, and those lines are rejected. One in which
more lines break UTF-8 than use it is read as Windows-1252, as spreadsheets on Windows write it.
"""

import codecs
import io

from rebook.sources.streams import OpenFile

SAMPLE_BYTES = 256 * 1024
# What stands in a decoded line for bytes that could not be decoded.
UNREADABLE = frozenset(chr(code) for code in range(0xDC80, 0xDD00)) | {"\ufffd"}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def guess_encoding(sample: bytes) -> str:
    """The codec's name for a file that begins with ``sample``."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    first, second = sample[0:200:2], sample[1:200:2]
    # Latin letters in UTF-16: every second byte is empty. A stray empty byte means nothing.
    if max(first.count(0), second.count(0)) * 2 > len(second) > 0:
        return "utf-16-le" if second.count(0) > first.count(0) else "utf-16-be"
    good = bad = 0
    # The last line may be cut in the middle of a character.
    for line in sample.split(b"\n")[:-1] or [sample]:
        if not line.isascii():
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return "cp1252" if bad > good else "utf-8"


def as_text(file: OpenFile, *, encoding: str) -> io.TextIOWrapper:
    """The file's text, line ends untouched. What cannot be decoded is left as ``UNREADABLE`` marks."""
    if not encoding:
        encoding = guess_encoding(file.sample(SAMPLE_BYTES))
    # Single bytes that are wrong can be kept apart; in the wide encodings they cannot.
    errors = "replace" if "16" in encoding or "32" in encoding else "surrogateescape"
    return io.TextIOWrapper(file.content, encoding=encoding, errors=errors, newline="")


def is_readable(line: str) -> bool:
    return line.isascii() or UNREADABLE.isdisjoint(line)
