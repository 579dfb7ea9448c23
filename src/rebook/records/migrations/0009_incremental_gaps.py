"""What the daily find needs: who changed since when, and who has to be looked at again on which day.

Triggers note every patient whose rows a snapshot holds, once for each statement. Rows are only ever added, so
that no booking waits for an import.
"""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.walls import one_organisation

NEW = ("records_patientchange", "records_gapoutlook", "records_gapround")
# Every table of the ledger that a snapshot reads; a test compares them with ``records.read.chart``.
FACTS = (
    "records_appointment",
    "records_visit",
    "records_procedure",
    "records_condition",
    "records_followup",
    "records_medication",
    "records_pendingitem",
    "records_recallpreference",
)
# A transition table exists only for its own kind of statement, so each kind has a function of its own.
_NOTE = "INSERT INTO records_patientchange (organisation_id, patient_id)"
_BODIES = {
    "fact": {
        "insert": "SELECT DISTINCT organisation_id, patient_id FROM new_rows",
        "update": "SELECT organisation_id, patient_id FROM new_rows"
        " UNION SELECT organisation_id, patient_id FROM old_rows",
        "delete": "SELECT DISTINCT organisation_id, patient_id FROM old_rows",
    },
    # Who was or is merged into somebody changes that one's facts, too.
    "patient": {
        "insert": "SELECT organisation_id, id FROM new_rows"
        " UNION SELECT organisation_id, merged_into_id FROM new_rows WHERE merged_into_id IS NOT NULL",
        "update": "SELECT organisation_id, id FROM new_rows"
        " UNION SELECT organisation_id, merged_into_id FROM new_rows WHERE merged_into_id IS NOT NULL"
        " UNION SELECT organisation_id, merged_into_id FROM old_rows WHERE merged_into_id IS NOT NULL",
        "delete": "SELECT organisation_id, id FROM old_rows",
    },
}
_SEES = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}


def triggers() -> tuple[str, str]:
    forward, backward = [], []
    for what, bodies in _BODIES.items():
        tables = FACTS if what == "fact" else ("records_patient",)
        for kind, rows in bodies.items():
            name = f"note_{what}_{kind}"
            forward.append(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN {_NOTE} {rows}; RETURN NULL; END $$;"
            )
            forward += [
                f"CREATE TRIGGER {name} AFTER {kind.upper()} ON {table} {_SEES[kind]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
                for table in tables
            ]
            backward += [f"DROP TRIGGER {name} ON {table};" for table in tables]
            backward.append(f"DROP FUNCTION {name}();")
    return "\n".join(forward), "\n".join(backward)


ORGANISATION = (
    "organisation",
    models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
    ),
)
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("records", "0008_backtests")]

    operations = [
        migrations.CreateModel(
            name="PatientChange",
            fields=[
                ID,
                ("patient_id", models.BigIntegerField()),
                ("noticed_in", models.PositiveIntegerField(null=True)),
                ORGANISATION,
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "noticed_in"], name="patient_change_by_snapshot")
                ]
            },
        ),
        migrations.CreateModel(
            name="GapOutlook",
            fields=[
                ("patient_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("tier", models.CharField(max_length=12)),
                ("booked", models.PositiveSmallIntegerField(default=0)),
                ("recheck_on", models.DateField(null=True)),
                ORGANISATION,
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "recheck_on"], name="gap_outlook_by_day")]
            },
        ),
        migrations.CreateModel(
            name="GapRound",
            fields=[
                ID,
                ("snapshot_number", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("full_on", models.DateField()),
                ("rules_hash", models.CharField(max_length=64)),
                ORGANISATION,
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="gap_round_once")]
            },
        ),
        migrations.AddField("snapshot", "base_number", models.PositiveIntegerField(null=True)),
        migrations.AddField("snapshot", "layout", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("snapshot", "pruned_at", models.DateTimeField(null=True)),
        migrations.RunSQL(*one_organisation(NEW)),
        migrations.RunSQL(*triggers()),
    ]
