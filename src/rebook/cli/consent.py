"""Commands about consent and its proof: ``optout`` and ``audit verify``; others in ``consent_shown``."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.cli.consent_shown import about, at_practice, consents, evidence, optouts, outreach_record
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
from rebook.core.outreach.consent import Provenance
from rebook.flow import response


class OptOutChannel(StrEnum):
    """What may be stopped."""

    ALL = "all"
    SMS = "sms"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"


class SaidBy(StrEnum):
    """How they said it."""

    VOICE = "voice"
    IN_PERSON = "in_person"
    VOICEMAIL = "voicemail"
    LETTER = "letter"
    EMAIL = "email"
    PORTAL = "portal"
    REVIEW_SITE = "review_site"
    SMS = "sms"
    NONE = ""


class Speaker(StrEnum):
    """Who said it."""

    PATIENT = "patient"
    RELATIVE = "relative"
    REPRESENTATIVE = "representative"
    NUMBER_HOLDER = "number_holder"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("optout")(optout)
    app.command("optouts")(optouts)
    app.command("consents")(consents)
    app.command("evidence")(evidence)
    app.command("outreach-record")(outreach_record)
    trail = typer.Typer(help="The audit trail.", no_args_is_help=True)
    trail.callback()(_audit)
    trail.command("verify")(verify)
    app.add_typer(trail, name="audit")


def optout(
    number: Annotated[str, typer.Argument(help="Phone number or e-mail address, as people write it.")],
    channel: Annotated[OptOutChannel, typer.Option(help="What they want to end.")] = OptOutChannel.ALL,
    words: Annotated[str, typer.Option("--words", "--wording", help="What they said, word for word.")] = "",
    said_by: Annotated[SaidBy, typer.Option(help="How they said it.")] = SaidBy.NONE,
    speaker: Annotated[Speaker, typer.Option(help="Who said it.")] = Speaker.PATIENT,
    name: Annotated[str, typer.Option(help="The name of whoever spoke for the patient.")] = "",
    at: Annotated[str, typer.Option(help="When it was said, like 2026-11-21 or 2026-11-21T09:30.")] = "",
    do_not_call: Annotated[
        bool, typer.Option("--do-not-call", help="Put the number on the practice's own do-not-call list.")
    ] = False,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Nothing more goes to this number or address, starting now."""
    practice = chosen_organisation(organisation)
    read = about(practice, number)
    if read.problem:
        refuse(f"that cannot be stopped: {read.problem}")
    now = datetime.now(UTC)
    refused = response.record_opt_out(
        organisation_id=practice.id,
        value=read.value,
        channel=OptOutChannel.PHONE.value if do_not_call else channel.value,
        wording=words,
        origin="staff",
        now=now,
        actor="cli",
        said_at=at_practice(practice, at, now=now),
        proof=Provenance(
            way=said_by.value, speaker=speaker.value, speaker_name=name, is_company_list=do_not_call
        ),
    )
    what = "calls and texts, on the do-not-call list" if do_not_call else channel.value
    if as_json:
        answer_json({"stopped": read.value, "channel": what, "waiting_refused": refused})
    else:
        console.print(f"Stopped: {read.value} ({what}). Waiting messages refused: {refused}.")


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
