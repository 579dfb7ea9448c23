"""What a patient takes, and how long what was handed out lasts (R-C63)."""

from collections.abc import Iterator
from datetime import date, timedelta

from rebook.core.facts import Fact, MedicationFact
from rebook.sources.fhir import shape, shape_orders
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.values import BadElement, day, first_coding

_RUNNING = {"active", "on-hold", "intended"}
_NEVER = {"draft", "entered-in-error", "not-taken", "unknown"}
_NO_CODE = shape.CodeableConcept()
MOST_DAYS = 3650


def medication_request(
    resource: shape_orders.MedicationRequest, identity: str, context: Context
) -> Iterator[Fact]:
    """A prescription: taken from its day on, until it is stopped. What lasts is said by the dispense."""
    if resource.status in _NEVER or resource.intent in ("proposal", "plan", "option"):
        context.ignored[f"MedicationRequest {resource.status or resource.intent}"] += 1
        return
    started_on = _dated(resource.authoredOn, "authoredOn", context)
    yield _medication(
        f"MedicationRequest/{identity}",
        resource.medicationCodeableConcept,
        context.targets.patient(resource.subject, "subject"),
        context,
        started_on=started_on,
        ended_on=None if resource.status in _RUNNING else _ended(resource, started_on, context),
    )


def medication_dispense(
    resource: shape_orders.MedicationDispense, identity: str, context: Context
) -> Iterator[Fact]:
    """What was handed out: it lasts for its days' supply."""
    if resource.status != "completed":
        context.ignored[f"MedicationDispense {resource.status or 'without status'}"] += 1
        return
    handed_on = _dated(resource.whenHandedOver or resource.whenPrepared, "whenHandedOver", context)
    if handed_on is None:
        raise BadElement("whenHandedOver", "the dispense has no date")
    days = resource.daysSupply.value if resource.daysSupply else None
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise BadElement("daysSupply", f"not a number of days from 0 to {MOST_DAYS:,}")
    yield _medication(
        f"MedicationDispense/{identity}",
        resource.medicationCodeableConcept,
        context.targets.patient(resource.subject, "subject"),
        context,
        started_on=handed_on,
        supply_until=handed_on + timedelta(days=int(days)) if days is not None else None,
    )


def medication_statement(
    resource: shape_orders.MedicationStatement, identity: str, context: Context
) -> Iterator[Fact]:
    if resource.status in _NEVER:
        context.ignored[f"MedicationStatement {resource.status}"] += 1
        return
    period = resource.effectivePeriod or shape.Period()
    started_on = _dated(period.start or resource.effectiveDateTime, "effective", context)
    ended_on = _dated(period.end, "effectivePeriod.end", context)
    if ended_on is None and resource.status not in _RUNNING:
        ended_on = _ended(resource, started_on, context)
    yield _medication(
        f"MedicationStatement/{identity}",
        resource.medicationCodeableConcept,
        context.targets.patient(resource.subject, "subject"),
        context,
        started_on=started_on,
        ended_on=ended_on,
    )


def _medication(
    external_id: str,
    concept: shape.CodeableConcept | None,
    patient_id: str,
    context: Context,
    *,
    started_on: date | None,
    ended_on: date | None = None,
    supply_until: date | None = None,
) -> MedicationFact:
    concept = concept or _NO_CODE
    coding = first_coding(concept)
    return MedicationFact(
        external_id=external_id,
        patient_id=patient_id,
        kind=context.mapping.medication_kinds.key_of(concept),
        system=coding.system,
        code=coding.code,
        started_on=started_on,
        ended_on=ended_on,
        supply_until=supply_until,
    )


def _ended(resource: shape_orders.Stamped, started_on: date | None, context: Context) -> date | None:
    """Over, on a day nobody wrote down: the day of the last change, else the day it began."""
    on = _dated(resource.meta.lastUpdated if resource.meta else "", "meta.lastUpdated", context)
    if on is None:
        return started_on
    return max(on, started_on) if started_on else on


def _dated(text: str, field: str, context: Context) -> date | None:
    return day(text, field, context.zone) if text else None
