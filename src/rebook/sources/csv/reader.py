"""Reading delimited files: which table each is, its header, its rows, and what went wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from zoneinfo import ZoneInfo

from rebook.core.facts import Placed, Reject
from rebook.sources.base import RAW_LIMIT, Item, SourceFile, UnableToRead, find_files
from rebook.sources.csv.cells import Header, MissingColumn
from rebook.sources.csv.encoding import as_text
from rebook.sources.csv.headers import find_header
from rebook.sources.csv.records import LINE_LIMIT, Record, read_records
from rebook.sources.csv.rows import Problem, RowReader
from rebook.sources.csv.shape import CsvMapping, Table
from rebook.sources.streams import OpenFile, UnableToReadOn, opened, text_lines

PROGRESS_ROWS = 2_000


class CsvReader:
    """One pass over ``paths``: every file goes to the first table whose pattern fits its name.

    Raises UnableToRead when no file fits any table. ``clock`` is used where the mapping names none.
    """

    def __init__(self, paths: Sequence[Path], mapping: CsvMapping, *, clock: ZoneInfo) -> None:
        self.ignored: Counter[str] = Counter()
        self._mapping = mapping
        self._clock = mapping.zone or clock
        self._files: list[tuple[SourceFile, Table]] = []
        for file in find_files(paths):
            table = self._table_of(file)
            if table is None:
                self.ignored[file.name] += 1
            else:
                self._files.append((file, table))
        if not self._files:
            patterns = ", ".join(table.files for table in mapping.tables)
            raise UnableToRead(f"no file fits the mapping's tables ({patterns})")

    def __iter__(self) -> Iterator[Item]:
        for file, table in self._files:
            try:
                with opened(file) as content:
                    yield from self._read(content, table)
            except UnableToReadOn as error:
                yield Reject(file.name, 0, "", str(error), entity="file")

    def _table_of(self, file: SourceFile) -> Table | None:
        base = file.name.rsplit("/", 1)[-1]
        for table in self._mapping.tables:
            if fnmatch(base, table.files) or fnmatch(file.name, table.files):
                return table
        return None

    def _read(self, file: OpenFile, table: Table) -> Iterator[Item]:
        # Held until the end: a text wrapper that is dropped closes the file below it.
        text = as_text(file, encoding=table.encoding)
        lines = text_lines(file, text, limit=LINE_LIMIT)
        found = find_header(lines, table)
        if found is None:
            yield Reject(file.name, 0, "", "the file is empty", entity="file", taken=True)
            return
        try:
            rows = RowReader(table, found.header, self._mapping, self._clock)
        except MissingColumn as missing:
            reason = "the file has no such column"
            yield Reject(file.name, found.line, str(missing), reason, entity="file")
            return
        number = 0
        for record in read_records(lines, delimiter=found.delimiter):
            yield from self._items(file.name, record, found.header, rows)
            number += 1
            if number % PROGRESS_ROWS == 0:
                yield file.progress(number)
        yield file.progress(number)
        text.detach()

    def _items(self, name: str, record: Record, header: Header, rows: RowReader) -> Iterator[Item]:
        width = len(header.names)
        cells = record.cells
        # Spreadsheets end short rows with empty cells: those mean nothing.
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        raw = record.raw[:RAW_LIMIT]
        if record.problem:
            yield Reject(name, record.line, "", record.problem, raw, entity="row")
        elif len(cells) != width:
            reason = f"the row has {len(cells)} columns, the header {width}"
            yield Reject(name, record.line, "", reason, _raw(cells), entity="row")
        else:
            for item in rows.read(cells):
                if isinstance(item, Problem):
                    yield Reject(
                        name, record.line, item.column, item.reason, _raw(cells), item.entity, item.taken
                    )
                else:
                    yield Placed(name, record.line, item)


def _raw(cells: Sequence[str]) -> str:
    return "\t".join(cells)[:RAW_LIMIT]
