"""Saved segments, and every version of them."""

from django.db import models

from .base import OrganisationRow


class SavedSegment(OrganisationRow):
    """A named filter over patients and gaps; what it says is its newest version's."""

    name = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="segment_name_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="segment_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"segment {self.pk}"


class SegmentVersion(OrganisationRow):
    """What a segment said from a moment on; never changed."""

    segment = models.ForeignKey(SavedSegment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    # core.segment.Segment as JSON.
    content = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="segment_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="segment_version_counted_from_1"),
        ]

    def __str__(self) -> str:
        return f"segment {self.segment_id} version {self.number}"
