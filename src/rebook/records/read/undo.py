"""How things stood before an outcome was recorded, so that a slip of the mouse can be taken back."""

from typing import Any

from django.db.models import Max, Q

from rebook.core.gaps.operational_pending import item_of
from rebook.records.models import (
    Attempt,
    AutomationHold,
    Case,
    Consent,
    ContactPoint,
    Patient,
    PendingItem,
    Task,
)

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
ATTEMPT_FIELDS = ("state", "due_at", "result_at", "reasons")
ITEM_FIELDS = ("state", "closed_on")
POINT_FIELDS = ("state", "state_reason", "state_changed_at")


def standing(*, organisation_id: int, task_id: int) -> dict[str, Any] | None:
    """The rows that an outcome may change, as they are now: ids, flags and times only. None: no such task."""
    task = Task.objects.filter(organisation_id=organisation_id, pk=task_id).first()
    if task is None:
        return None
    case = Case.objects.filter(pk=task.case_id) if task.case_id else Case.objects.none()
    person = Patient.objects.filter(pk=task.patient_id) if task.patient_id else Patient.objects.none()
    item_id = (item_of(task.gap.definition_key) if task.gap is not None else None) or 0
    item = PendingItem.objects.filter(organisation_id=organisation_id, pk=item_id)
    patient: dict[str, Any] = {"organisation_id": organisation_id, "patient_id": task.patient_id}
    return {
        "task": task.pk,
        "call_back_at": task.call_back_at,
        "item": item.values("pk", *ITEM_FIELDS).first(),
        "case": case.values("pk", *CASE_FIELDS).first(),
        "patient": person.values("pk", *PATIENT_FIELDS).first(),
        "attempts": list(
            Attempt.objects.filter(**patient)
            .filter(Q(state__in=("planned", "deferred")) | Q(pk=task.attempt_id))
            .values("pk", *ATTEMPT_FIELDS)
        ),
        # A number may be somebody else's too.
        "points": list(
            ContactPoint.objects.filter(
                organisation_id=organisation_id,
                value__in=ContactPoint.objects.filter(**patient).values("value"),
            ).values("pk", *POINT_FIELDS)
        ),
        "holds": list(
            AutomationHold.objects.filter(**patient, released_at__isnull=True).values_list("pk", flat=True)
        ),
        "last_task": Task.objects.filter(**patient).aggregate(last=Max("pk"))["last"] or 0,
        "last_hold": AutomationHold.objects.filter(**patient).aggregate(last=Max("pk"))["last"] or 0,
        "last_consent": Consent.objects.filter(organisation_id=organisation_id).aggregate(last=Max("pk"))[
            "last"
        ]
        or 0,
    }
