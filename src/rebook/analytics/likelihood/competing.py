"""Return models side by side, judged on days none of them has seen, and the one that may be believed.

The rule, fixed beforehand: the best of the models on an inner split of the past is asked about the held-back
time. It is used only when there it puts patients into a better order than recency alone, by more than chance
(the 95 % interval of the difference of the two areas lies above 0), and its chances come true (calibrated,
``figures``). Otherwise it is decoration, and recency is used. The chances of every model are first set
right by two numbers from the inner split, which changes no order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rebook.analytics.likelihood import bgnbd, bgnbd_fit, logistic, paretonbd
from rebook.analytics.likelihood.bgnbd_fit import UnableToFit
from rebook.analytics.likelihood.correction import NO_CORRECTION, Correction, measured
from rebook.analytics.likelihood.figures import Z_95, Figures, auc_difference, auc_of, figures
from rebook.analytics.likelihood.histories import Floats, Histories
from rebook.analytics.likelihood.visitlog import Panel, VisitLog, panel, thinned

RECENCY = "recency"
# Simplest first: among equals the simpler one is taken.
NAMES = (RECENCY, "logistic", bgnbd.NAME, paretonbd.NAME)
WORDS = {
    RECENCY: "recency",
    "logistic": "logistic regression on visits, silence and time known",
    bgnbd.NAME: "BG/NBD",
    paretonbd.NAME: "Pareto/NBD",
}
# Enough to compare models by: patients, and of them at least so many who came and who did not.
ENOUGH_PATIENTS = 300
ENOUGH_EACH = 50
# Panels that a logistic model learns from: days of the past, each with several times to look ahead.
_CUTS = 13
_SHARES = (1.0, 2 / 3, 0.5, 1 / 3, 0.2, 0.1)
_PATIENTS_OF_PANEL = 20_000
# A quadrature for each different history at each step: a sample does for a competitor.
_PATIENTS_OF_PARETO = 2_500

Model = bgnbd.BgNbd | paretonbd.ParetoNbd | logistic.Logistic


@dataclass(frozen=True, slots=True)
class Judged:
    """One model: its figures on the inner split and on the held-back time; why there are none."""

    name: str
    inner_auc: float | None
    held_back: Figures | None
    beats_recency_by: float | None
    beats_recency_error: float | None
    problem: str = ""
    # What the chances on the held-back time would have needed: for chances looking ahead from today.
    correction: Correction = NO_CORRECTION

    @property
    def beats_recency(self) -> bool:
        if self.beats_recency_by is None or self.beats_recency_error is None:
            return False
        return self.beats_recency_by - Z_95 * self.beats_recency_error > 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The decision and what it rests on. ``best``: what the inner split liked; ``chosen``: what is used.

    ``on``: day number from which ``days`` were held back.
    """

    chosen: str
    best: str
    reason: str
    judged: tuple[Judged, ...]
    on: int
    days: int


def fit(*, name: str, log: VisitLog, until: int, days: int) -> Model:
    """Model ``name`` from nothing later than day ``until``, meant to look ``days`` ahead.

    Raises ``UnableToFit``.
    """
    if name in logistic.FACTS_OF:
        facts = logistic.FACTS_OF[name]
        panels = _panels(log, until, days)
        if not panels:
            raise UnableToFit("the history is too short to learn from")
        values = [logistic.table(facts=facts, rows=one.rows, weeks=one.weeks) for one in panels]
        came = np.concatenate([one.returned for one in panels])
        return logistic.fit(facts=facts, values=np.concatenate(values), came=came)
    rows = panel(log=log, on=until, days=0).rows
    if not len(rows):
        raise UnableToFit("nobody was seen before")
    if name == bgnbd.NAME:
        return bgnbd_fit.fit(rows=rows)
    return paretonbd.fit(rows=rows, most=_PATIENTS_OF_PARETO)


def chances(*, model: Model, rows: Histories, weeks: float) -> Floats:
    """(n,) chances of at least one visit within ``weeks``."""
    if isinstance(model, logistic.Logistic):
        return logistic.chances(model=model, rows=rows, weeks=weeks)
    if isinstance(model, bgnbd.BgNbd):
        return bgnbd.p_return(model=model, rows=rows, weeks=weeks)
    return paretonbd.p_return(model=model, rows=rows, weeks=weeks)


def from_json(name: str, values: Mapping[str, Any]) -> Model:
    """The model ``name`` that its ``as_json`` described."""
    if name == bgnbd.NAME:
        return bgnbd.from_json(values)
    return paretonbd.from_json(values) if name == paretonbd.NAME else logistic.from_json(values)


