"""Successes as judged, how far links got, and the first definitions written out where they were unsaid."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.models.base import known
from rebook.records.walls import one_organisation, same_organisation

STEPS = ("opened", "chose", "checked", "booked", "answered")
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")

# What a launched campaign without a word on success has been counted by: a later default never changes it.
WRITTEN_OUT = """
UPDATE records_campaign SET plan = plan || '{"success": {
    "no_show_not_rebooked": "rebooked_and_kept", "cancelled_not_rebooked": "rebooked_and_kept",
    "inactive": "visit_and_follow_up", "later_than_usual": "visit_and_follow_up"}}'::jsonb
WHERE state <> 'draft' AND NOT plan ? 'success'
"""


def points_to(model: str, name: str = "+", **more: Any) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [("records", "0021_given_numbers")]

    operations = [
        migrations.CreateModel(
            name="CaseSuccess",
            fields=[
                ("id", ID.clone()),
                ("definition", models.CharField(max_length=40)),
                ("met_at", models.DateTimeField(null=True)),
                ("judged_at", models.DateTimeField()),
                ("organisation", points_to("accounts.organisation")),
                ("case", points_to("records.case", "successes", db_index=False)),
                ("appointment", points_to("records.appointment", null=True)),
            ],
            options={
                "verbose_name_plural": "case successes",
                "indexes": [models.Index(fields=["case", "-id"], name="success_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("definition", ""), _negated=True), name="success_by_a_definition"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkStep",
            fields=[
                ("id", ID.clone()),
                ("step", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("organisation", points_to("accounts.organisation")),
                ("link", points_to("records.patientlink", db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("link", "step"), name="link_step_once"),
                    models.CheckConstraint(condition=known("step", STEPS), name="link_step_known"),
                ]
            },
        ),
        migrations.RunSQL(
            *same_organisation(
                {
                    "records_casesuccess": {
                        "case_id": "records_case",
                        "appointment_id": "records_appointment",
                    }
                }
            )
        ),
        migrations.RunSQL(*one_organisation(["records_casesuccess", "records_linkstep"])),
        migrations.RunSQL(WRITTEN_OUT, migrations.RunSQL.noop),
    ]
