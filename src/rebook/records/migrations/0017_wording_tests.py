"""Tests on wording: the rule as stated, and the arm of each case."""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.models.base import known
from rebook.records.walls import one_organisation, same_organisation

STATES = ("running", "found", "ended", "applied")
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def points_to(model: str, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model)


class Migration(migrations.Migration):
    dependencies = [("records", "0016_forecasts")]

    operations = [
        migrations.CreateModel(
            name="WordingTest",
            fields=[
                ("id", ID.clone()),
                ("template_key", models.CharField(max_length=80)),
                ("channel", models.CharField(max_length=20)),
                ("state", models.CharField(default="running", max_length=10)),
                ("plan", models.JSONField()),
                ("started_at", models.DateTimeField()),
                ("started_by", models.CharField(max_length=100)),
                ("looks", models.JSONField(default=list)),
                ("ended_at", models.DateTimeField(null=True)),
                ("applied_variant", models.CharField(blank=True, max_length=20)),
                ("applied_at", models.DateTimeField(null=True)),
                ("applied_by", models.CharField(blank=True, max_length=100)),
                ("organisation", points_to("accounts.organisation")),
                ("campaign", points_to("records.campaign", "wording_tests")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("campaign", "template_key", "channel"),
                        name="wording_test_one_at_a_time",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="wording_test_by_organisation"
                    ),
                    models.CheckConstraint(condition=known("state", STATES), name="wording_test_state_known"),
                    models.CheckConstraint(
                        condition=~models.Q(state="applied")
                        | models.Q(applied_at__isnull=False) & ~models.Q(applied_by=""),
                        name="wording_test_applied_by_somebody",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="WordingAssignment",
            fields=[
                ("id", ID.clone()),
                ("variant", models.CharField(blank=True, max_length=20)),
                ("assigned_at", models.DateTimeField()),
                ("organisation", points_to("accounts.organisation")),
                ("case", points_to("records.case")),
                ("test", points_to("records.wordingtest", "assignments")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("test", "case"), name="wording_assigned_once")
                ]
            },
        ),
        migrations.RunSQL(
            *same_organisation(
                {
                    "records_wordingtest": {"campaign_id": "records_campaign"},
                    "records_wordingassignment": {
                        "test_id": "records_wordingtest",
                        "case_id": "records_case",
                    },
                }
            )
        ),
        migrations.RunSQL(*one_organisation(["records_wordingtest", "records_wordingassignment"])),
    ]
