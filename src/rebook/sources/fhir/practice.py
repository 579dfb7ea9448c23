"""Organization, Location, Practitioner and PractitionerRole."""

from collections.abc import Iterator

from rebook.core.facts import AliasFact, Fact, LocationFact, PractitionerFact
from rebook.sources.fhir import shape
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.values import location_id


def organization(resource: shape.Organization, identity: str, context: Context) -> Iterator[Fact]:
    """A site only when something refers to it: many organisations are parents, payers, other houses."""
    external_id = location_id("Organization", identity)
    address = resource.address[0] if resource.address else None
    yield _location(external_id, resource.name, resource.telecom, address, only_if_named=True)
    yield from aliases("Organization", resource.identifier, external_id)


def location(resource: shape.Location, identity: str, context: Context) -> Iterator[Fact]:
    yield _location(identity, resource.name, resource.telecom, resource.address, only_if_named=False)
    yield from aliases("Location", resource.identifier, identity)


def practitioner(resource: shape.Practitioner, identity: str, context: Context) -> Iterator[Fact]:
    yield PractitionerFact(external_id=identity, name=full_name(resource.name))
    yield from aliases("Practitioner", resource.identifier, identity)


def practitioner_role(resource: shape.PractitionerRole, identity: str, context: Context) -> Iterator[Fact]:
    """Where a practitioner works: the name comes with another resource."""
    who = context.targets.practitioner(resource.practitioner)
    where = context.targets.location(*resource.location)
    if who and where:
        yield PractitionerFact(external_id=who, name="", location_id=where)


def aliases(kind: str, identifiers: list[shape.Identifier], external_id: str) -> Iterator[AliasFact]:
    """The names by which logical references find the resource."""
    for identifier in identifiers:
        if identifier.value:
            yield AliasFact(f"{kind}?{identifier.system}|{identifier.value}", external_id)


def full_name(names: list[shape.HumanName]) -> str:
    if not names:
        return ""
    name = names[0]
    return name.text or " ".join([*name.given, *filter(None, [name.family])])


def _location(
    external_id: str,
    name: str,
    telecom: list[shape.ContactPoint],
    address: shape.Address | None,
    *,
    only_if_named: bool,
) -> LocationFact:
    phone = next((one.value for one in telecom if one.system == "phone"), "")
    where = address or shape.Address()
    return LocationFact(
        external_id=external_id,
        name=name.strip(),
        phone=phone,
        address_line=", ".join(where.line),
        city=where.city,
        state=where.state,
        postal_code=where.postalCode,
        only_if_named=only_if_named,
    )
