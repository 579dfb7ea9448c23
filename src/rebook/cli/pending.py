"""Commands of the topic "pending": safety notices and the waiting list."""

from pathlib import Path
from typing import Annotated

import typer

from rebook.accounts import read as accounts
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.flow.pending import NoticeRefused, WishRefused, add_wish, approve_notice, propose_notice
from rebook.records.read import chart

KeyArgument = Annotated[str, typer.Argument(help="The notice's name: small letters, digits, dashes.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    notice = typer.Typer(help="Safety notices: a clinician's list of patients, told only when approved.")
    notice.command("propose")(propose)
    notice.command("approve")(approve)
    app.add_typer(notice, name="notice")
    app.command("wish")(wish)


def propose(
    key: KeyArgument,
    patients: Annotated[Path, typer.Option("--patients", help="A file with one patient's id in each line.")],
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put patients under a notice; nothing happens to them before a clinician approves it."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, "")
    try:
        lines = patients.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        refuse(f"{patients.name} cannot be read as text")
    ids = [line.strip() for line in lines if line.strip()]
    try:
        said = propose_notice(
            organisation_id=practice.id, key=key, patients=ids, by="command", today=today, now=now
        )
    except NoticeRefused as error:
        refuse(str(error))
    if as_json:
        answer_json({"added": said.added, "already": said.already, "unknown": len(said.unknown)})
    else:
        console.print(f"{said.added} added, {said.already} were there, {len(said.unknown)} not found")
    if said.unknown:
        raise typer.Exit(EXIT_NO)


def approve(
    key: KeyArgument,
    by: Annotated[str, typer.Option("--by", help="E-mail of the clinician who approves.")],
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a notice's patients as time-critical work. Only a clinician of the practice may."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, "")
    members = accounts.members(organisation_id=practice.id)
    clinician = next((one for one in members if one.email.casefold() == by.casefold()), None)
    if clinician is None or clinician.role != "clinician":
        refuse(f"there is no clinician with the address {by} in this practice")
    try:
        opened = approve_notice(
            organisation_id=practice.id, key=key, by=f"user:{clinician.user_id}", today=today, now=now
        )
    except NoticeRefused as error:
        refuse(str(error))
    if as_json:
        answer_json({"opened": opened})
    else:
        console.print(f"{opened} patients are now work for a clinician")


def wish(
    patient: Annotated[str, typer.Argument(help="The patient's id, in Rebook or in the practice's system.")],
    visit_type: Annotated[str, typer.Option("--visit-type", help="Kind of visit they wait for.")],
    day_part: Annotated[str, typer.Option("--day-part", help="morning, afternoon or evening.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put a patient on the waiting list: when a time like that is free, it is offered."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, "")
    patient_id = chart.patient_id_of(organisation_id=practice.id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    try:
        is_new = add_wish(
            organisation_id=practice.id,
            patient_id=patient_id,
            visit_type=visit_type,
            day_part=day_part,
            by="command",
            today=today,
            now=now,
        )
    except WishRefused as error:
        refuse(str(error))
    if as_json:
        answer_json({"added": is_new})
    else:
        console.print("on the waiting list" if is_new else "was on the waiting list already")
