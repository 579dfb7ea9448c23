"""Tests of a step beside those of a text; who was left out of a test, and the household that counts once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0022_campaign_success")]

    operations = [
        migrations.AddField(
            model_name="wordingtest", name="content", field=models.JSONField(db_default={}, default=dict)
        ),
        migrations.AlterField(
            model_name="wordingtest", name="template_key", field=models.CharField(blank=True, max_length=80)
        ),
        migrations.AlterField(
            model_name="wordingtest", name="channel", field=models.CharField(blank=True, max_length=20)
        ),
        migrations.AddField(
            model_name="wordingassignment",
            name="unit",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="wordingassignment",
            name="left_out",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="wordingassignment",
            name="step_index",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="wordingassignment", name="due_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="wordingassignment",
            index=models.Index(fields=["test", "unit", "assigned_at"], name="wording_by_unit"),
        ),
    ]
