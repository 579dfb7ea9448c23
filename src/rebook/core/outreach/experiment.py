"""Tests on wording, time and channel: how many patients, when one may look, what a look says (Q-551 ff).

The stopping rule is fixed before the first patient: so many per arm, so many looks, and a bound at each
(R-F51). Several variants are each compared with what goes on now at a part of the error (Bonferroni). Nothing
is shown between looks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from math import ceil, sqrt
from typing import Any, Literal

from rebook.core.outreach.experiment_bounds import looking_bounds, size_per_arm
from rebook.core.outreach.experiment_interval import repeated_interval
from rebook.core.outreach.experiment_split import split_of

# What may differ; medical meaning never does (R-E56). Of a text: its subject, the way in, when there is room.
# Of a step: the part of the day, the days it waits, the channel that is tried first.
Element = Literal["subject", "call_to_action", "availability", "day_part", "delay", "channel"]
TEXT_ELEMENTS: tuple[Element, ...] = ("subject", "call_to_action", "availability")
STEP_ELEMENTS: tuple[Element, ...] = ("day_part", "delay", "channel")
ELEMENTS: tuple[Element, ...] = TEXT_ELEMENTS + STEP_ELEMENTS
# What decides. Opens and clicks never do (R-F38).
Metric = Literal["booked", "responded"]
METRICS: tuple[Metric, ...] = ("booked", "responded")
# Time to book or answer after the draw.
ANSWER_WITHIN: Mapping[Metric, timedelta] = {"booked": timedelta(days=30), "responded": timedelta(days=14)}
MAIN = ""
MOST_VARIANTS = 3
MOST_LOOKS = 5
ALPHA = 0.05
# A case of such a class is in no test, of whatever kind: it gets what was approved for all.
NEVER_FROM_CLASS = 3


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
    def is_of_step(self) -> bool:
        """Whether a step of the plan is varied, and no text."""
        return self.element in STEP_ELEMENTS

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
    """A variant against what goes on now: difference with its interval, z, and the bound.

    The intervals of all looks together are right in 95 of 100 tests.
    """

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
        (1 <= len(names) <= MOST_VARIANTS, f"one to {MOST_VARIANTS} others beside what goes on now"),
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
    size = size_per_arm(baseline=baseline, effect=effect, alpha=alpha, looks=looks)
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
    uneven = split_of([one.patients for one in counts]).is_uneven
    if beyond and beyond[0].z > 0:
        return LookResult(look, "better", beyond[0].variant, found, uneven)
    if len(beyond) == len(found):
        return LookResult(look, "worse", beyond[0].variant, found, uneven)
    verdict: Literal["no_difference", "go_on"] = "no_difference" if look == plan.looks else "go_on"
    return LookResult(look, verdict, "", found, uneven)


def _compare(arm: ArmCount, main: ArmCount, bound: float) -> Comparison:
    difference, low, high = repeated_interval(
        arm.successes, arm.patients, main.successes, main.patients, bound=bound
    )
    pooled = (arm.successes + main.successes) / (arm.patients + main.patients)
    spread = sqrt(pooled * (1 - pooled) * (1 / arm.patients + 1 / main.patients))
    return Comparison(arm.variant, difference, low, high, difference / spread if spread else 0.0, bound)


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
