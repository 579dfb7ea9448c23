"""``backtest``: run rules as if on past dates, and compare settings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rebook.cli.context import (
    EXIT_FAILED,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    errors,
    refuse,
)

if TYPE_CHECKING:
    from rebook.core.backtest import Question
    from rebook.records.read.backtests import BacktestView

From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")]
To = Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")]
Definitions = Annotated[
    list[str] | None, typer.Option("--definition", help="Rule to run, like dental.hygiene; may be repeated.")
]
Packs = Annotated[list[str] | None, typer.Option("--pack", help="All rules of a specialty; may be repeated.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A change for every setting, or for one: grace_days=60, B:grace_days=90, C:tiers=dormant|lost.",
    ),
]
LISTINGS_HELP = "Also write who was listed, and when, to this CSV file: ids and dates, no names."


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("backtest")(backtest)


def backtest(
    from_on: From = "",
    to_on: To = "",
    definition: Definitions = None,
    campaign: Annotated[int | None, typer.Option(help="A campaign's rules, filters and steps.")] = None,
    pack: Packs = None,
    changes: Changes = None,
    every: Annotated[str, typer.Option(help="How often everybody is judged: week or day.")] = "week",
    snapshot: Annotated[int | None, typer.Option(help="Read this snapshot instead of the newest.")] = None,
    again: Annotated[
        int | None, typer.Option("--again", help="Run the backtest of this number anew.")
    ] = None,
    reopen: Annotated[int | None, typer.Option("--open", help="Show the result of this number.")] = None,
    listings: Annotated[Path | None, typer.Option(help=LISTINGS_HELP)] = None,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """What rules would have done on past dates: whom they list, who came back anyway, how much work."""
    practice = chosen_organisation(organisation)
    if reopen is not None:
        found = _known(practice.id, reopen)
        if found.result is None:
            refuse(f"backtest {reopen} has no result: it is {found.state}. {found.error}".strip())
    elif again is not None:
        found = _run(practice.id, _known(practice.id, again).number, is_shown=not as_json)
    else:
        if not from_on or not to_on:
            refuse("say --from and --to, like --from 2025-01-01 --to 2025-12-31")
        question = _question(
            from_on, to_on, every, definition or [], campaign, pack or [], changes or [], snapshot
        )
        found = _run(practice.id, _ask(practice.id, question), is_shown=not as_json)
    if listings is not None:
        _write(found, listings)
    if as_json:
        answer_json(asdict(found))
    else:
        _show(found)


def _question(
    from_on: str,
    to_on: str,
    every: str,
    definitions: list[str],
    campaign: int | None,
    packs: list[str],
    changes: list[str],
    snapshot: int | None,
) -> "Question":
    from rebook.core.backtest import Question, read_changes

    settings, assumptions = read_changes(changes)
    return Question(
        from_on=_day("--from", from_on),
        to_on=_day("--to", to_on),
        every=every,  # type: ignore[arg-type]
        definitions=tuple(definitions),
        packs=tuple(packs),
        campaign_id=campaign,
        settings=settings,
        assumptions=assumptions,
        snapshot=snapshot,
    )


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option} wants a date like 2025-12-31, not '{text}'")


def _ask(organisation_id: int, question: "Question") -> int:
    from rebook.flow.backtest import ask

    return ask(organisation_id=organisation_id, question=question, now=datetime.now(UTC), actor="cli")


def _known(organisation_id: int, number: int) -> "BacktestView":
    from rebook.records.read.backtests import backtest as find

    found = find(organisation_id=organisation_id, number=number)
    return found or refuse(f"there is no backtest {number}")


def _run(organisation_id: int, number: int, *, is_shown: bool) -> "BacktestView":
    # Imported only now: the engine takes seconds to load.
    from rebook.work.backtests import complete_backtest

    try:
        with _progress(is_shown=is_shown) as on_day:
            return complete_backtest(
                organisation_id=organisation_id, number=number, now=datetime.now(UTC), on_day=on_day
            )
    except KeyboardInterrupt:
        refuse(f"stopped; nothing else was changed. Run it again with --again {number}", code=EXIT_FAILED)


@contextmanager
def _progress(*, is_shown: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; none when somebody else reads the answer."""
    if not is_shown or not errors.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("judging days"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        bar = progress.add_task("days", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def _write(found: "BacktestView", path: Path) -> None:
    from rebook.flow.backtest import csv_of

    with path.open("wb") as file:
        for block in csv_of(backtest=found):
            file.write(block)


def _show(found: "BacktestView") -> None:
    result = found.result or {}
    asked = found.asked
    title = f"Backtest {found.number}: {asked['from_on']} to {asked['to_on']}, every {asked['every']}"
    settings = result["settings"]
    answer_table(title, ["", *(f"{one['name']}: {one['changes']}" for one in settings)], _rows(settings))
    days = [str(line["days"]) for line in settings[0]["comeback"]]
    answer_table(
        "Came back by themselves within so many days of being listed",
        ["setting", *days],
        [[one["name"], *(_share(line) for line in one["comeback"])] for one in settings],
    )
    for one in settings:
        console.print(f"{one['name']}: {one['gain']['source']}", markup=False, highlight=False)
    console.print("What the records cannot say:", style="bold")
    for line in result["caveats"]:
        of = f" ({line['count']:,} of {line['of']:,})" if line["of"] else ""
        console.print(f"- {line['says']}{of}", markup=False, highlight=False)


def _rows(settings: list[dict[str, Any]]) -> list[list[Any]]:
    labels: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
        ("patients listed", lambda one: f"{one['patients']:,}"),
        ("listings", lambda one: f"{one['listings']:,}"),
        ("  on the first day already", lambda one: f"{one['backlog']:,}"),
        ("  came up later", lambda one: f"{one['new']:,}"),
        ("came back by themselves", lambda one: f"{one['came_alone']:,}"),
        ("came back after a contact", lambda one: f"{one['came_after_contact']:,}"),
        ("not back", lambda one: f"{one['never_back']:,}"),
        ("due, never listed, came", lambda one: f"{one['missed']['never_listed_came']:,}"),
        ("due, never listed, still due", lambda one: f"{one['missed']['never_listed_still_due']:,}"),
        ("listed late", lambda one: f"{one['missed']['listed_late']:,}"),
        ("hours of work a week, for new listings", lambda one: f"{_hours(one):.1f}"),
        ("hours to work through the first day's", lambda one: f"{one['backlog_work']['minutes'] / 60:.0f}"),
        ("visits gained by contact", lambda one: f"{one['gain']['extra_visits']:,}"),
    ]
    return [[label, *(value(one) for one in settings)] for label, value in labels]


def _hours(setting: dict[str, Any]) -> float:
    weeks = setting["workload"]
    return sum(float(week["minutes"]) for week in weeks) / 60 / len(weeks)


def _share(line: dict[str, Any]) -> str:
    return "-" if line["share"] is None else f"{100 * line['share']:.1f} %"
