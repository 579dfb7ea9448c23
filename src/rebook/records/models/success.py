"""Whether a case was a success by its campaign's definition, and how far patients got on a link's pages."""

from django.db import models
from django.db.models import Q

from rebook.core.words import LINK_STEPS

from .base import OrganisationRow, known


class CaseSuccess(OrganisationRow):
    """One judgement of a case, appended when it is news; the newest counts.

    ``met_at`` empty: no success after all; one written before is taken back, the records were corrected.
    """

    case = models.ForeignKey(
        "records.Case", on_delete=models.PROTECT, related_name="successes", db_index=False
    )
    # ``core.outcome.success.SuccessRule.key``: "rebooked_and_kept:120:2".
    definition = models.CharField(max_length=40)
    met_at = models.DateTimeField(null=True)
    appointment = models.ForeignKey(
        "records.Appointment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "case successes"
        indexes = [models.Index(fields=["case", "-id"], name="success_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(definition=""), name="success_by_a_definition"),
        ]

    def __str__(self) -> str:
        return f"success {self.pk} of case {self.case_id}"


class LinkStep(OrganisationRow):
    """The first time that a link got so far: opened, a time chosen, the check passed (Q-559)."""

    link = models.ForeignKey(
        "records.PatientLink", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    step = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "step"], name="link_step_once"),
            models.CheckConstraint(condition=known("step", LINK_STEPS), name="link_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.step}"
