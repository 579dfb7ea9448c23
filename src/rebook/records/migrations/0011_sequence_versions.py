"""The practice's own sequences in versions; cases on the version of their plan; steps passed over."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from rebook.records.walls import one_organisation, same_organisation

STATES = ("draft", "published")
VERSIONS = "records_sequenceversion"
FORMER = "records_campaignsequence"
PASSED = "records_passedstep"


def own_id() -> tuple[str, Any]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def points_to(model: str, name: str = "+", **more: Any) -> Any:
    given = {"on_delete": django.db.models.deletion.PROTECT, **more}
    return models.ForeignKey(model, related_name=name, **given)


SEQUENCE_VERSION = migrations.CreateModel(
    name="SequenceVersion",
    fields=[
        own_id(),
        ("organisation", points_to("accounts.organisation")),
        ("key", models.CharField(max_length=60)),
        ("number", models.PositiveIntegerField()),
        ("state", models.CharField(default="draft", max_length=10)),
        ("content", models.JSONField()),
        ("made_from", models.CharField(blank=True, max_length=60)),
        ("created_by", models.CharField(max_length=100)),
        ("created_at", models.DateTimeField()),
        ("published_by", models.CharField(blank=True, max_length=100)),
        ("published_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("organisation", "key", "number"), name="sequence_version_once"),
            models.UniqueConstraint(
                fields=("organisation", "key"), condition=Q(state="draft"), name="sequence_one_draft"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="sequence_version_counted_from_1"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="sequence_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="sequence_published_when",
            ),
        ],
    },
)

CAMPAIGN_SEQUENCE = migrations.CreateModel(
    name="CampaignSequence",
    fields=[
        own_id(),
        ("organisation", points_to("accounts.organisation")),
        ("campaign", points_to("records.campaign", "former_sequences")),
        ("number", models.PositiveSmallIntegerField()),
        ("sequence_key", models.CharField(max_length=60)),
        ("content", models.JSONField()),
        ("replaced_at", models.DateTimeField()),
        ("replaced_by", models.CharField(max_length=100)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("campaign", "number"), name="campaign_sequence_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="campaign_sequence_counted_from_1"),
        ],
    },
)

PASSED_STEP = migrations.CreateModel(
    name="PassedStep",
    fields=[
        own_id(),
        ("organisation", points_to("accounts.organisation", db_index=False)),
        (
            "case",
            points_to(
                "records.case", "passed_steps", on_delete=django.db.models.deletion.CASCADE, db_index=False
            ),
        ),
        ("step_index", models.PositiveSmallIntegerField()),
        ("reasons", models.JSONField()),
        ("passed_at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("case", "step_index"), name="step_passed_once"),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("records", "0010_campaign_plans")]

    operations = [
        SEQUENCE_VERSION,
        CAMPAIGN_SEQUENCE,
        PASSED_STEP,
        migrations.AddField(
            "case", "sequence_version", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("case", "step_shift", models.SmallIntegerField(db_default=0, default=0)),
        migrations.RunSQL(
            *same_organisation(
                {
                    FORMER: {"campaign_id": "records_campaign"},
                    PASSED: {"case_id": "records_case"},
                }
            )
        ),
        migrations.RunSQL(*one_organisation((VERSIONS, FORMER, PASSED))),
    ]
