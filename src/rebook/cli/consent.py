"""Commands about consent and its proof: ``optout`` and ``audit verify``."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    refuse,
)
from rebook.core.contacts import read_email, read_phone, region_of
from rebook.flow import response


class OptOutChannel(StrEnum):
    """What may be stopped."""

    ALL = "all"
    SMS = "sms"
    PHONE = "phone"
    EMAIL = "email"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("optout")(optout)
    trail = typer.Typer(help="The audit trail.", no_args_is_help=True)
    trail.callback()(_audit)
    trail.command("verify")(verify)
    app.add_typer(trail, name="audit")


def optout(
    number: Annotated[str, typer.Argument(help="Phone number or e-mail address, as people write it.")],
    channel: Annotated[OptOutChannel, typer.Option(help="What they want to end.")] = OptOutChannel.ALL,
    wording: Annotated[str, typer.Option(help="What they said, word for word.")] = "told to staff",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Nothing more goes to this number or address, starting now."""
    practice = chosen_organisation(organisation)
    read = (
        read_email(number) if "@" in number else read_phone(number, region=region_of(practice.jurisdiction))
    )
    if read.problem:
        refuse(f"that cannot be stopped: {read.problem}")
    refused = response.record_opt_out(
        organisation_id=practice.id,
        value=read.value,
        channel=channel.value,
        wording=wording,
        origin="staff",
        now=datetime.now(UTC),
        actor="cli",
    )
    if as_json:
        answer_json({"stopped": read.value, "channel": channel.value, "waiting_refused": refused})
    else:
        console.print(f"Stopped: {read.value} ({channel.value}). Waiting messages refused: {refused}.")


def _audit() -> None:
    """The audit trail."""


def verify(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Prove that no line of the audit trail was changed or taken out. Leaves with 1 when one was."""
    chosen = [chosen_organisation(organisation)] if organisation else accounts.organisations()
    rows = []
    for one in chosen:
        lines, broken = audit.verify(organisation_id=one.id)
        rows.append(
            {
                "practice": one.slug,
                "lines": lines,
                "whole": broken is None,
                "broken_at": broken.sequence if broken else None,
                "problem": broken.problem if broken else "",
            }
        )
    if as_json:
        answer_json(rows)
    else:
        answer_table(
            "Audit trail",
            ["practice", "lines", "whole", "first broken line", "problem"],
            [[*row.values()] for row in rows],
        )
    if not all(row["whole"] for row in rows):
        raise typer.Exit(EXIT_NO)
