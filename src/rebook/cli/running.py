"""Running Rebook: one pass of the day, the web server, the background worker."""

import os
import sys
from typing import Annotated

import typer
from procrastinate.contrib.django import app

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
from rebook.work.schedule import StageResult, run_day


def register(commands: typer.Typer) -> None:
    """Add the commands to ``commands``."""
    commands.command("run")(run)
    commands.command("serve")(serve)
    commands.command("worker")(worker)


def run(as_of: AsOfOption = "", organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """One pass of the day: clean, snapshot, find gaps, rank, enrol, send, close."""
    chosen = chosen_organisation(organisation)
    day, now = instant(chosen, as_of)

    def show(result: StageResult) -> None:
        if not as_json:
            console.print(f"[dim]{result.stage}[/dim] done")

    results = run_day(
        organisation_id=chosen.id, as_of=day, now=now, worker=f"cli-{os.getpid()}", on_stage=show
    )
    if as_json:
        answer_json({one.stage: one.summary for one in results})
        return
    rows = [
        [one.stage, key.replace("_", " "), value] for one in results for key, value in one.summary.items()
    ]
    answer_table(f"{chosen.name}, {day}", ["stage", "what", "how many"], rows)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    threads: Annotated[int, typer.Option(help="Requests answered at the same time.")] = 8,
) -> None:
    """Serve the pages until stopped with Ctrl-C."""
    serve_pages(host=host, port=port, threads=threads)


def serve_pages(*, host: str, port: int, threads: int) -> None:
    """Run gunicorn in this process; returns when it is told to stop."""
    from gunicorn.app.wsgiapp import WSGIApplication

    console.print(
        f"Rebook answers on http://{'localhost' if host == '127.0.0.1' else host}:{port} - Ctrl-C stops it."
    )
    sys.argv = [
        "gunicorn",
        "rebook.config.wsgi:application",
        f"--bind={host}:{port}",
        "--workers=1",
        f"--threads={threads}",
        "--worker-class=gthread",
        "--log-level=warning",
        # Addresses hold tokens, so no access log (promise 12).
        "--access-logfile=",
    ]
    WSGIApplication("%(prog)s [OPTIONS]").run()


def worker(
    concurrency: Annotated[int, typer.Option(help="Jobs at the same time in this process.")] = 2,
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then leave.")] = False,
) -> None:
    """Work in the background: the nightly pass, and sending all day. Start as many as you like."""
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(concurrency=concurrency, wait=not once, install_signal_handlers=True)
