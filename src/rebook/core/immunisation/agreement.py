"""How far the answers agree with test cases somebody else wrote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .assess import Assessment, assess
from .groups import GroupForecast
from .patient import Person
from .schedule import Schedule
from .status import SeriesStatus

FIELDS = ("status", "earliest_on", "recommended_on", "past_due_on", "dose_number", "doses")
# The two that decide whether a child is called in, and when.
DECIDING = ("status", "recommended_on")


@dataclass(frozen=True, slots=True)
class ScheduleCase:
    """One case. ``doses`` maps a dose's key to its expected status; a missing one is not compared."""

    key: str
    group: str
    person: Person
    as_of: date
    status: str
    earliest_on: date | None
    recommended_on: date | None
    past_due_on: date | None
    dose_number: int | None
    doses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    expected: str
    ours: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """``not_covered`` is set when the engine declines to answer; it is then neither right nor wrong.

    ``series_group_agrees``: not the headline, but another series group of the same vaccine group gives the
    expected status and days. ``because`` says what our earliest day rests on.
    """

    case: ScheduleCase
    differences: tuple[Difference, ...]
    not_covered: tuple[str, ...] = ()
    series_group_agrees: bool = False
    because: str = ""

    def agrees_in(self, *fields: str) -> bool:
        return not any(one.field in fields for one in self.differences)


def compare(schedule: Schedule, case: ScheduleCase) -> CaseResult:
    """Judge one case and say in which fields the answer differs."""
    given = {one.cvx for one in case.person.doses}
    antigens = {link.antigen for code in given for link in schedule.vaccines.get(code, ())}
    groups = {one.name for one in schedule.groups if antigens & set(one.antigens)} | {case.group}
    found = assess(schedule, case.person, as_of=case.as_of, groups=groups)
    forecast = found.headline(case.group)
    differences = (*_differences(case, forecast), *_dose_differences(case, found))
    others = [one for one in found.forecasts if one.group == case.group and one is not forecast]
    return CaseResult(
        case=case,
        differences=differences,
        not_covered=_not_covered(schedule, case, found, forecast),
        series_group_agrees=bool(differences) and any(not _differences(case, one) for one in others),
        because=" ".join(dict.fromkeys(one.because for one in forecast.series)) if forecast else "",
    )


def _not_covered(
    schedule: Schedule, case: ScheduleCase, found: Assessment, forecast: GroupForecast | None
) -> tuple[str, ...]:
    reasons = [one.reason for one in found.not_covered if one.group in ("", case.group)]
    if forecast is None and found.unused:
        reasons += [
            f"no rule uses observation {code} ({schedule.observations[code]})" for code in found.unused
        ]
    return tuple(reasons)


def _differences(case: ScheduleCase, forecast: GroupForecast | None) -> Iterable[Difference]:
    ours: Sequence[tuple[str, object, object]] = (
        ("status", case.status.casefold(), _status(forecast).casefold()),
        ("earliest_on", case.earliest_on, forecast and forecast.earliest_on),
        ("recommended_on", case.recommended_on, forecast and forecast.recommended_on),
        ("past_due_on", case.past_due_on, forecast and forecast.past_due_on),
        ("dose_number", case.dose_number, forecast and forecast.dose_number),
    )
    return tuple(
        Difference(field, str(expected or "none"), str(answer or "none"))
        for field, expected, answer in ours
        if expected != answer and not (field == "dose_number" and expected is None)
    )


def _status(forecast: GroupForecast | None) -> str:
    return forecast.status.value if forecast else SeriesStatus.NOT_RECOMMENDED.value


def _dose_differences(case: ScheduleCase, found: Assessment) -> tuple[Difference, ...]:
    """A dose counts for the case's group, or, holding none of its antigens, for its own."""
    ours = {one.given.key: one.status.value for one in found.doses()}
    ours.update({one.given.key: one.status.value for one in found.doses(case.group)})
    return tuple(
        Difference("doses", f"{key}: {expected}", f"{key}: {ours.get(key, 'none')}")
        for key, expected in case.doses
        if ours.get(key, "").casefold() != expected.casefold()
    )
