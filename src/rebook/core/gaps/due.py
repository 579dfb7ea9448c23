"""When a rule is next due for one patient, and what that counts from.

The first of these that says something: a next date that a clinician set for this patient, a return that a
practitioner recommended (the later statement of the two), the ages of a schedule, the last qualifying visit
or procedure, the anchor of the first one. An interval set for this patient stands in for the rule's.
"""

from dataclasses import dataclass
from datetime import date

from rebook.core.chart import FollowUpRecord, PatientRecord

from .chart_as_of import ChartAsOf
from .dates import add_interval, add_months
from .definition import GapDefinition
from .schedule import age_due, age_spacing, phase_at

Length = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Due:
    """When the next one is due, and what that counts from."""

    due_on: date
    anchor_on: date | None
    interval_days: int
    why: str
    follow_up: FollowUpRecord | None = None


@dataclass(frozen=True, slots=True)
class NeverDue:
    """Why nothing is due, whatever the day."""

    verdict: str
    why: str


def due_of(definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf) -> Due | NeverDue:
    """When ``definition`` is due for ``patient`` next, or why never."""
    own = seen.preferences.get(("interval", definition.key)) if seen.preferences else None
    length = (own.interval_months, own.interval_days) if own else None
    last_on, counted = _counted(definition, seen, length)
    told = _told(definition, seen, last_on)
    if told is not None:
        return told
    if definition.at_ages and (length is None or counted is None):
        return _by_age(definition, patient, seen, last_on)
    start = _start(definition, seen)
    if definition.once and last_on is not None and (start is None or last_on >= start):
        if definition.first_due != "procedure" or start is not None:
            return NeverDue("done", f"done on {last_on}; due once only")
        return NeverDue("nothing_to_count_from", "nothing recorded that it would follow")
    if counted is not None and not definition.once and not _begins_anew(definition, start, last_on):
        return counted
    return _first_due(definition, patient, seen, start, length)


def _counted(
    definition: GapDefinition, seen: ChartAsOf, own: Length | None
) -> tuple[date | None, Due | None]:
    """(the last qualifying day of all, what is due by it)."""
    counted: Due | None = None
    last_on: date | None = None
    for group in definition.qualifying:
        candidates = [(seen.attended[one], one) for one in group.visit_types if one in seen.attended]
        candidates += [(seen.procedures[one], one) for one in group.procedures if one in seen.procedures]
        if not candidates:
            continue
        on, what = max(candidates)
        last_on = on if last_on is None else max(last_on, on)
        months, days = own or _length(definition, seen, on, (group.interval_months, group.interval_days))
        due_on = add_interval(on, months, days)
        if counted is None or (due_on, on) > (counted.due_on, counted.anchor_on):
            counted = Due(due_on, on, (due_on - on).days, f"last {what} {on}{_said(own)}")
    return last_on, counted


def _told(definition: GapDefinition, seen: ChartAsOf, last_on: date | None) -> Due | None:
    """What somebody said of the next one since the last: set by a clinician, or recommended (R-C2)."""
    returns = definition.return_types if seen.follow_ups else ()
    recommended = [
        one
        for one in seen.follow_ups
        if one.visit_type in returns and (last_on is None or one.recommended_on >= last_on)
    ]
    newest = max(recommended, key=lambda one: (one.recommended_on, one.id)) if recommended else None
    own = seen.preferences.get(("next_date", definition.key)) if seen.preferences else None
    since = max((one for one in (last_on, newest.recommended_on if newest else None) if one), default=None)
    if own is not None and own.due_on is not None and (since is None or own.made_on >= since):
        days = max((own.due_on - own.made_on).days, 1)
        why = f"next one set for this patient on {own.made_on} for {own.due_on}, which beats the rule"
        return Due(own.due_on, own.made_on, days, why)
    if newest is None:
        return None
    days = max((newest.due_on - newest.recommended_on).days, 1)
    why = f"return recommended on {newest.recommended_on} for {newest.due_on}, which beats the interval"
    return Due(newest.due_on, newest.recommended_on, days, why, newest)


