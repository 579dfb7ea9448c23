"""Command "catalogue": every rule of the practice's packs, who stands for it, and whom it finds."""

from typing import Annotated, Any

import typer

from rebook.cli.context import (
    EXIT_FAILED,
    EXIT_NO,
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.flow.catalogue import RuleLine
from rebook.flow.catalogue import catalogue as read_catalogue
from rebook.packs.loader import PackInvalid

STATE_WORDS = {
    "off": "off until signed",
    "blocked": "past its date: no new campaign",
    "expired": "past its date",
    "changed": "changed since signed",
    "signed": "signed",
    "unsigned": "in use, not signed",
}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("catalogue")(catalogue)


def catalogue(
    specialty: Annotated[str, typer.Option(help="Only the rules of this pack.")] = "",
    attention: Annotated[
        bool, typer.Option("--attention", help="Only rules that wait for a clinician.")
    ] = False,
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Every rule: for whom, when, its source, its signature, how many patients it finds.

    With --attention it leaves with 1 when no rule waits.
    """
    practice = chosen_organisation(organisation)
    day, _ = instant(practice, as_of)
    try:
        lines = read_catalogue(organisation_id=practice.id, today=day)
    except PackInvalid as error:
        refuse(str(error), code=EXIT_FAILED)
    waiting = ("off", "blocked", "expired", "changed")
    lines = tuple(
        line
        for line in lines
        if (not specialty or line.definition.specialty == specialty)
        and (not attention or line.review.state in waiting)
    )
    if as_json:
        answer_json({"as_of": day, "rules": [_as_json(line) for line in lines]})
    elif lines:
        _print(lines, f"{len(lines)} rules on {day}")
    else:
        console.print("no rule fits", highlight=False)
    if attention and not lines:
        raise typer.Exit(EXIT_NO)


def _print(lines: tuple[RuleLine, ...], title: str) -> None:
    columns = ["rule", "when", "class", "valid until", "state", "found", "booked"]
    rows = [
        [
            line.definition.key,
            line.how_often,
            line.definition.risk_class,
            line.definition.valid_until or "",
            STATE_WORDS[line.review.state],
            line.count.open,
            line.count.booked,
        ]
        for line in lines
    ]
    answer_table(title, columns, rows)


def _as_json(line: RuleLine) -> dict[str, Any]:
    one = line.definition
    return {
        "key": one.key,
        "label": dict(one.label),
        "specialty": one.specialty,
        "risk_class": one.risk_class,
        "owner_role": one.owner_role,
        "for_whom": line.for_whom,
        "left_out": line.left_out,
        "how_often": line.how_often,
        "first_time": line.first_time,
        "opening": line.opening,
        "supersedes": list(one.supersedes),
        "outreach": one.outreach,
        "combine": one.combine,
        "visit_type": one.visit_type,
        "minutes": one.minutes,
        "source": one.source,
        "guideline": one.guideline,
        "guideline_version": one.guideline_version,
        "valid_until": one.valid_until,
        "state": line.review.state,
        "not_loaded": list(line.not_loaded),
        "signed_by": line.signature.by if line.signature else one.signed_off_by,
        "content_hash": one.content_hash,
        "found": line.count.open,
        "booked": line.count.booked,
    }
