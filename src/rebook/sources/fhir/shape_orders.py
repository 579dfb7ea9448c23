"""Resources of FHIR R4 about what was begun: orders, results, plans, medicines. Used elements only."""

from typing import Any

from rebook.sources.fhir.shape import CodeableConcept, Element, Period, Reference, Resource


class Stamped(Resource):
    """A resource whose last change tells when it was finished; R4 often says so nowhere else."""

    status: str = ""


class ServiceRequest(Stamped):
    intent: str = ""
    category: list[CodeableConcept] = []
    priority: str = ""
    code: CodeableConcept | None = None
    subject: Reference | None = None
    occurrenceDateTime: str = ""
    occurrencePeriod: Period | None = None
    authoredOn: str = ""
    requester: Reference | None = None
    performer: list[Reference] = []
    locationReference: list[Reference] = []


class Observation(Stamped):
    subject: Reference | None = None
    basedOn: list[Reference] = []
    effectiveDateTime: str = ""
    issued: str = ""
    interpretation: list[CodeableConcept] = []


class DiagnosticReport(Stamped):
    subject: Reference | None = None
    basedOn: list[Reference] = []
    effectiveDateTime: str = ""
    issued: str = ""


class DocumentContext(Element):
    related: list[Reference] = []


class DocumentReference(Stamped):
    subject: Reference | None = None
    date: str = ""
    # A list of encounters in R5.
    context: DocumentContext | list[Any] | None = None


class TimingRepeat(Element):
    frequency: int | None = None
    period: float | None = None
    periodUnit: str = ""


class Timing(Element):
    repeat: TimingRepeat | None = None


class CarePlanDetail(Element):
    code: CodeableConcept | None = None
    scheduledTiming: Timing | None = None


class CarePlanActivity(Element):
    detail: CarePlanDetail | None = None


class CarePlan(Stamped):
    category: list[CodeableConcept] = []
    subject: Reference | None = None
    period: Period | None = None
    created: str = ""
    activity: list[CarePlanActivity] = []


class EpisodeOfCare(Stamped):
    type: list[CodeableConcept] = []
    patient: Reference | None = None
    period: Period | None = None


class Duration(Element):
    value: float | None = None
    unit: str = ""
    code: str = ""


class MedicationRequest(Stamped):
    medicationCodeableConcept: CodeableConcept | None = None
    subject: Reference | None = None
    authoredOn: str = ""
    intent: str = ""


class MedicationDispense(Stamped):
    medicationCodeableConcept: CodeableConcept | None = None
    subject: Reference | None = None
    whenHandedOver: str = ""
    whenPrepared: str = ""
    daysSupply: Duration | None = None


class MedicationStatement(Stamped):
    medicationCodeableConcept: CodeableConcept | None = None
    subject: Reference | None = None
    effectiveDateTime: str = ""
    effectivePeriod: Period | None = None
    dateAsserted: str = ""


class ClaimResponse(Stamped):
    use: str = ""
    patient: Reference | None = None
    created: str = ""
    preAuthPeriod: Period | None = None


class Coverage(Stamped):
    beneficiary: Reference | None = None
    period: Period | None = None


class QuestionnaireResponse(Stamped):
    subject: Reference | None = None
    basedOn: list[Reference] = []
    authored: str = ""
