"""Who was listed in a backtest: by id, for a page that may name them, and as CSV without names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rebook.analytics import backtest_listings as files
from rebook.records.read.backtests import BacktestView

from .asking import root


@dataclass(frozen=True, slots=True)
class ListedPatients:
    """A page of listings; ``total`` counts all that fit."""

    lines: tuple[files.Listing, ...]
    total: int


def listed_patients(
    *,
    backtest: BacktestView,
    setting: str,
    outcome: str = "",
    week_on: date | None = None,
    reason: str = "",
    limit: int = 200,
) -> ListedPatients:
    """Listings of one setting. ``outcome``: alone, after_contact or none (not back); "" takes all."""
    path = root() / backtest.path
    if not backtest.path or not path.is_file():
        return ListedPatients((), 0)
    lines, total = files.read(
        path, setting=setting, outcome=outcome, week_on=week_on, reason=reason, limit=limit
    )
    return ListedPatients(lines, total)


def csv_of(*, backtest: BacktestView) -> Iterator[bytes]:
    """Every listing as CSV with a header: ids, rules and dates; no name, number or address."""
    path = root() / backtest.path
    if backtest.path and path.is_file():
        yield from files.csv(path)
