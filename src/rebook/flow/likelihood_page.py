"""What was learned, as values for the page: the decision, its figures, and what is not looked at."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from rebook.analytics.likelihood.chart import calibration_svg
from rebook.analytics.likelihood.diary import NOT_USED
from rebook.core.expected_gain import PRIOR_SOURCE, Arms, Gain, Stratum, gains_from_json
from rebook.core.measure import MINIMUM_EVENTS, MINIMUM_HOLDOUT
from rebook.records.read import likelihood as read

LABELS = {
    "recency": "Time since the last visit alone",
    "logistic": "Visits so far, silence, time known",
    "bgnbd": "Rhythm of visits (BG/NBD)",
    "paretonbd": "Rhythm of visits (Pareto/NBD)",
    "boosting": "Booking facts and visits missed before",
    "rate": "The practice's own share of missed visits",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Patients with about the same chance: what was said, what came true."""

    said: float
    came: float
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One model on the time that was held back; figures are None where it could not be judged."""

    label: str
    is_used: bool
    auc: float | None
    low: float | None
    high: float | None
    slope: float | None
    is_calibrated: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Part:
    """Coming back, or missing a booked visit: what is used and why, and how good it is."""

    used: str
    reason: str
    fitted_on: date
    window_from: date | None
    window_to: date | None
    lines: tuple[Line, ...]
    points: tuple[Point, ...]
    came: float | None


@dataclass(frozen=True, slots=True)
class ComingDay:
    day: date
    booked: int
    may_be_missed: float


@dataclass(frozen=True, slots=True)
class Overview:
    """Empty (None) parts were never learned."""

    returns: Part | None
    shows: Part | None
    coming: tuple[ComingDay, ...]
    overall: Gain | None
    strata: tuple[tuple[Stratum, Gain], ...]
    arms: Arms
    prior: str = PRIOR_SOURCE
    not_used: tuple[str, ...] = NOT_USED
    enough: tuple[int, int] = (MINIMUM_HOLDOUT, MINIMUM_EVENTS)


def overview(*, organisation_id: int, as_of: date) -> Overview:
    """What is believed on ``as_of``, and on which figures."""
    returns, shows, gain = (
        read.newest(organisation_id=organisation_id, kind=kind, as_of=as_of)
        for kind in ("return", "show", "gain")
    )
    gains = gains_from_json(gain.parameters) if gain else None
    coming = shows.figures.get("coming", ()) if shows else ()
    return Overview(
        returns=_part(returns, _return_lines(returns)) if returns else None,
        shows=_part(shows, _show_lines(shows)) if shows else None,
        coming=tuple(
            ComingDay(date.fromisoformat(one["day"]), one["booked"], one["may_be_missed"]) for one in coming
        ),
        overall=gains.overall if gains else None,
        strata=tuple(sorted(gains.by_stratum.items())) if gains else (),
        arms=gains.overall.arms if gains else Arms(),
    )


def calibration_chart(points: tuple[Point, ...]) -> str:
    """What was said against what came true, as one SVG document."""
    return calibration_svg([(one.said, one.came, one.count) for one in points])


def _part(fit: read.FittedView, judged: list[tuple[str, dict[str, Any] | None, str]]) -> Part:
    used = next((figures for name, figures, _ in judged if name == fit.chosen), None)
    bins = used["bins"] if used else ()
    return Part(
        used=LABELS[fit.chosen],
        reason=fit.reason,
        fitted_on=fit.fitted_on,
        window_from=fit.window_from,
        window_to=fit.window_to,
        lines=tuple(_line(name, figures, problem, name == fit.chosen) for name, figures, problem in judged),
        points=tuple(Point(one["said"], one["came"], one["count"]) for one in bins),
        came=used["came_mean"] if used else None,
    )


def _line(name: str, figures: dict[str, Any] | None, problem: str, is_used: bool) -> Line:
    if figures is None:
        return Line(LABELS.get(name, name), is_used, None, None, None, None, False, problem)
    low, high = figures["auc_interval"]
    slope, is_calibrated = figures["slope"], figures["is_calibrated"]
    return Line(LABELS.get(name, name), is_used, figures["auc"], low, high, slope, is_calibrated, problem)


def _return_lines(fit: read.FittedView) -> list[tuple[str, dict[str, Any] | None, str]]:
    return [(one["name"], one["held_back"], one["problem"]) for one in fit.figures.get("judged", ())]


def _show_lines(fit: read.FittedView) -> list[tuple[str, dict[str, Any] | None, str]]:
    if "boosting" not in fit.figures:
        return []
    alone = "Visits missed before alone"
    return [("boosting", fit.figures["boosting"], ""), (alone, fit.figures["missed_before"], "")]
