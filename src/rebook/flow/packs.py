"""Adding a specialty pack to a practice and taking it away again, each an audited act of a manager."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit, write
from rebook.accounts import read as accounts
from rebook.flow.common.packs import add_visit_types, unknown_pack
from rebook.records.read import campaigns


class UnableToChangePacks(Exception):
    """The packs cannot be changed so; the message says why. Trying again needs other input."""

    permanent = True
    is_for_people = True


def add_pack(*, organisation_id: int, key: str, now: datetime, actor: str) -> tuple[str, ...]:
    """Let the rules of a pack run from the next day on; the kinds of visit that were added with it.

    Adding one that is there changes nothing. Raises ``UnableToChangePacks`` for an unknown one.
    """
    if problem := unknown_pack([key]):
        raise UnableToChangePacks(problem)
    organisation = accounts.organisation(organisation_id=organisation_id)
    if key in organisation.pack_keys:
        return ()
    with transaction.atomic(durable=True):
        write.change_packs(organisation_id=organisation_id, pack_keys=[*organisation.pack_keys, key])
        added = add_visit_types(
            organisation_id=organisation_id, pack_keys=[key], language=organisation.default_language
        )
        _note(organisation_id, key, "pack.added", now=now, actor=actor)
    return added


def remove_pack(*, organisation_id: int, key: str, now: datetime, actor: str) -> None:
    """Stop the rules of a pack; kinds of visit and what has happened stay.

    Raises ``UnableToChangePacks`` for one the practice does not use, and while a campaign that has not ended
    follows one of its contact plans.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    if key not in organisation.pack_keys:
        raise UnableToChangePacks(f"the practice does not use the pack {key}")
    using = [
        one.name
        for one in campaigns.campaigns(organisation_id=organisation_id)
        if one.state != "archived" and one.sequence_key.startswith(f"{key}.")
    ]
    if using:
        raise UnableToChangePacks(
            f"its contact plans are in use; end these campaigns first: {', '.join(using)}"
        )
    left = [one for one in organisation.pack_keys if one != key]
    with transaction.atomic(durable=True):
        write.change_packs(organisation_id=organisation_id, pack_keys=left)
        _note(organisation_id, key, "pack.removed", now=now, actor=actor)


def _note(organisation_id: int, key: str, action: str, *, now: datetime, actor: str) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="pack",
        subject_id=key,
    )
