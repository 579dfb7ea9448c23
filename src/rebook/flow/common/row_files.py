"""A file of plain rows into the ledger: alone for its source, all of it or nothing, a batch at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from rebook.records.write import imports
from rebook.sources.base import UnableToRead
from rebook.sources.csv.plain import PlainRow, plain_rows

BATCH = 2_000


class UnableToImportRows(Exception):
    """Nothing was taken. ``permanent``: trying again does not help."""

    is_for_people = True

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class RowImport:
    """One import under way."""

    organisation_id: int
    source_id: int
    run_id: int
    now: datetime

    def finish(self, *, counts: dict[str, dict[str, int]]) -> None:
        """Write down what became of the rows, by kind of row."""
        one = {"organisation_id": self.organisation_id, "now": self.now}
        imports.finish_run(**one, run_id=self.run_id, state="done", counts=counts)  # type: ignore[arg-type]
        imports.set_synced(**one, source_id=self.source_id)  # type: ignore[arg-type]


@contextmanager
def row_import(
    *, organisation_id: int, source_key: str, kind: str, now: datetime, dry_run: bool
) -> Iterator[RowImport]:
    """An import in one transaction, taken back at the end of a dry run. Raises ``UnableToImportRows``."""
    with transaction.atomic(durable=True):
        source_id = _source(organisation_id, source_key, kind)
    with _alone(organisation_id, source_id), transaction.atomic(durable=True):
        run_id = imports.start_run(organisation_id=organisation_id, source_id=source_id, now=now)
        yield RowImport(organisation_id, source_id, run_id, now)
        transaction.set_rollback(dry_run)


def each_batch(
    path: Path,
    take: Callable[[list[PlainRow]], None],
    *,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    unnamed: tuple[str, ...] = (),
) -> None:
    """Hand the rows of a file to ``take``, some at a time. Raises ``UnableToImportRows``.

    ``unnamed``: the columns of a file that has no header.
    """
    try:
        rows = iter(plain_rows(path, columns=columns, required=required, unnamed=unnamed))
        while batch := list(islice(rows, BATCH)):
            take(batch)
    except UnableToRead as error:
        raise UnableToImportRows(str(error)) from None


def _source(organisation_id: int, key: str, kind: str) -> int:
    try:
        return imports.ensure_source(organisation_id=organisation_id, key=key, kind=kind)
    except imports.SourceIsOfAnotherKind as error:
        raise UnableToImportRows(str(error)) from None


@contextmanager
def _alone(organisation_id: int, source_id: int) -> Iterator[None]:
    if not imports.try_lock(organisation_id=organisation_id, source_id=source_id):
        raise UnableToImportRows("another import of this source is under way", permanent=False)
    try:
        yield
    finally:
        imports.unlock(organisation_id=organisation_id, source_id=source_id)
