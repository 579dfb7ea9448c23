"""Learn from the practice's own records: who comes back, who keeps a booked visit, what a contact is worth.

Once a week, or when asked. What was learned is kept with its figures and the decision what to use; the next
ranking reads it. Only dates and kinds of visits are looked at, and how cases ended.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from rebook.analytics import gaps as engine
from rebook.analytics import snapshot as files
from rebook.analytics.likelihood import competing, frozen, showing
from rebook.analytics.likelihood.bgnbd_fit import UnableToFit
from rebook.analytics.likelihood.correction import NO_CORRECTION
from rebook.analytics.likelihood.figures import Figures
from rebook.analytics.likelihood.visitlog import VisitLog, panel
from rebook.core import expected_gain
from rebook.core.expected_gain import Gains, Stratum
from rebook.core.measure import MINIMUM_HOLDOUT
from rebook.records.read import chart as charts
from rebook.records.read import gaps as snapshots
from rebook.records.read import likelihood as read
from rebook.records.write import likelihood as write

REFIT_AFTER_DAYS = 7
# How far ahead: the usual window in which a visit counts as brought back (R-F41).
HORIZON_DAYS = 120
# Days of the diary for which missed visits are expected.
COMING_DAYS = 14
BASIS_WORDS = {
    "recency": "recency (time since the last visit alone)",
    "logistic": "visits so far, silence and time known",
    "bgnbd": "the rhythm of visits (BG/NBD)",
    "paretonbd": "the rhythm of visits (Pareto/NBD)",
}


@dataclass(frozen=True, slots=True)
class LearnSummary:
    """``learned`` is False when the last fit is fresh enough. The rest says what is used now."""

    as_of: date
    learned: bool
    returns: str
    shows: str
    gains: str


def learn(*, organisation_id: int, as_of: date, now: datetime, is_forced: bool = False) -> LearnSummary:
    """Refit when a week has passed since the last fit, or ``is_forced``. Never raises for too few records."""
    last = read.newest(organisation_id=organisation_id, kind="gain", as_of=as_of)
    if last and not is_forced and as_of < last.fitted_on + timedelta(days=REFIT_AFTER_DAYS):
        return _summary(organisation_id, as_of, learned=False)
    with _frozen(organisation_id, as_of) as source:
        seen = frozen.read(source=source, as_of=as_of)
    returns = _returns(seen.log, as_of)
    shows = _shows(seen, as_of)
    gains = _gains(organisation_id, returns, now)
    with transaction.atomic(durable=True):
        for fit in (returns.fit, shows, gains):
            write.keep_fit(organisation_id=organisation_id, fitted_on=as_of, now=now, **fit)
    return _summary(organisation_id, as_of, learned=True)


@dataclass(frozen=True, slots=True)
class _Returns:
    """The fit as it is kept, and the chance of each known patient to come back unprompted."""

    fit: dict[str, Any]
    chances: dict[int, float]


def _returns(log: VisitLog | None, as_of: date) -> _Returns:
    if log is None:
        return _Returns(
            _fit("return", None, "recency", "recency is used: no completed visit is on record"), {}
        )
    until = frozen.day_number(as_of)
    choice = competing.choose(log=log, until=until, days=HORIZON_DAYS)
    known = panel(log=log, on=until, days=0)
    weeks = HORIZON_DAYS / 7
    parameters: dict[str, Any] = {"name": choice.chosen, "horizon_days": HORIZON_DAYS}
    chances: dict[int, float] = {}
    try:
        model = competing.fit(name=choice.chosen, log=log, until=until, days=HORIZON_DAYS)
        judged = next((one for one in choice.judged if one.name == choice.chosen), None)
        correction = judged.correction if judged else NO_CORRECTION
        parameters |= {"values": model.as_json(), "correction": asdict(correction)}
        said = correction.applied(competing.chances(model=model, rows=known.rows, weeks=weeks))
        chances = dict(zip(known.patients.tolist(), said.tolist(), strict=True))
    except UnableToFit as error:
        parameters["problem"] = str(error)
    figures = {"best": choice.best, "judged": [_judged(one) for one in choice.judged]}
    figures["held_back_from"] = (as_of - timedelta(days=HORIZON_DAYS)).isoformat()
    window = (as_of - timedelta(days=until - log.first_day), as_of)
    return _Returns(_fit("return", window, choice.chosen, choice.reason, parameters, figures), chances)


def _shows(seen: frozen.Frozen, as_of: date) -> dict[str, Any]:
    if seen.past is None:
        reason = "nothing is said: no appointment with an outcome is on record"
        return _fit("show", None, showing.RATE, reason)
    choice = showing.choose(seen.past)
    window = tuple(_day(number) for number in (int(seen.past.day.min()), int(seen.past.day.max())))
    figures: dict[str, Any] = {"share": choice.share, "visits": len(seen.past)}
    if choice.boosting and choice.missed_before:
        figures |= {
            "boosting": _figures(choice.boosting),
            "missed_before": _figures(choice.missed_before),
            "base_brier": choice.base_brier,
            "beats_by": choice.beats_by,
            "beats_error": choice.beats_error,
        }
    figures["coming"] = _coming(seen, choice, as_of)
    is_used = choice.chosen == showing.BOOSTING and choice.model is not None
    parameters = choice.model.as_json() if is_used and choice.model else {"share": choice.share}
    return _fit("show", window, choice.chosen, choice.reason, parameters, figures)


def _coming(seen: frozen.Frozen, choice: showing.ShowChoice, as_of: date) -> list[dict[str, Any]]:
    """Booked visits of the next days, and how many may be missed: a hint for reminders and spare times."""
    if seen.coming is None or seen.past is None:
        return []
    today = frozen.day_number(as_of)
    rows = seen.coming.part(seen.coming.day <= today + COMING_DAYS)
    if not len(rows):
        return []
    if choice.chosen == showing.BOOSTING and choice.model is not None:
        said = showing.chances(model=choice.model, rows=rows, known=seen.past)
    else:
        said = rows.missed + choice.share
    days = sorted(set(rows.day.tolist()))
    return [
        {
            "day": _day(day).isoformat(),
            "booked": int((rows.day == day).sum()),
            "may_be_missed": float(said[rows.day == day].sum()),
        }
        for day in days
    ]


def _gains(organisation_id: int, returns: _Returns, now: datetime) -> dict[str, Any]:
    arms = read.arms(organisation_id=organisation_id, now=now)
    natural, strata = _natural(organisation_id, returns.chances)
    basis = BASIS_WORDS[returns.fit["chosen"]]
    gains = expected_gain.learn(arms=arms, natural=natural, basis=basis, strata=strata)
    figures = {"basis": basis, "prior": expected_gain.PRIOR_SOURCE, "holdouts": _held_back(gains)}
    return _fit("gain", None, gains.overall.source, gains.overall.words, gains.as_json(), figures)


def _natural(
    organisation_id: int, chances: dict[int, float]
) -> tuple[dict[Stratum, float], frozenset[Stratum]]:
    """Mean chances to come back unprompted of patients with an open gap, by stratum; all the strata."""
    told: dict[Stratum, list[float]] = {}
    for patient_id, tier, grade in read.open_strata(organisation_id=organisation_id):
        here = told.setdefault(Stratum(tier, grade), [])
        if patient_id in chances:
            here.append(chances[patient_id])
    means = {one: sum(said) / len(said) for one, said in told.items() if said}
    return means, frozenset(told)


def _held_back(gains: Gains) -> dict[str, int]:
    arms = gains.overall.arms
    return {**asdict(arms), "enough_from": MINIMUM_HOLDOUT}


def _fit(
    kind: str,
    window: tuple[date, ...] | None,
    chosen: str,
    reason: str,
    parameters: dict[str, Any] | None = None,
    figures: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "window": window,
        "chosen": chosen,
        "reason": reason,
        "parameters": parameters or {},
        "figures": figures or {},
    }


def _judged(one: competing.Judged) -> dict[str, Any]:
    return {
        "name": one.name,
        "inner_auc": one.inner_auc,
        "beats_recency_by": one.beats_recency_by,
        "beats_recency_error": one.beats_recency_error,
        "problem": one.problem,
        "held_back": _figures(one.held_back) if one.held_back else None,
    }


def _figures(one: Figures) -> dict[str, Any]:
    return {**asdict(one), "is_calibrated": one.is_calibrated, "auc_interval": list(one.auc_interval)}


def _summary(organisation_id: int, as_of: date, *, learned: bool) -> LearnSummary:
    said = {
        kind: fit.reason
        if (fit := read.newest(organisation_id=organisation_id, kind=kind, as_of=as_of))
        else ""
        for kind in ("return", "show", "gain")
    }
    return LearnSummary(as_of, learned, said["return"], said["show"], said["gain"])


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


@contextmanager
def _frozen(organisation_id: int, as_of: date) -> Iterator[engine.Source]:
    """The snapshot of the day; where there is none, one made for the moment and thrown away."""
    newest = snapshots.newest_snapshot(organisation_id=organisation_id, as_of=as_of)
    with tempfile.TemporaryDirectory(prefix="rebook-") as folder, engine.connect() as connection:
        if newest is not None:
            directory = Path(settings.SNAPSHOT_DIRECTORY) / newest.path
        else:
            directory = Path(folder) / "snapshot"
            tables = {
                name: charts.snapshot_rows(organisation_id=organisation_id, table=name)
                for name in charts.SNAPSHOT_TABLES
            }
            files.write(directory=directory, tables=tables)
        yield engine.read_snapshot(connection, directory=directory)
