"""The audit trail: append-only, one hash chain per organisation (promise 10, R-A124).

``append`` runs inside the caller's transaction, so that a change and its line stand or fall together.
Lines name ids and counts only.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from rebook.accounts.models import AuditEvent

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """The first line that does not follow from the one before."""

    organisation_id: int
    sequence: int
    problem: str


def _digest(event: AuditEvent) -> str:
    content = [
        event.organisation_id,
        event.sequence,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.action,
        event.subject_kind,
        event.subject_id,
        event.detail,
        event.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def append(
    *,
    organisation_id: int,
    now: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject_id: object = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one line. ``actor`` is "user:7", "patient", "system" ...: never empty."""
    if not actor:
        raise ValueError("an audit line needs an actor")
    with connection.cursor() as cursor:
        # One writer at a time per organisation, until the caller's transaction ends.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit'), %s::int)", [organisation_id])
    last = AuditEvent.objects.filter(organisation_id=organisation_id).order_by("-sequence").first()
    event = AuditEvent(
        organisation_id=organisation_id,
        sequence=last.sequence + 1 if last else 1,
        at=now,
        actor=actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=detail or {},
        previous_hash=last.hash if last else GENESIS,
    )
    event.hash = _digest(event)
    event.save(force_insert=True)


def verify(*, organisation_id: int) -> tuple[int, BrokenChain | None]:
    """(lines read, first broken place or None)."""
    previous, expected, count = GENESIS, 1, 0
    for event in AuditEvent.objects.filter(organisation_id=organisation_id).order_by("sequence").iterator():
        count += 1
        if event.sequence != expected:
            return count, BrokenChain(organisation_id, event.sequence, "a line is missing before it")
        if event.previous_hash != previous or event.hash != _digest(event):
            return count, BrokenChain(organisation_id, event.sequence, "its content does not match its hash")
        previous, expected = event.hash, expected + 1
    return count, None
