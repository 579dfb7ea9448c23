"""What patients sent, and the work it makes for people."""

from django.db import models
from django.db.models import Q

from rebook.core.words import (
    REPLY_STATES,
    TASK_KINDS,
    TASK_STATES,
)

from .base import OrganisationRow, known


class Reply(OrganisationRow):
    """What a patient sent or pressed, kept exactly as received (R-A50)."""

    channel = models.CharField(max_length=20)
    # The vendor's id; a webhook delivered twice stores one reply.
    provider_message_id = models.CharField(max_length=120)
    from_value = models.CharField(max_length=254)
    to_value = models.CharField(max_length=254, blank=True)
    body = models.TextField()
    received_at = models.DateTimeField()
    patient = models.ForeignKey(
        "records.Patient", null=True, on_delete=models.PROTECT, related_name="replies"
    )
    case = models.ForeignKey("records.Case", null=True, on_delete=models.PROTECT, related_name="replies")
    attempt = models.ForeignKey("records.Attempt", null=True, on_delete=models.PROTECT, related_name="+")
    # All that matched, first wins: [{"intent": ..., "level": ..., "matched": rule key}]
    intents = models.JSONField(default=list)
    intent = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=10, default="new")
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "provider_message_id"], name="reply_stored_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="reply_by_organisation"),
            models.CheckConstraint(condition=known("state", REPLY_STATES), name="reply_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "received_at"], condition=Q(state="new"), name="reply_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Task(OrganisationRow):
    """Staff work with an owner and a due time."""

    kind = models.CharField(max_length=20)
    patient = models.ForeignKey("records.Patient", null=True, on_delete=models.PROTECT, related_name="tasks")
    case = models.ForeignKey("records.Case", null=True, on_delete=models.PROTECT, related_name="tasks")
    reply = models.ForeignKey(Reply, null=True, on_delete=models.PROTECT, related_name="tasks")
    attempt = models.ForeignKey("records.Attempt", null=True, on_delete=models.PROTECT, related_name="tasks")
    # What a gap asks of staff; one open task of a kind for each gap.
    gap = models.ForeignKey("records.Gap", null=True, on_delete=models.PROTECT, related_name="tasks")
    # A person, or everybody in a role.
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    owner_role = models.CharField(max_length=20)
    # 0 is at once (safety), then ascending.
    urgency = models.PositiveSmallIntegerField(default=3)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    disposition = models.CharField(max_length=30, blank=True)
    barrier = models.CharField(max_length=30, blank=True)
    note = models.TextField(blank=True)
    call_back_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reply", "kind"], name="task_once_per_reply"),
            models.UniqueConstraint(fields=["attempt", "kind"], name="task_once_per_attempt"),
            models.UniqueConstraint(
                fields=["gap", "kind"], condition=Q(state="open"), name="task_open_once_per_gap"
            ),
            models.UniqueConstraint(
                fields=["organisation", "note"],
                condition=Q(kind="alarm", state="open"),
                name="alarm_open_once",
            ),
            models.CheckConstraint(condition=known("kind", TASK_KINDS), name="task_kind_known"),
            models.CheckConstraint(condition=known("state", TASK_STATES), name="task_state_known"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(done_at__isnull=False) & ~Q(done_by=""),
                name="task_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "urgency", "due_at"],
                condition=Q(state="open"),
                name="task_open_by_urgency",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk} {self.kind}"
