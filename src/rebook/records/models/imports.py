"""Where facts came from, and what was turned away."""

from django.db import models

from rebook.core.words import (
    IMPORT_RUN_STATES,
)

from .base import OrganisationRow, known


class Source(OrganisationRow):
    """A place data comes from; ``last_synced_at`` feeds the stale-data guard."""

    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20)
    last_synced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="source_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="source_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.key


class ImportRun(OrganisationRow):
    """One sync: what was read, what changed, what was rejected."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="running")
    # {"patient": {"read": n, "created": n, "updated": n, "unchanged": n, "rejected": n}, ...}
    counts = models.JSONField(default=dict)
    # What the source's rows looked like afterwards: rows, empty fields, words in use (records.read.profile).
    profile = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("state", IMPORT_RUN_STATES), name="import_state_known")
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class RejectedRow(OrganisationRow):
    """A row that could not be taken, kept with its place and reason (promise 11).

    One row per (source, file, line, field, reason): a second run adds nothing.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejects")
    file = models.CharField(max_length=300)
    line = models.BigIntegerField()
    field = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300)
    raw = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "file", "line", "field", "reason"], name="reject_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.field}"
