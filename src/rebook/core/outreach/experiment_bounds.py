"""Bounds and sizes of a test that is looked at more than once (R-F51, R-F52).

At each look stands a bound after O'Brien and Fleming (1979), so that looking early does not make chance look
like a finding.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

POWER = 0.8
_NODES = 160


def size_per_arm(*, baseline: float, effect: float, alpha: float, looks: int) -> int:
    """Patients for each arm at the last look; ``baseline`` and ``effect`` are shares of one."""
    return ceil(_fixed_size(baseline, effect, alpha) * _inflation(looks, alpha))


def _fixed_size(baseline: float, effect: float, alpha: float) -> float:
    """Patients per arm of a test with one look, equal arms, two sides (R-F52)."""
    other = baseline + effect
    pooled = (baseline + other) / 2
    z_alpha, z_beta = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(POWER)
    at_random = z_alpha * sqrt(2 * pooled * (1 - pooled))
    by_effect = z_beta * sqrt(baseline * (1 - baseline) + other * (1 - other))
    return float((at_random + by_effect) ** 2 / effect**2)


@lru_cache(maxsize=64)
def looking_bounds(*, looks: int, alpha: float) -> tuple[float, ...]:
    """Bounds of |z| at equally spaced looks after O'Brien and Fleming, two-sided, error ``alpha`` in all."""
    last = _halved(lambda bound: 1 - _stays_inside(bound, looks, 0.0) > alpha, low=1.0, high=8.0)
    return tuple(round(last * sqrt(looks / number), 4) for number in range(1, looks + 1))


@lru_cache(maxsize=64)
def _inflation(looks: int, alpha: float) -> float:
    """How many times the patients of a test with one look it may take, for the same power."""
    last = looking_bounds(looks=looks, alpha=alpha)[-1]
    drift = _halved(lambda one: 1 - _stays_inside(last, looks, one) < POWER, low=0.0, high=10.0)
    one_look = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    return max((drift / one_look) ** 2, 1.0)


def _halved(is_low: Callable[[float], bool], *, low: float, high: float) -> float:
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if is_low(middle) else (low, middle)
    return (low + high) / 2


def _stays_inside(bound: float, looks: int, drift: float) -> float:
    """Chance that a Brownian motion with this drift is within the bound at every look: the recursion of
    Armitage, McPherson and Rowe (1969), integrated at Gauss's points."""
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    points, weights = points * bound, weights * bound
    spread, step = sqrt(1 / looks), drift / looks

    def density(where: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * (where / spread) ** 2) / (spread * sqrt(2 * np.pi))

    inside = density(points - step)
    between = density(points[:, None] - points[None, :] - step)
    for _ in range(looks - 1):
        inside = between @ (weights * inside)
    return float((weights * inside).sum())
