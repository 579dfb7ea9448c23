"""Patients, how to reach them, what they permitted, and what holds automation back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rebook.core.words import (
    AUTOMATION_HOLD_KINDS,
    CONSENT_CHANNELS,
    CONSENT_PURPOSES,
    CONSENT_STATES,
    CONTACT_POINT_STATES,
    CONTACT_POINT_SYSTEMS,
    PATIENT_SEXES,
)

from .base import OrganisationRow, SourceRow, known


class Patient(SourceRow):
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField(null=True)
    sex = models.CharField(max_length=10, default="unknown")
    # BCP 47; empty when the source does not say.
    language = models.CharField(max_length=16, blank=True)
    is_deceased = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True)
    # Said by the practice's system or by the patient: formally left, transferred, dismissed.
    left_practice_on = models.DateField(null=True)
    do_not_contact = models.BooleanField(default=False)
    do_not_contact_reason = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    address_line = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=32, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    home_location = models.ForeignKey(
        "accounts.Location", null=True, on_delete=models.PROTECT, related_name="+"
    )
    practitioner = models.ForeignKey(
        "records.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Parent or guardian who is contacted instead (R-A150, R-A154).
    responsible_patient = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    payer_class = models.CharField(max_length=20, default="unknown")
    # Money collected in a lifetime, in cents; only ever breaks ties.
    value_cents = models.BigIntegerField(default=0)
    # Preferred channel as the patient said it; empty when never asked.
    preferred_channel = models.CharField(max_length=10, blank=True)
    # Sensitivity tags (R-A140).
    sensitivity = ArrayField(models.CharField(max_length=30), default=list)
    # Exclusions that the practice's system carries as words: hospice, complaint, legal_hold ... (R-A157).
    exclusions = ArrayField(models.CharField(max_length=30), default=list)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Patients who share a responsible contact or a number; set by the clean stage.
    household_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "external_id"], name="patient_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="patient_by_organisation"),
            models.CheckConstraint(condition=known("sex", PATIENT_SEXES), name="patient_sex_known"),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True) | Q(is_deceased=True),
                name="patient_death_date_means_deceased",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="patient_not_merged_into_self",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "family_name", "given_name"]),
            # Caps count over a household before every contact.
            models.Index(
                fields=["organisation", "household_key"],
                condition=~Q(household_key=""),
                name="patient_household",
            ),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"


class ContactPoint(OrganisationRow):
    """One phone or e-mail of a patient. Postal addresses stay on the patient."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contact_points")
    system = models.CharField(max_length=10)
    # E.164 for phones, lower case for e-mail; as given when invalid.
    value = models.CharField(max_length=254)
    # phonenumbers' type for phones: mobile, fixed_line, fixed_line_or_mobile, voip, toll_free, unknown.
    line_type = models.CharField(max_length=24, blank=True)
    rank = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=16, default="unverified")
    state_reason = models.CharField(max_length=100, blank=True)
    state_changed_at = models.DateTimeField(null=True)
    # False when the source no longer lists it.
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "system", "value"], name="contact_point_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="contact_point_by_organisation"),
            models.CheckConstraint(
                condition=known("system", CONTACT_POINT_SYSTEMS), name="contact_point_system_known"
            ),
            models.CheckConstraint(
                condition=known("state", CONTACT_POINT_STATES), name="contact_point_state_known"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "value"])]

    def __str__(self) -> str:
        return f"{self.system} {self.pk}"


class Consent(OrganisationRow):
    """One statement of permission, append-only; the newest one that applies counts.

    ``patient`` is empty for a statement that binds a number whoever owns it (R-A52).
    """

    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="consents")
    contact_value = models.CharField(max_length=254, blank=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20, default="all")
    state = models.CharField(max_length=10)
    # How it was said: import, sms_reply, patient_page, list_unsubscribe, staff, provider.
    origin = models.CharField(max_length=30)
    wording = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=100)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=known("channel", CONSENT_CHANNELS), name="consent_channel_known"
            ),
            models.CheckConstraint(
                condition=known("purpose", CONSENT_PURPOSES), name="consent_purpose_known"
            ),
            models.CheckConstraint(condition=known("state", CONSENT_STATES), name="consent_state_known"),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | ~Q(contact_value=""),
                name="consent_names_person_or_number",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "contact_value"])]

    def __str__(self) -> str:
        return f"consent {self.pk} {self.state}"


class AutomationHold(OrganisationRow):
    """Why nothing automatic may reach a patient for now: red flag, review, snooze, a reply to read."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=20)
    from_at = models.DateTimeField()
    # Empty: until a person releases it.
    until_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=known("kind", AUTOMATION_HOLD_KINDS), name="hold_kind_known"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(released_by=""), name="hold_release_has_a_name"
            ),
        ]
        indexes = [models.Index(fields=["patient"], condition=Q(released_at__isnull=True), name="hold_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
