"""The days of the next dose, and which rule set the earliest of them (CDSi 7.4, 7.5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .evaluate import doses_until
from .intervals import reference_day
from .periods import Period, day_after
from .progress import Progress, Target
from .schedule import IntervalRule, SeriesDose
from .status import TargetStatus

ONE_DAY = timedelta(days=1)
# A season further away than this belongs to a schedule made for another year.
LONGEST_WAIT_FOR_SEASON = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Earliest:
    """The candidate earliest date and, in plain words, what keeps it from being earlier."""

    on: date
    because: str


def earliest(progress: Progress, dose: SeriesDose) -> Earliest:
    """FORECASTDTCAN-1: the latest of all that has to come first; without any rule, the day of birth."""
    question = progress.question
    born = question.person.born_on
    minimum = dose.age_rule(question.as_of).minimum
    found = [Earliest(born, "may be given from birth")]
    if (day := day_after(born, minimum)) is not None:
        found.append(Earliest(day, f"not before the age of {minimum}"))
    if dose.season_starts_on is not None:
        found.append(Earliest(dose.season_starts_on, "not before the season begins"))
    found += [Earliest(one.given.given_on, "not before the last dose") for one in progress.judged]
    for start, rule in _intervals(progress, dose):
        if rule.minimum and (day := day_after(start, rule.minimum)) is not None:
            found.append(Earliest(day, f"{rule.minimum} {_since(rule, start)}"))
    found += _conflicts(progress, dose)
    return max(found, key=lambda one: one.on)


def recommended(progress: Progress, dose: SeriesDose) -> date | None:
    """FORECASTDT-2, unadjusted; None where neither an age nor an interval is recommended."""
    question = progress.question
    age = dose.age_rule(question.as_of).earliest_recommended
    return day_after(question.person.born_on, age) or _latest_interval(
        progress, dose, lambda rule: rule.earliest_recommended
    )


def past_due(progress: Progress, dose: SeriesDose) -> date | None:
    """FORECASTDT-3, unadjusted: the last day that is not late."""
    question = progress.question
    age = dose.age_rule(question.as_of).latest_recommended
    day = day_after(question.person.born_on, age) or _latest_interval(
        progress, dose, lambda rule: rule.latest_recommended
    )
    return None if day is None else day - ONE_DAY


def finish(progress: Progress, target: Target, first_on: date) -> date:
    """The earliest day plus the longest minimum interval still to come (SELECTB-12)."""
    position = next(n for n, one in enumerate(progress.targets) if one is target)
    as_of = progress.question.as_of
    waits = [
        day_after(first_on, rule.minimum)
        for later in progress.targets[position + 1 :]
        if later.status is TargetStatus.NOT_SATISFIED
        for rule in later.dose.intervals
        if rule.in_force.is_on(as_of)
    ]
    return latest(waits) or first_on


def out_of_season(dose: SeriesDose, *, as_of: date) -> str | None:
    """Words when the schedule's season is not the one of ``as_of``: its answer would be for another year."""
    if dose.season_ends_on is not None and as_of > dose.season_ends_on:
        return f"the schedule's season ended on {dose.season_ends_on}; load the files of this season"
    if dose.season_starts_on is not None and dose.season_starts_on - as_of > LONGEST_WAIT_FOR_SEASON:
        return f"the schedule's season begins on {dose.season_starts_on}, long after {as_of}"
    return None


def latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _intervals(progress: Progress, dose: SeriesDose) -> list[tuple[date | None, IntervalRule]]:
    question = progress.question
    given = doses_until(question)
    return [
        (reference_day(rule, progress, earlier=given), rule)
        for rule in dose.intervals
        if rule.in_force.is_on(question.as_of)
    ]


def _latest_interval(
    progress: Progress, dose: SeriesDose, which: Callable[[IntervalRule], Period | None]
) -> date | None:
    return latest(day_after(start, which(rule)) for start, rule in _intervals(progress, dose))


def _since(rule: IntervalRule, start: date | None) -> str:
    if rule.from_observation:
        return f"after what was observed on {start}"
    return f"after the dose of {start}"


def _conflicts(progress: Progress, dose: SeriesDose) -> list[Earliest]:
    """CALCDTCONFLICT-3."""
    schedule = progress.question.schedule
    given = doses_until(progress.question)
    found = []
    for vaccine in dose.preferable:
        for rule in schedule.conflicts.get(vaccine.cvx, ()):
            for one in given:
                if one.cvx == rule.previous and (day := day_after(one.given_on, rule.ends)) is not None:
                    found.append(Earliest(day, f"{rule.ends} after another vaccine on {one.given_on}"))
    return found
