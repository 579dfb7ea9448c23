"""The practice's own texts in versions; letters, their batches, and addresses that post came back from."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation, same_organisation

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ORGANISATION = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
)
TABLES = ["records_templatetext", "records_letterbatch", "records_letter", "records_returnedaddress"]
REFERENCES = {
    "records_letter": {"batch_id": "records_letterbatch", "attempt_id": "records_attempt"},
    "records_returnedaddress": {"patient_id": "records_patient"},
}


class Migration(migrations.Migration):
    dependencies = [("records", "0013_consent_evidence")]

    operations = [
        migrations.CreateModel(
            name="LetterBatch",
            fields=[
                ("id", ID.clone()),
                ("number", models.PositiveIntegerField()),
                ("form", models.CharField(max_length=10)),
                ("count", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=100)),
                ("posted_at", models.DateTimeField(null=True)),
                ("posted_by", models.CharField(blank=True, max_length=100)),
                ("organisation", ORGANISATION.clone()),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", ID.clone()),
                ("code", models.CharField(max_length=16)),
                ("place", models.PositiveIntegerField()),
                ("returned_at", models.DateTimeField(null=True)),
                ("return_reason", models.CharField(blank=True, max_length=20)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.attempt"
                    ),
                ),
                ("organisation", ORGANISATION.clone()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="records.letterbatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReturnedAddress",
            fields=[
                ("id", ID.clone()),
                ("address_hash", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=100)),
                ("organisation", ORGANISATION.clone()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TemplateText",
            fields=[
                ("id", ID.clone()),
                ("key", models.CharField(max_length=80)),
                ("channel", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=8)),
                ("variant", models.CharField(blank=True, max_length=8)),
                ("version", models.PositiveIntegerField()),
                ("state", models.CharField(default="draft", max_length=10)),
                ("review", models.CharField(default="draft", max_length=16)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField()),
                ("short_body", models.TextField(blank=True)),
                ("button", models.CharField(blank=True, max_length=60)),
                (
                    "required_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "optional_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("purpose", models.CharField(default="treatment_recall", max_length=20)),
                ("role", models.CharField(default="recall", max_length=10)),
                ("is_generic", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("author", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("published_by", models.CharField(blank=True, max_length=100)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=100)),
                ("organisation", ORGANISATION.clone()),
            ],
        ),
        migrations.AddConstraint(
            model_name="letterbatch",
            constraint=models.UniqueConstraint(fields=("organisation", "number"), name="letter_batch_once"),
        ),
        migrations.AddConstraint(
            model_name="letterbatch",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="letter_batch_by_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(fields=("attempt",), name="letter_printed_once"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(fields=("organisation", "code"), name="letter_code_once"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("return_reason", ""), ("returned_at__isnull", True)),
                    models.Q(
                        (
                            "return_reason__in",
                            ("moved", "unknown_there", "bad_address", "refused", "deceased", "other"),
                        ),
                        ("returned_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="letter_returned_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnedaddress",
            constraint=models.UniqueConstraint(
                fields=("patient", "address_hash"), name="address_returned_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnedaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ("moved", "unknown_there", "bad_address", "refused", "deceased", "other"))
                ),
                name="address_return_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.UniqueConstraint(
                fields=("organisation", "key", "channel", "language", "variant", "version"),
                name="text_version_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("organisation", "key", "channel", "language", "variant"),
                name="text_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("draft", "published", "withdrawn"))),
                name="text_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("review__in", ("draft", "machine", "human_reviewed"))),
                name="text_review_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="text_version_counted_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("published_at__isnull", False), _connector="OR"),
                name="text_published_when",
            ),
        ),
        migrations.RunSQL(*same_organisation(REFERENCES)),
        migrations.RunSQL(*one_organisation(TABLES)),
    ]