def _by_age(
    definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, last_on: date | None
) -> Due | NeverDue:
    if patient.birth_on is None:
        return NeverDue("unknown", "due by age; birth date unknown, set aside")
    ages, since = definition.ages, seen.first_contact_on
    if last_on is None and since is None:
        return NeverDue("nothing_to_count_from", _NO_CONTACT)
    found = age_due(ages, patient.birth_on, last_on=last_on, early_days=definition.early_days)
    if found is None or (last_on is None and since is not None and since > ages[-1].on(patient.birth_on)):
        return NeverDue("aged_out", f"past the last age of the schedule, {ages[-1].text}")
    age, due_on = found
    why = f"due at the age of {age.text}"
    if last_on is not None:
        why = f"last one {last_on}; next {why}"
    elif since is not None and since > due_on:
        due_on, why = since, f"never recorded here; counted from the first contact, {since}"
    return Due(due_on, last_on, age_spacing(ages, ages.index(age)), why)


def _start(definition: GapDefinition, seen: ChartAsOf) -> date | None:
    """The anchor: when the condition or the medication began, or the latest procedure to follow."""
    if definition.first_due == "condition":
        days = [seen.conditions.get(one) for one in definition.conditions]
    elif definition.first_due == "medication":
        days = [seen.medications.get(one) for one in definition.medications]
    elif definition.first_due == "procedure":
        known = [seen.procedures[one] for one in definition.anchor_procedures if one in seen.procedures]
        return max(known, default=None)
    else:
        return None
    return min((one for one in days if one is not None), default=None)


def _begins_anew(definition: GapDefinition, start: date | None, last_on: date | None) -> bool:
    """A new operation or device starts the count again; a renewed prescription or diagnosis does not."""
    return (
        definition.first_due == "procedure" and start is not None and last_on is not None and start > last_on
    )


def _length(definition: GapDefinition, seen: ChartAsOf, day: date, otherwise: Length) -> Length:
    if not definition.phases:
        return otherwise
    phase = phase_at(definition.phases, anchor_on=_start(definition, seen), day=day)
    return phase.interval_months, phase.interval_days


def _first_due(
    definition: GapDefinition,
    patient: PatientRecord,
    seen: ChartAsOf,
    start: date | None,
    own: Length | None,
) -> Due | NeverDue:
    since, kind = seen.first_contact_on, definition.first_due
    months, days = own or (definition.interval_months, definition.interval_days)
    if kind == "procedure":
        if start is None:
            return NeverDue("nothing_to_count_from", "nothing recorded that it would follow")
        begun, why = start, f"counted from what it follows, {start}"
    elif kind == "never":
        return NeverDue(
            "nothing_to_count_from", "never recorded here, and nothing to count the first one from"
        )
    elif since is None:
        return NeverDue("nothing_to_count_from", _NO_CONTACT)
    elif kind == "age":
        return _first_at_age(definition, patient, since, (months, days))
    else:
        begun = max(start or since, since)
        why = f"never recorded here; counted from {begun}"
    if own is None:
        months, days = _length(definition, seen, begun, (months, days))
    due_on = add_interval(begun, months, days)
    spacing = (add_interval(due_on, months, days) - due_on).days
    return Due(due_on, None, spacing, f"{why}{_said(own)}")


def _first_at_age(
    definition: GapDefinition, patient: PatientRecord, since: date, length: Length
) -> Due | NeverDue:
    if patient.birth_on is None or definition.first_due_age is None:
        return NeverDue(
            "nothing_to_count_from", "never recorded here; birth date unknown, so no age to count from"
        )
    due_on = add_months(patient.birth_on, 12 * definition.first_due_age)
    why = f"never recorded here; first due at age {definition.first_due_age}, {due_on}"
    if since > due_on:
        due_on, why = since, f"{why}; counted from the first contact here, {since}"
    return Due(due_on, None, (add_interval(due_on, *length) - due_on).days, why)


def _said(own: Length | None) -> str:
    if own is None:
        return ""
    parts = [f"{own[0]} months"] * bool(own[0]) + [f"{own[1]} days"] * bool(own[1])
    return f"; an interval of {' and '.join(parts)} was set for this patient"


_NO_CONTACT = "never in touch with this practice: nothing is overdue before a first contact"
