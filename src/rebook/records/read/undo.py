"""How things stood before an outcome was recorded, so that a slip of the mouse can be taken back."""

from typing import Any

from django.db.models import Max

from rebook.records.models import AutomationHold, Case, Consent, ContactPoint, Patient, Task

CASE_FIELDS = (
    "step_index",
    "next_step_at",
    "paused_at",
    "pause_reason",
    "reached_at",
    "responded_at",
    "barrier",
    "outcome",
    "closed_at",
    "outcome_detail",
)
PATIENT_FIELDS = ("is_deceased", "deceased_on", "left_practice_on", "do_not_contact", "do_not_contact_reason")
POINT_FIELDS = ("state", "state_reason", "state_changed_at")


def standing(*, organisation_id: int, task_id: int) -> dict[str, Any] | None:
    """The rows that an outcome may change, as they are now: ids, flags and times only. None: no such task."""
    task = Task.objects.filter(organisation_id=organisation_id, pk=task_id).first()
    if task is None:
        return None
    patient = {"organisation_id": organisation_id, "patient_id": task.patient_id}
    return {
        "task": task.pk,
        "case": Case.objects.filter(pk=task.case_id).values("pk", *CASE_FIELDS).first(),
        "patient": Patient.objects.filter(pk=task.patient_id).values("pk", *PATIENT_FIELDS).first(),
        "points": list(ContactPoint.objects.filter(**patient).values("pk", *POINT_FIELDS)),
        "last_task": Task.objects.filter(**patient).aggregate(last=Max("pk"))["last"] or 0,
        "last_hold": AutomationHold.objects.filter(**patient).aggregate(last=Max("pk"))["last"] or 0,
        "last_consent": Consent.objects.filter(organisation_id=organisation_id).aggregate(last=Max("pk"))[
            "last"
        ]
        or 0,
    }
