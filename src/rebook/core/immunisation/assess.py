"""Everything the schedule says about one person on one day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from .against import is_relevant
from .evaluate import evaluate
from .forecast import SeriesForecast, forecast
from .groups import DoseAnswer, GroupForecast, forecast_group, merge_doses
from .patient import GivenDose, Person
from .progress import Question
from .schedule import Antigen, Schedule, Series, VaccineGroup
from .select import best_series
from .status import DoseStatus, SeriesStatus

_ENDED = (SeriesStatus.AGED_OUT, SeriesStatus.NOT_RECOMMENDED)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """No answer for ``group`` (empty: for the whole person) and why; never a guess instead."""

    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Per vaccine group one forecast for each series group that applies, standard before risk.

    ``unused`` are observations that the schedule lists and no rule of it uses: a clinician's to weigh.
    """

    as_of: date
    forecasts: tuple[GroupForecast, ...]
    not_covered: tuple[NotCovered, ...]
    unused: tuple[str, ...] = ()

    def headline(self, group: str) -> GroupForecast | None:
        """The one that speaks for ``group`` on that day; None when no series applies.

        Those whose age has come go before those of a later age, those still open before those aged out;
        then what is needed soonest, then the first in the schedule's order.
        """
        found = [one for one in self.forecasts if one.group == group]
        return min(found, key=self._rank, default=None)

    def _rank(self, one: GroupForecast) -> tuple[bool, bool, bool, date, str]:
        return (
            one.begins_on is not None and one.begins_on > self.as_of,
            one.status in _ENDED,
            one.status is not SeriesStatus.NOT_COMPLETE,
            one.recommended_on or date.max,
            one.series_group,
        )

    def doses(self, group: str = "") -> tuple[DoseAnswer, ...]:
        """What each dose counts for, in ``group`` or anywhere."""
        return merge_doses(
            answer for one in self.forecasts if group in ("", one.group) for answer in one.doses
        )


def assess(schedule: Schedule, person: Person, *, as_of: date, groups: Collection[str] = ()) -> Assessment:
    """Judge all vaccine groups, or only those named. Doses after ``as_of`` are left aside.

    What cannot be judged is in ``not_covered``: unknown products, unknown observations, schedule elements
    that were not understood, an observation without its day, a season that ended before ``as_of``.
    """
    forecasts: list[GroupForecast] = []
    missing = list(_person_level(schedule, person))
    for group in schedule.groups:
        if groups and group.name not in groups:
            continue
        found = _group(schedule, person, as_of, group)
        forecasts += found
        missing += _group_level(schedule, group, found, as_of)
    observed = sorted({one.code for one in person.observations} & set(schedule.observations))
    unused = tuple(code for code in observed if code not in schedule.used_observations)
    return Assessment(as_of, tuple(forecasts), tuple(missing), unused)


def _person_level(schedule: Schedule, person: Person) -> list[NotCovered]:
    codes = sorted({one.cvx for one in person.doses} - set(schedule.vaccines))
    observed = sorted({one.code for one in person.observations} - set(schedule.observations))
    return [
        *(NotCovered("", f"vaccine code {code} is not in the schedule") for code in codes),
        *(NotCovered("", f"observation {code} is not in the schedule") for code in observed),
    ]


def _group_level(
    schedule: Schedule, group: VaccineGroup, found: list[GroupForecast], as_of: date
) -> list[NotCovered]:
    reasons = [
        f"{name}: the schedule's {element} is not understood"
        for name in group.antigens
        for element in schedule.antigens[name].not_understood
    ]
    reasons += [why for one in found for why in one.not_covered]
    return [NotCovered(group.name, why) for why in dict.fromkeys(reasons)]


def _group(schedule: Schedule, person: Person, as_of: date, group: VaccineGroup) -> list[GroupForecast]:
    best: list[SeriesForecast] = []
    for name in group.antigens:
        best += best_series(_antigen(schedule, person, as_of, schedule.antigens[name], group))
    keys = sorted({one.progress.series.group for one in best})
    return [
        forecast_group(group, key, [one for one in best if one.progress.series.group == key]) for key in keys
    ]


def _antigen(
    schedule: Schedule, person: Person, as_of: date, antigen: Antigen, group: VaccineGroup
) -> list[SeriesForecast]:
    """Each relevant series judged; one that asks whether another is complete makes that one judged first."""
    done: dict[str, SeriesForecast] = {}
    under_way: set[str] = set()

    def is_group_complete(numbers: frozenset[str]) -> bool:
        others = [one for one in relevant if one.group in numbers and one.name not in under_way]
        return any(judged(one).is_complete for one in others)

    def judged(series: Series) -> SeriesForecast:
        if series.name not in done:
            under_way.add(series.name)
            done[series.name] = forecast(evaluate(question, series), antigen)
            under_way.discard(series.name)
        return done[series.name]

    def was_valid(dose: GivenDose) -> bool | None:
        return _was_valid(schedule, person, dose)

    question = Question(schedule, person, as_of, is_group_complete, was_valid)
    relevant = [
        one for one in antigen.series if one.vaccine_group == group.name and is_relevant(question, one)
    ]
    return [judged(one) for one in relevant]


def _was_valid(schedule: Schedule, person: Person, dose: GivenDose) -> bool | None:
    """Judged by what was known on its day, so that two vaccines never wait for each other."""
    found = assess(schedule, person, as_of=dose.given_on, groups=_groups_of(schedule, dose))
    return next((one.status is DoseStatus.VALID for one in found.doses() if one.given is dose), None)


def _groups_of(schedule: Schedule, dose: GivenDose) -> list[str]:
    antigens = {link.antigen for link in schedule.vaccines.get(dose.cvx, ())}
    return [one.name for one in schedule.groups if antigens & set(one.antigens)]
