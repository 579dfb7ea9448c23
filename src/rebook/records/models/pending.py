"""Things that were begun for a patient and wait to be finished: results, referrals, orders, plans."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import DAY_PARTS, PENDING_KINDS, PENDING_PRIORITIES, PENDING_STATES

from .base import known
from .care import PatientFact


class PendingItem(PatientFact):
    """Opened on a day, to be done by a day, closed by a word of its source, a visit or a booking.

    R-C120, R-C125 to R-C133, R-C63, R-C92, R-C100; the rules per kind are ``packs/operational.toml``.
    """

    kind = models.CharField(max_length=30)
    visit_type = models.CharField(max_length=60, blank=True)
    priority = models.CharField(max_length=10, default="routine")
    # "proposed" waits for a clinician's approval (safety notices, R-C131) and opens nothing.
    state = models.CharField(max_length=10, default="open")
    opened_on = models.DateField()
    # What it counts to: the end of a supply, of an authorisation, the day a test is for.
    due_on = models.DateField(null=True)
    # The day on which "done" and "cancelled" were true; without one they always were.
    closed_on = models.DateField(null=True)
    # What closed it, where that was another fact of its source ("Appointment/17"): undone, it opens again.
    closed_by = models.CharField(max_length=300, blank=True, default="", db_default="")
    location = models.ForeignKey("accounts.Location", null=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        "records.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Visits that an authorisation still pays for, and from which number on somebody should look.
    units_left = models.PositiveIntegerField(null=True)
    units_threshold = models.PositiveIntegerField(null=True)
    # Visits a week that a treatment plan asks for.
    visits_per_week = models.PositiveSmallIntegerField(null=True)
    # The day a free time was found that suits a wish on the waiting list.
    matched_on = models.DateField(null=True)
    day_part = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "external_id"], name="pending_item_once"
            ),
            models.CheckConstraint(condition=known("kind", PENDING_KINDS), name="pending_item_kind_known"),
            models.CheckConstraint(
                condition=known("priority", PENDING_PRIORITIES), name="pending_item_priority_known"
            ),
            models.CheckConstraint(condition=known("state", PENDING_STATES), name="pending_item_state_known"),
            models.CheckConstraint(
                condition=known("day_part", ("", *DAY_PARTS)), name="pending_item_day_part_known"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("opened_on")),
                name="pending_item_due_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="pending_item_closed_after_opened",
            ),
        ]
        indexes = [models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return f"pending item {self.pk} {self.kind}"
