"""Interval rules: due so long after the last one, unless a practitioner said otherwise (R-C2, R-C3)."""

from collections.abc import Sequence
from datetime import date

from rebook.core.chart import PatientRecord, RecallPreference

from .chart_as_of import ChartAsOf
from .dates import add_days
from .definition import SIGNED_FROM_CLASS, GapDefinition
from .due import Due, NeverDue, due_of
from .eligibility import Trace, look_at, look_at_preferences, superseded_by
from .finding import GapFinding
from .schedule import is_in_season
from .settings import GapSettings


def judge_intervals(
    definitions: Sequence[GapDefinition],
    patient: PatientRecord,
    seen: ChartAsOf,
    tier: str,
    settings: GapSettings,
    as_of: date,
) -> list[GapFinding]:
    """The answer of every rule, in their order, for one patient who is in good standing."""
    traces = [look_at(one, patient, seen, settings, as_of) for one in definitions]
    applying = {one.key for one, trace in zip(definitions, traces, strict=True) if not trace.verdict}
    replaced = superseded_by(definitions, applying)
    found = []
    for one, trace in zip(definitions, traces, strict=True):
        if not trace.verdict and one.key in replaced:
            trace.refuse("superseded", "supersedes", f"{replaced[one.key]} applies in its place")
        if not trace.verdict:
            look_at_preferences(one, seen, trace)
        found.append(_judge(one, patient, seen, tier, trace, as_of))
    return found


def _judge(
    definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, tier: str, trace: Trace, as_of: date
) -> GapFinding:
    verdict, due, overdue_on = trace.verdict, None, None
    if not verdict:
        answer = due_of(definition, patient, seen)
        if isinstance(answer, NeverDue):
            trace.note("due", answer.why, False)
            verdict = answer.verdict
        else:
            due, overdue_on = answer, add_days(answer.due_on, definition.grace_days)
            verdict = _timing(definition, due, overdue_on, seen, as_of, trace)
    return GapFinding(
        patient_id=patient.id,
        definition_key=definition.key,
        kind=definition.kind,
        verdict=verdict,
        tier=tier,
        risk_class=definition.risk_class,
        visit_type=definition.visit_type,
        is_sensitive=bool(definition.sensitivity),
        anchor_on=due.anchor_on if due else None,
        due_on=due.due_on if due else None,
        overdue_on=overdue_on,
        interval_days=due.interval_days if due else None,
        location_id=patient.home_location_id,
        follow_up_id=due.follow_up.id if due and due.follow_up else None,
        outreach=definition.outreach,
        steps=tuple(trace.steps),
    )


def _timing(
    definition: GapDefinition, due: Due, overdue_on: date, seen: ChartAsOf, as_of: date, trace: Trace
) -> str:
    trace.note("due", f"{due.why}, due {due.due_on}", as_of >= due.due_on)
    return (
        _not_yet(definition, due, overdue_on, as_of, trace)
        or _no_longer(definition, due, as_of, trace)
        or _set_aside(definition, seen, as_of, trace)
        or _booked(definition, seen, trace)
        or "open"
    )


def _not_yet(definition: GapDefinition, due: Due, overdue_on: date, as_of: date, trace: Trace) -> str:
    if definition.lead_days:
        opens_on = add_days(due.due_on, -definition.lead_days)
        trace.note("lead", f"raised {definition.lead_days} days before, on {opens_on}", as_of >= opens_on)
        return "not_due" if as_of < opens_on else ""
    opens_on = due.due_on if definition.risk_class >= SIGNED_FROM_CLASS else overdue_on
    if as_of < opens_on:
        trace.note("grace", f"not overdue: grace {definition.grace_days} days, until {overdue_on}", False)
        return "not_due"
    trace.note("grace", f"grace {definition.grace_days} days, overdue since {overdue_on}", True)
    return ""


def _no_longer(definition: GapDefinition, due: Due, as_of: date, trace: Trace) -> str:
    if definition.lapses_after_days:
        lapsed_on = add_days(due.due_on, definition.lapses_after_days)
        if as_of > lapsed_on:
            trace.note("lapsed", f"no longer a reason after {lapsed_on}", False)
            return "lapsed"
    if definition.season:
        first, last = definition.season
        inside = is_in_season((first, last), as_of)
        trace.note("season", f"from {first} to {last} of the year", inside)
        return "" if inside else "off_season"
    return ""


def _set_aside(definition: GapDefinition, seen: ChartAsOf, as_of: date, trace: Trace) -> str:
    snooze = snoozed(seen, definition.key)
    if snooze is None:
        return ""
    trace.note("preference", f"left alone until {snooze.valid_until}, as said on {snooze.made_on}", False)
    return "snoozed"


def snoozed(seen: ChartAsOf, key: str = "") -> RecallPreference | None:
    """What keeps a rule (or, without a ``key``, every reason) quiet for now."""
    if not seen.preferences:
        return None
    return seen.preferences.get(("snooze", key)) or seen.preferences.get(("snooze", ""))


def _booked(definition: GapDefinition, seen: ChartAsOf, trace: Trace) -> str:
    closing = definition.booked_types
    for one in seen.coming:
        if not one.visit_type or one.visit_type in closing:
            what = one.visit_type or "an appointment of unknown kind"
            trace.note("coming_appointment", f"not due: {what} booked for {one.starts_on}", False)
            return "booked"
    other = f"; other appointment on {seen.coming[0].starts_on}" if seen.coming else ""
    trace.note("coming_appointment", f"nothing booked that would close it{other}", True)
    return ""
