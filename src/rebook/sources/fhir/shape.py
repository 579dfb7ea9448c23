"""The resources of FHIR R4, with only the elements that are used; everything else is passed over.

Elements of STU3 and R5 stand beside those of R4 where they betray the version (see ``versions``).
"""

from typing import Any

import msgspec


class Element(msgspec.Struct, kw_only=True, gc=False):
    """Base of all: unknown elements are allowed, a wrong type is an error with its path."""


class Meta(Element):
    profile: list[str] = []
    lastUpdated: str = ""


class Coding(Element):
    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Element):
    coding: list[Coding] = []
    text: str = ""


class Identifier(Element):
    system: str = ""
    value: str = ""


class Reference(Element):
    reference: str = ""
    identifier: Identifier | None = None


class Period(Element):
    start: str = ""
    end: str = ""


class HumanName(Element):
    use: str = ""
    text: str = ""
    family: str = ""
    given: list[str] = []
    suffix: list[str] = []
    period: Period | None = None


class ContactPoint(Element):
    system: str = ""
    value: str = ""
    use: str = ""
    rank: int | None = None
    period: Period | None = None


class Address(Element):
    use: str = ""
    line: list[str] = []
    city: str = ""
    state: str = ""
    postalCode: str = ""
    period: Period | None = None


class Resource(Element):
    id: str = ""
    meta: Meta | None = None


class Organization(Resource):
    name: str = ""
    identifier: list[Identifier] = []
    telecom: list[ContactPoint] = []
    address: list[Address] = []


class Location(Resource):
    name: str = ""
    identifier: list[Identifier] = []
    telecom: list[ContactPoint] = []
    address: Address | None = None


class Practitioner(Resource):
    identifier: list[Identifier] = []
    name: list[HumanName] = []


class PractitionerRole(Resource):
    practitioner: Reference | None = None
    location: list[Reference] = []


class Communication(Element):
    language: CodeableConcept | None = None
    preferred: bool = False


class Patient(Resource):
    active: bool = True
    identifier: list[Identifier] = []
    name: list[HumanName] = []
    telecom: list[ContactPoint] = []
    gender: str = ""
    birthDate: str = ""
    deceasedBoolean: bool = False
    deceasedDateTime: str = ""
    address: list[Address] = []
    communication: list[Communication] = []
    generalPractitioner: list[Reference] = []
    managingOrganization: Reference | None = None
    # STU3 only.
    animal: Any = None


class AppointmentParticipant(Element):
    actor: Reference | None = None


class Appointment(Resource):
    status: str = ""
    basedOn: list[Reference] = []
    cancelationReason: CodeableConcept | None = None
    serviceType: list[CodeableConcept] = []
    appointmentType: CodeableConcept | None = None
    start: str = ""
    end: str = ""
    created: str = ""
    participant: list[AppointmentParticipant] = []
    # STU3 has a list of concepts here, R5 as well; R4 calls it reasonCode.
    reason: Any = None
    subject: Any = None


class EncounterParticipant(Element):
    individual: Reference | None = None


class EncounterLocation(Element):
    location: Reference | None = None


class Encounter(Resource):
    status: str = ""
    basedOn: list[Reference] = []
    # A Coding in R4; a list of concepts in R5.
    class_: Coding | list[Any] | None = msgspec.field(name="class", default=None)
    type: list[CodeableConcept] = []
    subject: Reference | None = None
    participant: list[EncounterParticipant] = []
    appointment: list[Reference] | Reference | None = None
    period: Period | None = None
    location: list[EncounterLocation] = []
    serviceProvider: Reference | None = None
    # STU3 and R5; R4 calls it reasonCode.
    reason: Any = None
    # R5 only.
    actualPeriod: Any = None


class Procedure(Resource):
    status: str = ""
    code: CodeableConcept | None = None
    subject: Reference | None = None
    performedDateTime: str = ""
    performedPeriod: Period | None = None
    # STU3 only.
    context: Any = None
    notDone: Any = None
    # R5 only.
    occurrenceDateTime: Any = None
    occurrencePeriod: Any = None


class Condition(Resource):
    # A mere word in STU3.
    clinicalStatus: CodeableConcept | str | None = None
    verificationStatus: CodeableConcept | str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    onsetDateTime: str = ""
    onsetPeriod: Period | None = None
    abatementDateTime: str = ""
    abatementPeriod: Period | None = None
    recordedDate: str = ""


class Immunization(Resource):
    status: str = ""
    vaccineCode: CodeableConcept | None = None
    patient: Reference | None = None
    occurrenceDateTime: str = ""
    # STU3 only.
    date: Any = None
    notGiven: Any = None


class Request(Element):
    method: str = ""


class Entry(Element):
    fullUrl: str = ""
    resource: msgspec.Raw = msgspec.Raw(b"")
    request: Request | None = None


class Bundle(Resource):
    entry: list[Entry] = []
