"""Pareto/NBD: patients come at a rate of their own until one day, after visits or not, they are gone.

Schmittlein, Morrison and Colombo 1987, as in Fader and Hardie's note of 2005. A competitor: slower to fit
than BG/NBD, so it is fitted to a sample where there are many patients.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rebook.analytics.likelihood.bgnbd_fit import UnableToFit
from rebook.analytics.likelihood.histories import Floats, Histories, compress

NAME = "paretonbd"
# Logarithms of what the parameters may be: r, alpha, s, beta. A maximum at an edge is none.
_EDGES = ((-7.0, 4.0), (-5.0, 9.0), (-7.0, 4.0), (-5.0, 9.0))
_NODES, _SHARES = np.polynomial.legendre.leggauss(48)


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """Rates vary as Gamma(r, alpha), lifetimes' ends as Gamma(s, beta); times are in weeks."""

    r: float
    alpha: float
    s: float
    beta: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def from_json(values: Mapping[str, Any]) -> ParetoNbd:
    """The model that ``as_json`` described."""
    return ParetoNbd(**{name: float(values[name]) for name in ("r", "alpha", "s", "beta")})


def fit(*, rows: Histories, most: int = 2_500) -> ParetoNbd:
    """The parameters under which ``rows`` are most likely; of more than ``most``, a regular sample.

    Raises ``UnableToFit``.
    """
    from scipy.optimize import minimize

    if not rows.repeats.any():
        raise UnableToFit("nobody came a second time")
    packed = compress(_at_most(rows, most))

    def loss(logs: Floats) -> float:
        model = ParetoNbd(*(float(one) for one in np.exp(logs)))
        return -log_likelihood(model=model, rows=packed) / packed.patients

    start = np.log([0.5, max(float(rows.age_weeks.mean()) / 4, 0.5), 0.5, float(rows.age_weeks.mean()) / 4])
    options = {"xatol": 1e-5, "fatol": 1e-10, "maxiter": 600}
    found = minimize(loss, start, method="Nelder-Mead", bounds=_EDGES, options=options)
    low, high = np.array(_EDGES).T
    if not np.isfinite(found.fun) or ((found.x < low + 0.01) | (found.x > high - 0.01)).any():
        raise UnableToFit("these visits have no maximum of the Pareto/NBD likelihood")
    return ParetoNbd(*(float(one) for one in np.exp(found.x)))


def log_likelihood(*, model: ParetoNbd, rows: Histories) -> float:
    """Sum over all patients."""
    return float(rows.weights @ _density(model, rows.repeats, rows.last_week, rows.age_weeks))


def p_return(*, model: ParetoNbd, rows: Histories, weeks: float) -> Floats:
    """(n,) chances of at least one visit within ``weeks`` from today; see ``bgnbd.p_return``."""
    x, t_x, age = rows.repeats, rows.last_week, rows.age_weeks
    silent = _density(model, x, t_x, age + weeks)
    return np.asarray(np.clip(-np.expm1(silent - _density(model, x, t_x, age)), 0.0, 1.0))


def expected_visits(*, model: ParetoNbd, rows: Histories, weeks: float) -> Floats:
    """(n,) expected numbers of visits within ``weeks`` from today."""
    from scipy.special import gammaln

    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    x, age = rows.repeats, rows.age_weeks
    alive = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = alive - (r + x) * np.log(alpha + age) - s * np.log(beta + age)
    chance = np.exp(alive - _density(model, x, rows.last_week, age))
    # s = 1 is a removable gap of the formula.
    s = s if abs(s - 1) > 1e-6 else 1 + 1e-6
    gained = 1 - ((beta + age) / (beta + age + weeks)) ** (s - 1)
    return np.asarray(chance * (r + x) * (beta + age) / ((alpha + age) * (s - 1)) * gained)


def _at_most(rows: Histories, most: int) -> Histories:
    step = -(-len(rows) // most)
    return Histories(
        rows.repeats[::step], rows.last_week[::step], rows.age_weeks[::step], rows.weights[::step]
    )


def _density(model: ParetoNbd, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """(n,) log-likelihoods of the histories.

    Who is gone left at some time between the last visit and today; that is added up by Gauss-Legendre on the
    logarithm of time, where the sum is smooth. The textbook's hypergeometric series takes minutes or leaves
    what a float holds where the parameters are far apart.
    """
    from scipy.special import gammaln, logsumexp

    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    stays = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    least = min(alpha, beta)
    start, end = np.log(least + t_x), np.log(least + age)
    half = (end - start) / 2
    at = start[:, None] + half[:, None] * (_NODES + 1)
    left = np.exp(at) - least
    parts = -(r + x)[:, None] * np.log(alpha + left) - (s + 1) * np.log(beta + left) + at + np.log(_SHARES)
    gone = np.log(s) + logsumexp(parts, axis=1) + np.log(np.maximum(half, 1e-300))
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return np.asarray(front + np.logaddexp(stays, np.where(age > t_x, gone, -np.inf)))
