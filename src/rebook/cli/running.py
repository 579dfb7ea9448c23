"""Running Rebook: one pass of the day, the web server, the background worker."""

import logging
import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from rebook.cli.context import (
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    errors,
    instant,
)

# What pulls in the engines is imported by the command that needs it: `rebook --help` stays quick.


def register(commands: typer.Typer) -> None:
    """Add the commands to ``commands``."""
    commands.command("run")(run)
    commands.command("serve")(serve)
    commands.command("worker")(worker)


def run(as_of: AsOfOption = "", organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """One pass of the day: clean, snapshot, close, find gaps, rank, enrol, plan, send, settle."""
    from rebook.work.schedule import run_day

    chosen = chosen_organisation(organisation)
    day, now = instant(chosen, as_of)
    results = run_day(
        organisation_id=chosen.id,
        as_of=day,
        now=now,
        worker=f"cli-{os.getpid()}",
        on_stage=lambda one: None if as_json else errors.print(f"{one.stage} done", style="dim"),
        on_progress=lambda done, total: None if as_json else _tell(done, total),
    )
    if as_json:
        answer_json(
            {
                "organisation": chosen.slug,
                "as_of": day,
                "stages": {one.stage: one.summary for one in results},
            }
        )
        return
    rows = [[one.stage, in_words(one.summary)] for one in results]
    answer_table(f"{chosen.name}, {day}", ["stage", "what it did"], rows)


def _tell(done: int, total: int) -> None:
    # A practice that is judged at one go needs no line for it.
    if done < total:
        errors.print(f"judged {done:,} of {total:,} patients", style="dim")


# Where a snapshot lies and what it is numbered is for programs.
_BOOKKEEPING = ("snapshot_id", "snapshot_number", "number", "numbers", "base_number", "path", "as_of")


def in_words(summary: Mapping[str, Any]) -> str:
    """The counts of a stage that are not zero: "12 opened, 3 closed; reasons: opted out 2"."""
    counts = {key: value for key, value in summary.items() if key not in _BOOKKEEPING}
    plain = [f"{value:,} {_spaced(key)}" for key, value in counts.items() if isinstance(value, int) and value]
    nested = [
        f"{_spaced(key)}: "
        + ", ".join(f"{_spaced(name)} {count:,}" for name, count in value.items() if count)
        for key, value in counts.items()
        if isinstance(value, Mapping) and any(value.values())
    ]
    return "; ".join([*([", ".join(plain)] if plain else []), *nested]) or "nothing to do"


def _spaced(key: str) -> str:
    return str(key).replace("_", " ")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    threads: Annotated[int, typer.Option(help="Requests answered at once by a process.", min=1)] = 8,
    processes: Annotated[int, typer.Option(help="Processes; one per processor is plenty.", min=1)] = 1,
) -> None:
    """Serve the pages until stopped with Ctrl-C."""
    from rebook.cli.serving import serve_pages

    serve_pages(host=host, port=port, threads=threads, processes=processes)


def worker(
    concurrency: Annotated[int, typer.Option(help="Jobs at the same time in this process.", min=1)] = 2,
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then leave.")] = False,
    heartbeat_seconds: Annotated[
        float, typer.Option(help="How often it says that it lives.", min=0.1)
    ] = 10.0,
    stalled_after_seconds: Annotated[
        float, typer.Option(help="Silence after which a worker's jobs are given to others.", min=1)
    ] = 120.0,
) -> None:
    """Work in the background: the nightly pass, and sending all day. Start as many as you like."""
    from rebook.work.worker import run_worker

    # Its log is all that a background process can say.
    logging.getLogger("procrastinate.worker").setLevel(logging.INFO)
    if not once:
        console.print("Working in the background - Ctrl-C stops it.")
    run_worker(
        concurrency=concurrency,
        once=once,
        heartbeat_seconds=heartbeat_seconds,
        stalled_after_seconds=stalled_after_seconds,
    )
