"""``simulate``: what the coming days bring, by the practice's own records; plans side by side."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rebook.cli.context import (
    EXIT_NO,
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.cli.simulate_goals import show_goals

if TYPE_CHECKING:
    from rebook.core.lookahead.changes import Changes
    from rebook.core.lookahead.intervals import Expected
    from rebook.flow.lookahead.comparing import Comparison
    from rebook.flow.lookahead.simulating import LookAhead

LARGEST_PLAN = 100_000
MEASURE_WORDS = {
    "enrolled": "taken in",
    "sms": "texts",
    "email": "e-mails",
    "phone": "calls",
    "letter": "letters",
    "portal": "portal messages",
    "replies": "replies",
    "bookings": "bookings",
    "visits": "times used",
}
SHARE_WORDS = {"refused": "held back", "replies": "write back", "books": "book", "stops": "drop out"}
SHOWN = ("enrolled", "sms", "email", "phone", "letter", "replies", "bookings", "visits")
PlanFiles = Annotated[
    list[Path] | None,
    typer.Option("--plan", help="Another plan, a TOML or JSON file; may be repeated. See docs/lookahead.md."),
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("simulate")(simulate)


def simulate(
    days: Annotated[int, typer.Option(help="Days to look ahead, 1 to 120.")] = 30,
    campaign: Annotated[
        list[int] | None, typer.Option(help="Only this campaign, a draft too; may be repeated.")
    ] = None,
    plan: PlanFiles = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Put the other plans beside the present one.")
    ] = False,
    with_actual: Annotated[
        bool, typer.Option("--compare-with-actual", help="Hold a kept forecast against what happened.")
    ] = False,
    made_on: Annotated[
        str, typer.Option(help="With --compare-with-actual: the day it was made; a month ago when left out.")
    ] = "",
    seed: Annotated[
        int, typer.Option(help="Taken for scripts' sake: expectations are worked out, nothing is drawn.")
    ] = 0,
    organisation: OrganisationOption = "",
    as_of: AsOfOption = "",
    as_json: JsonOption = False,
) -> None:
    """Messages, calls, staff hours, replies, bookings, times used and cost of each coming day and site."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, as_of)
    if with_actual:
        _tell_comparison(practice.id, made_on, today, as_json=as_json)
        return
    if not 1 <= days <= 120:
        refuse("--days wants 1 to 120 days")
    if compare and not plan:
        refuse("--compare wants another plan: say --plan FILE")
    # Imported only now: it brings in numpy.
    from rebook.core.lookahead.changes import Changes
    from rebook.flow.lookahead.simulating import simulate as look

    plans = [_read(path) for path in plan or []]
    wanted = [Changes(), *plans] if compare or not plans else plans
    found = look(
        organisation_id=practice.id, start_on=today, days=days, now=now, plans=wanted,
        campaign_ids=campaign or (),
    )  # fmt: skip
    if as_json:
        answer_json(_as_json(found, seed=seed, days=days, leaves_out=found[0].leaves_out))
        return
    # What was asked comes first; the days of each plan are below it.
    if len(found) > 1:
        _side_by_side(found)
    for one in found:
        _show(one)
        show_goals(one)
    _sources(found[0])
    for line in found[0].leaves_out:
        console.print(f"- {line}", markup=False, highlight=False)


def _read(path: Path) -> "Changes":
    from rebook.core.lookahead.changes import read_changes

    if not path.is_file():
        refuse(f"{path}: there is no such file")
    if path.stat().st_size > LARGEST_PLAN:
        refuse(f"{path}: no plan is longer than {LARGEST_PLAN:,} bytes")
    try:
        text = path.read_text(encoding="utf-8")
        value = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return read_changes(value, name=path.stem)
    except (ValueError, RecursionError) as error:
        refuse(f"{path}: {error}")


def _as_json(
    found: list["LookAhead"], *, seed: int, days: int, leaves_out: tuple[str, ...]
) -> dict[str, Any]:
    from rebook.core.lookahead.goals import as_json as goal_json
    from rebook.core.lookahead.result import as_json

    first = found[0]
    return {
        "start_on": first.start_on.isoformat(),
        "days": days,
        "seed": seed,
        "plans": [
            {**as_json(one.result), "goals": [goal_json(goal) for goal in one.goals]} for one in found
        ],
        "campaigns": {str(key): name for one in found for key, name in one.campaigns.items()},
        "sites": {str(key): name for key, name in first.sites.items()},
        "sources": [
            {
                "channel": one.channel, "share": one.what, "value": one.chance.value, "low": one.chance.low,
                "high": one.chance.high, "origin": one.chance.origin, "says": one.chance.says,
            }
            for one in first.sources
        ],
        "booking_lag": first.lag_says,
        "single_days": first.timing_says,
        "leaves_out": list(leaves_out),
    }  # fmt: skip


