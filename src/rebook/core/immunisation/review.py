"""Which immunisations are due for one person on one day, what may be done, and why (R-C30 to R-C33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from .assess import Assessment, NotCovered, assess
from .groups import GroupForecast
from .histories import Doubt, merge_histories
from .patient import GivenDose, Person
from .periods import Period, after
from .schedule import Schedule
from .status import SeriesStatus
from .trace import trace

_FIRST_BIRTHDAY = Period(months=12)


class Authority(StrEnum):
    """Whose schedule the medical director chose for a vaccine group (R-C30)."""

    AAP = "AAP"
    CDC = "CDC"
    STATE = "state"


class GapState(StrEnum):
    OVERDUE = "overdue"
    DUE = "due"
    LATER = "later"


class Contact(StrEnum):
    """What may be done about a gap: write to the family, or only have somebody look first."""

    OUTREACH = "outreach"
    STAFF_CHECK = "staff check"
    CLINICIAN = "clinician decides"
    NONE = "nothing yet"


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """``chosen`` has no default: a group without a choice is not judged. ``loaded`` is the schedule's own.

    ``grace_days`` pass after the recommended day before a dose without a past due day counts as overdue.
    """

    chosen: Mapping[str, Authority]
    loaded: Authority = Authority.CDC
    grace_days: int = 28


@dataclass(frozen=True, slots=True)
class ImmunisationGap:
    """``due_on`` is the recommended day; ``overdue_on`` the first day that is late; ``steps`` in plain words.

    ``risk_class`` is 2 in the first year of life and 1 after it (R-C32, R-C4).
    """

    group: str
    state: GapState
    contact: Contact
    contact_reason: str
    risk_class: int
    earliest_on: date
    due_on: date
    overdue_on: date
    latest_on: date | None
    dose_number: int | None
    antigens: tuple[str, ...]
    vaccines: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImmunisationReview:
    """``settled`` groups need nothing, each with its status; ``not_chosen`` wait for the medical director."""

    as_of: date
    gaps: tuple[ImmunisationGap, ...] = ()
    settled: tuple[tuple[str, SeriesStatus], ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    not_chosen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sources:
    """The same question asked of both records together and of each alone; ``registry`` None: not asked."""

    together: Assessment
    chart: Assessment
    registry: Assessment | None
    doubts: tuple[Doubt, ...] = ()


def review(
    schedule: Schedule,
    person: Person,
    *,
    registry: Sequence[GivenDose] | None,
    as_of: date,
    settings: ReviewSettings,
) -> ImmunisationReview:
    """``person.doses`` are the chart's, ``registry`` the registry's; None when the registry was not asked.

    A gap is judged by both together; the family is written to only when each alone shows it too (R-C32).
    """
    sources = _ask(schedule, person, registry, as_of)
    gaps: list[ImmunisationGap] = []
    settled, declined, not_chosen = [], [], []
    for group in schedule.groups:
        forecast = sources.together.headline(group.name)
        if forecast is None:
            continue
        chosen = settings.chosen.get(group.name)
        if chosen is None:
            not_chosen.append(group.name)
            continue
        reasons = _declined(sources.together, group.name, chosen, settings)
        declined += [NotCovered(group.name, why) for why in reasons]
        if reasons:
            continue
        if forecast.status is SeriesStatus.NOT_COMPLETE:
            gaps.append(_gap(schedule, person, forecast, sources, settings))
        else:
            settled.append((group.name, forecast.status))
    return ImmunisationReview(
        as_of=as_of,
        gaps=tuple(sorted(gaps, key=lambda one: (one.due_on, one.group))),
        settled=tuple(settled),
        not_covered=tuple(declined),
        not_chosen=tuple(not_chosen),
        notes=(*_person_level(sources.together), *_unused(schedule, sources.together)),
    )


def _ask(schedule: Schedule, person: Person, registry: Sequence[GivenDose] | None, as_of: date) -> _Sources:
    """Records that say the same are judged once."""
    known: dict[tuple[tuple[date, str, str, bool], ...], Assessment] = {}

    def judged(doses: Sequence[GivenDose]) -> Assessment:
        who = replace(person, doses=tuple(doses))
        key = tuple((one.given_on, one.cvx, one.mvx, one.is_substandard) for one in who.doses)
        if key not in known:
            known[key] = assess(schedule, who, as_of=as_of)
        return known[key]

    if registry is None:
        return _Sources(judged(person.doses), judged(person.doses), None)
    merged = merge_histories(schedule, chart=person.doses, registry=registry)
    return _Sources(judged(merged.doses), judged(person.doses), judged(registry), merged.doubts)


def _declined(together: Assessment, group: str, chosen: Authority, settings: ReviewSettings) -> list[str]:
    if chosen is not settings.loaded:
        return [f"the clinic follows {chosen} here, and the schedule loaded is {settings.loaded}'s"]
    return [one.reason for one in together.not_covered if one.group == group]


def _gap(
    schedule: Schedule,
    person: Person,
    forecast: GroupForecast,
    sources: _Sources,
    settings: ReviewSettings,
) -> ImmunisationGap:
    as_of = sources.together.as_of
    due_on = forecast.recommended_on or as_of
    last_in_time = forecast.past_due_on or due_on + timedelta(days=settings.grace_days)
    state = _state(as_of, due_on, last_in_time)
    contact, reason = _contact(forecast, state, sources)
    return ImmunisationGap(
        group=forecast.group,
        state=state,
        contact=contact,
        contact_reason=reason,
        risk_class=2 if as_of < after(person.born_on, _FIRST_BIRTHDAY) else 1,
        earliest_on=forecast.earliest_on or due_on,
        due_on=due_on,
        overdue_on=last_in_time + timedelta(days=1),
        latest_on=forecast.latest_on,
        dose_number=forecast.dose_number,
        antigens=forecast.antigens_needed,
        vaccines=forecast.vaccines,
        steps=(*trace(schedule, forecast), f"{state.value} on {as_of}", f"{contact.value}: {reason}"),
    )


def _state(as_of: date, due_on: date, last_in_time: date) -> GapState:
    if as_of < due_on:
        return GapState.LATER
    return GapState.OVERDUE if as_of > last_in_time else GapState.DUE


def _contact(forecast: GroupForecast, state: GapState, sources: _Sources) -> tuple[Contact, str]:
    if state is GapState.LATER:
        return Contact.NONE, "not due yet"
    if any(one.by_decision for one in forecast.series):
        return Contact.CLINICIAN, "recommended only after a decision shared with the patient"
    if sources.registry is None:
        return Contact.STAFF_CHECK, "the immunisation registry was not asked"
    antigens = {one.antigen for one in forecast.series}
    doubtful = [one.words for one in sources.doubts if one.antigens & antigens]
    if doubts := [*_person_level(sources.together), *doubtful]:
        return Contact.STAFF_CHECK, "; ".join(doubts)
    for name, alone in (("chart", sources.chart), ("registry", sources.registry)):
        if not _is_due(alone, forecast.group):
            return Contact.STAFF_CHECK, f"by the {name} alone nothing is due: the two records differ"
    return Contact.OUTREACH, "chart and registry both show it as missing"


def _is_due(alone: Assessment, group: str) -> bool:
    found = alone.headline(group)
    return (
        found is not None
        and found.status is SeriesStatus.NOT_COMPLETE
        and found.recommended_on is not None
        and found.recommended_on <= alone.as_of
    )


def _person_level(found: Assessment) -> list[str]:
    """An unknown code may be the missing dose, so somebody looks before anybody is written to."""
    return [one.reason for one in found.not_covered if not one.group]


def _unused(schedule: Schedule, found: Assessment) -> list[str]:
    return [
        f"no rule of the schedule uses observation {code} ({schedule.observations[code]})"
        for code in found.unused
    ]
