"""References, dates and codes of FHIR as plain values."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from rebook.sources.fhir.shape import CodeableConcept, Coding, Reference, Resource

NOON = time(12)
_TYPE_AND_ID = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?identifier=(.+)$")


class BadElement(Exception):
    """An element that cannot be made sense of; ``str()`` is the reason, without the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Targets:
    """What references point to: inside a Bundle by its full URLs, else by type and id."""

    def __init__(self) -> None:
        self._by_url: dict[str, tuple[str, str]] = {}

    def add(self, full_url: str, kind: str, identity: str) -> None:
        self._by_url[full_url] = (kind, identity)

    def resolve(self, reference: Reference | None, *wanted: str) -> tuple[str, str]:
        """(type, id) of the target when it is of a ``wanted`` type; ("", "") when it is not or is empty.

        The id of a logical reference is "Type?system|value": another resource of the run carries it.
        """
        if reference is None:
            return "", ""
        text = reference.reference
        if text in self._by_url:
            kind, identity = self._by_url[text]
        elif text.startswith("urn:uuid:"):
            kind, identity = wanted[0], text[9:]
        elif found := _TYPE_AND_ID.search(text):
            kind, identity = found[1], found[2]
        elif found := _CONDITIONAL.search(text):
            kind, identity = found[1], f"{found[1]}?{found[2]}"
        elif reference.identifier and reference.identifier.value:
            kind = wanted[0]
            identity = f"{kind}?{reference.identifier.system}|{reference.identifier.value}"
        else:
            return "", ""
        return (kind, identity) if kind in wanted else ("", "")

    def patient(self, reference: Reference | None, field: str) -> str:
        """The patient's id. Raises BadElement when the reference is no patient's."""
        _, identity = self.resolve(reference, "Patient")
        if not identity:
            raise BadElement(field, "it does not refer to a patient")
        return identity

    def location(self, *references: Reference | None) -> str:
        """The id of the first location or organisation that is named."""
        for reference in references:
            kind, identity = self.resolve(reference, "Location", "Organization")
            if identity:
                return location_id(kind, identity)
        return ""

    def organisation(self, reference: Reference | None) -> str:
        _, identity = self.resolve(reference, "Organization")
        return location_id("Organization", identity) if identity else ""

    def practitioner(self, *references: Reference | None) -> str:
        for reference in references:
            _, identity = self.resolve(reference, "Practitioner")
            if identity:
                return identity
        return ""


def location_id(kind: str, identity: str) -> str:
    """Ids are unique per type only, and organisations stand among our locations."""
    return identity if kind != "Organization" or "?" in identity else f"Organization/{identity}"


def instant(text: str, field: str, zone: ZoneInfo) -> datetime:
    """A dateTime as an instant in UTC; one without a time is noon on the local clock."""
    try:
        if len(text) > 10:
            read = datetime.fromisoformat(text)
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        return datetime.combine(_partial(text), NOON, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadElement(field, "not a FHIR date or time") from None


def day(text: str, field: str, zone: ZoneInfo) -> date:
    """A date or dateTime as the calendar date on the local clock; 2014 and 2014-05 as their middle."""
    try:
        return instant(text, field, zone).astimezone(zone).date() if len(text) > 10 else _partial(text)
    except (ValueError, OverflowError):
        raise BadElement(field, "not a FHIR date or time") from None


def _partial(text: str) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return date.fromisoformat(f"{text}-15")
    if re.fullmatch(r"\d{4}", text):
        return date(int(text), 7, 1)
    raise ValueError(text)


def first_coding(concept: CodeableConcept) -> Coding:
    """The coding to keep: the first that has a code, else one with nothing in it."""
    return next((coding for coding in concept.coding if coding.code), Coding())


def codes_of(concept: CodeableConcept | str | None) -> set[str]:
    return {coding.code for coding in concept.coding} if isinstance(concept, CodeableConcept) else set()


def identity_of(resource: Resource, full_url: str) -> str:
    """The resource's id, or the one in its full URL. Raises BadElement when it has neither."""
    identity = resource.id or full_url.rpartition(":")[2].rpartition("/")[2]
    if not identity:
        raise BadElement("id", "the resource has no id")
    return identity
