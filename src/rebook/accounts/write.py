"""Organisations, locations and people: created and changed here, audited by the caller."""

from collections.abc import Mapping, Sequence
from typing import Any

from rebook.accounts.models import Location, Membership, Organisation, User


def add_organisation(
    *, slug: str, name: str, time_zone: str, pack_keys: Sequence[str], jurisdiction: str = "us", **more: str
) -> int:
    """A new practice; its id. ``more``: phone, postal_address, neutral_name, default_language.

    Raises Django's ``ValidationError`` when a text is too long or the short name no slug.
    """
    row = Organisation(
        slug=slug,
        name=name,
        time_zone=time_zone,
        jurisdiction=jurisdiction,
        pack_keys=list(pack_keys),
        **more,
    )
    # No pack yet is fine for the ledger.
    row.clean_fields(exclude=["pack_keys"])
    row.save(force_insert=True)
    return row.pk


def change_packs(*, organisation_id: int, pack_keys: Sequence[str]) -> None:
    """The specialty packs of a practice, in their order."""
    row = Organisation.objects.select_for_update().get(pk=organisation_id)
    row.pack_keys = list(pack_keys)
    row.save(update_fields=["pack_keys"])


def change_shown_name(*, organisation_id: int, name: str) -> None:
    """The name that patients see; empty for the practice's own."""
    Organisation.objects.filter(pk=organisation_id).update(neutral_name=name)


def change_settings(*, organisation_id: int, changes: Mapping[str, Any]) -> None:
    """Lay ``changes`` over the house settings."""
    row = Organisation.objects.select_for_update().get(pk=organisation_id)
    row.settings = {**row.settings, **changes}
    row.save(update_fields=["settings"])


def add_location(*, organisation_id: int, external_id: str, name: str, time_zone: str, **more: str) -> int:
    """A new site; its id. ``more``: phone, address_line, city, state, postal_code.

    Raises Django's ``ValidationError`` when a text is too long.
    """
    row = Location(
        organisation_id=organisation_id, external_id=external_id, name=name, time_zone=time_zone, **more
    )
    row.clean_fields(exclude=["organisation"])
    row.save(force_insert=True)
    return row.pk


def add_user(*, organisation_id: int, email: str, password: str | None, name: str, role: str) -> int:
    """A new member of staff; the user's id. An existing account is given the membership only.

    Raises Django's ``ValidationError`` for something that is no e-mail address.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        User(email=email, name=name).clean_fields(exclude=["password"])
        user = User.objects.create_user(email=email, password=password, name=name)
    Membership.objects.update_or_create(organisation_id=organisation_id, user=user, defaults={"role": role})
    return user.pk
