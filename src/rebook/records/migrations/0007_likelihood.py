import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation

TABLE = "records_fittedmodel"


class Migration(migrations.Migration):
    dependencies = [("records", "0006_segments")]

    operations = [
        migrations.CreateModel(
            name="FittedModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("fitted_on", models.DateField()),
                ("fitted_at", models.DateTimeField()),
                ("window_from", models.DateField(null=True)),
                ("window_to", models.DateField(null=True)),
                ("chosen", models.CharField(max_length=20)),
                ("reason", models.TextField()),
                ("parameters", models.JSONField(default=dict)),
                ("figures", models.JSONField(default=dict)),
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
                        fields=("organisation", "kind", "fitted_on"), name="fitted_model_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("return", "show", "gain"))),
                        name="fitted_model_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("chosen", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="fitted_model_decided_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("window_from__isnull", True), ("window_to__isnull", True)),
                            ("window_to__gte", models.F("window_from")),
                            _connector="OR",
                        ),
                        name="fitted_model_window_in_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*one_organisation([TABLE])),
    ]
