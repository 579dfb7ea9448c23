"""Signatures with role, end and what was signed; the kind of message a person says a text is.

Sign-offs given before last a year from the day they were given, like any other.
"""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation

NEW = ("records_approval", "records_textclass")
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ORGANISATION = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
)
# Those given before stand for a signature of whoever gave them; their role was not asked.
CARRY = """
UPDATE records_templateapproval SET expires_at = approved_at + interval '365 days';
INSERT INTO records_approval (organisation_id, subject_kind, subject_key, content_hash, role, signed_by,
    signed_at, expires_at, revoked_at, revoked_by, snapshot)
SELECT organisation_id, 'template', template_key || '//' || language, content_hash, 'manager', approved_by,
    approved_at, approved_at + interval '365 days', revoked_at, '', '[]'::jsonb
FROM records_templateapproval;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0014_template_library")]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", ID.clone()),
                ("subject_kind", models.CharField(max_length=10)),
                ("subject_key", models.CharField(max_length=160)),
                ("content_hash", models.CharField(max_length=64)),
                ("role", models.CharField(max_length=12)),
                ("signed_by", models.CharField(max_length=100)),
                ("signed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=100)),
                ("snapshot", models.JSONField(default=list)),
                ("organisation", ORGANISATION.clone()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "subject_kind", "subject_key"], name="approval_of")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("organisation", "subject_kind", "subject_key", "content_hash", "role"),
                        name="approval_once_for_each_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ("clinical", "compliance", "manager"))),
                        name="approval_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject_kind__in", ("template", "campaign"))),
                        name="approval_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("signed_at"))),
                        name="approval_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextClass",
            fields=[
                ("id", ID.clone()),
                ("subject_key", models.CharField(max_length=160)),
                ("content_hash", models.CharField(max_length=64)),
                ("purpose", models.CharField(max_length=20)),
                ("suggested", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("confirmed_by", models.CharField(max_length=100)),
                ("confirmed_at", models.DateTimeField()),
                ("organisation", ORGANISATION.clone()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "subject_key", "content_hash"], name="text_class_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("treatment_recall", "operations", "informational", "marketing"),
                            )
                        ),
                        name="text_class_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose", models.F("suggested")),
                            models.Q(("suggested", "marketing"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="text_class_against_the_words_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.AddField("templateapproval", "expires_at", models.DateTimeField(null=True)),
        migrations.RunSQL(*one_organisation(NEW)),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
    ]
