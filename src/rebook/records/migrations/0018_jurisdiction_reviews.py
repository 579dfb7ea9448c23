"""Reviews of the rules of places, row by row."""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation


class Migration(migrations.Migration):
    dependencies = [("records", "0017_wording_tests")]

    operations = [
        migrations.CreateModel(
            name="PlaceRuleReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_key", models.CharField(max_length=80)),
                ("row_version", models.CharField(max_length=16)),
                ("reviewed_on", models.DateField()),
                ("reviewed_by", models.CharField(max_length=100)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField()),
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
                        fields=("organisation", "row_key", "row_version", "reviewed_on"),
                        name="place_rule_review_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("row_key", ""), _negated=True),
                            models.Q(("reviewed_by", ""), _negated=True),
                        ),
                        name="place_rule_review_says_who",
                    ),
                ]
            },
        ),
        migrations.RunSQL(*one_organisation(["records_placerulereview"])),
    ]
