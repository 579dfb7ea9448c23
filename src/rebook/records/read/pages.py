"""What every staff page shows around its own content."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from rebook.records.models import Reply, Stop, Task


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop in force: nothing of its scope goes out until somebody ends it."""

    id: int
    scope: str
    key: str
    reason: str
    started_at: datetime
    started_by: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Counts beside the menu, and whether everything is stopped."""

    stop: StopLine | None
    tasks: int
    safety_tasks: int
    replies: int


def stops(*, organisation_id: int) -> list[StopLine]:
    """The stops in force, the whole practice's first."""
    rows = Stop.objects.filter(organisation_id=organisation_id, ended_at__isnull=True).order_by("started_at")
    lines = [StopLine(row.pk, row.scope, row.key, row.reason, row.started_at, row.started_by) for row in rows]
    return sorted(lines, key=lambda line: line.scope != "organisation")


def shell(*, organisation_id: int, now: datetime) -> Shell:
    """Three queries, whatever the size of the practice. Tasks put off to later than ``now`` do not count."""
    in_force = stops(organisation_id=organisation_id)
    tasks = Task.objects.filter(organisation_id=organisation_id, state="open").aggregate(
        now=Count("pk", filter=Q(call_back_at__isnull=True) | Q(call_back_at__lte=now)),
        safety=Count("pk", filter=Q(urgency=0)),
    )
    return Shell(
        stop=in_force[0] if in_force and in_force[0].scope == "organisation" else None,
        tasks=tasks["now"],
        safety_tasks=tasks["safety"],
        replies=Reply.objects.filter(organisation_id=organisation_id, state="new").count(),
    )
