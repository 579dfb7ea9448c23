"""Signatures under texts and campaigns, and what kind of message a person says a text is."""

from typing import get_args

from django.db import models
from django.db.models import F, Q

from rebook.core.outreach.approval import SIGN_OFF_ROLES
from rebook.core.outreach.values import Purpose

from .base import OrganisationRow, known

SUBJECT_KINDS = ("template", "campaign")


class Approval(OrganisationRow):
    """One signature, bound to the hash of what was shown; kept for good (R-A195, field note 3.21)."""

    subject_kind = models.CharField(max_length=10)
    # "due_visit/sms/en" of a text, the id of a campaign.
    subject_key = models.CharField(max_length=160)
    content_hash = models.CharField(max_length=64)
    role = models.CharField(max_length=12)
    signed_by = models.CharField(max_length=100)
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=100, blank=True)
    # What was signed, part by part (core.outreach.approved_content), for laying beside a later one.
    snapshot = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_kind", "subject_key", "content_hash", "role"],
                condition=Q(revoked_at__isnull=True),
                name="approval_once_for_each_role",
            ),
            models.CheckConstraint(condition=known("role", SIGN_OFF_ROLES), name="approval_role_known"),
            models.CheckConstraint(
                condition=known("subject_kind", SUBJECT_KINDS), name="approval_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("signed_at")), name="approval_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "subject_kind", "subject_key"], name="approval_of")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_key} {self.role}"


class TextClass(OrganisationRow):
    """What kind of message a person said a text is (R-A5), bound to its hash; the newest counts."""

    subject_key = models.CharField(max_length=160)
    content_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)
    # What its words suggest, as shown to the person.
    suggested = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    confirmed_by = models.CharField(max_length=100)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("purpose", get_args(Purpose)), name="text_class_known"),
            models.CheckConstraint(
                condition=Q(purpose=F("suggested")) | ~Q(suggested="marketing") | ~Q(reason=""),
                name="text_class_against_the_words_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "subject_key", "content_hash"], name="text_class_of")]

    def __str__(self) -> str:
        return f"{self.subject_key} {self.purpose}"
