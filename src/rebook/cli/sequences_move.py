"""``sequences move``: running cases of a campaign go over to another version, said first and then done."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rebook.cli.campaign_plans import ACTOR, CampaignArgument, found_campaign
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
from rebook.flow.outreach.sequences import UnableToSave
from rebook.flow.outreach.sequences_moving_all import MoveAll, move_all, preview_all

# What becomes of a case, in the clinic's words.
KIND_WORDS = {
    "same": "go on at the same step",
    "changed": "go on with another step",
    "skips": "go on and skip steps that are new before it",
    "gains": "had come to the end and get another step",
    "ends": "would have no step left",
    "over": "are at the end and stay there",
}


def move(
    campaign: CampaignArgument,
    to: Annotated[str, typer.Option("--to", help="Key of the sequence; its newest version counts.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")
    ] = False,
    expect: Annotated[
        str, typer.Option("--expect", help="Only if the effect is still this one: 'effect' of a dry run.")
    ] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Move a running campaign and its open cases to a version of a sequence.

    Cases are moved part by part; broken off, the rest go on as they were, and the same command moves them.
    Leaves with 1 where nothing is to be done.
    """
    practice = chosen_organisation(organisation)
    campaign_id = found_campaign(practice, campaign)
    of: dict[str, Any] = {"organisation_id": practice.id, "campaign_id": campaign_id, "key": to}
    try:
        told = preview_all(**of)
        nothing = told.is_on_it and not told.effect.cases
        if not dry_run and not nothing:
            told = move_all(**of, expected=expect or None, now=datetime.now(UTC), actor=ACTOR)
    except UnableToSave as error:
        refuse(str(error))
    is_done = not dry_run and not nothing
    if as_json:
        answer_json(_as_json(told, is_done=is_done))
    else:
        _print(told, is_done=is_done)
    if nothing:
        raise typer.Exit(EXIT_NO)


def _as_json(told: MoveAll, *, is_done: bool) -> dict[str, Any]:
    return {
        "campaign": told.campaign_id,
        "sequence": told.key,
        "done": is_done,
        "cases": told.effect.cases,
        "kinds": dict(told.effect.kinds),
        "left_behind": told.left_behind,
        "with_a_person": told.waiting,
        "told_to_clinician": told.effect.told,
        "effect": told.effect.stamp,
    }


def _print(told: MoveAll, *, is_done: bool) -> None:
    if told.is_on_it and not told.effect.cases:
        console.print(f"{told.name} and all its open cases are on {told.key} already.", highlight=False)
        return
    title = f"{told.name} {'is now on' if is_done else 'to'} {told.key}"
    rows: list[list[Any]] = [[count, KIND_WORDS[kind]] for kind, count in told.effect.kinds]
    answer_table(title, ["cases", "what becomes of them"], rows)
    if told.waiting:
        console.print(f"{told.waiting} of them are with a person and go on when let go.", highlight=False)
    if told.effect.told:
        console.print(f"{told.effect.told} of class 3 and higher end: a clinician is told.", highlight=False)
    if not is_done:
        console.print(f"Nothing was changed. Effect: {told.effect.stamp}", highlight=False)
