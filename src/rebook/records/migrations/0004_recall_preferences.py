"""What is settled for one patient; signatures taken back; a case that speaks for several gaps."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from rebook.records.walls import one_organisation, same_organisation

KINDS = ("interval", "next_date", "snooze", "no_recall")
TABLE = "records_recallpreference"


def points_to(model: str, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model)


PREFERENCE = migrations.CreateModel(
    name="RecallPreference",
    fields=[
        (
            "id",
            models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
        ),
        ("organisation", points_to("accounts.organisation")),
        ("patient", points_to("records.patient", "recall_preferences")),
        ("kind", models.CharField(max_length=12)),
        ("definition_key", models.CharField(blank=True, max_length=100)),
        ("interval_months", models.PositiveSmallIntegerField(default=0)),
        ("interval_days", models.PositiveSmallIntegerField(default=0)),
        ("due_on", models.DateField(null=True)),
        ("valid_until", models.DateField(null=True)),
        ("reason", models.CharField(max_length=200)),
        ("made_on", models.DateField()),
        ("made_at", models.DateTimeField()),
        ("made_by", models.CharField(max_length=100)),
        ("ended_on", models.DateField(null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("ended_by", models.CharField(blank=True, max_length=100)),
    ],
    options={
        "indexes": [models.Index(fields=["patient"], name="recall_preference_patient")],
        "constraints": [
            models.UniqueConstraint(
                fields=("organisation", "patient", "kind", "definition_key"),
                condition=Q(ended_at__isnull=True),
                name="recall_preference_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="recall_preference_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="interval")
                | ~Q(definition_key="") & (Q(interval_months__gt=0) | Q(interval_days__gt=0)),
                name="recall_preference_interval_says_how_long",
            ),
            models.CheckConstraint(
                condition=~Q(kind="next_date") | ~Q(definition_key="") & Q(due_on__isnull=False),
                name="recall_preference_next_date_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="snooze") | Q(valid_until__isnull=False),
                name="recall_preference_snooze_ends",
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_row_level_security"), ("accounts", "0002_audit_append_only")]

    operations = [
        PREFERENCE,
        migrations.RemoveConstraint("gapsignoff", "gap_definition_signed_once"),
        migrations.AddField("gapsignoff", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField("gapsignoff", "withdrawn_by", models.CharField(blank=True, max_length=100)),
        migrations.AddConstraint(
            "gapsignoff",
            models.UniqueConstraint(
                fields=("organisation", "definition_key", "content_hash"),
                condition=Q(withdrawn_at__isnull=True),
                name="gap_definition_signed_once",
            ),
        ),
        migrations.AddField(
            "case",
            "also_gap_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField("case", "visit_type", models.CharField(blank=True, db_default="", max_length=60)),
        migrations.RunSQL(*same_organisation({TABLE: {"patient_id": "records_patient"}})),
        migrations.RunSQL(*one_organisation([TABLE])),
    ]
