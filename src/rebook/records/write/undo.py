"""Putting the rows of one task back to an earlier standing (see `records.read.undo`)."""

from datetime import datetime
from typing import Any

from rebook.records.models import AutomationHold, Case, Consent, ContactPoint, Patient, Reply, Task


def restore(*, organisation_id: int, standing: dict[str, Any], now: datetime, actor: str) -> bool:
    """Reopen the task and put everything else back. False when somebody else has gone on since.

    A statement of consent made meanwhile stands (the trail of consent is append-only), and then nothing
    is put back.
    """
    mine = {"organisation_id": organisation_id}
    task = Task.objects.select_for_update().filter(**mine, pk=standing["task"]).first()
    if task is None or task.state != "done" or task.done_by != actor:
        return False
    revoked = Consent.objects.filter(**mine, patient_id=task.patient_id, pk__gt=standing["last_consent"])
    if revoked.exists():
        return False
    Task.objects.filter(pk=task.pk).update(
        state="open", disposition="", barrier="", note="", done_at=None, done_by=""
    )
    if task.reply_id:
        Reply.objects.filter(**mine, pk=task.reply_id).update(state="new", handled_at=None, handled_by="")
    if task.patient_id is None:
        return True
    later = Task.objects.filter(
        **mine, patient_id=task.patient_id, pk__gt=standing["last_task"], state="open"
    )
    later.update(state="cancelled", done_at=now, done_by=actor)
    holds = AutomationHold.objects.filter(
        **mine, patient_id=task.patient_id, pk__gt=standing["last_hold"], released_at__isnull=True
    )
    holds.update(released_at=now, released_by=actor)
    _put_back(Case, mine, standing["case"])
    _put_back(Patient, mine, standing["patient"])
    for point in standing["points"]:
        _put_back(ContactPoint, mine, point)
    return True


def _put_back(model: Any, mine: dict[str, int], values: dict[str, Any] | None) -> None:
    if values:
        fields = {name: value for name, value in values.items() if name != "pk"}
        model.objects.filter(**mine, pk=values["pk"]).update(**fields)
