import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation, same_organisation

TABLES = ("records_roomcount", "records_capacityday", "records_forecast")
REFERENCES = {"records_capacityday": {"campaign_id": "records_campaign"}}
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
MEASURES = ("enrolled", "sms", "email", "phone", "letter", "portal", "replies", "bookings", "visits")


def _organisation():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0015_approvals")]

    operations = [
        migrations.CreateModel(
            name="RoomCount",
            fields=[
                ID,
                ("counted_at", models.DateTimeField()),
                ("days", models.JSONField(default=list)),
                ("types", models.JSONField(default=dict)),
                ("organisation", _organisation()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="room_count_once")]
            },
        ),
        migrations.CreateModel(
            name="CapacityDay",
            fields=[
                ID,
                ("as_of", models.DateField()),
                ("state", models.CharField(max_length=10)),
                ("left", models.PositiveIntegerField(null=True)),
                ("reasons", models.JSONField(default=list)),
                ("found_at", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capacity_days",
                        to="records.campaign",
                    ),
                ),
                ("organisation", _organisation()),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "as_of"], name="capacity_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "as_of"), name="capacity_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "slowed", "paused"))),
                        name="capacity_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("left__isnull", False), models.Q(("reasons", []), _negated=True)),
                            _connector="OR",
                        ),
                        name="capacity_limited_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ID,
                ("campaign_id", models.BigIntegerField()),
                ("location_id", models.BigIntegerField(default=0)),
                ("made_on", models.DateField()),
                ("meant_on", models.DateField()),
                ("measure", models.CharField(max_length=20)),
                ("expected", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("organisation", _organisation()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "organisation",
                            "made_on",
                            "campaign_id",
                            "location_id",
                            "meant_on",
                            "measure",
                        ),
                        name="forecast_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", MEASURES)), name="forecast_measure_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("high__gte", models.F("expected")),
                            ("low__gte", 0),
                            ("low__lte", models.F("expected")),
                        ),
                        name="forecast_interval_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("meant_on__gte", models.F("made_on"))),
                        name="forecast_looks_ahead",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*same_organisation(REFERENCES)),
        migrations.RunSQL(*one_organisation(TABLES)),
    ]
