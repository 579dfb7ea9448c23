"""Putting the rows of one task back to an earlier standing (see `records.read.undo`)."""

from datetime import datetime
from typing import Any

from rebook.records.models import (
    Attempt,
    AutomationHold,
    Case,
    Consent,
    ContactPoint,
    Patient,
    PendingItem,
    Reply,
    Task,
)


def restore(*, organisation_id: int, standing: dict[str, Any], now: datetime, actor: str) -> bool:
    """Reopen the task and put everything else back. False when somebody else has gone on since.

    A statement of consent made meanwhile stands (the trail of consent is append-only), and then nothing
    is put back.
    """
    mine = {"organisation_id": organisation_id}
    task = Task.objects.select_for_update().filter(**mine, pk=standing["task"]).first()
    if task is None or task.state != "done" or task.done_by != actor:
        return False
    said = Consent.objects.filter(**mine, pk__gt=standing["last_consent"])
    if task.patient_id is not None and said.filter(patient_id=task.patient_id).exists():
        return False
    Task.objects.filter(pk=task.pk).update(
        state="open",
        disposition="",
        barrier="",
        note="",
        done_at=None,
        done_by="",
        call_back_at=standing["call_back_at"],
    )
    _put_back(PendingItem, mine, standing["item"])
    if task.reply_id:
        Reply.objects.filter(**mine, pk=task.reply_id).update(state="new", handled_at=None, handled_by="")
    if task.patient_id is not None:
        _patient(mine | {"patient_id": task.patient_id}, standing, now=now, actor=actor)
    return True


def _patient(of: dict[str, int], standing: dict[str, Any], *, now: datetime, actor: str) -> None:
    """What followed for the patient: new work and holds end, and the other rows get their values back."""
    later = Task.objects.filter(**of, pk__gt=standing["last_task"], state="open")
    later.update(state="cancelled", done_at=now, done_by=actor)
    holds = AutomationHold.objects.filter(**of)
    holds.filter(pk__gt=standing["last_hold"], released_at__isnull=True).update(
        released_at=now, released_by=actor
    )
    holds.filter(pk__in=standing["holds"]).update(released_at=None, released_by="")
    mine = {"organisation_id": of["organisation_id"]}
    _put_back(Case, mine, standing["case"])
    _put_back(Patient, mine, standing["patient"])
    for point in standing["points"]:
        _put_back(ContactPoint, mine, point)
    for attempt in standing["attempts"]:
        # What went out meanwhile has gone out.
        moved_on = ("claimed", "sent", "delivered", "read", "unknown")
        if (
            attempt["state"] not in ("planned", "deferred")
            or not Attempt.objects.filter(**mine, pk=attempt["pk"], state__in=moved_on).exists()
        ):
            _put_back(Attempt, mine, attempt)


def _put_back(model: Any, mine: dict[str, int], values: dict[str, Any] | None) -> None:
    if values:
        fields = {name: value for name, value in values.items() if name != "pk"}
        model.objects.filter(**mine, pk=values["pk"]).update(**fields)
