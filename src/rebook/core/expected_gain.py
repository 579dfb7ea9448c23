"""What a contact is worth: the chance to come back with it, minus the chance to come back anyway.

Learned from the practice's own holdouts, stratum by stratum (tier x risk class), by assignment (R-F51). Each
arm's chance is a Beta; a stratum with few patients leans on the whole practice, and the practice on a stated
prior. Until the holdouts are enough (R-F55: 60 patients held back, 5 returns expected among them) the prior
alone speaks; it is the same for everybody, so it moves nobody in the order. Language, payer and whatever
predicts a missed visit make no stratum (R-F64).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

from rebook.core.measure import MINIMUM_EVENTS, MINIMUM_HOLDOUT

# A wide guess: it reaches from R-F60 (4.7 points fewer by text than by letter) almost to R-F61 (23 points
# more), and holds what e-mail added to visits in the one public trial of a shop (Hillstrom 2008: 7.2 and
# 4.5 points), which is no clinic and only orientation.
PRIOR_GAIN = 0.05
PRIOR_NATURAL = 0.10
# The prior weighs as much as so many patients in each arm.
PRIOR_WEIGHT = 40.0
PRIOR_SOURCE = (
    "5 more in a hundred, as wide as published reminder trials differ (from 5 fewer to 23 more); "
    "an e-mail trial of a shop (Hillstrom 2008, 7 and 5 more visits) for orientation only"
)
SOURCES = ("own", "pooled", "prior")
_Z_95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """Patients who are alike for this purpose: how long away, and how grave the reason."""

    tier: str
    risk_class: int


@dataclass(frozen=True, slots=True)
class Arms:
    """Cases whose window has passed, and of them those that ended in a completed visit within it."""

    contacted: int = 0
    came_with: int = 0
    left_alone: int = 0
    came_without: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.came_with <= self.contacted and 0 <= self.came_without <= self.left_alone):
            raise ValueError("no more can come back than there are")

    def __add__(self, other: "Arms") -> "Arms":
        return Arms(
            self.contacted + other.contacted,
            self.came_with + other.came_with,
            self.left_alone + other.left_alone,
            self.came_without + other.came_without,
        )

    def __sub__(self, other: "Arms") -> "Arms":
        return Arms(
            self.contacted - other.contacted,
            self.came_with - other.came_with,
            self.left_alone - other.left_alone,
            self.came_without - other.came_without,
        )

    @property
    def are_enough(self) -> bool:
        """R-F55: enough held back, and enough returns to expect among them."""
        everybody = self.contacted + self.left_alone
        if not self.contacted or self.left_alone < MINIMUM_HOLDOUT:
            return False
        return self.left_alone * (self.came_with + self.came_without) / everybody >= MINIMUM_EVENTS


@dataclass(frozen=True, slots=True)
class Gain:
    """Mean and 95 % interval of the gain, in shares from -1 to 1; the chance without contact; its source.

    ``words`` says it in one line, with where it was learned; both engines show these very words.
    """

    mean: float
    low: float
    high: float
    without: float
    source: str
    arms: Arms
    words: str

    @property
    def points(self) -> int:
        """Returns more in a hundred, whole: finer differences would be noise and decide nothing."""
        return round(self.mean * 100)

    def as_json(self) -> dict[str, Any]:
        arms = (self.arms.contacted, self.arms.came_with, self.arms.left_alone, self.arms.came_without)
        return {
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "without": self.without,
            "source": self.source,
            "arms": list(arms),
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Gains:
    """What is believed of every stratum. A stratum nobody has seen is believed what ``overall`` says."""

    overall: Gain
    by_stratum: Mapping[Stratum, Gain]

    def of(self, stratum: Stratum) -> Gain:
        return self.by_stratum.get(stratum, self.overall)

    def as_json(self) -> dict[str, Any]:
        strata = [
            {"tier": key.tier, "risk_class": key.risk_class, **gain.as_json()}
            for key, gain in sorted(self.by_stratum.items())
        ]
        return {"overall": self.overall.as_json(), "strata": strata}


def gains_from_json(values: Mapping[str, Any]) -> Gains:
    """What ``Gains.as_json`` wrote."""
    strata = {Stratum(one["tier"], one["risk_class"]): _gain_from_json(one) for one in values["strata"]}
    return Gains(_gain_from_json(values["overall"]), strata)


def learn(
    *, arms: Mapping[Stratum, Arms], natural: Mapping[Stratum, float], basis: str, strata: Iterable[Stratum]
) -> Gains:
    """What to believe after seeing ``arms``, for ``strata`` and all that were seen.

    ``natural`` holds for strata the chance, from 0 to 1, to come back unprompted, as the practice's own
    history says; ``basis`` names in words what it was read from ("recency").
    """
    everything = sum(arms.values(), Arms())
    wanted = sorted({*arms, *strata})
    if not everything.are_enough:
        here = {one: _prior(natural.get(one, PRIOR_NATURAL), arms.get(one, Arms()), basis) for one in wanted}
        return Gains(_prior(PRIOR_NATURAL, everything, basis), here)
    overall = _posterior(PRIOR_NATURAL, PRIOR_GAIN, everything, "own", everything, basis)
    found = {}
    for one in wanted:
        seen = arms.get(one, Arms())
        source = "own" if seen.are_enough else "pooled"
        # What it leans on is all the others: its own patients must not count twice.
        others = _posterior(PRIOR_NATURAL, PRIOR_GAIN, everything - seen, "pooled", everything, basis)
        before = natural.get(one, others.without)
        found[one] = _posterior(before, others.mean, seen, source, everything, basis)
    return Gains(overall, found)


def _prior(natural: float, seen: Arms, basis: str) -> Gain:
    """The same gain and the same interval for everybody; only the chance without contact is one's own."""
    spread = sqrt(_variance(PRIOR_NATURAL, 0, 0) + _variance(PRIOR_NATURAL + PRIOR_GAIN, 0, 0))
    words = _words(PRIOR_GAIN, spread, "a stated prior, this practice's holdouts cannot tell yet", basis)
    return Gain(PRIOR_GAIN, *_interval(PRIOR_GAIN, spread), natural, "prior", seen, words)


