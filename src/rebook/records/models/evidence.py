"""Files that prove a consent: a signed form, a letter, a recording."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .base import OrganisationRow


class ConsentEvidence(OrganisationRow):
    """One file, append-only: its hash always, its content sealed with a key that is not in the database.

    Where a practice keeps the paper elsewhere, ``kept_where`` says where and the content is empty.
    """

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(null=True)
    kept_where = models.CharField(max_length=200, blank=True)
    added_by = models.CharField(max_length=100)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "id"], name="consent_evidence_by_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "sha256", "name"], name="consent_evidence_file_once"
            ),
            models.CheckConstraint(
                condition=Q(sealed__isnull=False) | ~Q(kept_where=""), name="consent_evidence_is_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
