"""Tests on wording, time and channel: the rule as it was stated, and who was drawn for what."""

from django.db import models
from django.db.models import Q

from rebook.core.words import WORDING_TEST_STATES

from .base import OrganisationRow, known


class WordingTest(OrganisationRow):
    """One test in one campaign: of a text, or of a step of its plan (then ``template_key`` is empty).

    ``plan`` is frozen at the start (``core.outreach.experiment``), and so is ``content``, what each arm is:
    {"texts": {arm: {language: hash}}}, or a step's arms (``core.outreach.experiment_steps``).
    """

    campaign = models.ForeignKey("records.Campaign", on_delete=models.PROTECT, related_name="wording_tests")
    template_key = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, default="running")
    plan = models.JSONField()
    content = models.JSONField(default=dict, db_default={})
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
    """Which arm a patient's case is in; drawn once, before the first contact (R-F51)."""

    test = models.ForeignKey(WordingTest, on_delete=models.PROTECT, related_name="assignments")
    case = models.ForeignKey("records.Case", on_delete=models.PROTECT, related_name="+")
    variant = models.CharField(max_length=20, blank=True)
    # Household key, or "patient:<id>" where there is none: drawn together, and counted once.
    unit = models.CharField(max_length=80, blank=True, default="", db_default="")
    # Why the case is not in the test, found before the draw; empty for everybody who is.
    left_out = models.CharField(max_length=20, blank=True, default="", db_default="")
    assigned_at = models.DateTimeField()
    # Of a step: the case's step that was drawn for, and when the arm has it due.
    step_index = models.PositiveSmallIntegerField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "case"], name="wording_assigned_once"),
        ]
        indexes = [models.Index(fields=["test", "unit", "assigned_at"], name="wording_by_unit")]

    def __str__(self) -> str:
        return f"{self.test_id} {self.variant}"
