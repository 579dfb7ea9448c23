"""From the bytes of one resource to its facts."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from rebook.core.facts import Fact
from rebook.sources.checks import inconsistency
from rebook.sources.fhir import care, medications, orders, people, practice, shape, shape_orders
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.values import BadElement, identity_of
from rebook.sources.fhir.versions import AnotherVersion, check_version

# Nearly every server writes these two first; the rest is found by reading the whole resource.
_FIRST_KEYS = re.compile(
    rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"(?:\s*,\s*"id"\s*:\s*"([A-Za-z0-9\-.]{1,64})")?'
)

Maker = Callable[[Any, str, Context], Iterator[Fact]]
_MAKERS: dict[str, tuple[type[shape.Resource], Maker]] = {
    "Organization": (shape.Organization, practice.organization),
    "Location": (shape.Location, practice.location),
    "Practitioner": (shape.Practitioner, practice.practitioner),
    "PractitionerRole": (shape.PractitionerRole, practice.practitioner_role),
    "Patient": (shape.Patient, people.patient),
    "Appointment": (shape.Appointment, care.appointment),
    "Encounter": (shape.Encounter, care.encounter),
    "Procedure": (shape.Procedure, care.procedure),
    "Condition": (shape.Condition, care.condition),
    "Immunization": (shape.Immunization, care.immunization),
    "ServiceRequest": (shape_orders.ServiceRequest, orders.service_request),
    "Observation": (shape_orders.Observation, orders.observation),
    "DiagnosticReport": (shape_orders.DiagnosticReport, orders.diagnostic_report),
    "DocumentReference": (shape_orders.DocumentReference, orders.document_reference),
    "CarePlan": (shape_orders.CarePlan, orders.care_plan),
    "EpisodeOfCare": (shape_orders.EpisodeOfCare, orders.episode_of_care),
    "ClaimResponse": (shape_orders.ClaimResponse, orders.claim_response),
    "Coverage": (shape_orders.Coverage, orders.coverage),
    "QuestionnaireResponse": (shape_orders.QuestionnaireResponse, orders.questionnaire_response),
    "MedicationRequest": (shape_orders.MedicationRequest, medications.medication_request),
    "MedicationDispense": (shape_orders.MedicationDispense, medications.medication_dispense),
    "MedicationStatement": (shape_orders.MedicationStatement, medications.medication_statement),
}
# Of the kinds that come by the million only what can say anything is read: one of these must be in it.
_ONLY_WITH: dict[str, tuple[bytes, ...]] = {
    "Observation": (b'"interpretation"', b'"basedOn"'),
    "DiagnosticReport": (b'"basedOn"',),
    "DocumentReference": (b'"related"',),
    "CarePlan": (b'"scheduledTiming"',),
}
_READERS: dict[str, tuple[msgspec.json.Decoder[Any], Maker]] = {
    kind: (msgspec.json.Decoder(resource), maker) for kind, (resource, maker) in _MAKERS.items()
}


class _Head(msgspec.Struct):
    resourceType: str = ""
    id: str = ""


_head_decoder = msgspec.json.Decoder(_Head)


class BadResource(Exception):
    """A resource that cannot be taken. ``field`` is the element; ``str()`` the reason."""

    def __init__(self, kind: str, field: str, reason: str, *, is_another_version: bool = False) -> None:
        super().__init__(reason)
        self.kind = kind
        self.field = field
        self.is_another_version = is_another_version


def head_of(content: bytes | msgspec.Raw) -> tuple[str, str]:
    """The resource's type and id, empty where it names none. Raises BadResource when it is not JSON."""
    first = _FIRST_KEYS.match(content)
    if first and first[2]:
        return first[1].decode("ascii"), first[2].decode("ascii")
    try:
        head = _head_decoder.decode(content)
    except msgspec.ValidationError:
        return (first[1].decode("ascii") if first else ""), ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadResource(first[1].decode("ascii") if first else "", "", "not JSON, or broken off") from None
    return head.resourceType, head.id


def facts_of(kind: str, content: bytes | msgspec.Raw, full_url: str, context: Context) -> list[Fact]:
    """The facts in one resource of ``kind``; none for kinds that are not read. Raises BadResource."""
    reader = _READERS.get(kind)
    if reader is None:
        context.ignored[kind or "not FHIR"] += 1
        return []
    marks = _ONLY_WITH.get(kind)
    if marks and not any(mark in bytes(content) for mark in marks):
        context.ignored[kind] += 1
        return []
    decoder, make = reader
    try:
        resource = decoder.decode(content)
        check_version(resource)
        facts = list(make(resource, identity_of(resource, full_url), context))
    except AnotherVersion as error:
        raise BadResource(kind, error.field, str(error), is_another_version=True) from None
    except BadElement as error:
        raise BadResource(kind, error.field, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_json(kind, error) from None
    for fact in facts:
        wrong = inconsistency(fact)
        if wrong:
            raise BadResource(kind, wrong.field, wrong.reason)
    return facts


def bad_json(kind: str, error: Exception) -> BadResource:
    """msgspec's "Expected `str`, got `int` - at `$.birthDate`" as element and reason."""
    reason, _, path = str(error).partition(" - at `")
    if not isinstance(error, msgspec.ValidationError):
        reason = "not JSON, or broken off"
    return BadResource(kind, path.rstrip("`").removeprefix("$").lstrip("."), reason.replace("`", '"'))


def is_read(kind: str) -> bool:
    return kind in _READERS
