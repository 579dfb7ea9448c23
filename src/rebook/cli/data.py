"""Getting data in: ``import`` and ``rejects``."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from rebook.cli.context import (
    EXIT_FAILED,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    errors,
    refuse,
)
from rebook.cli.row_files import import_rows
from rebook.core.facts import ReadProgress
from rebook.flow import sync
from rebook.records.read import imports

_COLUMNS = ("read", "created", "updated", "unchanged", "repeated", "rejected")


class Kind(StrEnum):
    """Layouts that can be read."""

    CSV = "csv"
    FHIR = "fhir"
    CONSENTS = "consents"
    CONTACTS = "contacts"


Paths = Annotated[list[Path], typer.Argument(help="Files or folders, plain or gzip.")]
Mapping = Annotated[Path | None, typer.Option("--mapping", help="What the columns or codes mean (TOML).")]
SourceKey = Annotated[
    str,
    typer.Option("--source", help="Short name of the system the files come from; else the kind."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many to show.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("import")(import_)
    app.command("rejects")(rejects)


def import_(
    kind: Kind,
    paths: Paths,
    mapping: Mapping = None,
    source: SourceKey = "",
    organisation: OrganisationOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    show_rejects: Annotated[bool, typer.Option("--show-rejects", help="List what was turned away.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read an export into the ledger. The same export again changes nothing."""
    practice = chosen_organisation(organisation)
    key = source or kind.value
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", key):
        refuse("--source is small letters, digits, - and _, up to 60")
    if kind in (Kind.CONSENTS, Kind.CONTACTS):
        import_rows(practice, paths, kind=kind.value, source=key, dry_run=dry_run, as_json=as_json)
        if show_rejects and not as_json:
            _show_rejects(practice.id, key, limit=50)
        return
    try:
        with _progress(is_shown=not as_json) as on_progress:
            summary = sync.import_files(
                organisation_id=practice.id,
                source_key=key,
                kind="fhir" if kind is Kind.FHIR else "csv",
                paths=paths,
                mapping=mapping,
                now=datetime.now(UTC),
                dry_run=dry_run,
                on_progress=on_progress,
            )
    except sync.UnableToImport as error:
        refuse(str(error), code=2 if error.permanent else EXIT_FAILED)
    except KeyboardInterrupt:
        refuse("stopped: nothing was half-imported, start it again when you like", code=EXIT_FAILED)
    if as_json:
        answer_json(asdict(summary))
    else:
        _show(summary)
    if show_rejects and not as_json:
        _show_rejects(practice.id, key, limit=50)
    if summary.state == "failed":
        raise typer.Exit(EXIT_FAILED)


def rejects(
    source: SourceKey = "",
    limit: Limit = 50,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """List what imports turned away, with file, line, column and reason."""
    practice = chosen_organisation(organisation)
    if as_json:
        reasons = imports.reject_reasons(organisation_id=practice.id, source_key=source)
        found = imports.rejects(organisation_id=practice.id, source_key=source, limit=limit)
        # Without the raw row: it is the patient's, and answers get copied.
        rows = [{name: value for name, value in asdict(one).items() if name != "raw"} for one in found]
        answer_json({"reasons": [asdict(one) for one in reasons], "rejects": rows})
        return
    _show_rejects(practice.id, source, limit=limit)


def _show(summary: sync.ImportSummary) -> None:
    rows = [
        [entity.replace("_", " "), *(counts.get(column, 0) for column in _COLUMNS)]
        for entity, counts in summary.counts.items()
    ]
    title = "What would change (dry run)" if summary.dry_run else "What changed"
    answer_table(title, ["", *_COLUMNS], rows)
    if summary.ignored:
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(summary.ignored.items()))
        console.print(f"Not read: {listed}", markup=False, highlight=False)
    if summary.rejected:
        console.print(f"{summary.rejected} rows turned away; 'rebook rejects' lists them.", markup=False)
    if summary.error:
        errors.print(f"Not complete: {summary.error}", style="bold", markup=False, highlight=False)


def _show_rejects(organisation_id: int, source_key: str, *, limit: int) -> None:
    reasons = imports.reject_reasons(organisation_id=organisation_id, source_key=source_key)
    if not reasons:
        console.print("Nothing was turned away.")
        return
    answer_table(
        "Why", ["rows", "source", "field", "reason"],
        [[one.count, one.source_key, one.field, one.reason] for one in reasons],
    )  # fmt: skip
    found = imports.rejects(organisation_id=organisation_id, source_key=source_key, limit=limit)
    answer_table(
        f"Where (the first {len(found)})", ["file", "line", "field", "reason"],
        [[one.file, one.line, one.field, one.reason] for one in found],
    )  # fmt: skip


@contextmanager
def _progress(*, is_shown: bool) -> Iterator[Callable[[ReadProgress], None] | None]:
    """A bar per file on standard error; none when somebody else reads the answer."""
    if not is_shown or not errors.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def show(now: ReadProgress) -> None:
            if now.file not in bars:
                bars[now.file] = progress.add_task(now.file, total=now.total_bytes or None, rows=0)
            progress.update(bars[now.file], completed=now.bytes_read, rows=now.rows)

        yield show
