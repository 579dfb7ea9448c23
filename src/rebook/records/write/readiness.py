"""What a practice says and shows about being ready to answer: appended, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rebook.records.models import ReadinessRecord


def add_readiness(
    *, organisation_id: int, kind: str, key: str, detail: Mapping[str, Any], actor: str, now: datetime
) -> None:
    """Append a statement or a test; from now on it is the one that counts."""
    ReadinessRecord.objects.create(
        organisation_id=organisation_id,
        kind=kind,
        key=key,
        detail=dict(detail),
        recorded_at=now,
        recorded_by=actor,
    )
