"""Bench "fit": the return model on a population, beside lifetimes; and how good its chances are."""

import time
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rebook.cli.bench_fit_data import PUBLISHED, WATCHED, Watched, population, read
from rebook.flow.likelihood_rehearsal import TimedFit, fit_histories, judge_visits

BUDGET = 20.0
MIN_AUC = 0.78
PATIENTS = 1_000_000
# The reference stops its climb earlier than ours; this near counts as the same maximum.
_SAME = 0.002
_ROUNDS = 3


def run(*, size: int = PATIENTS, input: Path | None = None) -> dict[str, Any]:
    """Fit BG/NBD to ``size`` invented patients with Rebook and with lifetimes, and judge CDNOW or ``input``.

    ``ours`` (the best of three) and ``reference`` are seconds from the same columns to the parameters,
    nothing sampled on either side; ``ratio`` says how many times faster ours is. ``parameters`` are those of
    the first half of the watched visits; ``auc`` and ``calibration`` are of the model in use, on the second.
    """
    columns = population(size)
    fits = [_fit(columns) for _ in range(_ROUNDS)]
    ours = min(fits, key=lambda one: one.seconds)
    reference = _reference(columns)
    result: dict[str, Any] = {"name": "fit", "ours": round(ours.seconds, 4), **_beside(ours, reference)}
    source = input or (WATCHED if WATCHED.is_dir() else None)
    watched = _watched(read(source)) if source else {"parameters": None, "auc": None, "is_calibrated": False}
    is_right = watched["parameters"] is not None and (watched["auc"] or 0) > MIN_AUC
    is_fast = result["ratio"] is not None and result["ratio"] >= BUDGET and result["same_maximum"]
    result["ok"] = bool(
        is_fast and is_right and watched["is_calibrated"] and watched.get("as_published", True)
    )
    return {**result, **watched, "patients": size}


def _fit(columns: tuple[Any, Any, Any]) -> TimedFit:
    return fit_histories(repeats=columns[0], last_week=columns[1], age_weeks=columns[2])


def _reference(columns: tuple[Any, Any, Any]) -> tuple[dict[str, float], float] | None:
    """(parameters, seconds) of lifetimes on the same columns; None where it is not installed."""
    if find_spec("lifetimes") is None:
        return None
    fitter = import_module("lifetimes").BetaGeoFitter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        fitter.fit(*columns)
        seconds = time.perf_counter() - start
    return {name: float(value) for name, value in fitter.params_.items()}, seconds


def _beside(ours: TimedFit, reference: tuple[dict[str, float], float] | None) -> dict[str, Any]:
    of_population = {name: round(value, 4) for name, value in ours.parameters.items()}
    if reference is None:
        missing = "lifetimes is not installed here: pip install lifetimes==0.11.3"
        return {
            "reference": None,
            "ratio": None,
            "budget": BUDGET,
            "problem": missing,
            "population_parameters": of_population,
            "same_maximum": False,
        }
    found, seconds = reference
    near = max(abs(found[name] - value) / value for name, value in ours.parameters.items())
    return {
        "reference": round(seconds, 3),
        "ratio": round(seconds / ours.seconds, 1),
        "budget": BUDGET,
        "population_parameters": of_population,
        "reference_parameters": {name: round(value, 4) for name, value in found.items()},
        "same_maximum": near < _SAME,
    }


def _watched(data: Watched) -> dict[str, Any]:
    """What the models say of people who were watched, and what became of it."""
    judged = judge_visits(patient_ids=data.patient_ids, days=data.days)
    rows = judged.pop("first_half")
    summary = data.summary or (rows.repeats, rows.last_week, rows.age_weeks)
    fitted = _fit(summary)
    parameters = {name: round(value, 3) for name, value in fitted.parameters.items()}
    used = next((one for one in judged["models"] if one["name"] == judged["chosen"]), None)
    figures = (used or {}).get("held_back") or {}
    is_published = data.summary is not None and len(summary[0]) == 2357
    return {
        "parameters": parameters,
        "log_likelihood": round(fitted.log_likelihood, 1),
        **({"as_published": parameters == PUBLISHED} if is_published else {}),
        "expected_visits": round(judged["expected_visits"]),
        "happened_visits": judged["happened_visits"],
        "auc": _rounded(figures.get("auc")),
        "auc_error": _rounded(figures.get("auc_error")),
        "is_calibrated": bool(figures.get("is_calibrated")),
        "calibration": {
            name: _rounded(figures.get(name))
            for name in ("slope", "intercept", "brier", "said_mean", "came_mean", "off")
        },
        "bins": [
            {"count": one["count"], "said": _rounded(one["said"]), "came": _rounded(one["came"])}
            for one in figures.get("bins", ())
        ],
        "chosen": judged["chosen"],
        "reason": judged["reason"],
        "models": {one["name"]: _line(one) for one in judged["models"]},
        "bgnbd_auc_by_expected_visits": _rounded(judged["bgnbd_auc_by_expected_visits"]),
    }


def _line(one: dict[str, Any]) -> dict[str, Any]:
    held = one["held_back"] or {}
    named = ("auc", "auc_error", "brier", "slope", "is_calibrated")
    return {
        "inner_auc": _rounded(one["inner_auc"]),
        **{name: _rounded(held.get(name)) for name in named},
        "beats_recency_by": _rounded(one["beats_recency_by"]),
        **({"problem": one["problem"]} if one["problem"] else {}),
    }


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
