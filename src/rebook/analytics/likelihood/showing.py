"""How likely a booked visit is missed: boosted trees on charted facts, believed only where they earn it.

Learned on the first part of the time, calibrated on the next, judged on the last. Used where a chance above
the base rate helps the patient (a further reminder) or the diary (how many may be missed on a day); it never
lowers anybody's place (R-F64).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rebook.analytics.likelihood import trees
from rebook.analytics.likelihood.diary import Background, Diary, background, facts
from rebook.analytics.likelihood.figures import Z_95, Figures, auc_difference, figures
from rebook.analytics.likelihood.histories import Floats
from rebook.analytics.likelihood.logistic import maximise

ENOUGH_VISITS, ENOUGH_MISSED = 2_000, 200
# Shares of the time: to learn, then to calibrate; the rest judges.
LEARN, CALIBRATE = 0.6, 0.2
# Of the rows, the more recent so many are enough.
MOST = 400_000
RATE, BOOSTING = "rate", "boosting"


@dataclass(frozen=True, slots=True)
class ShowModel:
    """The trees, and the practice's own shares they were fed with."""

    trees: trees.Boosted
    background: Background

    def as_json(self) -> dict[str, Any]:
        return {"trees": self.trees.as_json(), "background": self.background.as_json()}


def from_json(values: Mapping[str, Any]) -> ShowModel:
    """What ``ShowModel.as_json`` wrote."""
    told = values["background"]
    shares = Background(float(told["share"]), {key: float(one) for key, one in told["by_kind"].items()})
    return ShowModel(trees.from_json(values["trees"]), shares)


@dataclass(frozen=True, slots=True)
class ShowChoice:
    """What is used, ``boosting`` or the base ``rate``, and why; ``model`` where trees could be grown.

    ``chances`` and ``judged``: what the trees say of the last part of the time, and its rows.
    """

    chosen: str
    reason: str
    share: float
    model: ShowModel | None = None
    boosting: Figures | None = None
    missed_before: Figures | None = None
    base_brier: float | None = None
    beats_by: float | None = None
    beats_error: float | None = None
    judged: Diary | None = None
    chances: Floats | None = None


def choose(past: Diary) -> ShowChoice:
    """Grow, calibrate and judge on visits that have passed. Never raises for too little: it says so."""
    missed = int(past.missed.sum())
    share = missed / len(past)
    if len(past) < ENOUGH_VISITS or min(missed, len(past) - missed) < ENOUGH_MISSED:
        reason = (
            f"the practice's own share is used: {len(past)} past visits, {missed} of them missed, "
            f"are too few (at least {ENOUGH_VISITS}, and {ENOUGH_MISSED} of them missed)"
        )
        return ShowChoice(RATE, reason, share)
    learn, calibrate, last = _split(past)
    if not all(0 < one.missed.sum() < len(one) for one in (learn, calibrate, last)):
        return ShowChoice(RATE, "the practice's own share is used: visits lie in too few days", share)
    of = background(learn)
    values = [facts(one, known=past, of=of) for one in (learn, calibrate, last)]
    model = ShowModel(
        _calibrated(trees.grow(values=values[0], happened=learn.missed), values[1], calibrate), of
    )
    said = trees.chances(model=model.trees, values=values[2])
    alone = _missed_before(values, learn)
    by, error = auc_difference(scores=said, others=alone, came=last.missed)
    mine, theirs = figures(chances=said, came=last.missed), figures(chances=alone, came=last.missed)
    base = float(np.mean((learn.missed.mean() - last.missed) ** 2))
    measured = f"AUC {mine.auc:.3f}, {by:+.3f} (standard error {error:.3f}) against missed visits alone"
    earns = by - Z_95 * error > 0 and mine.is_calibrated and mine.brier < base
    if earns:
        reason = f"boosted trees are used: {measured}, and calibrated (slope {mine.slope:.2f})"
    else:
        reason = (
            f"the practice's own share is used: the trees do not earn it ({measured}, slope {mine.slope:.2f})"
        )
    chosen = BOOSTING if earns else RATE
    return ShowChoice(chosen, reason, share, model, mine, theirs, base, by, error, last, said)


def chances(*, model: ShowModel, rows: Diary, known: Diary) -> Floats:
    """(n,) chances that ``rows`` are missed, by what ``known`` said when they were booked."""
    return trees.chances(model=model.trees, values=facts(rows, known=known, of=model.background))


def _split(past: Diary) -> tuple[Diary, Diary, Diary]:
    """By day of the visit: the earlier learn, the later judge."""
    recent = past if len(past) <= MOST else past.part(past.day >= np.sort(past.day)[-MOST])
    first, second = np.quantile(recent.day, [LEARN, LEARN + CALIBRATE])
    learn = recent.day <= first
    calibrate = (recent.day > first) & (recent.day <= second)
    return recent.part(learn), recent.part(calibrate), recent.part(recent.day > second)


def _calibrated(grown: trees.Boosted, values: Floats, rows: Diary) -> trees.Boosted:
    """With slope and shift fitted to visits after those it was grown on (Platt)."""
    raw = trees.scores(model=grown, values=values)
    shift, slope = maximise(np.column_stack([np.ones(len(raw)), raw]), rows.missed, ridge=1e-6)
    return replace(grown, slope=float(slope), shift=float(shift))


def _missed_before(values: list[Floats], learn: Diary) -> Floats:
    """(n,) chances of the last part by the share of visits missed before, and nothing else."""
    column = -1
    odds = [np.log(one[:, column] / (1 - one[:, column])) for one in (values[0], values[2])]
    found = maximise(np.column_stack([np.ones(len(learn)), odds[0]]), learn.missed)
    return np.asarray(1 / (1 + np.exp(-(found[0] + found[1] * odds[1]))))
