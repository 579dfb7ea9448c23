"""How the practice got each number or address, and the third answer of a check of numbers."""

import django.contrib.postgres.fields
from django.db import migrations, models

from rebook.records.models.base import known

SOURCES = (
    "patient_form",
    "patient_page",
    "patient_said",
    "previous_practice",
    "insurer",
    "skip_trace",
    "other",
    "",
)
MARKS = ("blocked", "same", "reassigned", "no_data")


class Migration(migrations.Migration):
    dependencies = [("records", "0020_test_sends")]

    operations = [
        migrations.AddField(
            "contactpoint", "number_source", models.CharField(blank=True, db_default="", max_length=20)
        ),
        migrations.AddField("contactpoint", "given_on", models.DateField(null=True)),
        migrations.AddField(
            "contactpoint",
            "given_for",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), db_default=[], size=None
            ),
        ),
        migrations.AddField(
            "contactpoint", "source_noted_by", models.CharField(blank=True, db_default="", max_length=100)
        ),
        migrations.AddConstraint(
            "contactpoint",
            models.CheckConstraint(
                condition=known("number_source", SOURCES), name="contact_point_number_source_known"
            ),
        ),
        migrations.RemoveConstraint("numbermark", "number_mark_kind_known"),
        migrations.AddConstraint(
            "numbermark",
            models.CheckConstraint(condition=known("kind", MARKS), name="number_mark_kind_known"),
        ),
    ]
