"""Cases whose portal message nobody read: locked, and sent on their way."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models.functions import Least

from rebook.records.models import Case
from rebook.records.write.planning import LOCK_DUE_CASES, DueCase

# Cases that run as they are read for planning, whatever falls due when.
_LOCK_RUNNING = (
    LOCK_DUE_CASES.partition("WHERE c.organisation_id")[0]
    + """
WHERE c.organisation_id = %(org)s AND c.id = ANY(%(ids)s::bigint[]) AND c.arm = 'contact'
  AND c.closed_at IS NULL AND c.booked_at IS NULL AND c.paused_at IS NULL AND k.state = 'active'
ORDER BY c.id FOR UPDATE OF c
"""
)


def lock_running(*, organisation_id: int, case_ids: Sequence[int], now: datetime) -> dict[int, DueCase]:
    """Those of the cases that are open, not booked, not paused and of a running campaign, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_RUNNING, {"org": organisation_id, "ids": list(case_ids), "now": now})
        return {row[0]: DueCase._make(row) for row in cursor.fetchall()}


def try_again(*, organisation_id: int, step_of: Mapping[int, int], now: datetime) -> None:
    """Take cases back to a step of theirs (case id -> step), due now, for its other channels."""
    for case_id, step in step_of.items():
        Case.objects.filter(organisation_id=organisation_id, pk=case_id).update(
            step_index=step, next_step_at=now
        )


def bring_forward(*, organisation_id: int, case_ids: Sequence[int], now: datetime) -> int:
    """The next step of these cases comes now, where it would come later; how many have one."""
    return Case.objects.filter(
        organisation_id=organisation_id, pk__in=list(case_ids), next_step_at__isnull=False
    ).update(next_step_at=Least("next_step_at", now))
