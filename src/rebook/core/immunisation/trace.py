"""A group forecast in the clinic's words, step by step."""

from .groups import DoseAnswer, GroupForecast
from .schedule import Schedule
from .status import DoseReason, DoseStatus

_WORDS = {
    DoseReason.TOO_YOUNG: "given too young",
    DoseReason.TOO_OLD: "given too late to count",
    DoseReason.TOO_SOON: "given too soon after the dose before",
    DoseReason.CONFLICT: "given too near to another live vaccine",
    DoseReason.WRONG_VACCINE: "not a vaccine for this dose or age",
    DoseReason.INADVERTENT: "a vaccine given by mistake for this dose",
    DoseReason.SUBSTANDARD: "expired, recalled or too weak",
    DoseReason.SERIES_DONE: "more than the series needs",
}


def trace(schedule: Schedule, forecast: GroupForecast) -> tuple[str, ...]:
    """Doses that count and do not, what was left out, which dose is needed, and from when."""
    steps = [_dose(schedule, one) for one in forecast.doses] or ["no dose on record"]
    for one in forecast.series:
        name = f"{one.antigen}: {one.series}"
        steps += [f"{name}: passed over: {why}" for why in one.skipped]
        steps.append(f"{name}: {one.status.value.lower()}" + (f" ({one.reason})" if one.reason else ""))
        if one.because:
            steps.append(f"{name}: earliest day: {one.because}")
    if forecast.recommended_on is not None:
        steps.append(f"may be given from {forecast.earliest_on}, recommended on {forecast.recommended_on}")
    if forecast.past_due_on is not None:
        steps.append(f"late after {forecast.past_due_on}")
    if forecast.latest_on is not None:
        steps.append(f"not after {forecast.latest_on}")
    if schedule.version:
        steps.append(f"by schedule {schedule.version}")
    return tuple(steps)


def _dose(schedule: Schedule, one: DoseAnswer) -> str:
    name = schedule.vaccine_names.get(one.given.cvx) or f"vaccine {one.given.cvx}"
    if one.status is DoseStatus.VALID:
        return f"{one.given.given_on} {name}: counts"
    return f"{one.given.given_on} {name}: does not count ({_WORDS.get(one.reason, one.status.value)})"
