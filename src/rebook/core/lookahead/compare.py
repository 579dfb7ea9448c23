"""What was forecast held against what happened: is the sum right, do the ranges hold, cell by cell?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rebook.core.lookahead.intervals import COVERAGE, Expected
from rebook.core.lookahead.rates import interval

NOTHING = Expected(0.0, 0.0, 0.0)
# Upper ends of the bins of what was expected of a cell.
BINS = (0.25, 0.5, 1.0, 2.0, 5.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Bin:
    """Cells of which about the same was expected: how much on average, and how much it was."""

    below: float
    cells: int
    expected: float
    actual: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of so many ranges so many held what happened; ``low`` to ``high`` is the range of that share."""

    cells: int
    inside: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.inside / self.cells if self.cells else None

    @property
    def is_as_said(self) -> bool:
        """Whether the ranges may well hold 9 times in 10 or more."""
        return not self.cells or self.high >= COVERAGE


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure. ``total``: the sum over the days that have passed, with the range said for it."""

    measure: str
    total: Expected
    actual: int
    cells: Coverage
    days: Coverage
    bins: tuple[Bin, ...]

    @property
    def is_inside(self) -> bool:
        return self.total.low <= self.actual <= self.total.high

    @property
    def off_by(self) -> float | None:
        """How far the expectation was off, as a share of what happened; None when nothing did."""
        return (self.total.expected - self.actual) / self.actual if self.actual else None


def compare(
    measure: str,
    *,
    cells: Mapping[tuple[int, int, date], Expected],
    actual: Mapping[tuple[int, int, date], int],
    by_day: Mapping[date, Expected],
    total: Expected,
    days: Sequence[date],
) -> Compared:
    """One measure over the ``days`` that have passed.

    Keys are (campaign, site, day). What was forecast as nothing and did not happen is no cell: every range
    would hold it. What happened where nothing was forecast lies outside.
    """
    wanted = set(days)
    keys = {key for key in (*cells, *actual) if key[2] in wanted}
    pairs = [(cells.get(key, NOTHING), actual.get(key, 0)) for key in sorted(keys)]
    happened: dict[date, int] = defaultdict(int)
    for key, count in actual.items():
        happened[key[2]] += count
    daily = [(by_day.get(day, NOTHING), happened.get(day, 0)) for day in days]
    return Compared(
        measure=measure,
        total=total,
        actual=sum(happened[day] for day in days if day in happened),
        cells=_coverage(pairs),
        days=_coverage(one for one in daily if one[0].high > 0 or one[1]),
        bins=_bins(pairs),
    )


def _coverage(pairs: Iterable[tuple[Expected, int]]) -> Coverage:
    every = list(pairs)
    inside = sum(one.low <= count <= one.high for one, count in every)
    low, high = interval(inside, len(every)) if every else (0.0, 1.0)
    return Coverage(len(every), inside, low, high)


def _bins(pairs: Iterable[tuple[Expected, int]]) -> tuple[Bin, ...]:
    found: dict[float, list[tuple[float, int]]] = defaultdict(list)
    for one, count in pairs:
        found[next(end for end in BINS if one.expected < end)].append((one.expected, count))
    return tuple(
        Bin(end, len(rows), sum(said for said, _ in rows) / len(rows), sum(n for _, n in rows) / len(rows))
        for end, rows in sorted(found.items())
    )
