"""Setting a practice up: the organisation, its sites and its people, each with an audit line."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from rebook.accounts import audit, read, write


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
    """A new practice; its id. Raises ``UnableToSetUp`` for an unknown zone or a name that is taken."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UnableToSetUp(f"'{time_zone}' is no time zone; write it like America/Chicago") from None
    short = slug or slugify(name)
    if not short:
        raise UnableToSetUp("the practice needs a name")
    if any(one.slug == short for one in read.organisations()):
        raise UnableToSetUp(f"there is already a practice '{short}'")
    with transaction.atomic(durable=True):
        organisation_id = write.add_organisation(
            slug=short,
            name=name,
            time_zone=time_zone,
            pack_keys=pack_keys,
            jurisdiction=jurisdiction,
            phone=phone,
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
    return organisation_id


def add_member(
    *, organisation_id: int, email: str, name: str, role: str, password: str, now: datetime, actor: str
) -> int:
    """A member of staff who can sign in; the user's id. Raises ``UnableToSetUp`` for a weak password."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise UnableToSetUp(" ".join(error.messages)) from None
    with transaction.atomic(durable=True):
        user_id = write.add_user(
            organisation_id=organisation_id, email=email, password=password, name=name, role=role
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="member.added",
            subject_kind="user",
            subject_id=user_id,
            detail={"role": role},
        )
    return user_id
