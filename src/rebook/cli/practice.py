"""Setting a practice up: ``init`` and ``user add``."""

import os
import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from rebook.accounts import read as accounts
from rebook.cli.context import (
    JsonOption,
    OrganisationOption,
    answer_json,
    chosen_organisation,
    console,
    refuse,
)
from rebook.flow import practice
from rebook.packs.gaps import pack_keys as known_packs

Name = Annotated[str, typer.Option("--name", prompt="Name of the practice", help="As patients know it.")]
Zone = Annotated[str, typer.Option("--time-zone", prompt="Time zone", help="For example America/Chicago.")]
Packs = Annotated[list[str] | None, typer.Option("--pack", help="Specialty; repeat for several.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("init")(init)
    app.command("user")(user)


def init(
    name: Name,
    time_zone: Zone,
    pack: Packs = None,
    phone: Annotated[str, typer.Option(help="Number patients may call.")] = "",
    address: Annotated[str, typer.Option(help="Postal address, shown in e-mails.")] = "",
    slug: Annotated[str, typer.Option(help="Short name for commands.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Create a practice: its name, clock and specialty packs."""
    packs = pack or ["primary_care"]
    unknown = sorted(set(packs) - set(known_packs()))
    if unknown:
        refuse(f"there is no pack {', '.join(unknown)}; choose from {', '.join(sorted(known_packs()))}")
    try:
        organisation_id = practice.create_organisation(
            name=name,
            time_zone=time_zone,
            pack_keys=packs,
            slug=slug,
            phone=phone,
            postal_address=address,
            now=datetime.now(UTC),
            actor="cli",
        )
    except practice.UnableToSetUp as error:
        refuse(str(error))
    made = accounts.organisation(organisation_id=organisation_id)
    if as_json:
        answer_json({"organisation": made.slug, "packs": list(made.pack_keys)})
        return
    console.print(f"{made.name} is set up as '{made.slug}' with {', '.join(made.pack_keys)}.")
    console.print("Next: rebook import csv|fhir PATH, then rebook gaps; rebook user to let people sign in.")


def user(
    email: Annotated[str, typer.Argument(help="E-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")] = "",
    role: Annotated[str, typer.Option(help="front_desk, coordinator, clinician, manager ...")] = "manager",
    organisation: OrganisationOption = "",
) -> None:
    """Let somebody sign in. The password comes from REBOOK_NEW_PASSWORD or is made up and shown once."""
    chosen = chosen_organisation(organisation)
    given = os.environ.get("REBOOK_NEW_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    try:
        practice.add_member(
            organisation_id=chosen.id,
            email=email,
            name=name,
            role=role,
            password=password,
            now=datetime.now(UTC),
            actor="cli",
        )
    except practice.UnableToSetUp as error:
        refuse(str(error))
    console.print(f"{email} can sign in at {chosen.name}.")
    if not given:
        console.print(f"Password, shown once: {password}", highlight=False)
