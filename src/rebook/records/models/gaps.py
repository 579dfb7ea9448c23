"""Frozen copies of the records, and the reasons for patients to come back that were found in them."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import GAP_OUTREACH

from .base import OrganisationRow, known


class Snapshot(OrganisationRow):
    """A frozen, dated columnar copy of the records (Parquet files under ``path``)."""

    number = models.PositiveIntegerField()
    as_of = models.DateField()
    taken_at = models.DateTimeField()
    # Relative to REBOOK_HOME/snapshots.
    path = models.CharField(max_length=300)
    # {"patients": n, "appointments": n, ...}
    counts = models.JSONField(default=dict)
    # The full snapshot that an increment builds on; empty for a full one.
    base_number = models.PositiveIntegerField(null=True)
    # Hash of what a later increment has to share with it: the clocks of the places, the tables' columns.
    layout = models.CharField(max_length=64, blank=True, default="")
    # When its files were taken away; the row stays, gaps name it.
    pruned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="snapshot_number_once"),
        ]

    def __str__(self) -> str:
        return f"snapshot {self.number}"


class Gap(OrganisationRow):
    """One open, dated, evidenced reason for a patient to come back."""

    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="gaps")
    # "dental.hygiene", or "cancelled_not_rebooked:<appointment id>" when one event makes one gap.
    definition_key = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    visit_type = models.CharField(max_length=60, blank=True)
    risk_class = models.SmallIntegerField()
    is_sensitive = models.BooleanField(default=False)
    # "yes": may be written to; "at_visit": raised when the patient comes; "staff": a task, never a message.
    outreach = models.CharField(max_length=10, default="yes", db_default="yes")
    # What the due date counts from; empty when the patient never had the visit.
    anchor_on = models.DateField(null=True)
    due_on = models.DateField()
    overdue_on = models.DateField()
    interval_days = models.PositiveIntegerField(null=True)
    # active, slipping, dormant, long_lapsed, lost, never: of the patient when last found.
    tier = models.CharField(max_length=12)
    location = models.ForeignKey("accounts.Location", null=True, on_delete=models.PROTECT, related_name="+")
    # Trace steps as shown to people; ids and dates only.
    evidence = models.JSONField(default=list)
    # Rank among open gaps of the organisation, 1 is first; and the reasons for it.
    rank = models.PositiveIntegerField(null=True)
    rank_reasons = models.JSONField(default=list)
    opened_on = models.DateField()
    opened_by_snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "patient", "definition_key"],
                condition=Q(closed_on__isnull=True),
                name="gap_open_once",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="gap_by_organisation"),
            models.CheckConstraint(
                condition=Q(risk_class__gte=0, risk_class__lte=4), name="gap_risk_class_0_to_4"
            ),
            models.CheckConstraint(condition=Q(overdue_on__gte=F("due_on")), name="gap_overdue_after_due"),
            models.CheckConstraint(condition=known("outreach", GAP_OUTREACH), name="gap_outreach_known"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, close_reason="")
                | Q(closed_on__isnull=False) & ~Q(close_reason=""),
                name="gap_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "rank"], condition=Q(closed_on__isnull=True), name="gap_open_by_rank"
            ),
            models.Index(fields=["organisation", "opened_on"]),
        ]

    def __str__(self) -> str:
        return f"gap {self.pk} {self.definition_key}"


class GapSignOff(OrganisationRow):
    """A clinician's signature under one gap definition, bound to the definition's content (R-C1)."""

    definition_key = models.CharField(max_length=100)
    content_hash = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=100)
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "definition_key", "content_hash"],
                condition=Q(withdrawn_at__isnull=True),
                name="gap_definition_signed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.definition_key
