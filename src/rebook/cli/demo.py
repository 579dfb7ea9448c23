"""``demo``: the whole story on a synthetic practice, in a home of its own."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.conf import settings
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rebook.cli.context import JsonOption, answer_json, console, errors, refuse
from rebook.cli.ledger import empty_ledger

if TYPE_CHECKING:
    from rebook.demo.setup import DemoPractice
    from rebook.demo.simulation import Diary


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("demo")(demo)


def demo(
    patients: Annotated[int, typer.Option(help="Patients of the practice.", min=50)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed invents the same practice.")] = 7,
    days: Annotated[int, typer.Option(help="Days to live through.", min=1)] = 60,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages at the end.")] = True,
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
    compare_forecast: Annotated[
        bool, typer.Option("--compare-forecast", help="Hold the looks ahead against what happened.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Invent a practice, run it for sixty days, tell what happened, and serve its pages."""
    # Imported only now: the whole product, and its people.
    from rebook.cli.report import as_plain, show
    from rebook.demo import account, setup
    from rebook.flow.measure import build_report

    console.quiet = account.console.quiet = as_json
    began = monotonic()
    home = _emptied_home()
    zone = ZoneInfo("America/Chicago")
    start_on = datetime.now(UTC).astimezone(zone).date() - timedelta(days=days - 1)
    last_on = start_on + timedelta(days=days - 1)
    start_at = datetime(start_on.year, start_on.month, start_on.day, 3, tzinfo=zone)
    console.rule("[bold]Riverbend Family Health, a practice that does not exist")
    world = setup.invent_world(patients=patients, seed=seed, start_at=start_at)
    made = setup.set_up(world, folder=home / "demo-export" / "full", now=start_at, slug="riverbend")
    first = account.first_look(made, as_of=start_on, now=start_at)
    setup.launch_campaigns(made, now=start_at)
    diary = _live(made, outbox=home / "sandbox", start_on=start_on, days=days, seed=seed)
    account.tell(made, first=first, diary=diary, as_of=last_on)
    report = build_report(organisation_id=made.organisation_id, as_of=last_on)
    show(report)
    account.compare_with_truth(made, first=first, as_of=last_on)
    compared = _compared(made.organisation_id, start_on, last_on) if compare_forecast else []
    seconds = round(monotonic() - began)
    console.print(f"\nAll of it took {seconds} seconds.")
    console.quiet = False
    if as_json:
        told: dict[str, Any] = {
            "reactions": dict(diary.reactions),
            "tasks": dict(diary.tasks),
            "report": as_plain(report),
        }
        if compare_forecast:
            told["forecasts"] = compared
        answer_json({"seconds": seconds, "cleaned": first.cleaned, **told})
    elif serve:
        from rebook.cli.serving import serve_pages

        console.print(f"Sign in as {setup.STAFF[0][0]} with the password {setup.PASSWORD}", highlight=False)
        serve_pages(host="127.0.0.1", port=port, threads=8)


def _compared(organisation_id: int, first_on: date, last_on: date) -> list[dict[str, Any]]:
    """The first day's look ahead, and the one of the middle, beside what then happened; printed too."""
    from rebook.cli.simulate import comparison_json, show_comparison
    from rebook.flow.lookahead.comparing import compare_forecast, forecasts_made

    kept = forecasts_made(organisation_id=organisation_id)
    middle = first_on + (last_on - first_on) / 2
    found = []
    for made_on in dict.fromkeys((min(kept), min(kept, key=lambda day: abs(day - middle)))):
        one = compare_forecast(organisation_id=organisation_id, made_on=made_on, today=last_on)
        if one is not None:
            if not console.quiet:
                show_comparison(one)
            found.append(comparison_json(one))
    return found


def _emptied_home() -> Path:
    if "EMBEDDED_HOME" not in settings.DATABASES["default"]:
        refuse("the demo starts from an empty ledger, so it only runs on the embedded PostgreSQL")
    home = Path(settings.HOME)
    for name in ("demo-export", "sandbox", "snapshots"):
        shutil.rmtree(home / name, ignore_errors=True)
    empty_ledger()
    return home


def _live(made: "DemoPractice", *, outbox: Path, start_on: date, days: int, seed: int) -> "Diary":
    """The simulated days, with a bar on standard error."""
    from rebook.demo.simulation import simulate

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(), console=errors, transient=True,
    ) as progress:  # fmt: skip
        bar = progress.add_task("living through the days", total=days)
        return simulate(
            made,
            outbox_directory=outbox,
            start_on=start_on,
            days=days,
            seed=seed,
            on_day=lambda number, day: progress.update(bar, completed=number),
        )
