"""What a look at the records found, kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rebook.records.models import Examination

# Older ones tell nothing that the records do not.
KEPT = 60


def add_examination(
    *,
    organisation_id: int,
    findings: Sequence[dict[str, Any]],
    unsafe_definitions: Sequence[str],
    now: datetime,
    actor: str,
) -> int:
    """Its id. Nothing new since the last look leaves one row; the oldest ones go."""
    mine = Examination.objects.filter(organisation_id=organisation_id).order_by("-examined_at", "-pk")
    newest = mine.first()
    if newest and (newest.findings, newest.unsafe_definitions) == (list(findings), list(unsafe_definitions)):
        mine.filter(pk=newest.pk).update(examined_at=now, examined_by=actor)
        return int(newest.pk)
    row = Examination.objects.create(
        organisation_id=organisation_id,
        examined_at=now,
        examined_by=actor,
        findings=list(findings),
        unsafe_definitions=list(unsafe_definitions),
    )
    Examination.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[KEPT : 2 * KEPT])).delete()
    return int(row.pk)
