"""Sync one source: facts in, rejects kept with their reason, nothing half-imported.

While the files are read, facts wait in temporary tables that only this connection sees. One transaction
at the end brings all of them into the ledger. A run that is killed changes nothing; the next one says so.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction

from rebook.accounts import audit
from rebook.accounts.read import OrganisationView, organisation
from rebook.core.contacts import region_of
from rebook.core.facts import Placed, ReadProgress, Reject
from rebook.records.read import profile
from rebook.records.write import facts, imports
from rebook.sources import csv, fhir
from rebook.sources.base import Reader, UnableToRead

Kind = Literal["csv", "fhir"]
# From here on the planner should look again before the next stage asks it anything.
MANY_ROWS = 1000


class UnableToImport(Exception):
    """Nothing was imported. ``permanent`` is False when another run of the same source is under way."""

    is_for_people = True

    def __init__(self, reason: str, *, permanent: bool = True) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How a run went. ``state`` is "done", or "failed" when a file broke off: what stood before is kept.

    ``counts`` by entity: read, repeated, created, updated, unchanged, rejected. ``ignored`` counts what
    was passed over on purpose, by kind or file. A dry run has no ``run_id`` and changed nothing.
    """

    run_id: int | None
    state: Literal["done", "failed"]
    counts: dict[str, dict[str, int]]
    rejected: int
    rejects_new: int
    rejects_gone: int
    files: tuple[str, ...]
    ignored: dict[str, int] = field(default_factory=dict)
    error: str = ""
    dry_run: bool = False


def import_files(
    *,
    organisation_id: int,
    source_key: str,
    kind: Kind,
    paths: Sequence[Path],
    mapping: Path | None,
    now: datetime,
    dry_run: bool = False,
    on_progress: Callable[[ReadProgress], None] | None = None,
) -> ImportSummary:
    """Read ``paths`` and bring what they say into the ledger (issue of promise 11).

    The same input again changes nothing; rows that are gone from the input stay. Raises UnableToImport
    for paths or a mapping that cannot be used, and while another run of this source is under way.
    """
    practice = organisation(organisation_id=organisation_id)
    reader, region = _reader(kind, paths, mapping, practice)
    with transaction.atomic(durable=True):
        source_id = _source(organisation_id, source_key, kind)
    with _alone(organisation_id, source_id), _run(organisation_id, source_id, now) as run_id:
        staging = facts.Staging(region=region or region_of(practice.jurisdiction))
        files = _stage(reader, staging, on_progress)
        with transaction.atomic(durable=True):
            applied = facts.apply(
                organisation_id=organisation_id,
                source_id=source_id,
                run_id=run_id,
                staging=staging,
                files=files,
                time_zone=practice.time_zone,
                recorded_by=f"import:{source_key}",
                now=now,
            )
            summary = _summary(run_id, applied, staging, files, reader.ignored, dry_run)
            _finish(summary, organisation_id, source_id, run_id, now)
            transaction.set_rollback(dry_run)
        if dry_run:
            _forget(organisation_id, run_id)
        elif _changed(summary) >= MANY_ROWS:
            imports.refresh_statistics()
    return summary


def _changed(summary: ImportSummary) -> int:
    return sum(each.get("created", 0) + each.get("updated", 0) for each in summary.counts.values())


def _reader(
    kind: Kind, paths: Sequence[Path], mapping: Path | None, practice: OrganisationView
) -> tuple[Reader, str]:
    """(the reader, the country that the mapping names)."""
    clock = ZoneInfo(practice.time_zone)
    try:
        if kind == "fhir":
            meanings = fhir.load_mapping(mapping) if mapping else None
            return fhir.FhirReader(paths, meanings, clock=clock), meanings.region if meanings else ""
        if mapping is None:
            raise UnableToImport("a CSV import needs --mapping FILE: which column is what")
        columns = csv.load_mapping(mapping)
        return csv.CsvReader(paths, columns, clock=clock), columns.region
    except UnableToRead as error:
        raise UnableToImport(str(error)) from None


