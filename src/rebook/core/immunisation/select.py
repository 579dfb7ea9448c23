"""Of several series for one antigen, the best ones (CDSi chapter 8)."""

from collections.abc import Sequence
from datetime import date

from .forecast import SeriesForecast
from .periods import day_after
from .schedule import Series, SeriesKind
from .score import scores
from .status import SeriesStatus


def best_series(forecasts: Sequence[SeriesForecast]) -> tuple[SeriesForecast, ...]:
    """At most one of each series group; ``forecasts`` are the relevant series of one antigen (table 8-14)."""
    groups = sorted({one.progress.series.group for one in forecasts})
    chosen = {
        group: one
        for group in groups
        if (one := _prioritised([f for f in forecasts if f.progress.series.group == group])) is not None
    }
    return tuple(one for one in chosen.values() if _is_best(one, chosen))


def _is_best(one: SeriesForecast, chosen: dict[str, SeriesForecast]) -> bool:
    if one.is_complete:
        return True
    series = one.progress.series
    others = [chosen[group] for group in series.equivalent_groups if group in chosen]
    if any(other.is_complete for other in others) or series.kind is SeriesKind.EVALUATION_ONLY:
        return False
    if series.kind is SeriesKind.RISK:
        return True
    return not any(other.progress.series.kind is SeriesKind.RISK for other in others)


def _prioritised(group: list[SeriesForecast]) -> SeriesForecast | None:
    """One of a series group: an obvious one (table 8-3), or the one with the best score (8.4 to 8.7)."""
    scorable = [one for one in group if _is_scorable(one, group)]
    defaults = [one for one in group if one.progress.series.is_default]
    if not scorable:
        return defaults[0] if len(defaults) == 1 else None
    if len(scorable) == 1:
        return scorable[0]
    complete = [one for one in scorable if one.is_complete]
    in_process = [one for one in scorable if one.is_in_process]
    if len(complete) == 1:
        return complete[0]
    if not complete and len(in_process) == 1:
        return in_process[0]
    if not complete and not in_process and len(defaults) == 1:
        return defaults[0]
    points = scores(complete or in_process or scorable)
    return min(points, key=lambda pair: (-pair[1], pair[0].progress.series.preference))[0]


def _is_scorable(one: SeriesForecast, group: list[SeriesForecast]) -> bool:
    """SELECTB-24 and SELECTSCORE-2."""
    series = one.progress.series
    if series.kind is SeriesKind.EVALUATION_ONLY:
        return one.is_complete
    if not _is_candidate(one, group):
        return False
    if series.kind is SeriesKind.RISK:
        return series.priority == min(other.progress.series.priority for other in group)
    valid = one.progress.valid_doses()
    if valid:
        return _started_in_time(series, min(dose.given_on for dose in valid), one)
    return not any(other.progress.valid_doses() or other.progress.series.is_default for other in group)


def _is_candidate(one: SeriesForecast, group: list[SeriesForecast]) -> bool:
    contraindicated = SeriesStatus.CONTRAINDICATED
    return one.status is not contraindicated or all(other.status is contraindicated for other in group)


def _started_in_time(series: Series, first_on: date, one: SeriesForecast) -> bool:
    last = day_after(one.progress.question.person.born_on, series.max_age_to_start)
    return last is None or first_on < last
