"""Interval rules: due so long after the last one, unless a practitioner said otherwise (R-C2, R-C3)."""

from dataclasses import dataclass, field, replace
from datetime import date

from rebook.core.chart import FollowUpRecord, PatientRecord

from .chart_as_of import ChartAsOf
from .dates import add_days, add_interval, add_months
from .definition import SIGNED_FROM_CLASS, GapDefinition
from .finding import GapFinding, Step
from .settings import GapSettings


@dataclass(frozen=True, slots=True)
class Due:
    """When the next one is due, and what that counts from."""

    due_on: date
    anchor_on: date | None
    interval_days: int
    why: str
    follow_up: FollowUpRecord | None = None


@dataclass(slots=True)
class Trace:
    steps: list[Step] = field(default_factory=list)

    def note(self, rule: str, detail: str, passed: bool | None = None) -> None:
        self.steps.append(Step(rule, passed, detail))


def judge_interval(
    definition: GapDefinition,
    patient: PatientRecord,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
) -> GapFinding:
    """The answer of one interval rule for one patient who is in good standing."""
    trace = Trace()
    nothing = GapFinding(
        patient_id=patient.id,
        definition_key=definition.key,
        kind=definition.kind,
        verdict="open",
        tier=tier,
        risk_class=definition.risk_class,
        visit_type=definition.visit_type,
        is_sensitive=bool(definition.sensitivity),
        location_id=patient.home_location_id,
    )
    refusal = (
        _unsigned(definition, settings, trace)
        or _ineligible(definition, patient, seen, as_of, trace)
        or _excluded(definition, patient, seen, trace)
    )
    if refusal:
        return replace(nothing, verdict=refusal, steps=tuple(trace.steps))
    due = _due(definition, patient, seen)
    if due is None:
        trace.note("due", "never recorded here, and nothing to count the first one from", False)
        return replace(nothing, verdict="nothing_to_count_from", steps=tuple(trace.steps))
    overdue_on = add_days(due.due_on, definition.grace_days)
    verdict = _timing(definition, due, overdue_on, seen, as_of, trace)
    return replace(
        nothing,
        verdict=verdict,
        anchor_on=due.anchor_on,
        due_on=due.due_on,
        overdue_on=overdue_on,
        interval_days=due.interval_days,
        follow_up_id=due.follow_up.id if due.follow_up else None,
        steps=tuple(trace.steps),
    )


def _unsigned(definition: GapDefinition, settings: GapSettings, trace: Trace) -> str:
    # The hash is worked out only where there is a signature to compare it with.
    if definition.signed_off_by or (
        settings.signed and settings.is_signed(definition.key, definition.content_hash)
    ):
        trace.note("sign_off", "signed off by a clinician", True)
        return ""
    blocks = definition.risk_class >= SIGNED_FROM_CLASS
    trace.note("sign_off", "not signed off by a clinician", False if blocks else None)
    return "unsigned" if blocks else ""


def _ineligible(
    definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, as_of: date, trace: Trace
) -> str:
    verdict = _sex(definition, patient, trace) or _age(definition, patient, as_of, trace)
    if verdict:
        return verdict
    if definition.conditions:
        running = [one for one in definition.conditions if one in seen.conditions]
        wanted = " or ".join(definition.conditions)
        if not running:
            trace.note("condition", f"for patients with {wanted}; not charted", False)
            return "not_eligible"
        trace.note("condition", f"{running[0]} is charted", True)
    for one in definition.none_of_conditions:
        if one in seen.conditions:
            trace.note("condition", f"not for patients with {one}", False)
            return "not_eligible"
    return ""


def _sex(definition: GapDefinition, patient: PatientRecord, trace: Trace) -> str:
    if not definition.sexes:
        return ""
    if patient.sex in definition.sexes:
        trace.note("sex", patient.sex, True)
        return ""
    if patient.sex in ("unknown", "other"):
        trace.note("sex", f"for {' or '.join(definition.sexes)}; recorded as {patient.sex}, set aside", False)
        return "unknown"
    trace.note("sex", f"for {' or '.join(definition.sexes)}, not {patient.sex}", False)
    return "not_eligible"


