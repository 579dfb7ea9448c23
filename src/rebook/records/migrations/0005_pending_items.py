"""Medications, pending items, and what a gap may lead to: a message, a word at the visit, or a task."""

import django.db.models.deletion
from django.db import migrations, models

from rebook.records.models.base import known
from rebook.records.walls import one_organisation, same_organisation

TASK_KINDS = (
    "safety", "call", "call_back", "answer_reply", "clinical_question", "confirm_opt_out", "data_quality",
    "book", "unable_to_reach", "settle_unknown", "complaint", "billing", "gap_review",
)  # fmt: skip
PENDING_KINDS = (
    "result_awaiting_follow_up", "referral_out_incomplete", "referral_in_not_scheduled", "report_missing",
    "intake_unfinished", "high_intent", "test_not_done", "safety_notice", "waiting_list_match",
    "authorisation_ending", "refill_lapsed", "treatment_unscheduled", "treatment_plan_dropped",
)  # fmt: skip

PATIENT = {"source_id": "records_source", "patient_id": "records_patient"}
REFERENCES = {
    "records_medication": PATIENT,
    "records_pendingitem": PATIENT
    | {"location_id": "accounts_location", "practitioner_id": "records_practitioner"},
    "records_task": {"gap_id": "records_gap"},
}


def points_to(model: str, *, may_lack: bool = False, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(
        null=may_lack, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model
    )


def told_by_a_source() -> list[tuple[str, models.Field]]:
    return [
        (
            "id",
            models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
        ),
        ("external_id", models.CharField(max_length=200)),
        ("fact_hash", models.BinaryField(max_length=16)),
        ("organisation", points_to("accounts.organisation")),
        ("source", points_to("records.source")),
        ("patient", points_to("records.patient")),
    ]


MEDICATION = migrations.CreateModel(
    name="Medication",
    fields=[
        *told_by_a_source(),
        ("kind", models.CharField(blank=True, max_length=60)),
        ("system", models.CharField(blank=True, max_length=200)),
        ("code", models.CharField(blank=True, max_length=60)),
        ("started_on", models.DateField(null=True)),
        ("ended_on", models.DateField(null=True)),
        ("supply_until", models.DateField(null=True)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("organisation", "source", "external_id"), name="medication_once"),
            models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("started_on__isnull", True),
                    ("ended_on__gte", models.F("started_on")),
                    _connector="OR",
                ),
                name="medication_ends_after_start",
            ),
        ],
        "indexes": [models.Index(fields=["patient"], name="records_med_patient_592e64_idx")],
    },
)
PENDING_ITEM = migrations.CreateModel(
    name="PendingItem",
    fields=[
        *told_by_a_source(),
        ("kind", models.CharField(max_length=30)),
        ("visit_type", models.CharField(blank=True, max_length=60)),
        ("priority", models.CharField(default="routine", max_length=10)),
        ("state", models.CharField(default="open", max_length=10)),
        ("opened_on", models.DateField()),
        ("due_on", models.DateField(null=True)),
        ("closed_on", models.DateField(null=True)),
        ("closed_by", models.CharField(blank=True, db_default="", default="", max_length=300)),
        ("location", points_to("accounts.location", may_lack=True)),
        ("practitioner", points_to("records.practitioner", may_lack=True)),
        ("units_left", models.PositiveIntegerField(null=True)),
        ("units_threshold", models.PositiveIntegerField(null=True)),
        ("visits_per_week", models.PositiveSmallIntegerField(null=True)),
        ("matched_on", models.DateField(null=True)),
        ("day_part", models.CharField(blank=True, max_length=10)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(
                fields=("organisation", "source", "external_id"), name="pending_item_once"
            ),
            models.CheckConstraint(condition=known("kind", PENDING_KINDS), name="pending_item_kind_known"),
            models.CheckConstraint(
                condition=known("priority", ("routine", "urgent", "critical")),
                name="pending_item_priority_known",
            ),
            models.CheckConstraint(
                condition=known("state", ("proposed", "open", "done", "cancelled")),
                name="pending_item_state_known",
            ),
            models.CheckConstraint(
                condition=known("day_part", ("", "morning", "afternoon", "evening")),
                name="pending_item_day_part_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ("due_on__isnull", True), ("due_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="pending_item_due_after_opened",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="pending_item_closed_after_opened",
            ),
        ],
        "indexes": [models.Index(fields=["patient"], name="records_pen_patient_290c42_idx")],
    },
)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_recall_preferences"), ("accounts", "0002_audit_append_only")]

    operations = [
        MEDICATION,
        PENDING_ITEM,
        migrations.AddField(
            "gap", "outreach", models.CharField(db_default="yes", default="yes", max_length=10)
        ),
        migrations.AddConstraint(
            "gap",
            models.CheckConstraint(
                condition=known("outreach", ("yes", "at_visit", "staff")), name="gap_outreach_known"
            ),
        ),
        migrations.AddField("task", "gap", points_to("records.gap", may_lack=True, name="tasks")),
        migrations.AddConstraint(
            "task", models.UniqueConstraint(fields=("gap", "kind"), name="task_once_per_gap")
        ),
        migrations.RemoveConstraint("task", "task_kind_known"),
        migrations.AddConstraint(
            "task", models.CheckConstraint(condition=known("kind", TASK_KINDS), name="task_kind_known")
        ),
        migrations.RunSQL(*same_organisation(REFERENCES)),
        migrations.RunSQL(*one_organisation(["records_medication", "records_pendingitem"])),
    ]
