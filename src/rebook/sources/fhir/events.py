"""A patient's FHIR resources (R4, QI-Core 6) as the events that criteria are asked of.

Everything coded becomes a code in a place ("code", "reason", "value" ...); nothing is interpreted beyond
that. Resources that are not read, and elements that cannot be, are counted, never dropped silently.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from rebook.core.criteria import WHOLE_SET, Coded, Event, History, Reading, Span

from .event_profiles import NOT_DONE, profiles
from .event_supply import supply
from .event_times import Json, Times

_SEX = "us-core-sex"
_SEXES = {"female": "248152002", "male": "248153007"}
_REFUSALS = ("qicore-notDoneReason", "qicore-doNotPerformReason")
# "None of this value set was done."
_NONE_OF = "notDoneValueSet"
_RUNNING = frozenset({"active", "recurrence", "relapse"})
# Read as part of others, or saying nothing about care.
_ASIDE = frozenset({"Patient", "Medication", "Organization", "Practitioner", "PractitionerRole", "Location"})
# Resource type -> kind of event, the element that says what it is, the element that says when.
_KINDS: Mapping[str, tuple[str, str, str]] = {
    "Encounter": ("visit", "type", ""),
    "Condition": ("condition", "code", ""),
    "Procedure": ("procedure", "code", "performed"),
    "Observation": ("observation", "code", "effective"),
    "MedicationRequest": ("medication", "medication", ""),
    "MedicationAdministration": ("administration", "medication", "effective"),
    "MedicationStatement": ("statement", "medication", "effective"),
    "MedicationDispense": ("dispense", "medication", ""),
    "Immunization": ("immunization", "vaccineCode", "occurrence"),
    "ServiceRequest": ("order", "code", ""),
    "DeviceRequest": ("device", "code", ""),
    "Task": ("task", "code", ""),
    "Communication": ("communication", "topic", ""),
    "DiagnosticReport": ("report", "code", "effective"),
    "AllergyIntolerance": ("allergy", "code", "onset"),
    "Coverage": ("coverage", "type", ""),
}
_PLACES: Mapping[str, str] = {
    "category": "category",
    "clinicalStatus": "clinical",
    "verificationStatus": "verification",
    "bodySite": "body_site",
    "reasonCode": "reason",
    "statusReason": "refusal",
    "valueCodeableConcept": "value",
}
_RECORDED = ("issued", "authoredOn", "recordedDate", "recorded", "received")


@dataclass(slots=True)
class PatientEvents:
    """One patient's history as read: ``key`` is the Patient's id, ``bundle`` the Bundle's."""

    key: str = ""
    bundle: str = ""
    history: History = field(default_factory=History)
    # What was not read, and how often.
    ignored: Counter[str] = field(default_factory=Counter)


class UnableToReadEvents(ValueError):
    """Not a FHIR Bundle in JSON. Trying again does not help."""

    permanent = True


def bundle_events(content: bytes) -> PatientEvents:
    """The history in one Bundle of one patient. Raises UnableToReadEvents."""
    try:
        bundle = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnableToReadEvents("not JSON, or broken off") from None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise UnableToReadEvents("not a Bundle")
    entries = [one for one in bundle.get("entry") or [] if isinstance(one, dict)]
    resources = []
    for entry in entries:
        resource = entry.get("resource")
        if isinstance(resource, dict):
            resource.setdefault("id", _tail(str(entry.get("fullUrl", ""))))
            resources.append(resource)
    found = patient_events(resources)
    found.bundle = str(bundle.get("id") or "")
    return found


