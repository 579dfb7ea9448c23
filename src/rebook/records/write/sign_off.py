"""A clinician's signature under one gap definition."""

from datetime import datetime

from rebook.records.models import GapSignOff


def add_signature(
    *, organisation_id: int, definition_key: str, content_hash: str, signed_by: str, now: datetime
) -> bool:
    """Keep a signature; False when this content is signed already."""
    _, is_new = GapSignOff.objects.get_or_create(
        organisation_id=organisation_id,
        definition_key=definition_key,
        content_hash=content_hash,
        withdrawn_at__isnull=True,
        defaults={"signed_by": signed_by, "signed_at": now},
    )
    return is_new


def withdraw_signatures(*, organisation_id: int, definition_key: str, by: str, now: datetime) -> int:
    """Take every signature under the rule back, whatever content it was given to; the rows stay."""
    standing = GapSignOff.objects.filter(
        organisation_id=organisation_id, definition_key=definition_key, withdrawn_at__isnull=True
    )
    return standing.update(withdrawn_at=now, withdrawn_by=by)
