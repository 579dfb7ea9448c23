"""Appointment, Encounter, Procedure, Condition and Immunization."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, cast

from rebook.core.facts import (
    AppointmentFact,
    AppointmentStatus,
    ConditionFact,
    Fact,
    ProcedureFact,
    VisitFact,
)
from rebook.core.words import APPOINTMENT_STATUSES
from rebook.sources.fhir import shape
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.orders import closings
from rebook.sources.fhir.values import BadElement, codes_of, day, first_coding, instant

_NOT_TRUE = {"refuted", "entered-in-error", "unconfirmed", "provisional", "differential"}
_OVER = {"inactive", "remission", "resolved"}
_NO_CODE = shape.CodeableConcept()


def appointment(resource: shape.Appointment, identity: str, context: Context) -> Iterator[Fact]:
    if resource.status not in APPOINTMENT_STATUSES:
        raise BadElement("status", "not a status of R4")
    if not resource.start:
        raise BadElement("start", "the appointment has no time")
    actors = [one.actor for one in resource.participant if one.actor]
    targets = context.targets
    patients = [who for actor in actors if (who := targets.resolve(actor, "Patient")[1])]
    if not patients:
        raise BadElement("participant", "no patient takes part")
    concepts = [*resource.serviceType, *filter(None, [resource.appointmentType])]
    yield AppointmentFact(
        external_id=identity,
        patient_id=patients[0],
        status=cast(AppointmentStatus, resource.status),
        starts_at=instant(resource.start, "start", context.zone),
        ends_at=instant(resource.end, "end", context.zone) if resource.end else None,
        booked_at=instant(resource.created, "created", context.zone) if resource.created else None,
        cancelled_by=_cancelled_by(resource.cancelationReason),
        visit_type=_visit_type(concepts, context),
        location_id=targets.location(*actors),
        practitioner_id=targets.practitioner(*actors),
    )
    if resource.basedOn:
        made = resource.created or resource.start
        stands = resource.status not in ("cancelled", "noshow", "entered-in-error", "proposed", "waitlist")
        on = day(made, "created", context.zone) if stands else None
        yield from closings(resource.basedOn, "booking", f"Appointment/{identity}", on, context)


def encounter(resource: shape.Encounter, identity: str, context: Context) -> Iterator[Fact]:
    """A completed visit; encounters in any other state, or of a skipped class, are none."""
    code = resource.class_.code if isinstance(resource.class_, shape.Coding) else ""
    if resource.status != "finished":
        context.ignored[f"Encounter {resource.status or 'without status'}"] += 1
        return
    if code in context.mapping.skip_classes:
        context.ignored[f"Encounter of class {code}"] += 1
        return
    if resource.period is None or not resource.period.start:
        raise BadElement("period.start", "the encounter has no time")
    targets = context.targets
    appointments = resource.appointment if isinstance(resource.appointment, list) else []
    planned = next((targets.resolve(one, "Appointment")[1] for one in appointments), "")
    places = [one.location for one in resource.location]
    yield VisitFact(
        external_id=identity,
        patient_id=targets.patient(resource.subject, "subject"),
        started_at=instant(resource.period.start, "period.start", context.zone),
        visit_type=_visit_type(resource.type, context),
        appointment_id=planned,
        location_id=targets.location(*places, resource.serviceProvider),
        practitioner_id=targets.practitioner(*(one.individual for one in resource.participant)),
    )
    seen_on = day(resource.period.start, "period.start", context.zone)
    yield from closings(resource.basedOn, "booking", f"Encounter/{identity}", seen_on, context)


def procedure(resource: shape.Procedure, identity: str, context: Context) -> Iterator[Fact]:
    if resource.status != "completed":
        context.ignored[f"Procedure {resource.status or 'without status'}"] += 1
        return
    period = resource.performedPeriod
    performed = resource.performedDateTime or (period.end or period.start if period else "")
    if not performed:
        raise BadElement("performed", "the procedure has no date")
    concept = resource.code or _NO_CODE
    coding = first_coding(concept)
    yield ProcedureFact(
        external_id=identity,
        patient_id=context.targets.patient(resource.subject, "subject"),
        performed_on=day(performed, "performed", context.zone),
        kind=context.mapping.procedure_kinds.key_of(concept),
        system=coding.system,
        code=coding.code,
    )


def immunization(resource: shape.Immunization, identity: str, context: Context) -> Iterator[Fact]:
    """A procedure among others. Its id gets a prefix: ids are unique per type only."""
    if resource.status != "completed":
        context.ignored[f"Immunization {resource.status or 'without status'}"] += 1
        return
    if not resource.occurrenceDateTime:
        raise BadElement("occurrence", "the immunisation has no date")
    concept = resource.vaccineCode or _NO_CODE
    coding = first_coding(concept)
    yield ProcedureFact(
        external_id=f"Immunization/{identity}",
        patient_id=context.targets.patient(resource.patient, "patient"),
        performed_on=day(resource.occurrenceDateTime, "occurrence", context.zone),
        kind=context.mapping.procedure_kinds.key_of(concept),
        system=coding.system,
        code=coding.code,
    )


def condition(resource: shape.Condition, identity: str, context: Context) -> Iterator[Fact]:
    if codes_of(resource.verificationStatus) & _NOT_TRUE:
        context.ignored["Condition not confirmed"] += 1
        return
    concept = resource.code or _NO_CODE
    coding = first_coding(concept)
    onset = _date(resource.onsetDateTime, resource.onsetPeriod, "onset", context)
    abated = _date(resource.abatementDateTime, resource.abatementPeriod, "abatement", context)
    if abated is None and codes_of(resource.clinicalStatus) & _OVER:
        # Over, on a day nobody wrote down: the last day that is known.
        abated = _date(resource.recordedDate, None, "recordedDate", context) or onset
    yield ConditionFact(
        external_id=identity,
        patient_id=context.targets.patient(resource.subject, "subject"),
        kind=context.mapping.condition_kinds.key_of(concept),
        system=coding.system,
        code=coding.code,
        onset_on=onset,
        abated_on=max(abated, onset) if abated and onset else abated,
    )


def _date(text: str, period: shape.Period | None, field: str, context: Context) -> date | None:
    value = text or (period.start if period else "")
    return day(value, field, context.zone) if value else None


def _visit_type(concepts: list[shape.CodeableConcept], context: Context) -> str:
    keys = (context.mapping.visit_types.key_of(concept) for concept in concepts)
    return next((key for key in keys if key), "")


def _cancelled_by(reason: shape.CodeableConcept | None) -> Literal["patient", "clinic", ""]:
    """R4's codes begin with pat for the patient and prov for the practice."""
    codes = codes_of(reason)
    if any(code.startswith("pat") for code in codes):
        return "patient"
    return "clinic" if any(code.startswith("prov") for code in codes) else ""
