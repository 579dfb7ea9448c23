"""Taking back, for a few minutes, an outcome recorded by mistake: undo instead of "are you sure?"."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.core.response.dispositions import DISPOSITIONS
from rebook.records.read import undo as read
from rebook.records.write import undo as write

LASTS = timedelta(minutes=10)
BINDING = ("booked", "opt_out_confirmed", "opt_out_not_meant")


def undo_point(*, organisation_id: int, task_id: int) -> dict[str, Any] | None:
    """How the rows of a task stand before its outcome is recorded; give it back to `take_back`."""
    return read.standing(organisation_id=organisation_id, task_id=task_id)


def can_be_taken_back(*, disposition: str) -> bool:
    """False for stop requests, which bind the moment they are heard, and for booked times (cancel those)."""
    known = DISPOSITIONS.get(disposition)
    return known is not None and not known.revokes and disposition not in BINDING


def take_back(
    *, organisation_id: int, standing: dict[str, Any], recorded_at: datetime, now: datetime, actor: str
) -> bool:
    """Reopen the task as if nothing had been recorded. False when too late or when somebody went on since."""
    if now - recorded_at > LASTS:
        return False
    with transaction.atomic(durable=True):
        done = write.restore(organisation_id=organisation_id, standing=standing, now=now, actor=actor)
        if done:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="task.outcome_taken_back",
                subject_kind="task",
                subject_id=standing["task"],
            )
    return done
