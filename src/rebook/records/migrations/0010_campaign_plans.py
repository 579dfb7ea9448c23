"""Campaigns as standing plans, cases taken in again, and what a practice says of its readiness."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rebook.records.walls import one_organisation


def _user():
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0009_incremental_gaps"),
    ]

    operations = [
        migrations.AddField("campaign", "backup", _user()),
        migrations.AddField(
            "campaign", "programme", models.CharField(blank=True, db_default="", max_length=12)
        ),
        migrations.AddField("campaign", "goal_visits", models.PositiveIntegerField(null=True)),
        migrations.AddField("campaign", "goal_on", models.DateField(null=True)),
        migrations.AddField("campaign", "budget_cents", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("campaign", "rest_days", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("campaign", "plan", models.JSONField(db_default={}, default=dict)),
        migrations.AddField(
            "campaign",
            "cloned_from",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="records.campaign",
            ),
        ),
        migrations.AddField("campaign", "archived_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "campaign",
            models.CheckConstraint(
                condition=models.Q(("programme__in", ("", "recall", "reactivation"))),
                name="campaign_programme_known",
            ),
        ),
        migrations.AddField("case", "entry", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(fields=("campaign", "gap", "entry"), name="case_once_per_gap_and_entry"),
        ),
        migrations.RemoveConstraint("case", "case_once_per_gap"),
        migrations.RemoveConstraint("attempt", "attempt_once_per_step_and_channel"),
        migrations.AddConstraint(
            "attempt",
            models.UniqueConstraint(
                condition=models.Q(
                    ("origin", "campaign"), models.Q(("error_code", "replanned"), _negated=True)
                ),
                fields=("case", "step_index", "channel"),
                name="attempt_once_per_step_and_channel",
            ),
        ),
        migrations.CreateModel(
            name="ReadinessRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(blank=True, max_length=20)),
                ("detail", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=100)),
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "kind", "key", "-recorded_at"], name="readiness_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("staffed", "on_call", "on_call_tested", "channel"))),
                        name="readiness_kind_known",
                    )
                ],
            },
        ),
        migrations.RunSQL(*one_organisation(("records_readinessrecord",))),
    ]
