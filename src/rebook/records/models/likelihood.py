"""What was learned from the practice's own records, as plain numbers: no pickles, nothing that runs."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import FITTED_MODEL_KINDS

from .base import OrganisationRow, known


class FittedModel(OrganisationRow):
    """One fit: of the chance to return, of the chance to keep a booked visit, or of a contact's gain."""

    kind = models.CharField(max_length=10)
    fitted_on = models.DateField()
    fitted_at = models.DateTimeField()
    # The days it learned from, both included; empty where there were none.
    window_from = models.DateField(null=True)
    window_to = models.DateField(null=True)
    # What is used ("logistic", "bgnbd", "recency", "boosting", "rate", "own", "prior"), and why.
    chosen = models.CharField(max_length=20)
    reason = models.TextField()
    parameters = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "fitted_on"], name="fitted_model_once_a_day"
            ),
            models.CheckConstraint(
                condition=known("kind", FITTED_MODEL_KINDS), name="fitted_model_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(chosen="") & ~Q(reason=""), name="fitted_model_decided_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(window_from__isnull=True, window_to__isnull=True)
                | Q(window_to__gte=F("window_from")),
                name="fitted_model_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fitted_on}"
