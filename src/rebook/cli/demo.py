"""``demo``: the whole story on a synthetic practice, in a home of its own."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from django.conf import settings
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rebook.cli.context import console, refuse
from rebook.cli.ledger import empty_ledger
from rebook.cli.report import show
from rebook.cli.running import serve_pages
from rebook.demo import account, setup
from rebook.demo.simulation import simulate
from rebook.flow.measure import build_report


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("demo")(demo)


def demo(
    patients: Annotated[int, typer.Option(help="Patients of the practice.", min=50)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed tells the same story.")] = 7,
    days: Annotated[int, typer.Option(help="Days to live through.", min=1)] = 60,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages at the end.")] = True,
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
) -> None:
    """Invent a practice, run it for sixty days, tell what happened, and serve its pages."""
    if "EMBEDDED_HOME" not in settings.DATABASES["default"]:
        refuse("the demo starts from an empty ledger, so it only runs on the embedded PostgreSQL")
    began = monotonic()
    home = Path(settings.HOME)
    for name in ("demo-export", "sandbox", "snapshots"):
        shutil.rmtree(home / name, ignore_errors=True)
    empty_ledger()
    zone = ZoneInfo("America/Chicago")
    start_on = datetime.now(UTC).astimezone(zone).date() - timedelta(days=days - 1)
    start_at = datetime(start_on.year, start_on.month, start_on.day, 3, tzinfo=zone)
    console.rule("[bold]Riverbend Family Health, a practice that does not exist")
    world = setup.invent_world(patients=patients, seed=seed, start_at=start_at)
    made = setup.set_up(world, folder=home / "demo-export" / "full", now=start_at, slug="riverbend")
    first = account.first_look(made, as_of=start_on, now=start_at)
    setup.launch_campaigns(made, now=start_at)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(), console=console, transient=True,
    ) as progress:  # fmt: skip
        bar = progress.add_task("living through the days", total=days)
        diary = simulate(
            made,
            outbox_directory=home / "sandbox",
            start_on=start_on,
            days=days,
            seed=seed,
            on_day=lambda number, day: progress.update(bar, completed=number),
        )
    last_on = start_on + timedelta(days=days - 1)
    account.tell(made, first=first, diary=diary, as_of=last_on)
    show(build_report(organisation_id=made.organisation_id, as_of=last_on))
    account.compare_with_truth(made, first=first, as_of=last_on)
    console.print(f"\nAll of it took {monotonic() - began:.0f} seconds.")
    if serve:
        console.print(f"Sign in as {setup.STAFF[0][0]} with the password {setup.PASSWORD}", highlight=False)
        serve_pages(host="127.0.0.1", port=port, threads=8)
