"""A clinician's signature under one gap definition."""

from datetime import datetime

from rebook.records.models import GapSignOff


def add_signature(
    *, organisation_id: int, definition_key: str, content_hash: str, signed_by: str, now: datetime
) -> bool:
    """Keep a signature; False when this content was signed before."""
    _, is_new = GapSignOff.objects.get_or_create(
        organisation_id=organisation_id,
        definition_key=definition_key,
        content_hash=content_hash,
        defaults={"signed_by": signed_by, "signed_at": now},
    )
    return is_new
