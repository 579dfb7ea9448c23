"""Points for series that compete (CDSi tables 8-7, 8-9, 8-11)."""

from collections.abc import Callable, Sequence

from .forecast import SeriesForecast
from .periods import day_after
from .status import DoseStatus

Points = list[tuple[SeriesForecast, int]]


def scores(series: Sequence[SeriesForecast]) -> Points:
    """Each with its points. They are all complete, or all in process, or none has a valid dose."""
    if all(one.is_complete for one in series):
        rules = [_best(series, _valid, points=1)]
    elif all(one.is_in_process for one in series):
        rules = [
            _each(lambda one: is_product(one) and has_all_valid(one), points=2),
            _each(is_completable, points=3),
            _best(series, _valid, points=2),
            _best(series, lambda one: -one.progress.open_targets(), points=2),
            _finishes_first(series),
        ]
    else:
        rules = [
            _starts_first(series),
            _each(is_completable, points=1),
            _each(lambda one: not is_product(one), points=1),
        ]
    return [(one, sum(rule(one) for rule in rules)) for one in series]


def is_product(one: SeriesForecast) -> bool:
    return one.progress.series.is_product


def has_all_valid(one: SeriesForecast) -> bool:
    """SELECTB-2: every dose held against a target dose was valid."""
    return all(dose.status is DoseStatus.VALID for dose in one.progress.judged if dose.target is not None)


def is_completable(one: SeriesForecast) -> bool:
    """SELECTB-3: it can end before the highest age of its last target dose."""
    question, targets = one.progress.question, one.progress.targets
    last = day_after(question.person.born_on, targets[-1].dose.age_rule(question.as_of).maximum)
    return one.finish_on is not None and (last is None or one.finish_on < last)


def _valid(one: SeriesForecast) -> int:
    return one.progress.satisfied()


def _each(holds: Callable[[SeriesForecast], bool], *, points: int) -> Callable[[SeriesForecast], int]:
    return lambda one: points if holds(one) else -points


def _best(
    series: Sequence[SeriesForecast], figure: Callable[[SeriesForecast], int], *, points: int
) -> Callable[[SeriesForecast], int]:
    """Points for the highest figure alone, none for sharing it, minus points for less."""
    top = max(figure(one) for one in series)
    shared = sum(figure(one) == top for one in series) > 1
    return lambda one: -points if figure(one) < top else 0 if shared else points


def _finishes_first(series: Sequence[SeriesForecast]) -> Callable[[SeriesForecast], int]:
    days = [-one.finish_on.toordinal() for one in series if one.finish_on and is_completable(one)]
    top = max(days, default=None)

    def figure(one: SeriesForecast) -> int:
        is_first = is_completable(one) and one.finish_on and -one.finish_on.toordinal() == top
        return 1 if is_first else 0

    return _best(series, figure, points=1) if top is not None else lambda _: -1


def _starts_first(series: Sequence[SeriesForecast]) -> Callable[[SeriesForecast], int]:
    days = [-one.earliest_on.toordinal() for one in series if one.earliest_on]
    top = max(days, default=None)

    def figure(one: SeriesForecast) -> int:
        return 1 if one.earliest_on and -one.earliest_on.toordinal() == top else 0

    return _best(series, figure, points=1) if top is not None else lambda _: -1
