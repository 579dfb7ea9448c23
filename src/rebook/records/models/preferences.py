"""What was settled for one patient, whatever the rules of the pack say (R-C2)."""

from django.db import models
from django.db.models import Q

from rebook.core.words import RECALL_PREFERENCE_KINDS

from .base import OrganisationRow, known


class RecallPreference(OrganisationRow):
    """An interval or a next date of the patient's own, a wait, or no recall; by whom, why and until when."""

    patient = models.ForeignKey(
        "records.Patient", on_delete=models.PROTECT, related_name="recall_preferences"
    )
    kind = models.CharField(max_length=12)
    # "dental.hygiene"; empty for every rule.
    definition_key = models.CharField(max_length=100, blank=True)
    interval_months = models.PositiveSmallIntegerField(default=0)
    interval_days = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    # The last day it counts, on the clock of the patient's location; empty for good.
    valid_until = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    made_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "patient", "kind", "definition_key"],
                condition=Q(ended_at__isnull=True),
                name="recall_preference_once",
            ),
            models.CheckConstraint(
                condition=known("kind", RECALL_PREFERENCE_KINDS), name="recall_preference_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="interval")
                | ~Q(definition_key="") & (Q(interval_months__gt=0) | Q(interval_days__gt=0)),
                name="recall_preference_interval_says_how_long",
            ),
            models.CheckConstraint(
                condition=~Q(kind="next_date") | ~Q(definition_key="") & Q(due_on__isnull=False),
                name="recall_preference_next_date_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="snooze") | Q(valid_until__isnull=False),
                name="recall_preference_snooze_ends",
            ),
        ]
        indexes = [models.Index(fields=["patient"], name="recall_preference_patient")]

    def __str__(self) -> str:
        return f"{self.kind} {self.definition_key}"
