"""What the guard knows beside the chart: other tools' contacts, confidential requests, marks, gifts, signatures."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rebook.records.models.base import known
from rebook.records.walls import one_organisation, same_organisation

CHANNELS = ("sms", "email", "phone", "letter", "portal")
MARKS = ("blocked", "same", "reassigned")
APPROVALS = ("sensitive_clinical", "sensitive_privacy", "offer")
TABLES = ("othercontact", "confidentialrequest", "numbermark", "offergiven", "specialapproval")
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def points_to(model: str, *, may_lack: bool = False, goes_with: bool = False) -> models.ForeignKey:
    rule = django.db.models.deletion.CASCADE if goes_with else django.db.models.deletion.PROTECT
    return models.ForeignKey(null=may_lack, on_delete=rule, related_name="+", to=model)


def text(length: int, *, may_be_empty: bool = True) -> models.CharField:
    return models.CharField(blank=may_be_empty, max_length=length)


def several(field: models.Field) -> models.Field:
    return django.contrib.postgres.fields.ArrayField(base_field=field, default=list, size=None)


def head() -> list[tuple[str, models.Field]]:
    return [("id", ID.clone()), ("organisation", points_to("accounts.organisation"))]


OTHER_CONTACT = migrations.CreateModel(
    name="OtherContact",
    fields=[
        *head(),
        ("system", text(60, may_be_empty=False)),
        ("patient", points_to("records.patient", may_lack=True)),
        ("to_value", text(254)),
        ("channel", text(10, may_be_empty=False)),
        ("purpose", models.CharField(default="operations", max_length=20)),
        ("at", models.DateTimeField()),
        ("row_key", text(64, may_be_empty=False)),
        ("recorded_at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("organisation", "row_key"), name="other_contact_once"),
            models.CheckConstraint(condition=known("channel", CHANNELS), name="other_contact_channel_known"),
            models.CheckConstraint(
                condition=models.Q(
                    ("patient__isnull", False), models.Q(("to_value", ""), _negated=True), _connector="OR"
                ),
                name="other_contact_names_somebody",
            ),
        ],
        "indexes": [
            models.Index(fields=["patient", "at"], name="other_contact_patient"),
            models.Index(fields=["organisation", "to_value", "at"], name="other_contact_number"),
        ],
    },
)
CONFIDENTIAL_REQUEST = migrations.CreateModel(
    name="ConfidentialRequest",
    fields=[
        *head(),
        ("patient", points_to("records.patient")),
        ("channels", several(models.CharField(max_length=10))),
        ("phone", text(20)),
        ("email", text(254)),
        ("address_line", text(300)),
        ("city", text(100)),
        ("state", text(32)),
        ("postal_code", text(16)),
        ("in_envelope", models.BooleanField(default=False)),
        ("opens", models.TimeField(null=True)),
        ("closes", models.TimeField(null=True)),
        ("weekdays", several(models.SmallIntegerField())),
        ("needs", several(models.CharField(max_length=20))),
        ("code_word", text(60)),
        ("made_at", models.DateTimeField()),
        ("made_by", text(100, may_be_empty=False)),
        ("ended_at", models.DateTimeField(null=True)),
        ("ended_by", text(100)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(
                fields=("organisation", "patient"),
                condition=models.Q(("ended_at__isnull", True)),
                name="confidential_request_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ("opens__isnull", True),
                    ("closes__isnull", True),
                    ("closes__gt", models.F("opens")),
                    _connector="OR",
                ),
                name="confidential_request_closes_after_opening",
            ),
        ],
    },
)
NUMBER_MARK = migrations.CreateModel(
    name="NumberMark",
    fields=[
        *head(),
        ("value", text(254, may_be_empty=False)),
        ("kind", text(12, may_be_empty=False)),
        ("note", text(200)),
        ("at", models.DateTimeField()),
        ("by", text(100, may_be_empty=False)),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            models.CheckConstraint(condition=known("kind", MARKS), name="number_mark_kind_known")
        ],
        "indexes": [
            models.Index(
                fields=["organisation", "value"],
                condition=models.Q(("ended_at__isnull", True)),
                name="number_mark_open",
            )
        ],
    },
)
OFFER_GIVEN = migrations.CreateModel(
    name="OfferGiven",
    fields=[
        *head(),
        ("patient", points_to("records.patient")),
        ("attempt", points_to("records.attempt", may_lack=True, goes_with=True)),
        ("cents", models.PositiveIntegerField()),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "offers given",
        "constraints": [models.UniqueConstraint(fields=("attempt",), name="offer_once_per_attempt")],
        "indexes": [models.Index(fields=["patient", "at"], name="offer_given_patient")],
    },
)
SPECIAL_APPROVAL = migrations.CreateModel(
    name="SpecialApproval",
    fields=[
        *head(),
        ("kind", text(20, may_be_empty=False)),
        ("template_key", text(80, may_be_empty=False)),
        ("channel", text(10, may_be_empty=False)),
        ("content_hash", text(64, may_be_empty=False)),
        ("cents", models.PositiveIntegerField(null=True)),
        ("is_cash", models.BooleanField(default=False)),
        ("exception", text(60)),
        ("reasoning", models.TextField(blank=True)),
        ("at", models.DateTimeField()),
        ("by", text(100, may_be_empty=False)),
        ("revoked_at", models.DateTimeField(null=True)),
        ("revoked_by", text(100)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(
                fields=("organisation", "kind", "template_key", "channel", "content_hash"),
                condition=models.Q(("revoked_at__isnull", True)),
                name="special_approval_once",
            ),
            models.CheckConstraint(condition=known("kind", APPROVALS), name="special_approval_kind_known"),
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "offer"), _negated=True), ("cents__isnull", False), _connector="OR"
                ),
                name="special_approval_offer_has_value",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ("exception", ""), models.Q(("reasoning", ""), _negated=True), _connector="OR"
                ),
                name="special_approval_exception_has_reasons",
            ),
        ],
    },
)
PATIENT = {"patient_id": "records_patient"}
REFERENCES = {
    "records_othercontact": PATIENT,
    "records_confidentialrequest": PATIENT,
    "records_offergiven": PATIENT | {"attempt_id": "records_attempt"},
}


class Migration(migrations.Migration):
    dependencies = [("records", "0011_sequence_versions")]

    operations = [
        OTHER_CONTACT,
        CONFIDENTIAL_REQUEST,
        NUMBER_MARK,
        OFFER_GIVEN,
        SPECIAL_APPROVAL,
        migrations.RunSQL(*same_organisation(REFERENCES)),
        migrations.RunSQL(*one_organisation(f"records_{table}" for table in TABLES)),
    ]
