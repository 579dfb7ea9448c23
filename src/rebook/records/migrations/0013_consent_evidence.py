"""What proves a statement of consent, and files that do; what a patient would like best.

Every new column has a default of the database: imports write many lines in one statement, and lines from before
keep what they said.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from rebook.records.walls import one_organisation, same_organisation

KEPT = """
CREATE TRIGGER consent_evidence_append_only BEFORE UPDATE OR DELETE ON records_consentevidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def text(length, default=""):
    return models.CharField(blank=default == "", db_default=default, max_length=length)


WAYS = ("sms", "email", "page", "voice", "in_person", "voicemail", "letter", "portal", "review_site", "form",
        "import", "provider", "")  # fmt: skip
COLUMNS = {
    "way": text(20),
    "speaker": text(20, "patient"),
    "speaker_name": text(120),
    "shown_wording": models.TextField(blank=True, db_default=""),
    "shown_version": text(40),
    "told_in": text(120),
    "scope_words": django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=40), db_default=[], size=None
    ),
    "permission": text(16),
    "named_value": text(254),
    "evidence_kind": text(20),
    "evidence_ref": text(300),
    "network": text(45),
    "agent": text(40),
    "expires_on": models.DateField(null=True),
    "is_company_list": models.BooleanField(db_default=False),
    "statement": text(64),
}
KNOWN = {
    "way": ("consent_way_known", WAYS),
    "speaker": ("consent_speaker_known", ("patient", "relative", "representative", "number_holder")),
    "permission": (
        "consent_permission_known",
        ("", "implied", "soft_opt_in", "express", "written", "authorisation"),
    ),
    "evidence_kind": (
        "consent_evidence_known",
        ("", "message", "page", "file", "note", "import_row", "provider"),
    ),
}


class Migration(migrations.Migration):
    dependencies = [("records", "0012_other_contacts"), ("accounts", "0002_audit_append_only")]

    operations = [
        *(migrations.AddField("consent", name, column) for name, column in COLUMNS.items()),
        migrations.CreateModel(
            name="ConsentEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sealed", models.BinaryField(null=True)),
                ("kept_where", models.CharField(blank=True, max_length=200)),
                ("added_by", models.CharField(max_length=100)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="consent_evidence_by_organisation"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "sha256", "name"), name="consent_evidence_file_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sealed__isnull", False),
                            models.Q(("kept_where", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="consent_evidence_is_somewhere",
                    ),
                ]
            },
        ),
        migrations.AddField(
            "consent",
            "evidence",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.consentevidence",
            ),
        ),
        migrations.AddField("patient", "preferred_day_part", text(10)),
        *(
            migrations.AddConstraint(
                "consent",
                models.CheckConstraint(condition=models.Q((f"{column}__in", words)), name=name),
            )
            for column, (name, words) in KNOWN.items()
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("origin", "signed_consent"), _negated=True),
                    ("evidence__isnull", False),
                    _connector="OR",
                ),
                name="consent_signed_is_kept",
            ),
        ),
        migrations.AddConstraint(
            "consent",
            models.UniqueConstraint(
                condition=models.Q(("statement", ""), _negated=True),
                fields=("organisation", "statement", "patient", "contact_value", "channel", "purpose"),
                name="consent_statement_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            "consent",
            models.Index(
                condition=models.Q(("state", "revoked")),
                fields=["organisation", "recorded_at"],
                name="consent_revoked",
            ),
        ),
        migrations.RunSQL(*same_organisation(
            {"records_consent": {"evidence_id": "records_consentevidence"}}
        )),
        migrations.RunSQL(*one_organisation(("records_consentevidence",))),
        migrations.RunSQL(KEPT, "DROP TRIGGER consent_evidence_append_only ON records_consentevidence;"),
    ]
