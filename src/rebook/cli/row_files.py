"""Files of plain rows: the part of ``import`` that is about consents and about other tools' contacts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rebook.accounts import read as accounts
from rebook.cli.context import EXIT_FAILED, EXIT_USAGE, answer_json, answer_table, console, refuse
from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.outreach.consent_import import import_consents
from rebook.flow.outreach.other_contacts import import_contacts

# What reads the file, and what its counts are called.
FILES: Mapping[str, tuple[Callable[..., Any], Mapping[str, str]]] = {
    "consents": (
        import_consents,
        {
            "read": "rows read",
            "added": "added",
            "already_known": "known already",
            "bound_by_opt_out": "refused: stopped since, only the patient can lift that",
            "rejected": "turned away",
            "waiting_refused": "waiting messages taken back",
        },
    ),
    "contacts": (
        import_contacts,
        {
            "read": "rows read",
            "added": "added",
            "already_known": "known already",
            "not_delivered": "never reached anybody",
            "rejected": "turned away",
        },
    ),
}
NOT_TAKEN = ("rejected", "bound_by_opt_out")


def import_rows(
    practice: accounts.OrganisationView,
    paths: Sequence[Path],
    *,
    kind: str,
    source: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read each file of a kind ("consents", "contacts") and say what became of its rows."""
    take, words = FILES[kind]
    asked: dict[str, Any] = {"organisation_id": practice.id, "source_key": source, "dry_run": dry_run}
    answers: list[tuple[Path, Any]] = []
    for path in paths:
        try:
            answers.append((path, take(**asked, path=path, now=datetime.now(UTC))))
        except UnableToImportRows as error:
            refuse(str(error), code=EXIT_USAGE if error.permanent else EXIT_FAILED)
    if as_json:
        answer_json([{"file": path.name, **asdict(answer)} for path, answer in answers])
        return
    rows = [[said, *(getattr(answer, name) for _, answer in answers)] for name, said in words.items()]
    answer_table(
        "What would change (dry run)" if dry_run else "What changed",
        ["", *(path.name for path, _ in answers)],
        rows,
    )
    if not dry_run and any(getattr(answer, name, 0) for _, answer in answers for name in NOT_TAKEN):
        console.print(f"'rebook rejects --source {source}' lists the rows that were not taken.", markup=False)
