"""Alarms about the house itself, one open of each."""

from django.db import migrations, models

from rebook.records.models.base import known

TASK_KINDS = (
    "safety", "call", "call_back", "answer_reply", "clinical_question", "confirm_opt_out", "data_quality",
    "book", "unable_to_reach", "settle_unknown", "complaint", "billing", "gap_review", "alarm",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("records", "0018_jurisdiction_reviews")]

    operations = [
        migrations.RemoveConstraint(model_name="task", name="task_kind_known"),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(condition=known("kind", TASK_KINDS), name="task_kind_known"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=["organisation", "note"],
                condition=models.Q(kind="alarm", state="open"),
                name="alarm_open_once",
            ),
        ),
    ]
