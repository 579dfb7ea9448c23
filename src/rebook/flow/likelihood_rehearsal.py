"""The likelihood models on figures of any place, without a ledger: for measuring and comparing."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rebook.analytics.likelihood import bgnbd, bgnbd_fit, competing, showing
from rebook.analytics.likelihood.diary import diary
from rebook.analytics.likelihood.figures import auc_of
from rebook.analytics.likelihood.histories import Histories, histories
from rebook.analytics.likelihood.visitlog import VisitLog, panel, visit_log


@dataclass(frozen=True, slots=True)
class TimedFit:
    """BG/NBD: ``parameters`` r, alpha, a, b (weeks), the log-likelihood there, and what the fit took."""

    parameters: dict[str, float]
    log_likelihood: float
    seconds: float


def fit_histories(*, repeats: Any, last_week: Any, age_weeks: Any) -> TimedFit:
    """Fit BG/NBD to (n,) columns, timed from the columns to the parameters. Raises ``UnableToFit``."""
    start = time.perf_counter()
    rows = histories(repeats=repeats, last_week=last_week, age_weeks=age_weeks)
    model = bgnbd_fit.fit(rows=rows)
    seconds = time.perf_counter() - start
    return TimedFit(model.as_json(), bgnbd.log_likelihood(model=model, rows=rows), seconds)


def judge_visits(*, patient_ids: Any, days: Any) -> dict[str, Any]:
    """Split (m,) visits in the middle of their time: models learn from the first half, the second judges.

    Answers the choice, its figures, and BG/NBD of the first half with the visits it expects in the second.
    """
    log = visit_log(patient_ids=patient_ids, days=days)
    until = int(log.days.max())
    ahead = (until - log.first_day + 1) // 2
    choice = competing.choose(log=log, until=until, days=ahead)
    known = panel(log=log, on=choice.on, days=ahead)
    model = bgnbd_fit.fit(rows=known.rows)
    expected = bgnbd.expected_visits(model=model, rows=known.rows, weeks=known.weeks)
    by_visits, _ = auc_of(scores=expected, came=known.returned)
    return {
        "chosen": choice.chosen,
        "best": choice.best,
        "reason": choice.reason,
        "models": [_plain(one) for one in choice.judged],
        "bgnbd_auc_by_expected_visits": by_visits,
        "expected_visits": float(expected.sum()),
        "happened_visits": _happened(log, known.rows, choice.on),
        "first_half": known.rows,
    }


def _happened(log: VisitLog, rows: Histories, on: int) -> int:
    """Visits after day ``on`` of patients known by then."""
    return int((log.days > on).sum()) if len(rows) else 0


def _plain(judged: competing.Judged) -> dict[str, Any]:
    plain = asdict(judged)
    if judged.held_back is not None:
        plain["held_back"]["is_calibrated"] = judged.held_back.is_calibrated
        plain["held_back"]["auc_interval"] = judged.held_back.auc_interval
    plain["beats_recency"] = judged.beats_recency
    return plain


def judge_appointments(
    *, patient: Any, day: Any, booked: Any, missed: Any, groups: dict[str, Any]
) -> dict[str, Any]:
    """Learn who misses a visit from the earlier (n,) appointments and judge on the last fifth of the days.

    ``groups``: (n,) labels by name, for looking at fairness afterwards; no model sees them.
    """
    kind = np.full(len(np.asarray(day)), "", np.str_)
    rows = diary(patient=patient, day=day, booked=booked, kind=kind, missed=missed)
    start = time.perf_counter()
    choice = showing.choose(rows)
    seconds = time.perf_counter() - start
    result = {"chosen": choice.chosen, "reason": choice.reason, "share": choice.share, "seconds": seconds}
    if choice.boosting is None or choice.missed_before is None or choice.chances is None:
        return {**result, "boosting": None, "missed_before": None, "fairness": {}}
    assert choice.judged is not None
    fairness = {
        name: _by_group(np.asarray(labels)[choice.judged.row], choice.chances, choice.judged.missed)
        for name, labels in groups.items()
    }
    return {
        **result,
        "boosting": {**asdict(choice.boosting), "is_calibrated": choice.boosting.is_calibrated},
        "missed_before": asdict(choice.missed_before),
        "base_brier": choice.base_brier,
        "beats_by": choice.beats_by,
        "beats_error": choice.beats_error,
        "fairness": fairness,
    }


def _by_group(labels: Any, said: Any, missed: Any) -> list[dict[str, Any]]:
    """Per group: appointments, mean chance said, share missed, AUC where it has one; largest first."""
    found = []
    for label in np.unique(labels):
        here = labels == label
        both = 0 < missed[here].sum() < here.sum()
        found.append(
            {
                "group": str(label),
                "count": int(here.sum()),
                "said": float(said[here].mean()),
                "missed": float(missed[here].mean()),
                "auc": auc_of(scores=said[here], came=missed[here])[0] if both else None,
            }
        )
    return sorted(found, key=lambda one: (-one["count"], one["group"]))
