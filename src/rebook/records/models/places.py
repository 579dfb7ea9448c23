"""Reviews of the rules of places: who in the practice read a row against its source, and when (R-A77)."""

from django.db import models
from django.db.models import Q

from .base import OrganisationRow


class PlaceRuleReview(OrganisationRow):
    """One review of one row in one wording; appended, never changed. Another wording needs another review."""

    # The row's name in the packs: "us-ky.hours".
    row_key = models.CharField(max_length=80)
    # ``packs.jurisdictions_rows.version_of``: changes with every value in the row.
    row_version = models.CharField(max_length=16)
    reviewed_on = models.DateField()
    reviewed_by = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "row_key", "row_version", "reviewed_on"],
                name="place_rule_review_once_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(row_key="") & ~Q(reviewed_by=""), name="place_rule_review_says_who"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_key} on {self.reviewed_on}"