def choose(*, log: VisitLog, until: int, days: int) -> Choice:
    """Compare all models on the last ``days`` up to day ``until`` and decide.

    Nothing of those days is seen by a fit or by the choice among models, which happens on an inner split.
    """
    on = until - days
    ahead = panel(log=log, on=on, days=days)
    problem = _too_little(ahead)
    if problem:
        return Choice(RECENCY, "", f"recency is used: {problem}", (), on, days)
    inner_days = min(days, (on - log.first_day) // 3)
    inner = _inner(log, on - inner_days, inner_days)
    said: dict[str, Floats] = {}
    problems: dict[str, str] = {}
    for name in NAMES:
        try:
            model = fit(name=name, log=log, until=on, days=days)
            said[name] = chances(model=model, rows=ahead.rows, weeks=ahead.weeks)
        except UnableToFit as error:
            problems[name] = str(error)
    judged = tuple(
        _judge(name, inner.get(name), said, ahead.returned, problems.get(name, "")) for name in NAMES
    )
    competing = [one for one in judged if one.name != RECENCY and one.inner_auc is not None and one.held_back]
    if not competing:
        return Choice(RECENCY, "", "recency is used: no other model could be fitted", judged, on, days)
    best = max(competing, key=lambda one: one.inner_auc or 0.0)
    chosen, reason = _decide(best)
    return Choice(chosen, best.name, reason, judged, on, days)


def _decide(best: Judged) -> tuple[str, str]:
    """(what is used, why) for the model that the inner split liked best."""
    assert best.held_back is not None
    by, error = best.beats_recency_by or 0.0, best.beats_recency_error or 0.0
    measured = f"AUC {best.held_back.auc:.3f}, {by:+.3f} (standard error {error:.3f}) against recency"
    slope = f"slope {best.held_back.slope:.2f}"
    if best.beats_recency and best.held_back.is_calibrated:
        return best.name, f"{WORDS[best.name]} is used: {measured}, and calibrated ({slope})"
    failed = [] if best.beats_recency else ["it does not beat recency by more than chance"]
    failed += [] if best.held_back.is_calibrated else [f"its chances do not come true ({slope})"]
    return (
        RECENCY,
        f"recency is used: the best model is {WORDS[best.name]} ({measured}), but {' and '.join(failed)}",
    )


def _judge(
    name: str,
    inner: tuple[float, Correction] | None,
    said: Mapping[str, Floats],
    came: Floats,
    problem: str,
) -> Judged:
    auc, correction = inner or (None, NO_CORRECTION)
    if name not in said:
        return Judged(name, auc, None, None, None, problem)
    by = error = None
    if name != RECENCY and RECENCY in said:
        by, error = auc_difference(scores=said[name], others=said[RECENCY], came=came)
    found = figures(chances=correction.applied(said[name]), came=came)
    return Judged(name, auc, found, by, error, correction=measured(chances=said[name], came=came))


def _inner(log: VisitLog, on: int, days: int) -> dict[str, tuple[float, Correction]]:
    """AUC and correction of every model on ``days`` after ``on``, all before the time held back."""
    found: dict[str, tuple[float, Correction]] = {}
    if days < 1 or on <= log.first_day:
        return found
    ahead = panel(log=log, on=on, days=days)
    if not len(ahead.returned) or not 0 < ahead.returned.sum() < len(ahead.returned):
        return found
    for name in NAMES:
        try:
            model = fit(name=name, log=log, until=on, days=days)
        except UnableToFit:
            continue
        said = chances(model=model, rows=ahead.rows, weeks=ahead.weeks)
        auc, _ = auc_of(scores=said, came=ahead.returned)
        found[name] = (auc, measured(chances=said, came=ahead.returned))
    return found


def _too_little(ahead: Panel) -> str:
    """Why there is not enough to compare models by; empty when there is."""
    came = int(ahead.returned.sum())
    if len(ahead.returned) < ENOUGH_PATIENTS or not ENOUGH_EACH <= came <= len(ahead.returned) - ENOUGH_EACH:
        return (
            f"{len(ahead.returned)} patients and {came} returns are too few to compare models by "
            f"(at least {ENOUGH_PATIENTS} patients, {ENOUGH_EACH} who came and {ENOUGH_EACH} who did not)"
        )
    return ""


def _panels(log: VisitLog, until: int, days: int) -> list[Panel]:
    """The past seen from several of its days, looking ahead over several times, none beyond ``until``."""
    span = until - log.first_day
    ahead = sorted({round(days * share) for share in _SHARES if 1 <= days * share <= span * 2 / 3})
    found = []
    some = thinned(log=log, most=_PATIENTS_OF_PANEL)
    for place in range(2, _CUTS):
        on = log.first_day + round(span * place / _CUTS)
        for one in ahead:
            if on + one <= until:
                found.append(panel(log=some, on=on, days=one))
    return [one for one in found if len(one.returned)]
