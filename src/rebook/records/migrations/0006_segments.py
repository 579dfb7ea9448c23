"""Saved segments with their versions."""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation, same_organisation

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ORGANISATION = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_pending_items")]

    operations = [
        migrations.CreateModel(
            name="SavedSegment",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=120)),
                ("archived_at", models.DateTimeField(null=True)),
                ("organisation", ORGANISATION.clone()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "name"), name="segment_name_once"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="segment_by_organisation"),
                ]
            },
        ),
        migrations.CreateModel(
            name="SegmentVersion",
            fields=[
                ("id", ID.clone()),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_by", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField()),
                ("organisation", ORGANISATION.clone()),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.savedsegment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "number"), name="segment_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="segment_version_counted_from_1"
                    ),
                ]
            },
        ),
        migrations.RunSQL(
            *same_organisation({"records_segmentversion": {"segment_id": "records_savedsegment"}})
        ),
        migrations.RunSQL(*one_organisation(["records_savedsegment", "records_segmentversion"])),
    ]
