"""Reading the audit trail, for people who are allowed to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rebook.accounts.models import AuditEvent


@dataclass(frozen=True, slots=True)
class AuditLine:
    sequence: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]


def audit_tail(
    *,
    organisation_id: int,
    subject_kind: str = "",
    subject_id: str = "",
    actor: str = "",
    before: int | None = None,
    limit: int = 100,
) -> tuple[AuditLine, ...]:
    """The newest lines of the trail, newest first; of one subject or actor when named (R-A124)."""
    rows = AuditEvent.objects.filter(organisation_id=organisation_id)
    wanted = {"subject_kind": subject_kind, "subject_id": subject_id, "actor": actor}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if before:
        rows = rows.filter(sequence__lt=before)
    return tuple(
        AuditLine(row.sequence, row.at, row.actor, row.action, row.subject_kind, row.subject_id, row.detail)
        for row in rows.order_by("-sequence")[:limit]
    )