def _age(definition: GapDefinition, patient: PatientRecord, as_of: date, trace: Trace) -> str:
    low, high = definition.min_age, definition.max_age
    if low is None and high is None:
        return ""
    bounds = f"{low or 0} to {high}" if high is not None else f"{low} and over"
    if patient.birth_on is None:
        trace.note("age", f"for ages {bounds}; birth date unknown, set aside", False)
        return "unknown"
    too_young = low is not None and as_of < add_months(patient.birth_on, 12 * low)
    too_old = high is not None and as_of >= add_months(patient.birth_on, 12 * (high + 1))
    inside = not (too_young or too_old)
    trace.note("age", f"born {patient.birth_on}; for ages {bounds}", inside)
    return "" if inside else "not_eligible"


def _excluded(definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, trace: Trace) -> str:
    reasons = [
        *(one for one in definition.exclusion_words if one in patient.exclusions),
        *(f"had {one}" for one in definition.exclusion_procedures if one in seen.procedures),
        *(f"had {one}" for one in definition.exclusion_conditions if one in seen.conditions_ever),
    ]
    if reasons:
        trace.note("exclusion", f"excluded: {', '.join(reasons)}", False)
        return "excluded"
    return ""


def _due(definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf) -> Due | None:
    counted: Due | None = None
    latest: date | None = None
    for group in definition.qualifying:
        candidates = [(seen.attended[one], one) for one in group.visit_types if one in seen.attended]
        candidates += [(seen.procedures[one], one) for one in group.procedures if one in seen.procedures]
        if not candidates:
            continue
        on, what = max(candidates)
        latest = on if latest is None else max(latest, on)
        due_on = add_interval(on, group.interval_months, group.interval_days)
        if counted is None or (due_on, on) > (counted.due_on, counted.anchor_on):
            counted = Due(due_on, on, (due_on - on).days, f"last {what} {on}")
    recommended = [
        one
        for one in seen.follow_ups
        if one.visit_type in definition.return_types and (latest is None or one.recommended_on >= latest)
    ]
    if recommended:
        newest = max(recommended, key=lambda one: (one.recommended_on, one.id))
        days = max((newest.due_on - newest.recommended_on).days, 1)
        why = f"return recommended on {newest.recommended_on} for {newest.due_on}, which beats the interval"
        return Due(newest.due_on, newest.recommended_on, days, why, newest)
    return counted or _first_due(definition, patient, seen)


def _first_due(definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf) -> Due | None:
    since = seen.first_attended_on
    if definition.first_due == "age" and definition.first_due_age is not None and patient.birth_on:
        due_on = add_months(patient.birth_on, 12 * definition.first_due_age)
        why = f"never recorded here; first due at age {definition.first_due_age}, {due_on}"
        if since is not None and since > due_on:
            due_on, why = since, f"{why}; counted from the first visit here, {since}"
    elif definition.first_due == "condition":
        known = [seen.conditions.get(one) for one in definition.conditions]
        start = min((one for one in known if one is not None), default=None)
        begun = max((one for one in (start, since) if one is not None), default=None)
        if begun is None:
            return None
        due_on = add_interval(begun, definition.interval_months, definition.interval_days)
        why = f"never recorded here; counted from {begun}"
    else:
        return None
    later = add_interval(due_on, definition.interval_months, definition.interval_days)
    return Due(due_on, None, (later - due_on).days, why)


def _timing(
    definition: GapDefinition, due: Due, overdue_on: date, seen: ChartAsOf, as_of: date, trace: Trace
) -> str:
    trace.note("due", f"{due.why}, due {due.due_on}", as_of >= due.due_on)
    at_due = definition.risk_class >= SIGNED_FROM_CLASS
    opens_on = due.due_on if at_due else overdue_on
    if as_of < opens_on:
        trace.note("grace", f"not overdue: grace {definition.grace_days} days, until {overdue_on}", False)
        return "not_due"
    trace.note("grace", f"grace {definition.grace_days} days, overdue since {overdue_on}", True)
    closing = definition.booked_types
    for one in seen.coming:
        if not one.visit_type or one.visit_type in closing:
            what = one.visit_type or "an appointment of unknown kind"
            trace.note("coming_appointment", f"not due: {what} booked for {one.starts_on}", False)
            return "booked"
    other = f"; other appointment on {seen.coming[0].starts_on}" if seen.coming else ""
    trace.note("coming_appointment", f"nothing booked that would close it{other}", True)
    return "open"
