"""Everything that happened between a patient and the practice, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rebook.core.outreach.sequence_when import RULE
from rebook.records.models import Appointment, Attempt, Consent, PassedStep, Reply, Task, Visit


@dataclass(frozen=True, slots=True)
class Event:
    """One line; ``kind``: visit, appointment, attempt, passed (step), reply, consent or task."""

    kind: str
    at: datetime
    # Words of the ledger, for the page to translate.
    what: str
    state: str
    # Channel of a message, location of a visit.
    where: str
    text: str = ""
    # [{"rule": ..., "detail": ...}] of the guard's last word.
    reasons: tuple[dict[str, Any], ...] = ()
    by: str = ""
    through_rebook: bool = False
    barrier: str = ""
    # Of an appointment.
    id: int = 0


def timeline(*, organisation_id: int, patient_id: int, limit: int = 40) -> tuple[Event, ...]:
    """The newest ``limit`` events. Seven queries, whatever happened."""
    of = {"organisation_id": organisation_id, "patient_id": patient_id}
    events = [
        *_visits(of, limit),
        *_appointments(of, limit),
        *_attempts(of, limit),
        *_passed(of, limit),
        *_replies(of, limit),
        *_consents(of, limit),
        *_tasks(of, limit),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:limit])


def _visits(of: dict[str, int], limit: int) -> list[Event]:
    rows = Visit.objects.filter(**of).select_related("location", "practitioner").order_by("-started_at")
    return [
        Event("visit", row.started_at, row.visit_type, "", _name(row.location), by=_name(row.practitioner))
        for row in rows[:limit]
    ]


def _appointments(of: dict[str, int], limit: int) -> list[Event]:
    rows = Appointment.objects.filter(**of).exclude(status__in=("fulfilled", "entered-in-error"))
    rows = rows.select_related("location", "practitioner", "source").order_by("-starts_at")
    return [
        Event(
            "appointment",
            row.starts_at,
            row.visit_type,
            row.status,
            _name(row.location),
            by=_name(row.practitioner),
            through_rebook=row.source.kind == "local",
            id=row.pk,
        )
        for row in rows[:limit]
    ]


def _attempts(of: dict[str, int], limit: int) -> list[Event]:
    rows = Attempt.objects.filter(**of).order_by("-due_at")
    return [
        Event(
            "attempt",
            row.sent_at or row.due_at,
            row.origin,
            row.state,
            row.channel,
            text=row.body,
            reasons=tuple(row.reasons),
        )
        for row in rows[:limit]
    ]


def _passed(of: dict[str, int], limit: int) -> list[Event]:
    """Steps whose condition did not hold; those that found no way left attempts that say why."""
    rows = PassedStep.objects.filter(
        organisation_id=of["organisation_id"], case__patient_id=of["patient_id"]
    ).filter(reasons__contains=[{"rule": RULE}])
    return [
        Event("passed", row.passed_at, str(row.step_index + 1), "", "", reasons=tuple(row.reasons))
        for row in rows.order_by("-passed_at")[:limit]
    ]


def _replies(of: dict[str, int], limit: int) -> list[Event]:
    rows = Reply.objects.filter(**of).order_by("-received_at")
    return [
        Event("reply", row.received_at, row.intent, row.state, row.channel, text=row.body)
        for row in rows[:limit]
    ]


def _consents(of: dict[str, int], limit: int) -> list[Event]:
    rows = Consent.objects.filter(**of).order_by("-at")
    return [
        Event("consent", row.at, row.purpose, row.state, row.channel, text=row.wording, by=row.recorded_by)
        for row in rows[:limit]
    ]


def _tasks(of: dict[str, int], limit: int) -> list[Event]:
    rows = Task.objects.filter(**of, state="done").order_by("-done_at")
    return [
        Event(
            "task",
            row.done_at or row.opened_at,
            row.kind,
            row.disposition,
            "",
            text=row.note,
            by=row.done_by,
            barrier=row.barrier,
        )
        for row in rows[:limit]
    ]


def _name(row: Any) -> str:
    return row.name if row else ""
