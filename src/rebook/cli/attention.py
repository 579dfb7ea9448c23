"""The command ``forgotten``: where every overdue patient stands, and whether nobody looks after some."""

from dataclasses import asdict
from typing import Annotated

import typer

from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
)
from rebook.core.attention import STATES
from rebook.flow.attention import attention_report, patients_in_state

HEADINGS = {
    "in_case": "in a case",
    "waiting": "waiting for room",
    "resting": "resting after a case",
    "snoozed": "put off until a date",
    "with_staff": "with staff",
    "excluded": "not contacted, for a reason",
    "nobody": "nobody looks after them",
}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("forgotten")(forgotten)


def forgotten(
    organisation: OrganisationOption = "",
    as_of: Annotated[str, typer.Option("--as-of", help="Date, or the day's noon; now when left out.")] = "",
    most: Annotated[int, typer.Option("--list", help="Numbers of so many patients nobody looks after.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Where every overdue patient stands. Exits with 1 when nobody looks after some of them."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, as_of)
    report = attention_report(organisation_id=practice.id, today=today, now=now)
    listed = (
        patients_in_state(organisation_id=practice.id, state="nobody", today=today, now=now, limit=most)
        if most
        else ()
    )
    if as_json:
        answer_json({**asdict(report), "listed": [one.id for one in listed]})
    else:
        rows = [
            [HEADINGS[line.state], line.detail or line.rule.replace("_", " "), line.patients]
            for line in report.lines
        ]
        rows += [[HEADINGS[state], "all", report.by_state[state]] for state in STATES]
        answer_table(f"{report.overdue} overdue patients on {today}", ["state", "because", "patients"], rows)
        if listed:
            console.print("Patients: " + ", ".join(str(one.id) for one in listed), highlight=False)
    if report.nobody:
        raise typer.Exit(EXIT_NO)
