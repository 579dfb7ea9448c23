"""Of several series for one antigen, the best ones (CDSi chapter 8)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .forecast import SeriesForecast
from .patient import Person
from .periods import day_after
from .schedule import Series, SeriesKind
from .score import scores
from .status import SeriesStatus, TargetStatus


def best_series(forecasts: Sequence[SeriesForecast]) -> tuple[SeriesForecast, ...]:
    """At most one of each series group; ``forecasts`` are the relevant series of one antigen (table 8-14)."""
    groups = sorted({one.progress.series.group for one in forecasts})
    chosen: dict[str, SeriesForecast] = {}
    for group in groups:
        members = [one for one in forecasts if one.progress.series.group == group]
        if (one := _prioritised(members)) is not None:
            chosen[group] = _with_doubt(one, members)
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


def _with_doubt(one: SeriesForecast, group: list[SeriesForecast]) -> SeriesForecast:
    """A risk series begun in infancy whose first doses are passed over for age is no sure answer when a
    series for this age, for the same observation, was set aside by its priority alone.
    """
    series, progress = one.progress.series, one.progress
    if series.kind is not SeriesKind.RISK or progress.targets[0].status is not TargetStatus.SKIPPED:
        return one
    for other in (forecast.progress.series for forecast in group):
        if other.priority > series.priority and _begins_later(other, series, progress.question.person):
            doubt = f"the schedule prefers {series.name} to {other.name}, which is meant for this age"
            return replace(one, not_covered=(*one.not_covered, doubt))
    return one


def _begins_later(other: Series, series: Series, person: Person) -> bool:
    born = person.born_on
    return any(
        mine.observation == theirs.observation
        and person.has(mine.observation)
        and (day_after(born, theirs.begin_age) or born) > (day_after(born, mine.begin_age) or born)
        for mine in series.indications
        for theirs in other.indications
    )


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
