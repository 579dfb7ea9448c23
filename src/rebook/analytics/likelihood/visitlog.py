"""Who came on which day, and what was known about everybody on any day of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rebook.analytics.likelihood.histories import DAYS_PER_WEEK, Histories

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VisitLog:
    """Different days of visits, sorted by patient and day.

    ``patients``: (n,) ids, ascending. ``starts``: (n + 1,) where the days of each begin. ``days``: day
    numbers.
    """

    patients: Whole
    starts: Whole
    days: Whole

    @property
    def first_day(self) -> int:
        return int(self.days.min())


@dataclass(frozen=True, slots=True)
class Panel:
    """Everybody seen before a day: what was known then, and whether they came in the days after it.

    ``patients``: (n,) ids. ``returned``: (n,) 1.0 for who came on one of the ``days`` after.
    """

    patients: Whole
    rows: Histories
    returned: NDArray[np.float64]
    weeks: float


def visit_log(*, patient_ids: Any, days: Any) -> VisitLog:
    """From (m,) ids and day numbers in any order; two visits on one day count as one."""
    ids, day = np.asarray(patient_ids, dtype=np.int64), np.asarray(days, dtype=np.int64)
    order = np.lexsort((day, ids))
    ids, day = ids[order], day[order]
    if len(ids):
        is_new = np.r_[True, (ids[1:] != ids[:-1]) | (day[1:] != day[:-1])]
        ids, day = ids[is_new], day[is_new]
    patients, starts = np.unique(ids, return_index=True)
    return VisitLog(patients, np.r_[starts, len(ids)].astype(np.int64), day)


def thinned(*, log: VisitLog, most: int) -> VisitLog:
    """The whole past of a regular sample of at most ``most`` patients; of fewer, of all."""
    step = -(-len(log.patients) // most)
    if step <= 1:
        return log
    counts = np.diff(log.starts)
    taken = np.arange(len(log.patients)) % step == 0
    starts = np.r_[0, np.cumsum(counts[taken])]
    return VisitLog(log.patients[taken], starts.astype(np.int64), log.days[np.repeat(taken, counts)])


def panel(*, log: VisitLog, on: int, days: int) -> Panel:
    """What was known at the end of day ``on``, and who came within ``days`` after it.

    Only patients first seen before that day.
    """
    known = _counted(log, log.days <= on)
    later = _counted(log, log.days <= on + days)
    first = log.days[np.minimum(log.starts[:-1], len(log.days) - 1)]
    who = np.flatnonzero((known > 0) & (first < on))
    last = log.days[log.starts[who] + known[who] - 1]
    rows = Histories(
        (known[who] - 1).astype(np.float64),
        (last - first[who]) / DAYS_PER_WEEK,
        (on - first[who]) / DAYS_PER_WEEK,
        np.ones(len(who)),
    )
    return Panel(log.patients[who], rows, (later > known)[who].astype(np.float64), days / DAYS_PER_WEEK)


def _counted(log: VisitLog, chosen: NDArray[np.bool_]) -> Whole:
    """(n,) how many of each patient's days are ``chosen``."""
    running = np.r_[0, np.cumsum(chosen)]
    return np.asarray(running[log.starts[1:]] - running[log.starts[:-1]])
