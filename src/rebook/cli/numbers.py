"""``numbers``: how the practice got its numbers, and which may have another owner by now."""

import csv
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from rebook.accounts.read import OrganisationView
from rebook.cli.context import (
    EXIT_FAILED,
    EXIT_USAGE,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    refuse,
)
from rebook.core.outreach.number_checks import QUESTION_COLUMNS
from rebook.core.outreach.number_source import SOURCE_WORDS
from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.outreach.guard_settings import NumberRules, UnableToNote, number_rules, set_number_rules
from rebook.flow.outreach.number_checks import KIND, import_answers, numbers_to_check
from rebook.flow.outreach.numbers import look

ACTOR = "command"
_WORDS = {
    "read": "answers read",
    "same": "no: still the patient's",
    "reassigned": "yes: somebody else's, held back",
    "no_data": "no data",
    "already_known": "known already",
    "rejected": "turned away",
    "tasks": "tasks for the front desk",
}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("numbers")(numbers)


def numbers(
    export: Annotated[
        Path | None, typer.Option(help="Write the numbers to ask about into this file.")
    ] = None,
    answers: Annotated[Path | None, typer.Option("--import", help="Read the answers from this file.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With --export: numbers seen or checked lately too.")
    ] = False,
    on: Annotated[str, typer.Option(help="With --import: the day of the answers, YYYY-MM-DD; today.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --import: keep nothing.")] = False,
    check_after: Annotated[
        int | None, typer.Option(help="Days without a sign after which a number must be checked; 0 for off.")
    ] = None,
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", help="Refuse numbers that came nobody knows how.")
    ] = None,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say how numbers came and were checked; ask the Reassigned Numbers Database by file."""
    practice = chosen_organisation(organisation)
    if export is not None and answers is not None:
        refuse("either --export or --import, not both")
    if check_after is not None or strict is not None:
        practice = _change(practice, check_after, strict)
    if export is not None:
        _export(practice, export, everything=everything, as_json=as_json)
    elif answers is not None:
        _import(practice, answers, on, dry_run=dry_run, as_json=as_json)
    else:
        _tell(practice, as_json=as_json)


def _change(practice: OrganisationView, check_after: int | None, strict: bool | None) -> OrganisationView:
    standing = number_rules(practice)
    rules = NumberRules(
        standing.refuses_unknown_source if strict is None else strict,
        standing.check_after_days if check_after is None else check_after,
    )
    try:
        set_number_rules(organisation_id=practice.id, rules=rules, now=datetime.now(UTC), actor=ACTOR)
    except UnableToNote as error:
        refuse(str(error))
    return chosen_organisation(practice.slug)


def _export(practice: OrganisationView, path: Path, *, everything: bool, as_json: bool) -> None:
    found = numbers_to_check(
        organisation_id=practice.id, now=datetime.now(UTC), actor=ACTOR, everything=everything
    )
    try:
        with path.open("w", encoding="ascii", newline="") as file:
            csv.writer(file).writerows([QUESTION_COLUMNS, *found.rows])
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror}", code=EXIT_FAILED)
    told = {**asdict(found), "rows": len(found.rows), "file": path.name}
    if as_json:
        answer_json(told)
        return
    console.print(f"{len(found.rows):,} of {found.in_use:,} numbers to ask about are in {path.name}.")
    console.print(
        f"Left out: {found.not_due:,} seen or checked within 45 days, {found.without_day:,} without a day on "
        f"which they were known to be the patient's, {found.abroad:,} that the database does not hold."
    )


def _import(practice: OrganisationView, path: Path, on: str, *, dry_run: bool, as_json: bool) -> None:
    try:
        answered_on = date.fromisoformat(on) if on else None
    except ValueError:
        refuse(f"--on wants a date like 2026-11-21, not '{on}'")
    try:
        done = import_answers(
            organisation_id=practice.id,
            path=path,
            now=datetime.now(UTC),
            actor=ACTOR,
            answered_on=answered_on,
            dry_run=dry_run,
        )
    except UnableToImportRows as error:
        refuse(str(error), code=EXIT_USAGE if error.permanent else EXIT_FAILED)
    if as_json:
        answer_json({"file": path.name, **asdict(done)})
        return
    title = "What would change (dry run)" if dry_run else "What changed"
    answer_table(title, ["", path.name], [[said, getattr(done, name)] for name, said in _WORDS.items()])
    if done.rejected and not dry_run:
        console.print(f"'rebook rejects --source {KIND}' lists the rows that were not taken.", markup=False)


def _tell(practice: OrganisationView, *, as_json: bool) -> None:
    looked = look(organisation_id=practice.id, now=datetime.now(UTC))
    if as_json:
        answer_json(asdict(looked) | {"sources": [one._asdict() for one in looked.sources]})
        return
    rows: list[list[Any]] = [
        [one.system_key, SOURCE_WORDS.get(one.number_source, one.number_source), one.points, one.patients]
        for one in looked.sources
    ]
    answer_table("How numbers and addresses came", ["system", "from", "numbers", "patients"], rows)
    strict = "count for nothing" if looked.rules.refuses_unknown_source else "count as given by the patient"
    console.print(f"Those of which nobody wrote it down {strict}.", highlight=False)
    checks = looked.checks
    answer_table(
        "What a check of telephone numbers said",
        ["in use", "still theirs", "somebody else's", "no data", "never checked"],
        [[checks.in_use, checks.same, checks.reassigned, checks.no_data, checks.unchecked]],
    )
    days = looked.rules.check_after_days
    said = f"after {days} days without a sign; {checks.waiting:,} wait" if days else "no"
    console.print(f"Must be checked before a machine uses them: {said}.", highlight=False)
