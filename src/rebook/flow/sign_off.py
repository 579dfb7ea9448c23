"""Clinicians sign gap rules; a changed rule needs signing again (R-C1)."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.records.write import sign_off as write


def sign_definition(
    *, organisation_id: int, definition_key: str, content_hash: str, now: datetime, actor: str
) -> bool:
    """Sign the rule whose content has this hash; False when that is signed already.

    The caller has made sure that ``content_hash`` is that of the rule as ``actor`` ("user:7") read it.
    """
    with transaction.atomic(durable=True):
        is_new = write.add_signature(
            organisation_id=organisation_id,
            definition_key=definition_key,
            content_hash=content_hash,
            signed_by=actor,
            now=now,
        )
        if is_new:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="gap_definition.signed",
                subject_kind="gap_definition",
                subject_id=definition_key[:64],
                detail={"hash": content_hash},
            )
    return is_new


def withdraw_signature(
    *, organisation_id: int, definition_key: str, now: datetime, actor: str, reason: str
) -> bool:
    """Take back what was signed under a rule; False when nobody's signature stands.

    A rule from class 3 on stops with the next daily run (R-C1).
    """
    with transaction.atomic(durable=True):
        withdrawn = write.withdraw_signatures(
            organisation_id=organisation_id, definition_key=definition_key, by=actor, now=now
        )
        if withdrawn:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="gap_definition.withdrawn",
                subject_kind="gap_definition",
                subject_id=definition_key[:64],
                detail={"reason": reason[:200]},
            )
    return bool(withdrawn)
