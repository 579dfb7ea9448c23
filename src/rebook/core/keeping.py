"""Which snapshots are kept: enough that every number can be computed again that somebody may ask for.

All of the last 35 days, then the last one of every month, and those that a report or a backtest names; with
each increment the full snapshot that it builds on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

KEEP_DAYS = 35


@dataclass(frozen=True, slots=True)
class Dated:
    """A snapshot: its number, its day, the number of what it builds on, whether something names it."""

    number: int
    as_of: date
    base_number: int | None = None
    is_named: bool = False


def to_prune(snapshots: Iterable[Dated], *, today: date) -> frozenset[int]:
    """Numbers of the snapshots whose files may go. The newest of all always stays."""
    every = sorted(snapshots, key=lambda one: (one.as_of, one.number))
    month_ends = {(one.as_of.year, one.as_of.month): one.number for one in every}
    oldest = today - timedelta(days=KEEP_DAYS)
    kept = {one.number for one in every if one.as_of >= oldest or one.is_named}
    kept.update(month_ends.values(), (max(one.number for one in every),) if every else ())
    # Bases are full: they build on nothing, so one look is enough.
    kept.update(one.base_number for one in every if one.number in kept and one.base_number is not None)
    return frozenset(one.number for one in every) - kept
