"""Orders, results, plans and forms: what was begun and by what it is finished (R-C120, R-C125 to R-C133)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from rebook.core.facts import Fact, PendingClosedFact, PendingItemFact
from rebook.sources.fhir import shape, shape_orders
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.values import BadElement, day

# R4's request priorities.
PRIORITIES = {"routine": "routine", "": "routine", "urgent": "urgent", "asap": "urgent", "stat": "critical"}
FINISHED = {"completed"}
CALLED_OFF = {"revoked", "entered-in-error", "cancelled", "stopped", "on-hold", "unknown"}
FINAL = {"final", "amended", "corrected", "appended"}
# v3-ObservationInterpretation: dangerous, and abnormal as such. High and low alone are left to the clinic.
CRITICAL, ABNORMAL = {"AA", "HH", "LL"}, {"A"}
Closes = Literal["booking", "result", "report"]
MOST_PER_WEEK = 14


def service_request(resource: shape_orders.ServiceRequest, identity: str, context: Context) -> Iterator[Fact]:
    """A referral out or in, an ordered test or a planned treatment; other orders are counted as ignored."""
    kind = _order_kind(resource, context)
    if not kind:
        context.ignored["ServiceRequest of a kind that is not followed"] += 1
        return
    if resource.status == "draft":
        context.ignored["ServiceRequest draft"] += 1
        return
    if resource.priority not in PRIORITIES:
        raise BadElement("priority", "not a priority of R4")
    if not resource.authoredOn:
        raise BadElement("authoredOn", "the order has no date")
    opened_on = day(resource.authoredOn, "authoredOn", context.zone)
    state = _state(resource.status)
    closed_on = _changed(resource, context, opened_on) if state == "done" else None
    patient_id = context.targets.patient(resource.subject, "subject")
    visit_type = context.mapping.visit_types.key_of(resource.code) if resource.code else ""
    yield PendingItemFact(
        external_id=f"ServiceRequest/{identity}",
        patient_id=patient_id,
        kind=kind,
        opened_on=opened_on,
        priority=PRIORITIES[resource.priority],
        state=state,
        visit_type=visit_type,
        due_on=_meant_for(resource, context, opened_on),
        closed_on=closed_on,
        location_id=context.targets.location(*resource.locationReference),
        practitioner_id=context.targets.practitioner(resource.requester),
    )
    if kind == "referral_out_incomplete" and state == "done":
        # R-C127: the visit elsewhere took place; the report about it is still to come.
        yield PendingItemFact(
            external_id=f"report/ServiceRequest/{identity}",
            patient_id=patient_id,
            kind="report_missing",
            opened_on=closed_on or opened_on,
            visit_type=visit_type,
            practitioner_id=context.targets.practitioner(resource.requester),
        )


def observation(resource: shape_orders.Observation, identity: str, context: Context) -> Iterator[Fact]:
    """R-C120: one item per patient, day and gravity; the value stays where it is."""
    if resource.status not in FINAL:
        context.ignored[f"Observation {resource.status or 'without status'}"] += 1
        return
    on = _dated(resource.issued or resource.effectiveDateTime, "issued", context)
    yield from closings(resource.basedOn, "result", f"Observation/{identity}", on, context)
    codes = {coding.code for concept in resource.interpretation for coding in concept.coding}
    priority = (
        "critical" if codes & CRITICAL else "urgent" if codes & (ABNORMAL | context.mapping.abnormal) else ""
    )
    if not priority:
        context.ignored["Observation that asks for nothing"] += 1
        return
    if on is None:
        raise BadElement("effectiveDateTime", "the result has no date")
    patient_id = context.targets.patient(resource.subject, "subject")
    yield PendingItemFact(
        external_id=f"result/{patient_id}/{on}/{priority}",
        patient_id=patient_id,
        kind="result_awaiting_follow_up",
        opened_on=on,
        priority=priority,
    )


def diagnostic_report(
    resource: shape_orders.DiagnosticReport, identity: str, context: Context
) -> Iterator[Fact]:
    """The report that an order waited for."""
    if resource.status not in FINAL:
        context.ignored[f"DiagnosticReport {resource.status or 'without status'}"] += 1
        return
    on = _dated(resource.issued or resource.effectiveDateTime, "issued", context)
    yield from closings(resource.basedOn, "result", f"DiagnosticReport/{identity}", on, context)
    yield from closings(resource.basedOn, "report", f"DiagnosticReport/{identity}", on, context)


def document_reference(
    resource: shape_orders.DocumentReference, identity: str, context: Context
) -> Iterator[Fact]:
    """A consultation note that came back, where it names the referral."""
    related = resource.context.related if isinstance(resource.context, shape_orders.DocumentContext) else []
    if resource.status != "current" or not related:
        context.ignored["DocumentReference that finishes nothing"] += 1
        return
    on = _dated(resource.date, "date", context)
    yield from closings(related, "report", f"DocumentReference/{identity}", on, context)


def closings(
    based_on: Iterable[shape.Reference],
    closes: Closes,
    closed_by: str,
    on: date | None,
    context: Context,
) -> Iterator[Fact]:
    """What a fact that is based on orders finishes; ``on`` None: it no longer does."""
    for reference in based_on:
        _, order = context.targets.resolve(reference, "ServiceRequest")
        if order:
            yield PendingClosedFact(f"ServiceRequest/{order}", closes, closed_by, on)


def care_plan(resource: shape_orders.CarePlan, identity: str, context: Context) -> Iterator[Fact]:
    """R-C100: a plan that asks for visits at least once a week; others are no series to break off."""
    weekly = max((_weekly(one) for one in resource.activity), default=0)
    start = (resource.period.start if resource.period else "") or resource.created
    if not weekly or not start or resource.status == "draft":
        context.ignored["CarePlan without weekly visits"] += 1
        return
    concepts = [one.detail.code for one in resource.activity if one.detail and one.detail.code]
    yield _plan(f"CarePlan/{identity}", resource, resource.subject, start, weekly, concepts, context)


def episode_of_care(resource: shape_orders.EpisodeOfCare, identity: str, context: Context) -> Iterator[Fact]:
    """R-C100: an open episode of a kind that the mapping names as a visit type."""
    start = resource.period.start if resource.period else ""
    named = [one for one in resource.type if context.mapping.visit_types.key_of(one)]
    if not named or not start or resource.status in ("planned", "waitlist"):
        context.ignored["EpisodeOfCare of a kind that is not followed"] += 1
        return
    yield _plan(f"EpisodeOfCare/{identity}", resource, resource.patient, start, 0, named, context)


def claim_response(resource: shape_orders.ClaimResponse, identity: str, context: Context) -> Iterator[Fact]:
    """R-C133: an authorisation, until the end of its period."""
    period = resource.preAuthPeriod
    if resource.use != "preauthorization" or period is None or not period.end:
        context.ignored["ClaimResponse that is no authorisation"] += 1
        return
    yield _authorised(
        f"ClaimResponse/{identity}", resource, resource.patient, period, resource.created, context
    )


def coverage(resource: shape_orders.Coverage, identity: str, context: Context) -> Iterator[Fact]:
    """The end of an insurance, where the mapping asks for it: most end with the year and go on."""
    period = resource.period
    if not context.mapping.follow_coverage or period is None or not period.end:
        context.ignored["Coverage"] += 1
        return
    yield _authorised(f"Coverage/{identity}", resource, resource.beneficiary, period, "", context)


def questionnaire_response(
    resource: shape_orders.QuestionnaireResponse, identity: str, context: Context
) -> Iterator[Fact]:
    """R-C128: forms begun and not finished."""
    if not resource.authored or resource.status not in ("in-progress", "completed", "amended", "stopped"):
        context.ignored[f"QuestionnaireResponse {resource.status or 'without status'}"] += 1
        return
    on = day(resource.authored, "authored", context.zone)
    yield PendingItemFact(
        external_id=f"QuestionnaireResponse/{identity}",
        patient_id=context.targets.patient(resource.subject, "subject"),
        kind="intake_unfinished",
        opened_on=on,
        state="open" if resource.status == "in-progress" else "done",
        closed_on=None if resource.status == "in-progress" else on,
    )


def _order_kind(resource: shape_orders.ServiceRequest, context: Context) -> str:
    """The mapping's word for it, else the words of R4's own categories."""
    concepts = [*([resource.code] if resource.code else []), *resource.category]
    named = next((key for one in concepts if (key := context.mapping.order_kinds.key_of(one))), "")
    kind = named or next((key for one in concepts if (key := context.mapping.usual_orders.key_of(one))), "")
    if not kind and resource.intent in ("plan", "proposal"):
        return "treatment_unscheduled"
    if kind == "referral" and _is_to_us(resource, context):
        return "referral_in_not_scheduled"
    return {
        "referral": "referral_out_incomplete",
        "test": "test_not_done",
        "treatment": "treatment_unscheduled",
    }.get(kind, "")


def _is_to_us(resource: shape_orders.ServiceRequest, context: Context) -> bool:
    ours = context.mapping.our_organizations
    found = (context.targets.resolve(one, "Organization", "Location") for one in resource.performer)
    return any(f"{kind}/{identity}" in ours for kind, identity in found)


def _state(status: str) -> str:
    if status in FINISHED or status == "finished":
        return "done"
    return "cancelled" if status in CALLED_OFF else "open"


def _meant_for(resource: shape_orders.ServiceRequest, context: Context, opened_on: date) -> date | None:
    text = resource.occurrenceDateTime or (
        resource.occurrencePeriod.start if resource.occurrencePeriod else ""
    )
    on = _dated(text, "occurrence", context)
    # Done, and only then written down as an order: it was meant for the day it was written.
    return max(on, opened_on) if on else None


def _changed(resource: shape_orders.Stamped, context: Context, opened_on: date) -> date | None:
    text = resource.meta.lastUpdated if resource.meta else ""
    on = _dated(text, "meta.lastUpdated", context)
    return max(on, opened_on) if on else None


def _dated(text: str, field: str, context: Context) -> date | None:
    return day(text, field, context.zone) if text else None


def _weekly(activity: shape_orders.CarePlanActivity) -> int:
    """Visits a week that a plan's timing asks for, rounded down; 0 when less than one, or unclear."""
    timing = activity.detail.scheduledTiming if activity.detail else None
    repeat = timing.repeat if timing else None
    days = {"d": 1.0, "wk": 7.0}.get(repeat.periodUnit if repeat else "", 0.0)
    if repeat is None or not days or not repeat.period or repeat.period <= 0:
        return 0
    often = (repeat.frequency or 1) * 7 / (repeat.period * days)
    return min(int(often), MOST_PER_WEEK) if often > 0 else 0


