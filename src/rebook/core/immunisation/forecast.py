"""Does one series need another dose, and when (CDSi chapter 7)."""

from dataclasses import dataclass
from datetime import date

from .against import contraindication, is_between, is_forbidden, is_immune
from .due import ONE_DAY, earliest, finish, out_of_season, past_due, recommended
from .evaluate import doses_until
from .periods import day_after
from .progress import Progress, Target
from .schedule import Antigen, SeriesDose, SkipContext
from .skip import skip_reason
from .status import SeriesStatus, TargetStatus

_SEASON_ENDED = "The season has ended"


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Days are None unless the series is not complete. ``recommended_on`` is never before ``earliest_on``.

    ``finish_on`` is the earliest day the series can end; ``because`` says what keeps ``earliest_on`` from
    being earlier; ``not_covered`` what could not be judged.
    """

    progress: Progress
    status: SeriesStatus
    reason: str
    target: int | None = None
    dose_number: int | None = None
    earliest_on: date | None = None
    unadjusted_recommended_on: date | None = None
    recommended_on: date | None = None
    unadjusted_past_due_on: date | None = None
    past_due_on: date | None = None
    latest_on: date | None = None
    finish_on: date | None = None
    because: str = ""
    is_priority: bool = False
    vaccines: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.status is SeriesStatus.COMPLETE

    @property
    def is_in_process(self) -> bool:
        return self.status is SeriesStatus.NOT_COMPLETE and self.progress.satisfied() > 0


def forecast(progress: Progress, antigen: Antigen) -> SeriesForecast:
    """Status of the series and, when another dose is needed, its days."""
    as_of = progress.question.as_of
    forbidden = contraindication(progress.question, antigen, progress.series)
    while True:
        target = _next_target(progress, reference_on=as_of)
        if target is None:
            return SeriesForecast(progress, *_without_target(progress))
        ended = _ended(progress, antigen, target, forbidden)
        if ended is not None:
            return SeriesForecast(
                progress,
                *ended,
                target=target.dose.number,
                not_covered=_season(target, as_of, ended[0]),
            )
        found = _days(progress, antigen, target)
        if found.earliest_on is None or not _skip(progress, target, reference_on=found.earliest_on):
            return found


def _next_target(progress: Progress, *, reference_on: date) -> Target | None:
    for target in progress.targets:
        if target.status is TargetStatus.NOT_SATISFIED and not _skip(
            progress, target, reference_on=reference_on
        ):
            return target
    return None


def _skip(progress: Progress, target: Target, *, reference_on: date) -> bool:
    """Skip the target if the rules allow it on that day (7.1 and 7.6)."""
    question = progress.question
    view = progress.skip_view(
        reference_on=reference_on, rules_on=question.as_of, counted=doses_until(question)
    )
    why = skip_reason(target.dose, SkipContext.FORECAST, view)
    if why is not None:
        target.status, target.why = TargetStatus.SKIPPED, why
    return why is not None


def _without_target(progress: Progress) -> tuple[SeriesStatus, str]:
    if progress.satisfied():
        return SeriesStatus.COMPLETE, "The series is complete"
    return SeriesStatus.NOT_RECOMMENDED, "Not recommended now because of the doses already given"


def _ended(
    progress: Progress, antigen: Antigen, target: Target, forbidden: str | None
) -> tuple[SeriesStatus, str] | None:
    """Table 7-10 in its order; None when another dose is needed."""
    question, dose = progress.question, target.dose
    if is_immune(question, antigen):
        return SeriesStatus.IMMUNE, "There is evidence of immunity"
    if forbidden is not None:
        return SeriesStatus.CONTRAINDICATED, forbidden
    if dose.season_ends_on is not None and question.as_of > dose.season_ends_on:
        return SeriesStatus.NOT_RECOMMENDED, _SEASON_ENDED
    too_old_on = day_after(question.person.born_on, dose.age_rule(question.as_of).maximum)
    if too_old_on is None:
        return None
    if question.as_of >= too_old_on:
        return SeriesStatus.AGED_OUT, "Past the highest age"
    if earliest(progress, dose).on >= too_old_on:
        return SeriesStatus.AGED_OUT, "The series cannot be finished before the highest age"
    return None


def _days(progress: Progress, antigen: Antigen, target: Target) -> SeriesForecast:
    """FORECASTDT-1 to -6, FORECASTRECVAC-1, FORECASTDN-1, SELECTB-12."""
    question, dose = progress.question, target.dose
    first = earliest(progress, dose)
    wanted = recommended(progress, dose) or first.on
    late = past_due(progress, dose)
    too_old_on = day_after(question.person.born_on, dose.age_rule(question.as_of).maximum)
    adjusted = max(first.on, wanted)
    return SeriesForecast(
        progress=progress,
        status=SeriesStatus.NOT_COMPLETE,
        reason=f"Dose {dose.number} of {progress.series.name} is needed",
        target=dose.number,
        dose_number=_dose_number(progress),
        earliest_on=first.on,
        unadjusted_recommended_on=wanted,
        recommended_on=adjusted,
        unadjusted_past_due_on=late,
        past_due_on=max(first.on, late) if late else None,
        latest_on=too_old_on - ONE_DAY if too_old_on else None,
        finish_on=finish(progress, target, first.on),
        because=first.because,
        is_priority=_is_priority(progress, dose),
        vaccines=_vaccines(progress, antigen, dose, (first.on, adjusted)),
        not_covered=(
            *_undated(progress, dose),
            *_season(target, question.as_of, SeriesStatus.NOT_COMPLETE),
        ),
    )


def _dose_number(progress: Progress) -> int:
    """FORECASTDN-1: doses of an earlier season do not count."""
    return 1 + sum(
        one.status is TargetStatus.SATISFIED
        and one.satisfied_by is not None
        and (one.dose.season_starts_on is None or one.satisfied_by.given_on >= one.dose.season_starts_on)
        for one in progress.targets
    )


def _is_priority(progress: Progress, dose: SeriesDose) -> bool:
    """FORECASTPRIORITY-1."""
    rules = [one for one in dose.intervals if one.in_force.is_on(progress.question.as_of)]
    return bool(rules) and all(one.is_priority for one in rules)


def _vaccines(
    progress: Progress, antigen: Antigen, dose: SeriesDose, days: tuple[date, date]
) -> tuple[str, ...]:
    question = progress.question
    return tuple(
        one.cvx
        for one in dose.preferable
        if one.is_forecast
        and not is_forbidden(question, antigen, one)
        and any(is_between(question.person, day, one.begin_age, one.end_age) for day in days)
    )


def _undated(progress: Progress, dose: SeriesDose) -> tuple[str, ...]:
    """An interval from an observation whose day nobody recorded cannot be kept or checked."""
    person = progress.question.person
    return tuple(
        f"the day of observation {one.from_observation} is not recorded"
        for one in dose.intervals
        if one.from_observation
        and person.has(one.from_observation)
        and person.observed_on(one.from_observation) is None
    )


def _season(target: Target, as_of: date, status: SeriesStatus) -> tuple[str, ...]:
    """Only where the season decided: immunity and contraindication hold in any year."""
    decided = (SeriesStatus.NOT_COMPLETE, SeriesStatus.NOT_RECOMMENDED, SeriesStatus.AGED_OUT)
    why = out_of_season(target.dose, as_of=as_of) if status in decided else None
    return () if why is None else (why,)
