"""What happened, what is booked, and what was recommended."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import (
    APPOINTMENT_STATUSES,
)

from .base import SourceRow, known


class PatientFact(SourceRow):
    """A fact about one patient, told by a source or written by Rebook's own calendar."""

    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Appointment(PatientFact):
    """A booked time. The status words are FHIR's (R-D75)."""

    location = models.ForeignKey("accounts.Location", null=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        "records.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    visit_type = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    # When it was made; empty when the source does not say.
    booked_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # "patient" or "clinic"; empty when unknown.
    cancelled_by = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "external_id"], name="appointment_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="appointment_by_organisation"),
            models.CheckConstraint(
                condition=known("status", APPOINTMENT_STATUSES), name="appointment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="appointment_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "starts_at"]),
            models.Index(fields=["organisation", "practitioner", "starts_at"]),
            # Who is expected, and who was and of whom nobody said whether they came: few among all.
            models.Index(
                fields=["organisation", "starts_at"],
                condition=Q(status__in=["proposed", "pending", "booked", "arrived", "checked-in"]),
                name="appointment_expected",
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"


class Visit(PatientFact):
    """A completed encounter."""

    location = models.ForeignKey("accounts.Location", null=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        "records.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    appointment_external_id = models.CharField(max_length=200, blank=True)
    visit_type = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    # Money collected on the visit, in cents; empty when unknown.
    collected_cents = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="visit_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="visit_by_organisation"),
        ]
        indexes = [models.Index(fields=["patient", "started_at"])]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Procedure(PatientFact):
    """Something done; ``kind`` is the clinic's own name that packs refer to, ``code`` the source's."""

    kind = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    performed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="procedure_once"),
        ]
        indexes = [models.Index(fields=["patient", "performed_on"])]

    def __str__(self) -> str:
        return f"procedure {self.pk}"


class Condition(PatientFact):
    """A charted condition; ``kind`` is the clinic's own name that packs refer to."""

    kind = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    onset_on = models.DateField(null=True)
    abated_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="condition_once"),
        ]
        indexes = [models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return f"condition {self.pk}"


class Medication(PatientFact):
    """A charted medication; ``kind`` is the clinic's own name that packs refer to.

    ``supply_until``: the last day that what was dispensed lasts; empty when no source says (R-C63).
    """

    kind = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    supply_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="medication_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="medication_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return f"medication {self.pk}"


class FollowUp(PatientFact):
    """A return that a practitioner recommended: "back in four months". Beats every pack (R-C2)."""

    visit_type = models.CharField(max_length=60, blank=True)
    recommended_on = models.DateField()
    due_on = models.DateField()
    practitioner = models.ForeignKey(
        "records.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("recommended_on")), name="follow_up_due_after_recommended"
            ),
        ]
        indexes = [models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
