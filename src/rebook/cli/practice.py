"""Setting a practice up: ``init``, ``location add`` and ``user``."""

import os
import secrets
import sys
from collections.abc import Sequence
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
from rebook.packs.specialties import Specialty, all_specialties

Name = Annotated[str, typer.Option("--name", help="As patients know it; asked for when left out.")]
Zone = Annotated[str, typer.Option("--time-zone", help="For example America/Chicago; asked for.")]
Packs = Annotated[
    list[str] | None,
    typer.Option("--pack", help="Specialty; repeat for several; asked for, primary_care if nobody is there."),
]
Phone = Annotated[str, typer.Option(help="Number patients may call.")]
DEFAULT_PACK = "primary_care"
# As people say it, where the key is another.
_COUNTRIES = {"uk": "gb", "usa": "us"}
PASSWORD_VARIABLE = "REBOOK_NEW_PASSWORD"  # noqa: S105 - the name, not the secret


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("init")(init)
    app.command("user")(user)
    places = typer.Typer(help="The sites of the practice.", no_args_is_help=True)
    places.callback()(lambda: None)
    places.command("add")(add_location)
    app.add_typer(places, name="location")


def init(
    name: Name = "",
    time_zone: Zone = "",
    pack: Packs = None,
    phone: Phone = "",
    address: Annotated[str, typer.Option(help="Postal address, shown in e-mails.")] = "",
    language: Annotated[str, typer.Option(help="Language of most patients, like en or es.")] = "en",
    country: Annotated[str, typer.Option(help="Whose rules bind: us, ca, gb, au, or fr, ie, de ...")] = "us",
    slug: Annotated[str, typer.Option(help="Short name for commands.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Create a practice: its name, clock and specialty packs."""
    organisation_id = practice.create_organisation(
        name=name or _ask("--name", "Name of the practice", quietly=as_json),
        time_zone=time_zone or _ask("--time-zone", "Time zone, like America/Chicago", quietly=as_json),
        pack_keys=pack or _ask_packs(quietly=as_json),
        slug=slug,
        phone=phone,
        postal_address=address,
        default_language=language,
        jurisdiction=_COUNTRIES.get(country.strip().casefold(), country.strip().casefold()),
        now=datetime.now(UTC),
        actor="cli",
    )
    made = accounts.organisation(organisation_id=organisation_id)
    if as_json:
        answer_json({"organisation": made.slug, "time_zone": made.time_zone, "packs": list(made.pack_keys)})
        return
    said = (
        f"{made.name} is set up as '{made.slug}' with {', '.join(made.pack_keys)}.\n"
        "Next: rebook import csv|fhir PATH, then rebook gaps; rebook user to let people sign in."
    )
    console.print(said, markup=False, highlight=False)


def add_location(
    name: Annotated[str, typer.Argument(help="As patients know it.")],
    time_zone: Annotated[str, typer.Option(help="The practice's own when left out.")] = "",
    key: Annotated[str, typer.Option(help="What the practice's system calls it; from the name if not.")] = "",
    phone: Phone = "",
    address: Annotated[str, typer.Option(help="Street and number.")] = "",
    city: str = "",
    state: str = "",
    postal_code: str = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add a site. Imports add those that the practice's system knows by themselves."""
    chosen = chosen_organisation(organisation)
    location_id = practice.add_location(
        organisation_id=chosen.id,
        name=name,
        external_id=key,
        time_zone=time_zone or chosen.time_zone,
        phone=phone,
        address_line=address,
        city=city,
        state=state,
        postal_code=postal_code,
        now=datetime.now(UTC),
        actor="cli",
    )
    if as_json:
        answer_json({"organisation": chosen.slug, "location": location_id})
        return
    console.print(f"{name} is now a location of {chosen.name}.", markup=False, highlight=False)


def user(
    email: Annotated[str, typer.Argument(help="E-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")] = "",
    role: Annotated[str, typer.Option(help=f"One of {', '.join(accounts.ROLES)}.")] = "manager",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let somebody sign in. The password comes from REBOOK_NEW_PASSWORD or is made up and shown once."""
    chosen = chosen_organisation(organisation)
    given = os.environ.get(PASSWORD_VARIABLE, "")
    is_new = not accounts.has_account(email=email)
    if given and not is_new:
        refuse(f"{email} has an account already and keeps its password; leave {PASSWORD_VARIABLE} out")
    made_up = "" if given or not is_new else secrets.token_urlsafe(12)
    practice.add_member(
        organisation_id=chosen.id,
        email=email,
        name=name,
        role=role,
        password=(given or made_up) if is_new else None,
        now=datetime.now(UTC),
        actor="cli",
    )
    if as_json:
        answer = {"organisation": chosen.slug, "email": email, "role": role, "is_new": is_new}
        answer_json({**answer, **({"password": made_up} if made_up else {})})
        return
    console.print(f"{email} can sign in at {chosen.name} as {role}.", markup=False, highlight=False)
    if made_up:
        console.print(f"Password, shown once: {made_up}", markup=False, highlight=False)
    elif not is_new:
        console.print("The password is the one they already have.")


def _ask_packs(*, quietly: bool) -> list[str]:
    """Show the packs by name and ask which; primary care where there is nobody to ask."""
    if quietly or not sys.stdin.isatty():
        return [DEFAULT_PACK]
    known = all_specialties()
    for number, one in enumerate(known, start=1):
        console.print(f"{number:3}  {one.called()} ({one.key})", markup=False, highlight=False)
    default = next(number for number, one in enumerate(known, start=1) if one.key == DEFAULT_PACK)
    answer: str = typer.prompt(
        "Which of these? Numbers or names, with commas between", str(default), err=True
    )
    return [_pack_of(part.strip(), known) for part in answer.split(",") if part.strip()] or [DEFAULT_PACK]


def _pack_of(part: str, known: Sequence[Specialty]) -> str:
    """The key of a number from the list, a name or a key; what is none of these is refused later by name."""
    if part.isdecimal() and 1 <= int(part) <= len(known):
        return known[int(part) - 1].key
    return next((one.key for one in known if part.lower() == one.called().lower()), part)


def _ask(option: str, question: str, *, quietly: bool) -> str:
    """Ask at the terminal; without one, or when the answer is for a program, say what is missing."""
    if quietly or not sys.stdin.isatty():
        refuse(f"{option} is missing, and there is nobody at a terminal to ask")
    answer: str = typer.prompt(question, err=True)
    return answer