def _range(one: "Expected") -> str:
    return f"{one.expected:.0f} ({one.low:.0f} to {one.high:.0f})" if one.expected else "-"


def _show(found: "LookAhead") -> None:
    rows: list[list[Any]] = []
    for line in found.result.days:
        for site, cell in line.by_site.items():
            if any(one.expected for one in cell.figures.values()):
                rows.append([line.on, found.sites[site], *_columns(cell)])
    rows.append(["all days", "", *_columns(found.result.total)])
    heads = ["day", "site", *(MEASURE_WORDS[name] for name in SHOWN), "staff hours", "cost"]
    answer_table(f"{found.result.name}: from {found.start_on}", heads, rows)
    if found.result.overloaded:
        many = len(found.result.overloaded)
        console.print(
            f"On {many} {'day' if many == 1 else 'days'} staff would need more than their "
            f"{found.result.minutes_a_day} minutes.",
            highlight=False,
        )


def _columns(cell: Any) -> list[str]:
    return [*(_range(cell.figures[name]) for name in SHOWN), f"{cell.hours:.1f}", f"{cell.cents / 100:.2f}"]


def _side_by_side(found: list["LookAhead"]) -> None:
    rows: list[list[Any]] = [
        [words, *(_range(one.result.total.figures[name]) for one in found)]
        for name, words in MEASURE_WORDS.items()
        if any(one.result.total.figures[name].expected for one in found)
    ]
    rows.append(["staff hours", *(f"{one.result.total.hours:.1f}" for one in found)])
    rows.append(["cost", *(f"{one.result.total.cents / 100:.2f}" for one in found)])
    answer_table("Side by side", ["", *(one.result.name for one in found)], rows)


def _sources(found: "LookAhead") -> None:
    rows = [
        [
            MEASURE_WORDS[one.channel], SHARE_WORDS[one.what], f"{100 * one.chance.value:.1f} %",
            f"{100 * one.chance.low:.1f} to {100 * one.chance.high:.1f} %",
            one.chance.origin, one.chance.says,
        ]
        for one in found.sources
        if one.chance.high
    ]  # fmt: skip
    answer_table("What it rests on", ["channel", "share", "is", "range", "", "where from"], rows)
    console.print(
        f"Single days may be off by more than the whole: bookings by {found.timing_says['bookings']}.",
        markup=False,
        highlight=False,
    )


def _tell_comparison(organisation_id: int, made_on: str, today: date, *, as_json: bool) -> None:
    from rebook.flow.lookahead.comparing import compare_forecast

    try:
        day = date.fromisoformat(made_on) if made_on else None
    except ValueError:
        refuse(f"--made-on wants a date like 2026-11-21, not '{made_on}'")
    found = compare_forecast(organisation_id=organisation_id, made_on=day, today=today)
    if found is None:
        refuse("no day of a kept forecast has passed yet", code=EXIT_NO)
    if as_json:
        answer_json(comparison_json(found))
    else:
        show_comparison(found)


def comparison_json(found: "Comparison") -> dict[str, Any]:
    """A comparison as plain JSON."""
    return {
        "made_on": found.made_on.isoformat(),
        "until_on": found.until_on.isoformat(),
        "measures": [
            {
                "measure": one.measure,
                "expected": round(one.total.expected, 1), "low": one.total.low, "high": one.total.high,
                "actual": one.actual, "inside": one.is_inside,
                "off_by": None if one.off_by is None else round(one.off_by, 3),
                "cells": one.cells.cells, "cells_inside": one.cells.inside,
                "days": one.days.cells, "days_inside": one.days.inside,
                "bins": [
                    {"cells": row.cells, "expected": round(row.expected, 2), "actual": round(row.actual, 2)}
                    for row in one.bins
                ],
            }
            for one in found.measures
        ],
    }  # fmt: skip


def show_comparison(found: "Comparison") -> None:
    """Print it: the sums, and how often the ranges held."""
    rows = [
        [
            MEASURE_WORDS[one.measure], _range(one.total), one.actual, "yes" if one.is_inside else "no",
            "-" if one.off_by is None else f"{100 * one.off_by:+.0f} %",
            f"{one.days.inside} of {one.days.cells}", f"{one.cells.inside} of {one.cells.cells}",
        ]
        for one in found.measures
    ]  # fmt: skip
    answer_table(
        f"Forecast of {found.made_on}, held against what happened until {found.until_on}",
        ["", "expected (9 in 10)", "happened", "inside", "off by", "days inside", "site days inside"],
        rows,
    )
