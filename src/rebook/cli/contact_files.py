"""Other tools' contacts from files: the part of ``import`` that is about them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rebook.accounts import read as accounts
from rebook.cli.context import EXIT_FAILED, EXIT_USAGE, answer_json, answer_table, console, refuse
from rebook.flow.outreach.other_contacts import ContactImport, UnableToImportContacts
from rebook.flow.outreach.other_contacts import import_contacts as take

_WORDS = {
    "read": "rows read",
    "added": "added",
    "already_known": "known already",
    "not_delivered": "never reached anybody",
    "rejected": "turned away",
}


def import_contacts(
    practice: accounts.OrganisationView,
    paths: Sequence[Path],
    *,
    source: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read each file and say what became of its rows."""
    answers: list[tuple[Path, ContactImport]] = []
    for path in paths:
        try:
            answer = take(
                organisation_id=practice.id,
                path=path,
                source_key=source,
                now=datetime.now(UTC),
                dry_run=dry_run,
            )
        except UnableToImportContacts as error:
            refuse(str(error), code=EXIT_USAGE if error.permanent else EXIT_FAILED)
        answers.append((path, answer))
    if as_json:
        answer_json([{"file": path.name, **asdict(answer)} for path, answer in answers])
        return
    rows = [[words, *(getattr(answer, name) for _, answer in answers)] for name, words in _WORDS.items()]
    answer_table(
        "What would change (dry run)" if dry_run else "What changed",
        ["", *(path.name for path, _ in answers)],
        rows,
    )
    if any(answer.rejected for _, answer in answers) and not dry_run:
        console.print(f"'rebook rejects --source {source}' lists the rows that were not taken.", markup=False)
