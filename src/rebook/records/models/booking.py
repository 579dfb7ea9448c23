"""Patient links, the claim on a piece of a practitioner's time, and bookings."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import (
    BOOKING_ORIGINS,
    BOOKING_STATES,
)

from .base import OrganisationRow, known


class PatientLink(OrganisationRow):
    """A random token that opens one patient's page. Only its hash is stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="links")
    case = models.ForeignKey("records.Case", null=True, on_delete=models.PROTECT, related_name="links")
    attempt = models.ForeignKey("records.Attempt", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Identity check (R-A107): wrong tries, and when the lock ends.
    failed_checks = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="link_lives_a_while"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class SlotClaim(OrganisationRow):
    """Seat ``seat`` of a practitioner from ``starts_at`` to ``ends_at``: a hold, or a booking's time.

    The database itself refuses two live claims on one seat that overlap (promise 7): exclusion
    constraint ``slot_claimed_once`` in migration ``0002``. A hold past ``expires_at`` counts for nothing
    and is released by whoever claims next.
    """

    practitioner = models.ForeignKey("records.Practitioner", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey("accounts.Location", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(PatientLink, null=True, on_delete=models.PROTECT, related_name="+")
    visit_type = models.CharField(max_length=60)
    seat = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_at = models.DateTimeField()
    # Empty once confirmed.
    expires_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="claim_takes_time"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "practitioner", "starts_at"],
                condition=Q(released_at__isnull=True),
                name="claim_live",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Booking(OrganisationRow):
    """An appointment made through Rebook."""

    claim = models.OneToOneField(SlotClaim, on_delete=models.PROTECT, related_name="booking")
    appointment = models.OneToOneField(
        "records.Appointment", on_delete=models.PROTECT, related_name="booking"
    )
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="bookings")
    case = models.ForeignKey("records.Case", null=True, on_delete=models.PROTECT, related_name="bookings")
    attempt = models.ForeignKey("records.Attempt", null=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=14)
    state = models.CharField(max_length=10, default="confirmed")
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    moved_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("state", BOOKING_STATES), name="booking_state_known"),
            models.CheckConstraint(condition=known("origin", BOOKING_ORIGINS), name="booking_origin_known"),
            models.CheckConstraint(
                condition=Q(state="confirmed") | Q(ended_at__isnull=False), name="booking_ended_when"
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"
