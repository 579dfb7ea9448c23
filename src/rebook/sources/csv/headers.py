"""Finding a file's header: past spreadsheet hints, with the delimiter under which the columns are there."""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from rebook.sources.csv.cells import Header
from rebook.sources.csv.shape import Table
from rebook.sources.streams import Line

_HINT = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|")


class Found(NamedTuple):
    line: int
    header: Header
    delimiter: str


def find_header(lines: Iterator[Line], table: Table) -> Found | None:
    """The first line that is not empty, and how it is divided; None when there is none."""
    delimiter = table.delimiter
    for line in lines:
        text = (line.text or "").lstrip("\ufeff")
        hint = _HINT.fullmatch(text)
        if hint:
            delimiter = delimiter or hint[1]
        elif text.strip() or line.text is None:
            candidates = [delimiter] if delimiter else list(_DELIMITERS)
            wanted = set(_columns(table))
            # The first of the best: a comma unless another mark finds more of the mapped columns.
            best = max(candidates, key=lambda mark: _known(_split(text, mark), wanted))
            return Found(line.number, _split(text, best), best)
    return None


def _split(text: str, delimiter: str) -> Header:
    cells = next(csv.reader([text], delimiter=delimiter), [])
    while cells and not cells[-1].strip():
        cells.pop()
    return Header(tuple(cell.strip() for cell in cells))


def _known(header: Header, wanted: set[str]) -> int:
    return sum(header.has(name) for name in wanted)


def _columns(table: Table) -> Iterator[str]:
    for entity in table.entities:
        for field in entity.fields.values():
            yield from filter(None, (field.column, field.age, field.at, *field.columns))
        if entity.when:
            yield entity.when.column
        yield from (contact.value for contact in entity.contacts)
        yield from (consent.column for consent in entity.consents)