def _posterior(natural: float, gain: float, seen: Arms, source: str, everything: Arms, basis: str) -> Gain:
    """Beta-binomial in both arms, the prior's means a ``gain`` apart."""
    without = min(max(natural, 0.0), 1.0)
    with_it = min(max(without + gain, 0.0), 1.0)
    mean_without = _mean(without, seen.came_without, seen.left_alone)
    mean_with = _mean(with_it, seen.came_with, seen.contacted)
    spread = sqrt(
        _variance(without, seen.came_without, seen.left_alone)
        + _variance(with_it, seen.came_with, seen.contacted)
    )
    mean = mean_with - mean_without
    if source == "own":
        where = f"learned here from {seen.contacted} contacted and {seen.left_alone} held back like this"
    else:
        where = f"few like this, so leaning on all {everything.left_alone} held back here"
    return Gain(
        mean, *_interval(mean, spread), mean_without, source, seen, _words(mean, spread, where, basis)
    )


def _mean(before: float, came: int, among: int) -> float:
    return (before * PRIOR_WEIGHT + came) / (PRIOR_WEIGHT + among)


def _variance(before: float, came: int, among: int) -> float:
    """Of a Beta with the prior's weight and what was seen."""
    mean = _mean(before, came, among)
    return mean * (1 - mean) / (PRIOR_WEIGHT + among + 1)


def _interval(mean: float, spread: float) -> tuple[float, float]:
    return max(mean - _Z_95 * spread, -1.0), min(mean + _Z_95 * spread, 1.0)


def _words(mean: float, spread: float, where: str, basis: str) -> str:
    low, high = _interval(mean, spread)
    counted = f"contact adds about {round(mean * 100)} returns in a hundred"
    return (
        f"{counted} (95 % {round(low * 100)} to {round(high * 100)}); {where}; "
        f"who comes unprompted is read from {basis}"
    )


def _gain_from_json(values: Mapping[str, Any]) -> Gain:
    return Gain(
        mean=values["mean"],
        low=values["low"],
        high=values["high"],
        without=values["without"],
        source=values["source"],
        arms=Arms(*values["arms"]),
        words=values["words"],
    )
