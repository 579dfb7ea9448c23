"""What a comparison can show before anybody is contacted: sizes and the smallest lift (R-F52 to R-F56).

A rate is the share of patients who come back, a lift the difference of two rates, both as shares of one.
Powers and sizes are those of the two-sided comparison of two proportions with unequal arms.
"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from rebook.core.measure import MINIMUM_EVENTS, MINIMUM_HOLDOUT

ALPHA = 0.05
POWER = 0.8
# Shares offered beside the chosen one (R-F55, R-F56).
OFFERED_PERCENTS = (10, 20, 30, 50)
# From here on the product says that the list is too small for the usual lifts (R-F55).
USUAL_LIFT = 0.05
_STEP = 0.0001


@dataclass(frozen=True, slots=True)
class Showing:
    """What one holdout share can show on a list. ``lift`` None: nothing, and ``why_not`` says why."""

    percent: int
    held_back: int
    expected_back: float
    lift: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PowerStatement:
    """``patients`` may be drawn; ``organic`` of them would come back uncontacted, by ``organic_source``."""

    patients: int
    never_drawn: int
    organic: float
    organic_source: str
    chosen: Showing
    others: tuple[Showing, ...]

    @property
    def is_enough(self) -> bool:
        """Whether a lift of the usual size would be seen."""
        return self.chosen.lift is not None and self.chosen.lift <= USUAL_LIFT


def patients_needed(
    *, organic: float, lift: float, percent: int, alpha: float = ALPHA, power: float = POWER
) -> int:
    """Patients on the list, both arms together, for a lift to be seen with this holdout (R-F52).

    Raises ``ValueError`` for rates outside 0 to 1 or a share outside 1 to 50 percent.
    """
    _check(organic, percent)
    if not 0 < lift <= 1 - organic + _STEP / 2:
        raise ValueError("the lift lies between 0 and what is left to 1")
    return ceil(_holdout_size(organic, lift, percent, alpha, power) * 100 / percent)


def _holdout_size(organic: float, lift: float, percent: int, alpha: float, power: float) -> float:
    ratio = (100 - percent) / percent
    treated = min(organic + lift, 1.0)
    pooled = (organic + ratio * treated) / (1 + ratio)
    at_random = NormalDist().inv_cdf(1 - alpha / 2) * sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    by_effect = NormalDist().inv_cdf(power) * sqrt(organic * (1 - organic) + treated * (1 - treated) / ratio)
    return float((at_random + by_effect) ** 2 / lift**2)


def smallest_lift(*, patients: int, organic: float, percent: int) -> float | None:
    """The smallest lift that a list of this size shows, to a hundredth of a point; None when there is none.

    Larger lifts need fewer patients, so the answer is found by halving.
    """
    _check(organic, percent)
    low, high = 1, int((1 - organic) / _STEP)
    if high < 1 or patients_needed(organic=organic, lift=high * _STEP, percent=percent) > patients:
        return None
    while low < high:
        middle = (low + high) // 2
        if patients_needed(organic=organic, lift=middle * _STEP, percent=percent) <= patients:
            high = middle
        else:
            low = middle + 1
    return round(low * _STEP, 4)


def power_statement(
    *, patients: int, never_drawn: int, percent: int, organic: float, organic_source: str
) -> PowerStatement:
    """What the list can show with the chosen holdout, and with others. ``percent`` 0 shows nothing."""
    others = tuple(_showing(patients, organic, one) for one in OFFERED_PERCENTS if one != percent)
    chosen = _showing(patients, organic, percent)
    return PowerStatement(patients, never_drawn, organic, organic_source, chosen, others)


def _showing(patients: int, organic: float, percent: int) -> Showing:
    held_back = patients * percent // 100
    expected = held_back * organic
    if percent == 0:
        return Showing(0, 0, 0.0, None, "nobody is left out for comparison")
    if held_back < MINIMUM_HOLDOUT:
        return Showing(percent, held_back, expected, None, f"{held_back} held back, {MINIMUM_HOLDOUT} needed")
    if expected < MINIMUM_EVENTS:
        few = f"about {expected:.1f} of them would come back anyway, {MINIMUM_EVENTS} needed"
        return Showing(percent, held_back, expected, None, few)
    return Showing(
        percent, held_back, expected, smallest_lift(patients=patients, organic=organic, percent=percent)
    )


def _check(organic: float, percent: int) -> None:
    if not 0 <= organic < 1:
        raise ValueError("the organic rate lies between 0 and 1")
    if not 1 <= percent <= 50:
        raise ValueError("the holdout's share lies between 1 and 50 percent")
