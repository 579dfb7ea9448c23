"""Telling FHIR R4 from STU3 and R5 by what a resource looks like."""

from rebook.sources.fhir import shape


class AnotherVersion(Exception):
    """The resource is not FHIR R4. ``field`` betrays it."""

    def __init__(self, version: str, field: str) -> None:
        super().__init__(f"this is FHIR {version}, only R4 is read: ask for an R4 export")
        self.field = field


def check_version(resource: shape.Resource) -> None:
    """Raise AnotherVersion when something in ``resource`` exists in STU3 or R5 only."""
    if resource.meta:
        for profile in resource.meta.profile:
            if "/STU3/" in profile.upper() or profile.endswith(("|3.0", "|3.0.0", "|3.0.1", "|3.0.2")):
                raise AnotherVersion("STU3", "meta.profile")
    found = _FINDERS.get(type(resource), _nothing)(resource)
    if found:
        raise AnotherVersion(*found)


def _nothing(resource: shape.Resource) -> tuple[str, str] | None:
    return None


def _patient(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Patient)
    return ("STU3", "animal") if resource.animal is not None else None


def _encounter(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Encounter)
    if isinstance(resource.class_, list):
        return "R5", "class"
    if resource.actualPeriod is not None:
        return "R5", "actualPeriod"
    if isinstance(resource.appointment, shape.Reference):
        return "STU3", "appointment"
    return ("STU3", "reason") if resource.reason is not None else None


def _appointment(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Appointment)
    if resource.subject is not None:
        return "R5", "subject"
    return ("STU3", "reason") if resource.reason is not None else None


def _procedure(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Procedure)
    if resource.occurrenceDateTime is not None or resource.occurrencePeriod is not None:
        return "R5", "occurrence"
    if resource.notDone is not None:
        return "STU3", "notDone"
    return ("STU3", "context") if resource.context is not None else None


def _condition(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Condition)
    if isinstance(resource.clinicalStatus, str):
        return "STU3", "clinicalStatus"
    return ("STU3", "verificationStatus") if isinstance(resource.verificationStatus, str) else None


def _immunization(resource: shape.Resource) -> tuple[str, str] | None:
    assert isinstance(resource, shape.Immunization)
    if resource.notGiven is not None:
        return "STU3", "notGiven"
    return ("STU3", "date") if resource.date is not None else None


_FINDERS = {
    shape.Patient: _patient,
    shape.Encounter: _encounter,
    shape.Appointment: _appointment,
    shape.Procedure: _procedure,
    shape.Condition: _condition,
    shape.Immunization: _immunization,
}
