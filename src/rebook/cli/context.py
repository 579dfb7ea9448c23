"""What every command needs: the organisation it is about, the clock, and a way to answer."""

import json
import sys
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from rebook.accounts import read as accounts
from rebook.cli.failures import EXIT_FAILED, EXIT_NO, EXIT_USAGE, Refused

__all__ = ["EXIT_FAILED", "EXIT_NO", "EXIT_USAGE"]

# What is piped on is not folded: a reader of columns wants whole lines.
PIPED_WIDTH = 200
console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True)

OrganisationOption = Annotated[
    str, typer.Option("--organisation", help="Short name of the practice; not needed when there is one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
AsOfOption = Annotated[
    str, typer.Option("--as-of", help="Date to judge by, YYYY-MM-DD; today when left out.")
]


def refuse(message: str, *, code: int = EXIT_USAGE) -> NoReturn:
    """Say what is wrong, on standard error and as JSON if that was asked for, and leave with ``code``."""
    raise Refused(message, code=code)


def chosen_organisation(slug: str) -> accounts.OrganisationView:
    """The organisation meant: the named one, or the only one there is."""
    found = accounts.organisations()
    if slug:
        found = [one for one in found if one.slug == slug]
        if not found:
            refuse(f"there is no practice '{slug}'")
    if not found:
        refuse("there is no practice yet: run 'rebook init' first")
    if len(found) > 1:
        refuse("there are several practices: say --organisation " + "|".join(one.slug for one in found))
    return found[0]


def instant(organisation: accounts.OrganisationView, as_of: str) -> tuple[date, datetime]:
    """(the day to judge by, the instant that goes with it): now, or noon of the given day at the practice."""
    zone = ZoneInfo(organisation.time_zone)
    if not as_of:
        now = datetime.now(UTC)
        return now.astimezone(zone).date(), now
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        refuse(f"--as-of wants a date like 2026-11-21, not '{as_of}'")
    return day, datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def answer_json(value: Any) -> None:
    """Print ``value`` as one JSON document."""
    console.print_json(json.dumps(value, default=str))


def answer_table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print rows under a title. Names come from outside, so nothing in a cell is read as markup."""
    # Not the table's own title, which would be folded to the width of the table.
    console.print(title, style="bold", markup=False, highlight=False)
    table = Table(*(Column(Text(column)) for column in columns), header_style="bold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(table)
