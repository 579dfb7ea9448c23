"""From lines to records: quotes, line breaks inside cells, and quotes that are never closed."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from rebook.sources.csv.encoding import is_readable
from rebook.sources.streams import Line

LINE_LIMIT = 1024 * 1024
# A cell may hold line breaks, but a record longer than this began with a quote that is never closed.
RECORD_LINES = 100


class Record(NamedTuple):
    """``problem`` says why there are no cells; ``raw`` is the first line as it stood."""

    line: int
    cells: list[str]
    problem: str = ""
    raw: str = ""


class _Unclosed(Exception):
    """The record swallows the lines after it."""


class _Feed:
    """Hands lines to ``csv.reader`` one by one and can take them back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._back: deque[Line] = deque()
        self.taken: list[Line] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= RECORD_LINES:
            raise _Unclosed
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            if self.taken:
                raise _Unclosed
            raise StopIteration
        self.taken.append(line)
        if line.text is None or not is_readable(line.text):
            # Never parsed: it would end the record it stands in, or be it.
            raise _Unclosed if len(self.taken) > 1 else _NotText
        return line.text

    def keep_only_first(self) -> Line:
        """Take back every line of the record but its first, which is returned."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.taken = []
        return first


class _NotText(Exception):
    """The line is too long to hold, or not in the file's encoding."""


def read_records(lines: Iterator[Line], *, delimiter: str) -> Iterator[Record]:
    """Every record with the number of its first line. Empty lines are nothing; bad ones say why."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.taken = []
        try:
            cells = next(reader, None)
        except _NotText:
            line = feed.keep_only_first()
            problem = (
                f"the line is longer than {LINE_LIMIT:,} characters"
                if line.text is None
                else "some bytes are not in the file's encoding (say encoding = ... in the mapping)"
            )
            raw = "" if line.text is None else line.text.encode("ascii", "backslashreplace").decode("ascii")
            yield Record(line.number, [], problem, raw)
            continue
        except (_Unclosed, csv.Error):
            line = feed.keep_only_first()
            yield Record(line.number, [], "a quotation mark is not closed", line.text or "")
            continue
        if cells is None:
            return
        if any(cells):
            yield Record(feed.taken[0].number, cells)