def _plan(
    external_id: str,
    resource: shape_orders.CarePlan | shape_orders.EpisodeOfCare,
    subject: shape.Reference | None,
    start: str,
    weekly: int,
    concepts: list[shape.CodeableConcept],
    context: Context,
) -> PendingItemFact:
    opened_on = day(start, "period.start", context.zone)
    state = _state(resource.status)
    ended_on = _dated(resource.period.end if resource.period else "", "period.end", context)
    keys = (context.mapping.visit_types.key_of(one) for one in concepts)
    return PendingItemFact(
        external_id=external_id,
        patient_id=context.targets.patient(subject, "subject"),
        kind="treatment_plan_dropped",
        opened_on=opened_on,
        state=state,
        visit_type=next((key for key in keys if key), ""),
        # A plan is over on the last day of its period, whatever its status still says.
        closed_on=max(ended_on, opened_on) if ended_on else None,
        visits_per_week=weekly or None,
    )


def _authorised(
    external_id: str,
    resource: shape_orders.Stamped,
    subject: shape.Reference | None,
    period: shape.Period,
    created: str,
    context: Context,
) -> PendingItemFact:
    ends_on = day(period.end, "period.end", context.zone)
    opened_on = _dated(period.start or created, "period.start", context) or ends_on
    return PendingItemFact(
        external_id=external_id,
        patient_id=context.targets.patient(subject, "patient"),
        kind="authorisation_ending",
        opened_on=opened_on,
        state=_state(resource.status),
        due_on=ends_on,
    )
