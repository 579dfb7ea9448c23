"""Commands about sequences: which there are, and what one would do to a patient."""

from dataclasses import asdict
from typing import Annotated, Any

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
    refuse,
)
from rebook.cli.sequences_move import move
from rebook.core.outreach.replay import Replay
from rebook.core.outreach.replay_script import BadScript, read_script
from rebook.core.outreach.sequence_words import sequence_name, step_sentence, who_words
from rebook.flow.outreach.replay import DAYS, replay
from rebook.flow.outreach.sequences import sequence_files
from rebook.records.read import chart


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(help="Every sequence that a campaign may run by, step by step.")
    group.callback(invoke_without_command=True)(sequences)
    group.command("move")(move)
    app.add_typer(group, name="sequences")
    app.command("replay")(replay_command)


def sequences(
    context: typer.Context, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """Every sequence that a campaign may run by, step by step."""
    if context.invoked_subcommand is not None:
        return
    practice = chosen_organisation(organisation)
    files = sequence_files(organisation_id=practice.id)
    if as_json:
        answer_json(
            [
                {
                    "key": file.key,
                    "name": sequence_name(file.sequence),
                    "pack": file.pack,
                    "published": file.published.number if file.published else None,
                    "has_draft": file.draft is not None,
                    "problems": [asdict(one) for one in file.problems],
                    "steps": [step_sentence(step) for step in file.sequence.steps],
                }
                for file in files
            ]
        )
        return
    rows = [
        [file.key, sequence_name(file.sequence), who_words(file.sequence), len(file.sequence.steps)]
        for file in files
    ]
    answer_table("Sequences", ["key", "name", "for", "steps"], rows)


def replay_command(
    patient: Annotated[str, typer.Argument(help="The patient's id, in Rebook or in the practice's system.")],
    sequence: Annotated[str, typer.Option("--sequence", help="Key of the sequence: see 'rebook sequences'.")],
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--if", help='What happens, like "day 2: reply how much does it cost?". Again for more.'
        ),
    ] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="Day on which the story begins.")] = "",
    days: Annotated[int, typer.Option(help="How long it is followed.", min=1, max=400)] = DAYS,
    as_if_signed: Annotated[
        bool, typer.Option("--as-if-signed", help="As if every text were signed off.")
    ] = False,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """What would happen to this patient if…; nothing is written. Leaves with 1 when nobody is contacted."""
    practice = chosen_organisation(organisation)
    _, starts_at = instant(practice, as_of)
    patient_id = chart.patient_id_of(organisation_id=practice.id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    plans = {file.key: file.sequence for file in sequence_files(organisation_id=practice.id)}
    if sequence not in plans:
        refuse(f"there is no sequence '{sequence}': see 'rebook sequences'")
    try:
        script = read_script(events or [], starts_at=starts_at, zone=practice.time_zone)
    except BadScript as error:
        refuse(f"--if: {error}")
    told = replay(
        organisation_id=practice.id,
        patient_id=patient_id,
        sequence=plans[sequence],
        events=script,
        starts_at=starts_at,
        days=days,
        texts_are_signed=as_if_signed,
    )
    if as_json:
        answer_json(_as_json(told))
    else:
        _print(told)
    if not told.sent:
        raise typer.Exit(EXIT_NO)


def _as_json(told: Replay) -> dict[str, Any]:
    return {
        "outcome": told.outcome,
        "days": told.days,
        "has_reason": told.has_reason,
        "sent": len(told.sent),
        "lines": [
            {
                "at": line.at,
                "kind": line.kind,
                "step": None if line.step is None else line.step + 1,
                "channel": line.channel,
                "says": line.says,
                "due_at": line.due_at,
                "reasons": [reason.as_json() for reason in line.reasons],
            }
            for line in told.lines
        ],
    }


def _print(told: Replay) -> None:
    if not told.has_reason:
        console.print("There is no reason to come back now; one of class 1 is imagined.")
    rows = [
        [
            f"{line.at:%Y-%m-%d %H:%M} UTC",
            line.kind.replace("_", " "),
            "" if line.step is None else line.step + 1,
            line.channel,
            line.says or "; ".join(reason.detail or reason.rule for reason in line.reasons[:2]),
        ]
        for line in told.lines
        if line.kind != "planned"
    ]
    answer_table("What would happen", ["when", "what", "step", "by", "says"], rows)
    end = f"ends as {told.outcome}" if told.outcome else f"still open after {told.days} days"
    console.print(f"{len(told.sent)} contacts go out; it {end}.")