def _source(organisation_id: int, key: str, kind: Kind) -> int:
    try:
        return imports.ensure_source(organisation_id=organisation_id, key=key, kind=kind)
    except imports.SourceIsOfAnotherKind as error:
        raise UnableToImport(str(error)) from None


@contextmanager
def _alone(organisation_id: int, source_id: int) -> Iterator[None]:
    if not imports.try_lock(organisation_id=organisation_id, source_id=source_id):
        raise UnableToImport("another import of this source is under way", permanent=False)
    try:
        yield
    finally:
        imports.unlock(organisation_id=organisation_id, source_id=source_id)


@contextmanager
def _run(organisation_id: int, source_id: int, now: datetime) -> Iterator[int]:
    """A run from its row to its end; one that is broken off says so, and nothing of it stays."""
    with transaction.atomic(durable=True):
        imports.fail_interrupted(organisation_id=organisation_id, source_id=source_id, now=now)
        run_id = imports.start_run(organisation_id=organisation_id, source_id=source_id, now=now)
    try:
        yield run_id
    except BaseException as error:
        with transaction.atomic(durable=True):
            imports.finish_run(
                organisation_id=organisation_id,
                run_id=run_id,
                state="failed",
                now=now,
                # The kind of error only: its words may hold what was in the file.
                error=f"{type(error).__name__}: nothing of this run was kept",
            )
        if isinstance(error, DatabaseError):
            raise UnableToImport(_refusal(error), permanent=False) from None
        raise
    finally:
        facts.drop()


def _refusal(error: DatabaseError) -> str:
    """What the database objected to. Its own words may quote the row, and are left out (promise 12)."""
    told = getattr(error.__cause__, "diag", None)
    where = [told.table_name, told.column_name, told.constraint_name] if told else []
    named = ", ".join(one for one in where if one)
    state = getattr(error.__cause__, "sqlstate", None) or type(error).__name__
    return f"the database refused the import ({state}{': ' + named if named else ''}); nothing was kept"


def _stage(
    reader: Reader, staging: facts.Staging, on_progress: Callable[[ReadProgress], None] | None
) -> list[str]:
    """Read everything into ``staging``; returns the names of the files that were read."""
    files: dict[str, None] = {}
    for item in reader:
        if isinstance(item, Placed):
            staging.add(item)
        elif isinstance(item, Reject):
            files[item.file] = None
            staging.reject(item)
        else:
            files[item.file] = None
            if on_progress:
                on_progress(item)
    return list(files)


def _summary(
    run_id: int,
    applied: facts.Applied,
    staging: facts.Staging,
    files: list[str],
    ignored: Counter[str],
    dry_run: bool,
) -> ImportSummary:
    return ImportSummary(
        run_id=None if dry_run else run_id,
        state="failed" if staging.broken else "done",
        counts=applied.counts,
        rejected=sum(one.get("rejected", 0) for one in applied.counts.values()),
        rejects_new=applied.rejects_new,
        rejects_gone=applied.rejects_gone,
        files=tuple(files),
        ignored=dict(ignored),
        error="; ".join(staging.broken),
        dry_run=dry_run,
    )


def _finish(summary: ImportSummary, organisation_id: int, source_id: int, run_id: int, now: datetime) -> None:
    kept: dict[str, Any] = {}
    if summary.state == "done" and not summary.dry_run:
        # What the next import is compared with (`rebook doctor`).
        kept = profile.profile(
            organisation_id=organisation_id, source_id=source_id, counts=summary.counts, now=now
        )
    imports.finish_run(
        organisation_id=organisation_id,
        run_id=run_id,
        state=summary.state,
        now=now,
        counts=summary.counts,
        error=summary.error,
        profile=kept,
    )
    if summary.state == "done":
        imports.set_synced(organisation_id=organisation_id, source_id=source_id, now=now)
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor="system",
        action="import",
        subject_kind="import_run",
        subject_id=run_id,
        detail={"state": summary.state, "counts": summary.counts},
    )


def _forget(organisation_id: int, run_id: int) -> None:
    with transaction.atomic(durable=True):
        imports.forget_run(organisation_id=organisation_id, run_id=run_id)
