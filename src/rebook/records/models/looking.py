"""What was found by looking: runs of rules over past dates, and examinations of the records."""

from django.db import models
from django.db.models import Q

from rebook.core.words import BACKTEST_STATES

from .base import OrganisationRow, known


class Backtest(OrganisationRow):
    """Rules run as if on past dates: what was asked, over which records, and what came of it.

    ``number`` counts from 1 in an organisation. The listings themselves (ids and dates) lie as Parquet
    beside the snapshots under ``path``.
    """

    number = models.PositiveIntegerField()
    # The dates, rules, settings and assumptions as asked (core.backtest.Question as JSON).
    asked = models.JSONField()
    state = models.CharField(max_length=10, default="waiting")
    days_done = models.PositiveIntegerField(default=0)
    days_total = models.PositiveIntegerField(default=0)
    # {"A": {definition key: content hash}}.
    definitions = models.JSONField(default=dict)
    # Numbers of the snapshots that were read, the one the outcomes come from first.
    snapshots = models.JSONField(default=list)
    result = models.JSONField(null=True)
    # Of records, definitions, settings and result: equal for equal runs.
    fingerprint = models.CharField(max_length=64, blank=True)
    # Relative to the directory of snapshots; empty without listings.
    path = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="backtest_number_once"),
            models.CheckConstraint(condition=known("state", BACKTEST_STATES), name="backtest_state_known"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="backtest_done_has_result"
            ),
        ]

    def __str__(self) -> str:
        return f"backtest {self.number}"


class Examination(OrganisationRow):
    """What one look at the records found that stands against switching on, or for it."""

    examined_at = models.DateTimeField()
    examined_by = models.CharField(max_length=100)
    # core.doctor.Finding as JSON, in the order shown.
    findings = models.JSONField(default=list)
    # Definitions that would list the wrong patients on these records; nobody is enrolled for them.
    unsafe_definitions = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-examined_at"], name="examination_newest")]

    def __str__(self) -> str:
        return f"examination {self.pk}"
