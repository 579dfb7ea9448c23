"""Patients, how to reach them, what they permitted, and what holds automation back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rebook.core.words import (
    AUTOMATION_HOLD_KINDS,
    CONSENT_CHANNELS,
    CONSENT_EVIDENCE,
    CONSENT_PERMISSIONS,
    CONSENT_PURPOSES,
    CONSENT_SPEAKERS,
    CONSENT_STATES,
    CONSENT_WAYS,
    CONTACT_POINT_STATES,
    CONTACT_POINT_SYSTEMS,
    NUMBER_SOURCES,
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
    # morning, afternoon, evening as the patient said it; empty when never asked.
    preferred_day_part = models.CharField(max_length=10, blank=True, db_default="")
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
    # How the practice got it, when, and the form's words for what it was given for (R-A4).
    number_source = models.CharField(max_length=20, blank=True, db_default="")
    given_on = models.DateField(null=True)
    given_for = ArrayField(models.CharField(max_length=40), db_default=[])
    # Who wrote that down; empty where an import said it, which a later import may change.
    source_noted_by = models.CharField(max_length=100, blank=True, db_default="")

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
            models.CheckConstraint(
                condition=known("number_source", NUMBER_SOURCES), name="contact_point_number_source_known"
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
    # Who put it into the ledger: import, sms_reply, patient_page, list_unsubscribe, staff, signed_consent,
    # provider.
    origin = models.CharField(max_length=30)
    # The person's own words, as received.
    wording = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=100)
    # When it was said; when we wrote it down.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    # --- what proves it (R-A7); defaults of the database, for imports write many lines in one statement
    way = models.CharField(max_length=20, blank=True, db_default="")
    speaker = models.CharField(max_length=20, db_default="patient")
    speaker_name = models.CharField(max_length=120, blank=True, db_default="")
    shown_wording = models.TextField(blank=True, db_default="")
    shown_version = models.CharField(max_length=40, blank=True, db_default="")
    # The form, page or system it comes from.
    told_in = models.CharField(max_length=120, blank=True, db_default="")
    scope_words = ArrayField(models.CharField(max_length=40), db_default=[])
    permission = models.CharField(max_length=16, blank=True, db_default="")
    named_value = models.CharField(max_length=254, blank=True, db_default="")
    evidence_kind = models.CharField(max_length=20, blank=True, db_default="")
    evidence_ref = models.CharField(max_length=300, blank=True, db_default="")
    evidence = models.ForeignKey(
        "records.ConsentEvidence", null=True, on_delete=models.PROTECT, related_name="+"
    )
    network = models.CharField(max_length=45, blank=True, db_default="")
    agent = models.CharField(max_length=40, blank=True, db_default="")
    # An implied permission runs out (R-B11).
    expires_on = models.DateField(null=True)
    is_company_list = models.BooleanField(db_default=False)
    # Lines that one statement wrote have the same word; of an imported row, its own.
    statement = models.CharField(max_length=64, blank=True, db_default="")

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
            models.CheckConstraint(condition=known("way", CONSENT_WAYS), name="consent_way_known"),
            models.CheckConstraint(
                condition=known("speaker", CONSENT_SPEAKERS), name="consent_speaker_known"
            ),
            models.CheckConstraint(
                condition=known("permission", CONSENT_PERMISSIONS), name="consent_permission_known"
            ),
            models.CheckConstraint(
                condition=known("evidence_kind", CONSENT_EVIDENCE), name="consent_evidence_known"
            ),
            # A consent that may lift an opt-out is one that can be shown (R-A54).
            models.CheckConstraint(
                condition=~Q(origin="signed_consent") | Q(evidence__isnull=False),
                name="consent_signed_is_kept",
            ),
            models.UniqueConstraint(
                fields=["organisation", "statement", "patient", "contact_value", "channel", "purpose"],
                condition=~Q(statement=""),
                nulls_distinct=False,
                name="consent_statement_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "contact_value"]),
            models.Index(
                fields=["organisation", "recorded_at"], condition=Q(state="revoked"), name="consent_revoked"
            ),
        ]

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
