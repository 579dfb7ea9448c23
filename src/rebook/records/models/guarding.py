"""What the guard knows beside the chart: other tools' contacts, wishes, marks, gifts, signatures."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from rebook.core.words import (
    CONTACT_CHANNELS,
    NUMBER_MARK_KINDS,
    SPECIAL_APPROVAL_KINDS,
)

from .base import OrganisationRow, known


class OtherContact(OrganisationRow):
    """A message or call that another tool of the practice made; caps count it like our own."""

    # What the practice calls the tool: "reminders", "portal".
    system = models.CharField(max_length=60)
    patient = models.ForeignKey("records.Patient", null=True, on_delete=models.PROTECT, related_name="+")
    to_value = models.CharField(max_length=254, blank=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20, default="operations")
    at = models.DateTimeField()
    # Over all of the above: the same row again adds nothing.
    row_key = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "row_key"], name="other_contact_once"),
            models.CheckConstraint(
                condition=known("channel", CONTACT_CHANNELS), name="other_contact_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | ~Q(to_value=""), name="other_contact_names_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "at"], name="other_contact_patient"),
            models.Index(fields=["organisation", "to_value", "at"], name="other_contact_number"),
        ]

    def __str__(self) -> str:
        return f"other contact {self.pk}"


class ConfidentialRequest(OrganisationRow):
    """How a patient asked to be reached, and nothing on why: the practice may not ask (R-A101).

    At most one stands per patient; those of merged records bind the record that they were merged into.
    """

    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    # Channels that may be used; empty for all.
    channels = ArrayField(models.CharField(max_length=10), default=list)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    address_line = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=32, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    in_envelope = models.BooleanField(default=False)
    # Wall times where the patient is, and days from Monday 0.
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    # Coded needs (``packs/house/sensitivity.toml``).
    needs = ArrayField(models.CharField(max_length=20), default=list)
    # By which staff know a caller; never written into a message.
    code_word = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "patient"],
                condition=Q(ended_at__isnull=True),
                name="confidential_request_once",
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(closes__gt=models.F("opens")),
                name="confidential_request_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"confidential request {self.pk}"


class NumberMark(OrganisationRow):
    """A number never to contact (R-A14), or what a check of it said (R-A60); the newest counts."""

    value = models.CharField(max_length=254)
    kind = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("kind", NUMBER_MARK_KINDS), name="number_mark_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "value"], condition=Q(ended_at__isnull=True), name="number_mark_open"
            ),
        ]

    def __str__(self) -> str:
        return f"number mark {self.pk} {self.kind}"


class OfferGiven(OrganisationRow):
    """What a patient was offered, at its retail value: the ledger of the calendar year (R-A111)."""

    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey("records.Attempt", null=True, on_delete=models.CASCADE, related_name="+")
    cents = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "offers given"
        constraints = [models.UniqueConstraint(fields=["attempt"], name="offer_once_per_attempt")]
        indexes = [models.Index(fields=["patient", "at"], name="offer_given_patient")]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class SpecialApproval(OrganisationRow):
    """A signature that an ordinary approval does not stand for: on a sensitive reason's words, on an offer.

    Bound to the content's hash; any change of the text voids it.
    """

    kind = models.CharField(max_length=20)
    template_key = models.CharField(max_length=80)
    channel = models.CharField(max_length=10)
    content_hash = models.CharField(max_length=64)
    # Of an offer: its retail value, and whether it is cash or as good as cash (R-A111).
    cents = models.PositiveIntegerField(null=True)
    is_cash = models.BooleanField(default=False)
    # For offers beyond the nominal value: the exception that a compliance approver chose, and why (R-A114).
    exception = models.CharField(max_length=60, blank=True)
    reasoning = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "template_key", "channel", "content_hash"],
                condition=Q(revoked_at__isnull=True),
                name="special_approval_once",
            ),
            models.CheckConstraint(
                condition=known("kind", SPECIAL_APPROVAL_KINDS), name="special_approval_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="offer") | Q(cents__isnull=False), name="special_approval_offer_has_value"
            ),
            models.CheckConstraint(
                condition=Q(exception="") | ~Q(reasoning=""), name="special_approval_exception_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.template_key}"