def patient_events(resources: Iterable[Json]) -> PatientEvents:
    """The history of one patient's resources, in the order given."""
    found = PatientEvents()
    rows = list(resources)
    patients = [one for one in rows if one.get("resourceType") == "Patient"]
    patient = patients[0] if patients else {}
    if len(patients) != 1:
        found.ignored["Patient: not one"] += 1
    times = Times(found.ignored)
    birth_on = _birth(patient, times)
    reader = _Reader(Times(found.ignored, birth_on), found.ignored, _medications(rows))
    events = [event for number, one in enumerate(rows) for event in reader.events(number, one)]
    death = times.at(patient.get("deceasedDateTime"), "Patient.deceased")
    if death or patient.get("deceasedBoolean"):
        events.append(Event(len(rows), "death", span=death))
    found.key = str(patient.get("id", ""))
    found.history = History(birth_on, _sex(patient), tuple(events))
    return found


def _birth(patient: Json, times: Times) -> date | None:
    known = times.moment(patient.get("birthDate"), "Patient.birthDate")
    # A year or a month is no birth date to count ages from.
    return known[0].date() if known and known[0].date() == known[1].date() else None


def _sex(patient: Json) -> str:
    extensions = patient.get("extension")
    for one in extensions if isinstance(extensions, list) else []:
        if isinstance(one, Mapping) and str(one.get("url", "")).endswith(_SEX):
            return str(one.get("valueCode") or "")
    return _SEXES.get(str(patient.get("gender")), "")


def _medications(rows: Iterable[Json]) -> dict[str, Any]:
    return {str(one.get("id")): one.get("code") for one in rows if one.get("resourceType") == "Medication"}


class _Reader:
    def __init__(self, times: Times, ignored: Counter[str], medications: Mapping[str, Any]) -> None:
        self._times = times
        self._ignored = ignored
        self._medications = medications

    def events(self, number: int, resource: Json) -> list[Event]:
        """The event of one resource; none for kinds that are not read."""
        kind = str(resource.get("resourceType"))
        if kind not in _KINDS:
            if kind not in _ASIDE:
                self._ignored[f"{kind}: not read"] += 1
            return []
        try:
            return [self._event(kind, number, resource)]
        except (AttributeError, KeyError, TypeError, ValueError):
            # An element of another shape than FHIR gives it: what the rest means is anybody's guess.
            self._ignored[f"{kind}: not in FHIR's shape"] += 1
            return []

    def _event(self, kind: str, number: int, resource: Json) -> Event:
        name, what, when = _KINDS[kind]
        found = profiles(resource)
        return Event(
            id=number,
            kind=name,
            span=self._span(kind, resource, when),
            recorded=self._recorded(resource),
            status=str(resource.get("status") or ""),
            intent=str(resource.get("intent") or ""),
            is_not_done=_is_not_done(resource, found),
            has_value=any(key.startswith("value") for key in resource),
            source_id=str(resource.get("id") or ""),
            codes=tuple(self._codes(resource, what, found)),
            readings=tuple(self._readings(resource)),
            references=tuple(_references(resource)),
        )

    # When

    def _span(self, kind: str, resource: Json, when: str) -> Span | None:
        if when:
            return self._times.choice(resource, when)
        special: dict[str, Callable[[], Span | None]] = {
            "Encounter": lambda: self._times.period(resource.get("period"), "Encounter.period"),
            "Coverage": lambda: self._times.period(resource.get("period"), "Coverage.period"),
            "Task": lambda: self._times.period(resource.get("executionPeriod"), "Task.executionPeriod"),
            "Condition": lambda: self._times.prevalence(resource, is_active=_is_active(resource)),
            "MedicationRequest": lambda: supply(resource, self._times),
            "MedicationDispense": lambda: self._first_of(resource, "whenHandedOver", "whenPrepared"),
            "Communication": lambda: self._first_of(resource, "sent", "received"),
        }
        read = special.get(kind)
        return read() if read else self._first_of(resource, "authoredOn")

    def _first_of(self, resource: Json, *names: str) -> Span | None:
        known = next((name for name in names if resource.get(name)), "")
        return self._times.at(resource.get(known), f"{resource.get('resourceType')}.{known}")

    def _recorded(self, resource: Json) -> Span | None:
        found = self._first_of(resource, *_RECORDED)
        if found is None:
            for one in resource.get("extension") or []:
                if str(one.get("url", "")).endswith("qicore-recorded"):
                    return self._times.at(one.get("valueDateTime"), "recorded")
        return found

    # What

    def _codes(self, resource: Json, what: str, found: frozenset[str]) -> Iterable[Coded]:
        yield from (Coded("profile", "profile", one) for one in sorted(found))
        yield from _coded("code", self._subject(resource, what))
        for element, role in _PLACES.items():
            yield from _coded(role, resource.get(element))
        yield from _coding("class", resource.get("class"))
        stay = resource.get("hospitalization")
        if isinstance(stay, Mapping):
            yield from _coded("disposition", stay.get("dischargeDisposition"))
        for one in resource.get("extension") or []:
            if str(one.get("url", "")).rpartition("/")[2] in _REFUSALS:
                yield from _coded("refusal", one.get("valueCodeableConcept"))

    def _subject(self, resource: Json, what: str) -> Any:
        """What the event is about: for medications by the resource that is referred to, if need be."""
        for name in (what, f"{what}CodeableConcept"):
            if name in resource:
                return resource[name]
        reference = str((resource.get(f"{what}Reference") or {}).get("reference", ""))
        if not reference:
            return None
        contained = {f"#{one.get('id')}": one.get("code") for one in resource.get("contained") or []}
        known = contained.get(reference) or self._medications.get(_tail(reference))
        if known is None:
            self._ignored[f"{resource.get('resourceType')}: refers to what is not there"] += 1
        return known

    def _readings(self, resource: Json) -> Iterable[Reading]:
        number = _number(resource)
        if number is not None:
            yield Reading("", "", *number)
        for component in resource.get("component") or []:
            measured = _number(component)
            if measured is not None:
                for one in _coded("", component.get("code")):
                    yield Reading(one.system, one.code, *measured)


