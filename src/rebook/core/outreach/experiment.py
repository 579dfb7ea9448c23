"""Tests on wording: how many patients, when one may look, and what a look says (Q-551 to Q-554, R-F51).

The stopping rule is fixed before the first patient: so many per arm, so many looks, and at each look a bound
after O'Brien and Fleming (1979), so that looking early does not make chance look like a finding. Several
variants are each compared with the main text at a part of the error (Bonferroni). Nothing is shown between
looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import ceil, erf, sqrt
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from rebook.core.measure import newcombe

# What may differ between texts; medical meaning never does (R-E56).
Element = Literal["subject", "call_to_action", "availability"]
ELEMENTS: tuple[Element, ...] = ("subject", "call_to_action", "availability")
# What decides. Opens and clicks never do (R-F38).
Metric = Literal["booked", "responded"]
METRICS: tuple[Metric, ...] = ("booked", "responded")
MAIN = ""
MOST_VARIANTS = 3
MOST_LOOKS = 5
ALPHA, POWER = 0.05, 0.8
# A split so uneven happens by chance once in a thousand tests: something is wrong with the drawing.
UNEVEN = 0.001
_NODES = 160


@dataclass(frozen=True, slots=True)
class TestPlan:
    """The rule as stated before the start. ``baseline`` and ``effect`` are shares of one.

    ``bounds`` holds the bound of |z| at each look; ``per_arm`` is the size of every arm at the last look.
    """

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False

    element: Element
    metric: Metric
    variants: tuple[str, ...]
    baseline: float
    effect: float
    looks: int
    per_arm: int
    bounds: tuple[float, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        return (MAIN, *self.variants)

    @property
    def look_sizes(self) -> tuple[int, ...]:
        """Patients per arm at each look."""
        return tuple(ceil(self.per_arm * number / self.looks) for number in range(1, self.looks + 1))


@dataclass(frozen=True, slots=True)
class ArmCount:
    """An arm by assignment: patients whose time to answer is over, and how many did what decides."""

    variant: str
    patients: int
    successes: int

    @property
    def share(self) -> float:
        return self.successes / self.patients if self.patients else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant against the main text: difference with its 95 % interval (Newcombe), z, and the bound."""

    variant: str
    difference: float
    low: float
    high: float
    z: float
    bound: float

    @property
    def is_beyond(self) -> bool:
        return abs(self.z) >= self.bound


@dataclass(frozen=True, slots=True)
class LookResult:
    """``verdict``: "better" and "worse" name ``variant``; "no_difference" comes at the last look only."""

    number: int
    verdict: Literal["better", "worse", "go_on", "no_difference"]
    variant: str
    comparisons: tuple[Comparison, ...]
    uneven: bool


def plan_test(
    *, element: Element, metric: Metric, variants: Sequence[str], baseline: float, effect: float, looks: int
) -> TestPlan:
    """The plan with its bounds and size. Raises ``ValueError`` naming what is wrong."""
    names = tuple(variants)
    checks = (
        (element in ELEMENTS, f"what varies is one of: {', '.join(ELEMENTS)}"),
        (metric in METRICS, f"what decides is one of: {', '.join(METRICS)}"),
        (1 <= len(names) <= MOST_VARIANTS, f"one to {MOST_VARIANTS} variants beside the main text"),
        (len(set(names)) == len(names) and MAIN not in names, "each variant has a name of its own"),
        (0 < baseline < 1, "the usual rate lies between 0 and 1"),
        (0 < effect < 1 - baseline, "the difference worth finding lies between 0 and what is left to 1"),
        (1 <= looks <= MOST_LOOKS, f"one to {MOST_LOOKS} looks"),
    )
    for is_fine, problem in checks:
        if not is_fine:
            raise ValueError(problem)
    alpha = ALPHA / len(names)
    bounds = looking_bounds(looks=looks, alpha=alpha)
    size = ceil(_fixed_size(baseline, effect, alpha) * _inflation(looks, alpha))
    return TestPlan(element, metric, names, baseline, effect, looks, size, bounds)


def arm_of(unit: str, *, plan: TestPlan, salt: str) -> str:
    """The arm of a patient or household: the same at every asking, and not to be guessed without the salt."""
    number = int.from_bytes(sha256(f"{salt}|{unit}".encode()).digest()[:8], "big")
    return plan.arms[number % len(plan.arms)]


def due_look(plan: TestPlan, counts: Sequence[ArmCount], *, taken: int) -> int | None:
    """The number of the look that may be taken now (from 1), or None: every arm must have its size."""
    smallest = min((one.patients for one in counts), default=0)
    reached = sum(smallest >= size for size in plan.look_sizes)
    return reached if reached > taken else None


def judge(plan: TestPlan, counts: Sequence[ArmCount], *, look: int) -> LookResult:
    """What look number ``look`` says of every variant. Raises ``ValueError`` when it may not be taken yet."""
    by_arm = {one.variant: one for one in counts}
    if set(by_arm) != set(plan.arms):
        raise ValueError("every arm is counted, and no other")
    size = plan.look_sizes[look - 1]
    if any(one.patients < size for one in counts):
        raise ValueError(f"look {look} waits for {size} patients in every arm")
    main, bound = by_arm[MAIN], plan.bounds[look - 1]
    found = tuple(_compare(by_arm[name], main, bound) for name in plan.variants)
    beyond = sorted((one for one in found if one.is_beyond), key=lambda one: -one.z)
    uneven = _is_uneven([one.patients for one in counts])
    if beyond and beyond[0].z > 0:
        return LookResult(look, "better", beyond[0].variant, found, uneven)
    if len(beyond) == len(found):
        return LookResult(look, "worse", beyond[0].variant, found, uneven)
    verdict: Literal["no_difference", "go_on"] = "no_difference" if look == plan.looks else "go_on"
    return LookResult(look, verdict, "", found, uneven)


def _compare(arm: ArmCount, main: ArmCount, bound: float) -> Comparison:
    difference, low, high = newcombe(arm.successes, arm.patients, main.successes, main.patients)
    pooled = (arm.successes + main.successes) / (arm.patients + main.patients)
    spread = sqrt(pooled * (1 - pooled) * (1 / arm.patients + 1 / main.patients))
    return Comparison(arm.variant, difference, low, high, difference / spread if spread else 0.0, bound)


def _is_uneven(sizes: Sequence[int]) -> bool:
    """Pearson's test of equal arms; with few arms the normal approximation of each will do."""
    expected = sum(sizes) / len(sizes)
    spread = sqrt(expected * (1 - 1 / len(sizes))) or 1.0
    worst = max(abs(size - expected) for size in sizes) / spread
    return (1 - erf(worst / sqrt(2))) * len(sizes) < UNEVEN


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


def plan_as_json(plan: TestPlan) -> dict[str, Any]:
    """A plan as plain JSON, to be kept as it was stated."""
    return {name: getattr(plan, name) for name in TestPlan.__slots__} | {
        "variants": list(plan.variants),
        "bounds": list(plan.bounds),
    }


def plan_from_json(value: Mapping[str, Any]) -> TestPlan:
    """The plan that ``plan_as_json`` wrote."""
    kept = dict(value)
    kept["variants"], kept["bounds"] = tuple(kept["variants"]), tuple(kept["bounds"])
    return TestPlan(**kept)
