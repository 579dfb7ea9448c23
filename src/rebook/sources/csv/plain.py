"""A CSV file with columns of known names: its rows as they stand, whatever the delimiter and encoding."""

import csv
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from rebook.sources.base import RAW_LIMIT, SourceFile, UnableToRead
from rebook.sources.csv.encoding import as_text
from rebook.sources.csv.records import LINE_LIMIT, read_records
from rebook.sources.streams import Line, UnableToReadOn, opened, text_lines

_DELIMITERS = (",", ";", "\t", "|")


class PlainRow(NamedTuple):
    """``cells`` by column name; ``problem`` says why there are none, ``raw`` is the row as it stood."""

    line: int
    cells: dict[str, str]
    problem: str = ""
    raw: str = ""


def plain_rows(
    path: Path, *, columns: Collection[str], required: Collection[str], unnamed: Sequence[str] = ()
) -> Iterator[PlainRow]:
    """Every row below the header, which must name the ``required`` columns; other columns are left out.

    ``unnamed`` are the columns of a file without a header, where that is allowed. Raises ``UnableToRead``
    when the file cannot be opened, breaks off, or has no such header.
    """
    try:
        with opened(SourceFile(path, path.name)) as file, as_text(file, encoding="") as text:
            lines = text_lines(file, text, limit=LINE_LIMIT)
            lines, header, delimiter = _header(lines, path.name, columns, required, unnamed)
            for record in read_records(lines, delimiter=delimiter):
                raw = record.raw or delimiter.join(record.cells)
                if not record.problem and len(record.cells) > len(header):
                    yield PlainRow(record.line, {}, "more cells than the header has", raw[:RAW_LIMIT])
                    continue
                cells = {
                    name: cell for name, cell in zip(header, record.cells, strict=False) if name in columns
                }
                yield PlainRow(record.line, cells, record.problem, raw[:RAW_LIMIT])
    except UnableToReadOn as error:
        raise UnableToRead(f"{path.name}: {error}") from None


def _header(
    lines: Iterator[Line],
    name: str,
    columns: Collection[str],
    required: Collection[str],
    unnamed: Sequence[str],
) -> tuple[Iterator[Line], list[str], str]:
    for line in lines:
        text = (line.text or "").lstrip("\ufeff")
        if not text.strip():
            continue
        divided = {mark: _split(text, mark) for mark in _DELIMITERS}
        best = max(_DELIMITERS, key=lambda mark: len(set(divided[mark]) & set(columns)))
        if unnamed and not set(divided[best]) & set(columns):
            mark = max(_DELIMITERS, key=lambda one: len(divided[one]))
            return chain([line], lines), list(unnamed), mark
        missing = [one for one in required if one not in divided[best]]
        if missing:
            raise UnableToRead(f"{name}: the first line must name the columns {', '.join(missing)}")
        return lines, divided[best], best
    raise UnableToRead(f"{name}: the file is empty")


def _split(text: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([text], delimiter=delimiter), [])
    return [cell.strip().lower().replace(" ", "_") for cell in cells]