def _is_active(condition: Json) -> bool:
    return any(one.code in _RUNNING for one in _coded("", condition.get("clinicalStatus")))


def _is_not_done(resource: Json, found: frozenset[str]) -> bool:
    if found & NOT_DONE or resource.get("status") == "not-done" or resource.get("doNotPerform") is True:
        return True
    return any(
        str(one.get("url", "")).endswith("doNotPerform") and one.get("valueBoolean") is True
        for one in resource.get("modifierExtension") or []
    )


def _number(element: Json) -> tuple[float, str] | None:
    """A measured number and its unit in UCUM; of a whole number the unit is "1"."""
    if isinstance(element.get("valueInteger"), int):
        return float(element["valueInteger"]), "1"
    quantity = element.get("valueQuantity")
    if not isinstance(quantity, Mapping) or quantity.get("value") is None or "comparator" in quantity:
        return None
    return float(quantity["value"]), str(quantity.get("code") or quantity.get("unit") or "1")


def _coded(role: str, value: Any) -> Iterable[Coded]:
    for concept in value if isinstance(value, list) else [value]:
        if isinstance(concept, Mapping):
            for coding in concept.get("coding") or []:
                yield from _coding(role, coding)
            for one in concept.get("extension") or []:
                if str(one.get("url", "")).endswith(_NONE_OF):
                    yield Coded(role, WHOLE_SET, str(one.get("valueCanonical", "")).partition("|")[0])


def _coding(role: str, coding: Any) -> Iterable[Coded]:
    if isinstance(coding, Mapping) and coding.get("code"):
        yield Coded(role, str(coding.get("system") or "-"), str(coding["code"]))


def _references(resource: Json) -> Iterable[tuple[str, str]]:
    for element, role in (("encounter", "encounter"), ("basedOn", "based_on"), ("focus", "focus")):
        value = resource.get(element)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping) and one.get("reference"):
                yield role, _tail(str(one["reference"]))


def _tail(reference: str) -> str:
    return reference.rpartition("/")[2].rpartition(":")[2]
