"""When the next dose of one series is due (CDSi chapter 7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .against import contraindication, is_between, is_forbidden, is_immune
from .evaluate import doses_until
from .intervals import reference_day
from .periods import day_after
from .progress import Progress, Target
from .schedule import Antigen, SeriesDose, SkipContext
from .skip import skip_reason
from .status import SeriesStatus, TargetStatus

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Days are None unless the series is not complete. ``recommended_on`` is never before ``earliest_on``.

    ``finish_on`` is the earliest day the series can end; ``not_covered`` says what could not be judged.
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
        ended = _ended(progress, antigen, target, forbidden)
        if ended is not None or target is None:
            status, reason = ended or (SeriesStatus.NOT_RECOMMENDED, "")
            return SeriesForecast(
                progress,
                status,
                reason,
                target=target.dose.number if target else None,
                not_covered=_not_covered(progress, target),
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


def _ended(
    progress: Progress, antigen: Antigen, target: Target | None, forbidden: str | None
) -> tuple[SeriesStatus, str] | None:
    """Table 7-10 in its order; None when another dose is needed."""
    as_of = progress.question.as_of
    if target is None:
        if progress.satisfied():
            return SeriesStatus.COMPLETE, "The series is complete"
        return SeriesStatus.NOT_RECOMMENDED, "Not recommended now because of the doses already given"
    if is_immune(progress.question, antigen):
        return SeriesStatus.IMMUNE, "There is evidence of immunity"
    if forbidden is not None:
        return SeriesStatus.CONTRAINDICATED, forbidden
    if target.dose.season_ends_on is not None and as_of > target.dose.season_ends_on:
        return SeriesStatus.NOT_RECOMMENDED, "The season has ended"
    too_old_on = day_after(progress.question.person.born_on, target.dose.age_rule(as_of).maximum)
    if too_old_on is not None and as_of >= too_old_on:
        return SeriesStatus.AGED_OUT, "Past the highest age"
    earliest = _earliest(progress, target.dose)
    if too_old_on is not None and earliest is not None and earliest >= too_old_on:
        return SeriesStatus.AGED_OUT, "The series cannot be finished before the highest age"
    return None


def _interval_days(progress: Progress, dose: SeriesDose, which: str) -> list[date]:
    question = progress.question
    found = []
    for rule in dose.intervals:
        if rule.in_force.is_on(question.as_of):
            start = reference_day(rule, progress, earlier=doses_until(question))
            if (day := day_after(start, getattr(rule, which))) is not None:
                found.append(day)
    return found


def _earliest(progress: Progress, dose: SeriesDose) -> date | None:
    """FORECASTDTCAN-1."""
    question = progress.question
    rule = dose.age_rule(question.as_of)
    days = [
        day_after(question.person.born_on, rule.minimum),
        dose.season_starts_on,
        *_interval_days(progress, dose, "minimum"),
        *_conflict_ends(progress, dose),
        *(one.given.given_on for one in progress.judged),
    ]
    return latest(days)


def _conflict_ends(progress: Progress, dose: SeriesDose) -> list[date | None]:
    """CALCDTCONFLICT-3."""
    schedule = progress.question.schedule
    given = doses_until(progress.question)
    return [
        day_after(one.given_on, rule.ends)
        for vaccine in dose.preferable
        for rule in schedule.conflicts.get(vaccine.cvx, ())
        for one in given
        if one.cvx == rule.previous
    ]


def _days(progress: Progress, antigen: Antigen, target: Target) -> SeriesForecast:
    """FORECASTDT-1 to -6, FORECASTRECVAC-1, FORECASTDN-1, SELECTB-12."""
    question, dose = progress.question, target.dose
    born, rule = question.person.born_on, dose.age_rule(question.as_of)
    # Without any rule at all a dose may be given from birth.
    earliest = _earliest(progress, dose) or born
    recommended = (
        day_after(born, rule.earliest_recommended)
        or latest(_interval_days(progress, dose, "earliest_recommended"))
        or earliest
    )
    past_due = day_after(born, rule.latest_recommended) or latest(
        _interval_days(progress, dose, "latest_recommended")
    )
    past_due = past_due - ONE_DAY if past_due else None
    too_old_on = day_after(born, rule.maximum)
    adjusted = max(earliest, recommended)
    return SeriesForecast(
        progress=progress,
        status=SeriesStatus.NOT_COMPLETE,
        reason=f"Dose {dose.number} of {progress.series.name} is needed",
        target=dose.number,
        dose_number=_dose_number(progress),
        earliest_on=earliest,
        unadjusted_recommended_on=recommended,
        recommended_on=adjusted,
        unadjusted_past_due_on=past_due,
        past_due_on=max(earliest, past_due) if past_due else None,
        latest_on=too_old_on - ONE_DAY if too_old_on else None,
        finish_on=_finish(progress, target, earliest),
        is_priority=_is_priority(progress, dose),
        vaccines=_vaccines(progress, antigen, dose, (earliest, adjusted)),
        not_covered=_not_covered(progress, target),
    )


def _dose_number(progress: Progress) -> int:
    """FORECASTDN-1: doses of an earlier season do not count."""
    return 1 + sum(
        one.status is TargetStatus.SATISFIED
        and one.satisfied_by is not None
        and (one.dose.season_starts_on is None or one.satisfied_by.given_on >= one.dose.season_starts_on)
        for one in progress.targets
    )


def _finish(progress: Progress, target: Target, earliest: date) -> date:
    """The earliest day plus the longest minimum interval still to come (SELECTB-12)."""
    position = progress.targets.index(target)
    as_of = progress.question.as_of
    waits = [
        day_after(earliest, rule.minimum)
        for later in progress.targets[position + 1 :]
        if later.status is TargetStatus.NOT_SATISFIED
        for rule in later.dose.intervals
        if rule.in_force.is_on(as_of)
    ]
    return latest(waits) or earliest


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


def _not_covered(progress: Progress, target: Target | None) -> tuple[str, ...]:
    """An interval from an observation whose day nobody recorded cannot be kept or checked."""
    person = progress.question.person
    rules = target.dose.intervals if target else ()
    return tuple(
        f"the day of observation {one.from_observation} is not recorded"
        for one in rules
        if one.from_observation
        and person.has(one.from_observation)
        and person.observed_on(one.from_observation) is None
    )


def latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
