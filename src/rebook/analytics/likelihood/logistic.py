"""Logistic regression on a few plain facts of the history: small enough to be read by a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rebook.analytics.likelihood.bgnbd_fit import UnableToFit
from rebook.analytics.likelihood.histories import Floats, Histories

_RIDGE = 1e-3
_STEPS = 50

# Name -> what it is, for the reader; and how it is computed from (rows, weeks to look ahead).
FACTS: Mapping[str, tuple[str, Callable[[Histories, float], Floats]]] = {
    "visits": ("visits so far (logarithm)", lambda rows, weeks: np.log1p(rows.repeats)),
    "silence": (
        "time since the last visit, as a share of the time known",
        lambda rows, weeks: (rows.age_weeks - rows.last_week) / np.maximum(rows.age_weeks, 1e-9),
    ),
    "weeks_silent": (
        "weeks since the last visit (logarithm)",
        lambda rows, weeks: np.log1p(rows.age_weeks - rows.last_week),
    ),
    "age": (
        "weeks since the first visit (logarithm)",
        lambda rows, weeks: np.log(np.maximum(rows.age_weeks, 1 / 7)),
    ),
    "ahead": ("weeks looked ahead (logarithm)", lambda rows, weeks: np.full(len(rows), np.log(weeks))),
}
# The competitors by name.
FACTS_OF: Mapping[str, tuple[str, ...]] = {
    "logistic": ("visits", "silence", "age", "ahead"),
    "recency": ("weeks_silent", "ahead"),
}


@dataclass(frozen=True, slots=True)
class Logistic:
    """Log-odds: ``constant`` and, for each fact in its own unit, its weight."""

    facts: tuple[str, ...]
    constant: float
    weights: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        return {"facts": list(self.facts), "constant": self.constant, "weights": list(self.weights)}


def from_json(values: Mapping[str, Any]) -> Logistic:
    """The model that ``as_json`` described."""
    weights = tuple(float(one) for one in values["weights"])
    return Logistic(tuple(values["facts"]), float(values["constant"]), weights)


def table(*, facts: Sequence[str], rows: Histories, weeks: float) -> Floats:
    """(n, facts) values."""
    return np.column_stack([FACTS[name][1](rows, weeks) for name in facts])


def fit(*, facts: Sequence[str], values: Floats, came: Floats) -> Logistic:
    """From (n, facts) values and (n,) outcomes 0 or 1. Raises ``UnableToFit``."""
    if not 0 < came.sum() < len(came):
        raise UnableToFit("everybody came back, or nobody: there is nothing to tell apart")
    middle, spread = values.mean(axis=0), values.std(axis=0)
    moves = spread > 1e-9
    spread = np.where(moves, spread, 1.0)
    scaled = np.column_stack([np.ones(len(values)), (values - middle) / spread * moves])
    found = maximise(scaled, came)
    weights = found[1:] / spread * moves
    return Logistic(tuple(facts), float(found[0] - weights @ middle), tuple(float(one) for one in weights))


def chances(*, model: Logistic, rows: Histories, weeks: float) -> Floats:
    """(n,) chances of at least one visit within ``weeks``."""
    scores = model.constant + table(facts=model.facts, rows=rows, weeks=weeks) @ np.array(model.weights)
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -35, 35))))


def maximise(values: Floats, came: Floats, ridge: float = _RIDGE) -> Floats:
    """(k,) coefficients by Newton's method, with a breath of ridge so that a maximum always exists."""
    found = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        guess = 1 / (1 + np.exp(-np.clip(values @ found, -35, 35)))
        slope = values.T @ (came - guess) - ridge * found
        curve = (values * (guess * (1 - guess))[:, None]).T @ values + ridge * np.eye(len(found))
        step = np.linalg.solve(curve, slope)
        # A long step is a sign of near separation; half of it comes nearer safely.
        found = found + step / max(1.0, float(np.abs(step).max()) / 4)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(found)
