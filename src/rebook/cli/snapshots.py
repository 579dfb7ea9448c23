"""Commands of the topic "snapshots": which frozen copies of the records are kept; old ones go."""

from dataclasses import asdict
from typing import Annotated

import typer

from rebook.cli.context import (
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
)
from rebook.flow.snapshot import prune_snapshots, take_snapshot
from rebook.records.read.outlook import kept_snapshots

snapshots = typer.Typer(
    no_args_is_help=True, help="Frozen copies of the records: list them, take one, take old ones away."
)
Rehearse = Annotated[bool, typer.Option("--dry-run", help="Only say which would go.")]
Everybody = Annotated[bool, typer.Option("--everybody", help="Copy everybody, changed or not.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(snapshots, name="snapshots")


@snapshots.command("list")
def list_(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Every snapshot whose files are kept."""
    practice = chosen_organisation(organisation)
    kept = kept_snapshots(organisation_id=practice.id)
    if as_json:
        answer_json([asdict(one) for one in kept])
        return
    rows = [
        [
            one.number,
            one.as_of,
            "everybody" if one.base_number is None else f"changes since {one.base_number}",
            "named by a backtest" if one.is_named else "",
        ]
        for one in kept
    ]
    answer_table(f"{practice.name}: {len(kept)} snapshots", ["number", "day", "holds", ""], rows)


@snapshots.command("take")
def take(
    as_of: AsOfOption = "",
    everybody: Everybody = False,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Freeze the records now; `rebook run` does so every day."""
    practice = chosen_organisation(organisation)
    day, now = instant(practice, as_of)
    summary = take_snapshot(organisation_id=practice.id, as_of=day, now=now, everybody=everybody)
    if as_json:
        answer_json(asdict(summary))
        return
    holds = "everybody" if summary.base_number is None else f"changes since {summary.base_number}"
    console.print(f"Snapshot {summary.number} of {day}: {holds}, {sum(summary.counts.values()):,} rows.")


@snapshots.command("prune")
def prune(
    as_of: AsOfOption = "",
    dry_run: Rehearse = False,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take away the files that nobody will ask for: all of the last 35 days stay, and month ends."""
    practice = chosen_organisation(organisation)
    day, now = instant(practice, as_of)
    summary = prune_snapshots(organisation_id=practice.id, as_of=day, now=now, dry_run=dry_run)
    if as_json:
        answer_json({**asdict(summary), "dry_run": dry_run})
        return
    verb = "would go" if dry_run else "gone"
    console.print(f"{summary.pruned} {verb}, {summary.kept} kept.")
