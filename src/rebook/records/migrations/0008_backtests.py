import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation

TABLES = ("records_backtest", "records_examination")
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _organisation():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0007_likelihood")]

    operations = [
        migrations.AddField("importrun", "profile", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="Backtest",
            fields=[
                ID,
                ("number", models.PositiveIntegerField()),
                ("asked", models.JSONField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("days_done", models.PositiveIntegerField(default=0)),
                ("days_total", models.PositiveIntegerField(default=0)),
                ("definitions", models.JSONField(default=dict)),
                ("snapshots", models.JSONField(default=list)),
                ("result", models.JSONField(null=True)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("path", models.CharField(blank=True, max_length=300)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                ("organisation", _organisation()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "number"), name="backtest_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "running", "done", "failed"))),
                        name="backtest_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("result__isnull", False),
                            _connector="OR",
                        ),
                        name="backtest_done_has_result",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Examination",
            fields=[
                ID,
                ("examined_at", models.DateTimeField()),
                ("examined_by", models.CharField(max_length=100)),
                ("findings", models.JSONField(default=list)),
                ("unsafe_definitions", models.JSONField(default=list)),
                ("organisation", _organisation()),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-examined_at"], name="examination_newest")]
            },
        ),
        migrations.RunSQL(*one_organisation(TABLES)),
    ]
