"""Tests that staff send to themselves: their own contacts, and every test with what became of it.

They are no attempts: nothing that counts, caps, reports or plans attempts ever sees them.
"""

from django.db import models
from django.db.models import Q

from rebook.core.words import (
    GUARD_DECISION_VERDICTS,
    SENT_TEST_FACTS,
    SENT_TEST_KINDS,
    STAFF_CONTACT_CHANNELS,
)

from .base import OrganisationRow, known


class StaffContact(OrganisationRow):
    """A member's own number or address. A changed value is a new row; the one before is ended.

    While another value is not proved, what was confirmed stays: the new row ends (``ended_at``, ahead) with
    its code, unless the code is given before.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)
    value = models.CharField(max_length=254)
    line_type = models.CharField(max_length=30, blank=True)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The newest code: its hash under the installation's secret, never the code.
    code_hash = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "id"], name="staff_contact_by_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "user", "channel"],
                condition=Q(ended_at__isnull=True),
                name="staff_contact_one_each",
            ),
            # What one member has confirmed is nobody else's.
            models.UniqueConstraint(
                fields=["organisation", "channel", "value"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False),
                name="staff_contact_confirmed_once",
            ),
            models.CheckConstraint(
                condition=known("channel", STAFF_CONTACT_CHANNELS), name="staff_contact_channel_known"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="staff_contact_has_value"),
        ]

    def __str__(self) -> str:
        return f"staff contact {self.pk}"


class SentTest(OrganisationRow):
    """One test that somebody asked for: append-only, with the guard's verdict and its reasons.

    ``contact_confirmed_at`` is what the guard saw: a text goes only to what its asker had confirmed.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(StaffContact, null=True, on_delete=models.PROTECT, related_name="tests")
    contact_confirmed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=10)
    channel = models.CharField(max_length=20)
    adapter = models.CharField(max_length=20, blank=True)
    # The idempotency key given to the vendor.
    reference = models.CharField(max_length=80, unique=True)
    # The press that asked for it and its place in that press: the same press never sends twice.
    press = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=0)
    # Which words: the hash binds them, also where they are a draft that nobody kept.
    template_key = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, blank=True)
    variant = models.CharField(max_length=20, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    campaign = models.ForeignKey("records.Campaign", null=True, on_delete=models.PROTECT, related_name="+")
    step_index = models.PositiveSmallIntegerField(null=True)
    # Short messages that patients would be sent; 0 elsewhere.
    segments = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    lawful_basis = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "id"], name="sent_test_by_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "user", "press", "place"], name="sent_test_once_per_press"
            ),
            models.CheckConstraint(condition=known("kind", SENT_TEST_KINDS), name="sent_test_kind_known"),
            models.CheckConstraint(
                condition=known("verdict", GUARD_DECISION_VERDICTS), name="sent_test_verdict_known"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="allow")
                | Q(contact__isnull=False) & (Q(kind="code") | Q(contact_confirmed_at__isnull=False)),
                name="sent_test_to_confirmed_only",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "user", "-asked_at"], name="sent_test_newest")]

    def __str__(self) -> str:
        return f"sent test {self.pk}"


class SentTestFact(OrganisationRow):
    """One fact about a test, appended: claimed, accepted, delivered ... with source and time."""

    # Found by the unique constraint, which begins with it.
    test = models.ForeignKey(SentTest, on_delete=models.PROTECT, related_name="facts", db_index=False)
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    # worker, provider.
    source = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    provider_message_id = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "state", "source", "code"], name="sent_test_fact_once"),
            models.CheckConstraint(condition=known("state", SENT_TEST_FACTS), name="sent_test_fact_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="sent_test_by_provider",
            )
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.state}"
