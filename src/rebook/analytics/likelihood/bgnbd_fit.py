"""BG/NBD by maximum likelihood: the exact maximum for a million patients in a fraction of a second.

What depends only on the number of visits, or only on the age, is computed once for each such number; what is
left is one logistic function per different history. A sample leads the way: its maximum is the start and its
curvature the measure of the few steps on everybody. Every reported maximum is that of all rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rebook.analytics.likelihood.bgnbd import BgNbd
from rebook.analytics.likelihood.histories import Floats, Histories, compress

# More different histories than these get a sample to lead the way.
_LEADING = 20_000
# Slope of the mean log-likelihood, at which a maximum counts as found.
_SLOPE = 1e-8
# Logarithms of parameters beyond this say that there is no maximum.
_FARTHEST = 12.0


class UnableToFit(Exception):
    """These histories have no maximum that could be found; more of them may help, another try does not."""

    permanent = True


def fit(*, rows: Histories) -> BgNbd:
    """The parameters under which ``rows`` are most likely. Raises ``UnableToFit``."""
    if not rows.repeats.any():
        raise UnableToFit("nobody came a second time")
    start = np.log([1.0, max(float(rows.age_weeks.mean()) / 4, 0.5), 1.0, 1.0])
    shape = np.eye(4)
    if len(rows) > 2 * _LEADING:
        sample = _Prepared(_every(rows, len(rows) // _LEADING))
        start = _climb(sample, start, shape)
        shape = _inverse_curvature(sample, start)
    found = _climb(_Prepared(rows), start, shape)
    return BgNbd(*(float(one) for one in np.exp(found)))


def _every(rows: Histories, step: int) -> Histories:
    return Histories(
        rows.repeats[::step], rows.last_week[::step], rows.age_weeks[::step], rows.weights[::step]
    )


def _climb(prepared: "_Prepared", start: Floats, shape: Floats) -> Floats:
    """Logarithms of the best parameters; ``shape`` (4, 4) is a first guess of the inverse curvature."""
    from scipy.optimize import minimize

    options = {"gtol": _SLOPE, "maxiter": 500, "hess_inv0": shape}
    # A step too far on the way is nothing to warn of: the climb comes back.
    with np.errstate(all="ignore"):
        found = minimize(prepared.loss, start, jac=True, method="BFGS", options=options)
    # Rounding may stop a climb a little below the top; a slope that is still steep is no maximum.
    if not np.isfinite(found.fun) or np.abs(found.jac).max() > 1e-5 or np.abs(found.x).max() > _FARTHEST:
        raise UnableToFit("these visits have no maximum of the BG/NBD likelihood")
    return np.asarray(found.x)


def _inverse_curvature(prepared: "_Prepared", at: Floats) -> Floats:
    """(4, 4): how far to step in every direction, from the slopes around a maximum."""
    width = 1e-4
    sides = [(prepared.loss(at + width * one)[1], prepared.loss(at - width * one)[1]) for one in np.eye(4)]
    curvature = np.array([(up - down) / (2 * width) for up, down in sides])
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    inverse = vectors @ np.diag(1 / np.maximum(values, 1e-6)) @ vectors.T
    return np.asarray((inverse + inverse.T) / 2)


@dataclass(frozen=True, slots=True)
class _Again:
    """Histories with a repeat: places in the tables of numbers, last weeks and ages, and their weights."""

    number: NDArray[np.int64]
    last: NDArray[np.int64]
    age: NDArray[np.int64]
    weights: Floats


class _Prepared:
    """Rows taken apart, so that a step touches each different number, week and age once."""

    def __init__(self, rows: Histories) -> None:
        packed = compress(rows)
        self.patients = packed.patients
        w = packed.weights
        self.ages, age = np.unique(packed.age_weeks, return_inverse=True)
        self.at_age = np.bincount(age, weights=w)
        self.repeats_at_age = np.bincount(age, weights=w * packed.repeats)
        self.numbers, number = np.unique(packed.repeats, return_inverse=True)
        self.with_number = np.bincount(number, weights=w)
        again = packed.repeats > 0
        self.lasts, last = np.unique(packed.last_week[again], return_inverse=True)
        self.again = _Again(number[again], last, age[again], w[again])

    def loss(self, logs: Floats) -> tuple[float, Floats]:
        """(mean negative log-likelihood, its slope by the logarithms of r, alpha, a, b)."""
        from scipy.special import digamma, expit, gammaln

        r, alpha, a, b = np.exp(np.clip(logs, -30, 30))
        x, counts, n = self.numbers, self.with_number, self.patients
        log_age, log_last = np.log(alpha + self.ages), np.log(alpha + self.lasts)
        one = self.again
        longer = log_age[one.age] - log_last[one.last]
        odds = (np.log(a) - np.log(np.maximum(b + x - 1, 1e-300)))[one.number] + (r + x)[one.number] * longer
        gone = one.weights * expit(odds)
        exposure = r * self.at_age + self.repeats_at_age
        value = counts @ (gammaln(r + x) - gammaln(r) + r * np.log(alpha))
        value += counts @ (gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x))
        value += one.weights @ np.logaddexp(0.0, odds) - exposure @ log_age
        by_number = np.bincount(one.number, weights=gone, minlength=len(x))
        by_age = np.bincount(one.age, weights=gone * (r + x)[one.number], minlength=len(self.ages))
        by_last = np.bincount(one.last, weights=gone * (r + x)[one.number], minlength=len(self.lasts))
        slope = np.array(
            [
                counts @ (digamma(r + x) - digamma(r) + np.log(alpha))
                - self.at_age @ log_age
                + gone @ longer,
                n * r / alpha
                - exposure @ (1 / (alpha + self.ages))
                + by_age @ (1 / (alpha + self.ages))
                - by_last @ (1 / (alpha + self.lasts)),
                counts @ (digamma(a + b) - digamma(a + b + x)) + by_number.sum() / a,
                counts @ (digamma(a + b) + digamma(b + x) - digamma(b) - digamma(a + b + x))
                - by_number @ np.where(x > 0, 1 / np.maximum(b + x - 1, 1e-300), 0.0),
            ]
        )
        return -value / n, -slope * np.array([r, alpha, a, b]) / n
