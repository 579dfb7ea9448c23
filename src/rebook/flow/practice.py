"""Setting a practice up: the organisation, its sites and its people, each with an audit line."""

from collections.abc import Callable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from rebook.accounts import audit, read, write
from rebook.core.contacts import read_phone, region_of
from rebook.flow.common.packs import add_visit_types, unknown_pack
from rebook.packs.jurisdictions_law import file_of
from rebook.packs.templates import templates

T = TypeVar("T")


class UnableToSetUp(Exception):
    """What was asked for cannot be set up as it stands; trying again needs other input."""

    permanent = True
    is_for_people = True


def create_organisation(
    *,
    name: str,
    time_zone: str,
    pack_keys: Sequence[str],
    now: datetime,
    actor: str,
    slug: str = "",
    phone: str = "",
    postal_address: str = "",
    jurisdiction: str = "us",
    default_language: str = "en",
) -> int:
    """A new practice with the kinds of visit of its packs; its id.

    ``jurisdiction`` is a key of ``packs/jurisdiction`` ("us", "ca-on", "gb", "fr"). Raises ``UnableToSetUp``
    for an unknown zone, pack or country, or a taken name.
    """
    _check_zone(time_zone)
    if file_of(jurisdiction) is None:
        raise UnableToSetUp(
            f"no rules are held of '{jurisdiction}': say us, ca, gb, au or a member state like fr"
        )
    if problem := unknown_pack(pack_keys):
        raise UnableToSetUp(problem)
    _check_language(default_language)
    short = slug or slugify(name)[:50]
    if not short:
        raise UnableToSetUp("the practice needs a name, and a short one in letters (--slug) if that has none")
    number = _checked_phone(phone, jurisdiction=jurisdiction)

    def add() -> int:
        organisation_id = write.add_organisation(
            slug=short,
            name=name.strip(),
            time_zone=time_zone,
            pack_keys=list(dict.fromkeys(pack_keys)),
            jurisdiction=jurisdiction,
            phone=number,
            postal_address=postal_address,
            default_language=default_language,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="organisation.created",
            subject_kind="organisation",
            subject_id=organisation_id,
        )
        add_visit_types(organisation_id=organisation_id, pack_keys=pack_keys, language=default_language)
        return organisation_id

    return _in_one_step(add, taken=f"there is already a practice '{short}'")


def add_location(
    *, organisation_id: int, name: str, time_zone: str, now: datetime, actor: str, external_id: str = "",
    phone: str = "", address_line: str = "", city: str = "", state: str = "", postal_code: str = "",
) -> int:  # fmt: skip
    """A new site; its id. Raises ``UnableToSetUp`` for an unknown zone or a key that is taken."""
    _check_zone(time_zone)
    key = external_id or slugify(name)
    if not name.strip() or not key:
        raise UnableToSetUp("the location needs a name, and a key (--key) if its name has no letters")
    jurisdiction = read.organisation(organisation_id=organisation_id).jurisdiction
    number = _checked_phone(phone, jurisdiction=jurisdiction)

    def add() -> int:
        location_id = write.add_location(
            organisation_id=organisation_id,
            external_id=key,
            name=name.strip(),
            time_zone=time_zone,
            phone=number,
            address_line=address_line,
            city=city,
            state=state,
            postal_code=postal_code,
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="location.added",
            subject_kind="location",
            subject_id=location_id,
        )
        return location_id

    return _in_one_step(add, taken=f"there is already a location '{key}'")


def add_member(
    *, organisation_id: int, email: str, name: str, role: str, password: str | None, now: datetime, actor: str
) -> int:
    """A member of staff who can sign in; the user's id. Somebody who has an account keeps its password.

    A member already is given the role. Raises ``UnableToSetUp`` for an unknown role, a weak password or
    something that is no e-mail address.
    """
    if role not in read.ROLES:
        raise UnableToSetUp(f"there is no role '{role}'; choose from {', '.join(read.ROLES)}")
    if password is not None:
        _in_words(lambda: validate_password(password))
    known = {one.user_id for one in read.members(organisation_id=organisation_id)}

    def add() -> int:
        user_id = write.add_user(
            organisation_id=organisation_id, email=email, password=password, name=name, role=role
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="member.role_changed" if user_id in known else "member.added",
            subject_kind="user",
            subject_id=user_id,
            detail={"role": role},
        )
        return user_id

    return _in_one_step(add, taken="somebody else has just been given this address; try again")


def _in_one_step(act: Callable[[], int], *, taken: str) -> int:
    def step() -> int:
        with transaction.atomic(durable=True):
            return act()

    try:
        return _in_words(step)
    except IntegrityError:
        raise UnableToSetUp(taken) from None


def _in_words(act: Callable[[], T]) -> T:
    try:
        return act()
    except ValidationError as error:
        fields = getattr(error, "message_dict", {})
        said = [f"{field.replace('_', ' ')}: {' '.join(texts)}" for field, texts in fields.items()]
        raise UnableToSetUp(" ".join(said or error.messages)) from None


def _check_zone(time_zone: str) -> None:
    zones = available_timezones()
    if time_zone not in zones:
        near = get_close_matches(time_zone, zones, n=1)
        hint = f"did you mean {near[0]}?" if near else "write it like America/Chicago"
        raise UnableToSetUp(f"'{time_zone}' is no time zone; {hint}")


def _check_language(language: str) -> None:
    spoken = sorted({known for _key, _channel, known in templates()})
    if language not in spoken:
        raise UnableToSetUp(f"there are no messages in '{language}' yet; choose from {', '.join(spoken)}")


def _checked_phone(phone: str, *, jurisdiction: str) -> str:
    """In E.164 where that is possible; a number that cannot be dialled must not be printed for patients."""
    if not phone:
        return ""
    reading = read_phone(phone, region=region_of(jurisdiction))
    if reading.problem:
        raise UnableToSetUp(f"'{phone}' is no number patients could call: {reading.problem}")
    return reading.value
