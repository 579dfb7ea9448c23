"""Patient."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

from rebook.core.facts import ContactFact, Fact, PatientFact, Sex
from rebook.sources.fhir import shape
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.practice import aliases
from rebook.sources.fhir.values import BadElement, day
from rebook.sources.languages import language_tag

_SEXES: dict[str, Sex] = {"male": "male", "female": "female", "other": "other"}
_SYSTEMS: dict[str, Literal["phone", "email"]] = {"phone": "phone", "sms": "phone", "email": "email"}
# Where the source gives no rank of its own.
_RANKS = {"mobile": 1, "home": 2, "work": 3}
_USES = {"mobile", "home", "work"}

Dated = TypeVar("Dated", shape.HumanName, shape.ContactPoint, shape.Address)


def patient(resource: shape.Patient, identity: str, context: Context) -> Iterator[Fact]:
    name = _best_name(resource.name)
    address = next(iter(_in_use(resource.address)), shape.Address())
    deceased_on = None
    # A death of which only the year is known is still a death.
    if len(resource.deceasedDateTime) >= 10:
        deceased_on = day(resource.deceasedDateTime, "deceasedDateTime", context.zone)
    yield PatientFact(
        external_id=identity,
        given_name=" ".join(name.given).strip(),
        family_name=" ".join(filter(None, [name.family, *name.suffix])).strip(),
        birth_on=day(resource.birthDate, "birthDate", context.zone) if resource.birthDate else None,
        sex=_SEXES.get(resource.gender, "unknown"),
        language=_language(resource.communication),
        is_deceased=resource.deceasedBoolean or bool(resource.deceasedDateTime),
        deceased_on=deceased_on,
        address_line=", ".join(address.line),
        city=address.city,
        state=address.state,
        postal_code=address.postalCode,
        location_id=context.targets.organisation(resource.managingOrganization),
        practitioner_id=context.targets.practitioner(*resource.generalPractitioner),
        # R-A157: a record out of use is nobody to contact.
        exclusions=() if resource.active else ("inactive_record",),
        contacts=tuple(_contacts(resource.telecom, context)),
    )
    yield from aliases("Patient", resource.identifier, identity)


def _in_use(elements: Sequence[Dated]) -> list[Dated]:
    """Without the old ones; those for temporary use last."""
    current = [one for one in elements if one.use != "old" and not (one.period and one.period.end)]
    return sorted(current, key=lambda one: one.use in ("temp", "billing"))


def _best_name(names: Sequence[shape.HumanName]) -> shape.HumanName:
    current = _in_use(names)
    order = {"official": 0, "usual": 1, "": 2}
    best = min(current, key=lambda name: order.get(name.use, 3), default=shape.HumanName())
    if best.family or best.given or not best.text:
        return best
    given, _, family = best.text.rpartition(" ")
    return shape.HumanName(given=[given] if given else [], family=family)


def _contacts(telecom: Sequence[shape.ContactPoint], context: Context) -> Iterator[ContactFact]:
    source = context.mapping.number_source
    for point in _in_use(telecom):
        system = _SYSTEMS.get(point.system)
        value = point.value.strip().removeprefix("tel:").removeprefix("mailto:")
        if system and value:
            use = "mobile" if point.system == "sms" else point.use
            rank = point.rank if point.rank is not None else _RANKS.get(use, 2)
            if rank < 0 or rank > 32_000:
                raise BadElement("telecom.rank", "not a rank")
            # A telecom's period begins when it was first used: where the practice vouches for how its numbers
            # came, that is the day on which it was given.
            since = point.period.start if source and point.period else ""
            given_on = day(since, "telecom.period.start", context.zone) if len(since) >= 10 else None
            yield ContactFact(system, value, use if use in _USES else "", rank, source, given_on)


def _language(spoken: Sequence[shape.Communication]) -> str:
    """The preferred language, else the first one named."""
    for one in sorted(spoken, key=lambda one: not one.preferred):
        if one.language:
            words = [coding.code or coding.display for coding in one.language.coding]
            for word in (*words, one.language.text):
                if word and (tag := language_tag(word)):
                    return tag
    return ""
