"""Files that prove a consent, as they are kept: sealed."""

from dataclasses import dataclass

from rebook.records.models import ConsentEvidence


@dataclass(frozen=True, slots=True)
class SealedFile:
    name: str
    media_type: str
    sealed: bytes | None


def sealed_file(*, organisation_id: int, evidence_id: int) -> SealedFile | None:
    """One file of the organisation, or None."""
    row = ConsentEvidence.objects.filter(organisation_id=organisation_id, pk=evidence_id).first()
    if row is None:
        return None
    return SealedFile(row.name, row.media_type, bytes(row.sealed) if row.sealed is not None else None)
