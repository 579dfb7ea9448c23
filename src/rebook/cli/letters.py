"""``rebook letters``: what waits to be posted, one PDF of it, and what became of it."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from rebook.accounts.read import OrganisationView
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.core.words import LETTER_RETURNS
from rebook.flow.outreach import letter_returns
from rebook.flow.outreach import letters as flow
from rebook.records.read import letters as read

ACTOR = "command"
NumberArgument = Annotated[int, typer.Argument(help="The batch's number, as 'rebook letters list' shows it.")]
CodeArgument = Annotated[str, typer.Argument(help="The number printed on the letter: 7H2K-9QXD-4M.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    topic = typer.Typer(help="Letters and postcards: print, post, and note what comes back.")
    topic.command("list")(listed)
    topic.command("print")(printed)
    topic.command("posted")(posted)
    topic.command("returned")(returned)
    topic.command("find")(find)
    app.add_typer(topic, name="letters")


def listed(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Letters that wait to be printed, and batches, newest first. Leaves with 1 when nothing waits."""
    practice = chosen_organisation(organisation)
    waiting = read.waiting_lines(organisation_id=practice.id)
    batches = read.batches(organisation_id=practice.id)
    if as_json:
        answer_json(
            {
                "waiting": [one._asdict() for one in waiting],
                "batches": [_batch(one) for one in batches],
            }
        )
    else:
        rows = [
            [one.attempt_id, one.patient_id, one.language, _local(practice, one.taken_at)] for one in waiting
        ]
        if waiting:
            answer_table(f"{len(waiting)} to print", ["letter", "patient", "language", "taken in hand"], rows)
        columns = ["batch", "form", "letters", "printed", "posted", "came back"]
        rows = [[_local(practice, cell) for cell in _batch(one).values()] for one in batches]
        answer_table("Batches", columns, rows)
    if not waiting and all(one.posted_at for one in batches):
        raise typer.Exit(EXIT_NO)


def printed(
    again: Annotated[int, typer.Option("--again", help="Make the files of this batch again.")] = 0,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make one PDF of the letters that wait, sorted by postal code, and a list beside it. Print it on one
    side. Everybody is judged once more; nobody gets two. Leaves with 1 when nothing was printed."""
    practice = chosen_organisation(organisation)
    _today, now = instant(practice, "")
    if again:
        made = flow.Printed({_known(practice.id, again).form: again}, 0, 0)
    else:
        made = flow.print_waiting(organisation_id=practice.id, now=now, actor=ACTOR)
    files = {
        number: flow.batch_files(organisation_id=practice.id, number=number)
        for number in made.batches.values()
    }
    if as_json:
        answer_json(
            {
                "batches": [
                    {
                        "number": number,
                        "form": form,
                        "letters": _known(practice.id, number).count,
                        "pdf": str(files[number].pdf),
                        "list": str(files[number].list),
                    }
                    for form, number in made.batches.items()
                ],
                "dropped": made.dropped,
                "put_off": made.put_off,
                "duplicates": made.duplicates,
            }
        )
    else:
        for form, number in made.batches.items():
            count = _known(practice.id, number).count
            console.print(f"batch {number}: {count} {form}s in {files[number].pdf}", highlight=False)
        left = f"{made.dropped} no longer allowed, {made.duplicates} twice, {made.put_off} put off"
        console.print(f"left out: {left}" if made.batches else f"nothing printed; {left}")
    if not made.batches:
        raise typer.Exit(EXIT_NO)


def posted(
    number: NumberArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """The batch is in the post: its letters are sent from now on. Said again it changes nothing, with 1."""
    practice = chosen_organisation(organisation)
    _today, now = instant(practice, "")
    _known(practice.id, number)
    count = flow.mark_posted(organisation_id=practice.id, number=number, now=now, actor=ACTOR)
    if as_json:
        answer_json({"number": number, "sent": count})
    else:
        console.print(f"batch {number}: {count} sent" if count else f"batch {number} was posted before")
    if not count:
        raise typer.Exit(EXIT_NO)


def returned(
    code: CodeArgument,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(LETTER_RETURNS)}.")],
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """A letter came back: nothing more goes to that address until the record says another."""
    practice = chosen_organisation(organisation)
    _today, now = instant(practice, "")
    try:
        letter = letter_returns.record_return(
            organisation_id=practice.id, code=code, reason=reason, now=now, actor=ACTOR
        )
    except flow.UnableToDoWithLetters as error:
        refuse(
            f"{error}; reasons are {', '.join(LETTER_RETURNS)}"
            if reason not in LETTER_RETURNS
            else str(error)
        )
    if as_json:
        answer_json(
            {"code": letter.code, "patient": letter.patient_id, "was_known": bool(letter.returned_at)}
        )
    else:
        console.print(
            f"{letter.code}: noted; nothing more goes to that address of patient {letter.patient_id}"
        )


def find(code: CodeArgument, organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Whose letter it is, by the number on it. Leaves with 1 when nobody's."""
    practice = chosen_organisation(organisation)
    letter = flow.find_letter(organisation_id=practice.id, code=code)
    if letter is None:
        refuse("no letter of this practice has this number", code=EXIT_NO)
    shown = {
        "code": letter.code,
        "patient": letter.patient_id,
        "case": letter.case_id,
        "batch": letter.batch_number,
        "posted_at": letter.posted_at,
        "returned_at": letter.returned_at,
        "return_reason": letter.return_reason,
    }
    if as_json:
        answer_json(shown)
    else:
        answer_table(
            letter.code,
            ["", ""],
            [[name, _local(practice, value)] for name, value in shown.items() if name != "code"],
        )


def _local(practice: OrganisationView, cell: Any) -> Any:
    """A time on the practice's own clock, to the minute; anything else as it is."""
    if not isinstance(cell, datetime):
        return cell
    return cell.astimezone(ZoneInfo(practice.time_zone)).strftime("%Y-%m-%d %H:%M")


def _known(organisation_id: int, number: int) -> read.BatchLine:
    found = read.batch(organisation_id=organisation_id, number=number)
    if found is None:
        refuse(f"there is no batch {number}: 'rebook letters list' shows them")
    return found


def _batch(one: read.BatchLine) -> dict[str, Any]:
    return {
        "number": one.number,
        "form": one.form,
        "letters": one.count,
        "printed_at": one.made_at,
        "posted_at": one.posted_at,
        "returned": one.returned,
    }
