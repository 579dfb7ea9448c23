"""Series of one or several antigens as one answer for a vaccine group (CDSi chapter 9)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .due import latest
from .forecast import SeriesForecast
from .patient import GivenDose
from .periods import day_after
from .schedule import VaccineGroup
from .status import DoseReason, DoseStatus, SeriesStatus

# Table 9-4: the first of these that any antigen has is the group's.
_WORST_FIRST = (
    SeriesStatus.CONTRAINDICATED,
    SeriesStatus.AGED_OUT,
    SeriesStatus.NOT_RECOMMENDED,
    SeriesStatus.NOT_COMPLETE,
)


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """The best series for one antigen: what of it the reader of a trace needs.

    ``by_decision``: recommended only after clinician and patient have decided together.
    """

    antigen: str
    series: str
    kind: str
    status: SeriesStatus
    reason: str
    target: int | None
    because: str
    by_decision: bool
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoseAnswer:
    """One dose given, as it counts for the group."""

    given: GivenDose
    status: DoseStatus
    reason: DoseReason
    antigens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """``past_due_on`` is the last day on which the dose is not late; days are None unless one is needed.

    ``begins_on`` is the day the person comes of age for it; None when there is no such age.
    """

    group: str
    series_group: str
    status: SeriesStatus
    reasons: tuple[str, ...]
    begins_on: date | None = None
    earliest_on: date | None = None
    recommended_on: date | None = None
    past_due_on: date | None = None
    latest_on: date | None = None
    dose_number: int | None = None
    antigens_needed: tuple[str, ...] = ()
    vaccines: tuple[str, ...] = ()
    series: tuple[SeriesAnswer, ...] = ()
    doses: tuple[DoseAnswer, ...] = ()
    not_covered: tuple[str, ...] = ()


def forecast_group(
    group: VaccineGroup, series_group: str, contained: Sequence[SeriesForecast]
) -> GroupForecast:
    """``contained`` are the best series of that series group, at least one (FORECASTVG-1 to -9)."""
    status = _status(contained)
    needed = [one for one in contained if one.status is SeriesStatus.NOT_COMPLETE]
    due = needed if status is SeriesStatus.NOT_COMPLETE else []
    earliest = _earliest(group, due)
    numbers = [one.dose_number for one in due if one.dose_number is not None]
    return GroupForecast(
        group=group.name,
        series_group=series_group,
        status=status,
        reasons=tuple(dict.fromkeys(one.reason for one in contained if one.reason)),
        begins_on=_begins(contained),
        earliest_on=earliest,
        recommended_on=_not_before(earliest, due, lambda one: one.recommended_on),
        past_due_on=_not_before(earliest, due, lambda one: one.past_due_on),
        latest_on=min((one.latest_on for one in due if one.latest_on), default=None),
        dose_number=(min if group.gives_full_group else max)(numbers, default=None),
        antigens_needed=tuple(one.progress.series.antigen for one in due),
        vaccines=tuple(dict.fromkeys(code for one in due for code in one.vaccines)),
        series=tuple(_answer(one) for one in contained),
        doses=_doses(contained),
        not_covered=tuple(dict.fromkeys(why for one in contained for why in one.not_covered)),
    )


def _status(contained: Sequence[SeriesForecast]) -> SeriesStatus:
    found = {one.status for one in contained}
    for status in _WORST_FIRST:
        if status in found:
            return status
    return SeriesStatus.IMMUNE if found == {SeriesStatus.IMMUNE} else SeriesStatus.COMPLETE


def _earliest(group: VaccineGroup, due: Sequence[SeriesForecast]) -> date | None:
    """SINGLEANTVG-2 and MULTIANTVG-1."""
    days = [one.earliest_on for one in due if one.earliest_on]
    if not days or len(group.antigens) == 1:
        return min(days, default=None)
    if any(one.is_priority for one in due):
        return latest([min(days), *(dose.given.given_on for one in due for dose in one.progress.judged)])
    return max(days)


def _not_before(
    earliest: date | None, due: Iterable[SeriesForecast], day: Callable[[SeriesForecast], date | None]
) -> date | None:
    found = min((value for one in due if (value := day(one)) is not None), default=None)
    return None if found is None or earliest is None else max(found, earliest)


def _begins(contained: Sequence[SeriesForecast]) -> date | None:
    days = [
        day_after(one.progress.question.person.born_on, one.progress.series.min_age_to_start)
        for one in contained
    ]
    return None if None in days else latest(days)


def _answer(one: SeriesForecast) -> SeriesAnswer:
    series = one.progress.series
    return SeriesAnswer(
        antigen=series.antigen,
        series=series.name,
        kind=series.kind.value,
        status=one.status,
        reason=one.reason,
        target=one.target,
        because=one.because,
        by_decision=series.is_shared_decision,
        skipped=tuple(dict.fromkeys(target.why for target in one.progress.targets if target.why)),
    )


def _doses(contained: Sequence[SeriesForecast]) -> tuple[DoseAnswer, ...]:
    return merge_doses(
        DoseAnswer(dose.given, dose.status, dose.reason, (one.progress.series.antigen,))
        for one in contained
        for dose in one.progress.judged
    )


def merge_doses(answers: Iterable[DoseAnswer]) -> tuple[DoseAnswer, ...]:
    """One answer for each dose given: it counts when it counts for any antigen or series."""
    found: dict[int, list[DoseAnswer]] = {}
    for one in answers:
        found.setdefault(id(one.given), []).append(one)
    order = list(DoseStatus)
    merged = []
    for same in found.values():
        best = min(same, key=lambda one: order.index(one.status))
        antigens = tuple(dict.fromkeys(name for one in same for name in one.antigens))
        merged.append(replace(best, antigens=antigens))
    return tuple(sorted(merged, key=lambda one: one.given.order))
