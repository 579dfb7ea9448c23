"""What the return models look at: how often a patient came again, when last, and since when they are known.

Times are weeks since the first visit. Equal rows are counted, not repeated: a million patients known by the
day make far fewer different histories, and the likelihood of each is the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DAYS_PER_WEEK = 7.0
# Times are told apart to the hundredth of a week: finer than a day, and equal days stay equal.
GRAIN = 100


class HistoriesInvalid(ValueError):
    """Counts or times that no patient can have; trying again with the same rows cannot help."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Histories:
    """Rows of equal length.

    ``repeats``: visits after the first, whole numbers from 0. ``last_week``: week of the last visit, 0 where
    there was only the first. ``age_weeks``: weeks since the first visit, at least ``last_week``. ``weights``:
    patients with just this history.
    """

    repeats: Floats
    last_week: Floats
    age_weeks: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.repeats)

    @property
    def patients(self) -> float:
        return float(self.weights.sum())


def histories(*, repeats: Any, last_week: Any, age_weeks: Any, weights: Any = None) -> Histories:
    """Check and take arrays (n,). Raises ``HistoriesInvalid`` naming the first bad row."""
    x, t_x, age = (np.ascontiguousarray(one, dtype=np.float64) for one in (repeats, last_week, age_weeks))
    w = np.ones(len(x)) if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
    if not len(x) == len(t_x) == len(age) == len(w):
        raise HistoriesInvalid("the columns differ in length")
    if not len(x):
        raise HistoriesInvalid("there is no history at all")
    tests = (
        (np.isfinite(x) & np.isfinite(t_x) & np.isfinite(age) & np.isfinite(w), "a value is missing"),
        ((x >= 0) & (x == np.floor(x)), "repeats are whole numbers from 0"),
        ((t_x >= 0) & (t_x <= age), "the last visit lies between the first and today"),
        ((x > 0) == (t_x > 0), "a repeat has its week, and no repeat has none"),
        (w > 0, "a weight is above 0"),
    )
    for is_good, what in tests:
        if not is_good.all():
            raise HistoriesInvalid(f"row {int(np.argmin(is_good)) + 1}: {what}")
    return Histories(x, t_x, age, w)


def compress(rows: Histories) -> Histories:
    """The same patients with equal rows counted; times rounded to the hundredth of a week."""
    x, t_x, age = (
        rows.repeats.astype(np.int64),
        np.rint(rows.last_week * GRAIN).astype(np.int64),
        np.rint(rows.age_weeks * GRAIN).astype(np.int64),
    )
    ages, since = int(age.max()) + 1, int(t_x.max()) + 1
    packed, position = np.unique((x * since + t_x) * ages + age, return_inverse=True)
    counts = np.asarray(np.bincount(position, weights=rows.weights), dtype=np.float64)
    rest, age = np.divmod(packed, ages)
    x, t_x = np.divmod(rest, since)
    return Histories(x.astype(np.float64), t_x / GRAIN, age / GRAIN, counts)
