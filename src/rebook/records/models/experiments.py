"""Tests on wording: the rule as it was stated, and who got which text."""

from django.db import models
from django.db.models import Q

from rebook.core.words import WORDING_TEST_STATES

from .base import OrganisationRow, known


class WordingTest(OrganisationRow):
    """One test of a text in one campaign. ``plan`` is frozen at the start (``core.outreach.experiment``)."""

    campaign = models.ForeignKey("records.Campaign", on_delete=models.PROTECT, related_name="wording_tests")
    template_key = models.CharField(max_length=80)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="running")
    plan = models.JSONField()
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=100)
    # One entry for each look that was taken, as shown to people.
    looks = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    # Chosen by a person: the arm that goes out from then on, "" for the main text.
    applied_variant = models.CharField(max_length=20, blank=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "template_key", "channel"],
                condition=Q(state="running"),
                name="wording_test_one_at_a_time",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="wording_test_by_organisation"),
            models.CheckConstraint(
                condition=known("state", WORDING_TEST_STATES), name="wording_test_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False) & ~Q(applied_by=""),
                name="wording_test_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"test {self.pk} {self.template_key}"


class WordingAssignment(OrganisationRow):
    """Which arm a patient's case is in; drawn once, before the first text (R-F51)."""

    test = models.ForeignKey(WordingTest, on_delete=models.PROTECT, related_name="assignments")
    case = models.ForeignKey("records.Case", on_delete=models.PROTECT, related_name="+")
    variant = models.CharField(max_length=20, blank=True)
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "case"], name="wording_assigned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.variant}"
