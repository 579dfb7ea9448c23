"""The practice's own sequences in versions, the plans a campaign left behind, and steps passed over."""

from django.db import models
from django.db.models import Q

from rebook.core.words import SEQUENCE_STATES

from .base import OrganisationRow, known


class SequenceVersion(OrganisationRow):
    """One version of a sequence of the practice's own: a draft, or published and never changed again."""

    # "own.gentle_recall"; the versions of a sequence share it.
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="draft")
    # core.outreach.sequence.Sequence as JSON.
    content = models.JSONField()
    # The plan that it was made from.
    made_from = models.CharField(max_length=60, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    published_by = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key", "number"], name="sequence_version_once"),
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=Q(state="draft"), name="sequence_one_draft"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="sequence_version_counted_from_1"),
            models.CheckConstraint(condition=known("state", SEQUENCE_STATES), name="sequence_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="sequence_published_when",
            ),
        ]

    def __str__(self) -> str:
        return f"sequence {self.key} version {self.number}"


class CampaignSequence(OrganisationRow):
    """A plan that a campaign ran by before another took its place; cases left on it name its number."""

    campaign = models.ForeignKey(
        "records.Campaign", on_delete=models.PROTECT, related_name="former_sequences"
    )
    number = models.PositiveSmallIntegerField()
    sequence_key = models.CharField(max_length=60)
    content = models.JSONField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_sequence_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="campaign_sequence_counted_from_1"),
        ]

    def __str__(self) -> str:
        return f"sequence {self.number} of campaign {self.campaign_id}"


class PassedStep(OrganisationRow):
    """A step that a case did not take, and why: its condition did not hold, or no way was left."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Found by the unique constraint, which begins with it.
    case = models.ForeignKey(
        "records.Case", on_delete=models.CASCADE, related_name="passed_steps", db_index=False
    )
    step_index = models.PositiveSmallIntegerField()
    # [{"rule": ..., "detail": ...}]
    reasons = models.JSONField()
    passed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step_index"], name="step_passed_once"),
        ]

    def __str__(self) -> str:
        return f"step {self.step_index} of case {self.case_id}"
