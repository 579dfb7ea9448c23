"""How good chances are: do they put people in the right order, and do they come true as often as they say?"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from rebook.analytics.likelihood.histories import Floats
from rebook.analytics.likelihood.logistic import maximise

Z_95 = 1.959963984540054
BINS = 10
# Fixed beforehand: what counts as calibrated. A slope of 1 and equal means are perfect.
SLOPES = (0.8, 1.25)
MEANS = (0.8, 1.25)
MOST_OFF = 0.05


@dataclass(frozen=True, slots=True)
class Bin:
    """Patients with about the same chance: how many, what was said on average, what share came true."""

    count: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Figures:
    """``auc``: chance that one who came was given the higher figure than one who did not; with its standard
    error. ``brier``: mean squared error. ``slope`` and ``intercept``: of the outcomes' log-odds on the
    chances'. ``off``: mean distance between said and came over the bins. ``bins``: from low to high.
    """

    count: int
    came: int
    auc: float
    auc_error: float
    brier: float
    slope: float
    intercept: float
    said_mean: float
    came_mean: float
    off: float
    bins: tuple[Bin, ...]

    @property
    def is_calibrated(self) -> bool:
        ratio = self.said_mean / self.came_mean if self.came_mean else 0.0
        return SLOPES[0] <= self.slope <= SLOPES[1] and MEANS[0] <= ratio <= MEANS[1] and self.off <= MOST_OFF

    @property
    def auc_interval(self) -> tuple[float, float]:
        """95 %, from DeLong's standard error."""
        return self.auc - Z_95 * self.auc_error, min(self.auc + Z_95 * self.auc_error, 1.0)


def figures(*, chances: Floats, came: Floats) -> Figures:
    """Of (n,) chances and (n,) outcomes 0 or 1. Raises ``ValueError`` unless both outcomes are there."""
    if not 0 < came.sum() < len(came):
        raise ValueError("figures need somebody who came and somebody who did not")
    p = np.clip(chances, 1e-6, 1 - 1e-6)
    odds = np.log(p / (1 - p))
    intercept, slope = maximise(np.column_stack([np.ones(len(p)), odds]), came, ridge=1e-9)
    bins = _bins(p, came)
    off = sum(one.count * abs(one.said - one.came) for one in bins) / len(p)
    auc, error = auc_of(scores=chances, came=came)
    return Figures(
        count=len(p),
        came=int(came.sum()),
        auc=auc,
        auc_error=error,
        brier=float(np.mean((p - came) ** 2)),
        slope=float(slope),
        intercept=float(intercept),
        said_mean=float(p.mean()),
        came_mean=float(came.mean()),
        off=float(off),
        bins=bins,
    )


def auc_of(*, scores: Floats, came: Floats) -> tuple[float, float]:
    """(area under the curve, its standard error by DeLong, DeLong and Clarke-Pearson 1988)."""
    with_came, without = _placements(scores, came)
    error = sqrt(_variance(with_came) / len(with_came) + _variance(without) / len(without))
    return float(with_came.mean()), error


def auc_difference(*, scores: Floats, others: Floats, came: Floats) -> tuple[float, float]:
    """(AUC of ``scores`` minus that of ``others`` on the same people, its standard error); paired DeLong."""
    one, against = _placements(scores, came), _placements(others, came)
    more = [mine - theirs for mine, theirs in zip(one, against, strict=True)]
    error = sqrt(sum(_variance(part) / len(part) for part in more))
    return float(more[0].mean()), error


def _placements(scores: Floats, came: Floats) -> tuple[Floats, Floats]:
    """For each who came the share of the others below them; for each other the share of them above."""
    from scipy.stats import rankdata

    is_in = came > 0.5
    ranks, own, rest = rankdata(scores), rankdata(scores[is_in]), rankdata(scores[~is_in])
    many, few = int((~is_in).sum()), int(is_in.sum())
    return (ranks[is_in] - own) / many, 1 - (ranks[~is_in] - rest) / few


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _bins(p: Floats, came: Floats) -> tuple[Bin, ...]:
    """Ten bins of equally many people; equal chances stay together."""
    edges = np.unique(np.quantile(p, np.linspace(0, 1, BINS + 1))[1:-1])
    place = np.searchsorted(edges, p, side="left")
    found = []
    for number in np.unique(place):
        here = place == number
        found.append(Bin(int(here.sum()), float(p[here].mean()), float(came[here].mean())))
    return tuple(found)
