"""The practice's own wording, in versions, and the letters that wait to be posted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from rebook.core.words import LETTER_RETURNS, TEXT_REVIEWS, TEXT_STATES

from .base import OrganisationRow, known


class TemplateText(OrganisationRow):
    """One version of the practice's own text for (key, channel, language, variant).

    A draft may be written over; what was published stays as it was.
    """

    key = models.CharField(max_length=80)
    # A kind of channel, or "postcard".
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    # A test arm; empty for the main text.
    variant = models.CharField(max_length=8, blank=True)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="draft")
    # Who made it: a machine's translation never goes out unread (R-A161).
    review = models.CharField(max_length=16, default="draft")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    short_body = models.TextField(blank=True)
    button = models.CharField(max_length=60, blank=True)
    required_fields = ArrayField(models.CharField(max_length=40), default=list)
    optional_fields = ArrayField(models.CharField(max_length=40), default=list)
    purpose = models.CharField(max_length=20, default="treatment_recall")
    role = models.CharField(max_length=10, default="recall")
    is_generic = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key", "channel", "language", "variant", "version"],
                name="text_version_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "key", "channel", "language", "variant"],
                condition=Q(state="draft"),
                name="text_one_draft",
            ),
            models.CheckConstraint(condition=known("state", TEXT_STATES), name="text_state_known"),
            models.CheckConstraint(condition=known("review", TEXT_REVIEWS), name="text_review_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="text_version_counted_from_1"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="text_published_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.channel} {self.language} {self.version}"


class LetterBatch(OrganisationRow):
    """Letters merged into one file, to be printed and posted together."""

    number = models.PositiveIntegerField()
    form = models.CharField(max_length=10)
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="letter_batch_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="letter_batch_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"


class Letter(OrganisationRow):
    """One printed letter; its attempt holds words and address, ``code`` stands on it (field note 3.33)."""

    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, related_name="letters")
    attempt = models.ForeignKey("records.Attempt", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16)
    # Its place in the merged file, counted from 1.
    place = models.PositiveIntegerField()
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt"], name="letter_printed_once"),
            models.UniqueConstraint(fields=["organisation", "code"], name="letter_code_once"),
            models.CheckConstraint(
                condition=Q(return_reason="", returned_at__isnull=True)
                | Q(return_reason__in=LETTER_RETURNS, returned_at__isnull=False),
                name="letter_returned_why",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class ReturnedAddress(OrganisationRow):
    """Post to this address came back: nothing more goes there until the record says another (R-D60)."""

    patient = models.ForeignKey("records.Patient", on_delete=models.CASCADE, related_name="+")
    # SHA-256 of the address as it was written on the letter.
    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "address_hash"], name="address_returned_once"),
            models.CheckConstraint(condition=known("reason", LETTER_RETURNS), name="address_return_known"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"
