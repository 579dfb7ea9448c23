"""What a practice says and shows about being ready to answer: hours, on-call contact, channels."""

from django.db import models

from rebook.core.words import READINESS_KINDS

from .base import OrganisationRow, known


class ReadinessRecord(OrganisationRow):
    """One statement or test, appended; the newest of a kind and key counts (R-E38, R-A103)."""

    kind = models.CharField(max_length=20)
    # The kind of channel ("sms") for what is said of one; else empty.
    key = models.CharField(max_length=20, blank=True)
    # As ``core.readiness`` reads it.
    detail = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("kind", READINESS_KINDS), name="readiness_kind_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind", "key", "-recorded_at"], name="readiness_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
