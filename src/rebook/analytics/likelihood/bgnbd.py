"""BG/NBD: patients come at a rate of their own, and after any visit may have come for the last time.

Fader, Hardie and Lee, Marketing Science 24(2), 2005. Rates vary as Gamma(r, alpha), the chance to drop out
as Beta(a, b). Everything is in logarithms, so that hundreds of visits neither overflow nor vanish.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rebook.analytics.likelihood.histories import Floats, Histories

NAME = "bgnbd"


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Parameters of both mixtures; times are in weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def from_json(values: Mapping[str, Any]) -> BgNbd:
    """The model that ``as_json`` described."""
    return BgNbd(**{name: float(values[name]) for name in ("r", "alpha", "a", "b")})


def log_likelihood(*, model: BgNbd, rows: Histories) -> float:
    """Sum over all patients."""
    return float(rows.weights @ _density(model, rows.repeats, rows.last_week, rows.age_weeks))


def p_alive(*, model: BgNbd, rows: Histories) -> Floats:
    """(n,) chances that a patient has not dropped out. One who came once has not, by this model."""
    gone = _log_gone(model, rows.repeats, rows.last_week, rows.age_weeks)
    return np.asarray(1 / (1 + np.exp(np.minimum(gone, 700))))


def p_return(*, model: BgNbd, rows: Histories, weeks: float) -> Floats:
    """(n,) chances of at least one visit within ``weeks`` from today.

    Not to come until then is to have the same history at a greater age, so its chance is the ratio of two
    likelihoods. For equal visits it can only fall with silence.
    """
    silent = _density(model, rows.repeats, rows.last_week, rows.age_weeks + weeks)
    return np.asarray(np.clip(-np.expm1(silent - _density_of(model, rows)), 0.0, 1.0))


def expected_visits(*, model: BgNbd, rows: Histories, weeks: float) -> Floats:
    """(n,) expected numbers of visits within ``weeks`` from today (equation 10 of the paper)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, age = rows.repeats, rows.age_weeks
    # a = 1 is a removable gap of the formula.
    a = a if abs(a - 1) > 1e-6 else 1 + 1e-6
    z = weeks / (alpha + age + weeks)
    ratio = ((alpha + age) / (alpha + age + weeks)) ** (r + x)
    to_come = (a + b + x - 1) / (a - 1) * (1 - ratio * hyp2f1(r + x, b + x, a + b + x - 1, z))
    return np.asarray(to_come * p_alive(model=model, rows=rows))


def expected_since_first(*, model: BgNbd, weeks: Floats) -> Floats:
    """(n,) expected repeats of patients about whom nothing is known, ``weeks`` after their first visit."""
    from scipy.special import hyp2f1

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    a = a if abs(a - 1) > 1e-6 else 1 + 1e-6
    t = np.asarray(weeks, dtype=np.float64)
    bracket = 1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
    return np.asarray((a + b - 1) / (a - 1) * bracket)


def _density_of(model: BgNbd, rows: Histories) -> Floats:
    return _density(model, rows.repeats, rows.last_week, rows.age_weeks)


def _log_gone(model: BgNbd, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """(n,) logarithms of how much likelier it is that the last visit was the very last; -inf without one."""
    again = np.maximum(x, 1.0)
    gone = np.log(model.a) - np.log(model.b + again - 1)
    gone = gone + (model.r + x) * np.log((model.alpha + age) / (model.alpha + t_x))
    return np.where(x > 0, gone, -np.inf)


def _density(model: BgNbd, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """(n,) log-likelihoods of the histories."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + age)
    return np.asarray(rate + stays + alive + np.logaddexp(0.0, _log_gone(model, x, t_x, age)))
