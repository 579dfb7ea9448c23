import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("visit_type", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(max_length=20)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("booked_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_by", models.CharField(blank=True, max_length=10)),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
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
                        fields=("organisation", "id"), name="appointment_by_organisation"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                (
                                    "proposed",
                                    "pending",
                                    "booked",
                                    "arrived",
                                    "fulfilled",
                                    "cancelled",
                                    "noshow",
                                    "entered-in-error",
                                    "checked-in",
                                    "waitlist",
                                ),
                            )
                        ),
                        name="appointment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True),
                            ("ends_at__gte", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="appointment_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("segment", models.JSONField(default=dict)),
                ("sequence_key", models.CharField(max_length=60)),
                ("sequence", models.JSONField(default=dict)),
                ("purpose", models.CharField(default="treatment_recall", max_length=20)),
                ("daily_limit", models.PositiveIntegerField(default=50)),
                ("holdout_percent", models.PositiveSmallIntegerField(default=10)),
                ("booking_window_days", models.PositiveSmallIntegerField(default=60)),
                ("visit_window_days", models.PositiveSmallIntegerField(default=120)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("launched_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "name"), name="campaign_name_once"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="campaign_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("draft", "active", "paused", "archived"))),
                        name="campaign_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holdout_percent__lte", 50)), name="campaign_holdout_at_most_half"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("launched_at__isnull", False), _connector="OR"
                        ),
                        name="campaign_launched_before_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("arm", models.CharField(default="contact", max_length=10)),
                ("opened_at", models.DateTimeField()),
                ("step_index", models.PositiveSmallIntegerField(default=0)),
                ("next_step_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("pause_reason", models.CharField(blank=True, max_length=40)),
                ("first_attempt_at", models.DateTimeField(null=True)),
                ("last_attempt_at", models.DateTimeField(null=True)),
                ("reached_at", models.DateTimeField(null=True)),
                ("responded_at", models.DateTimeField(null=True)),
                ("booked_at", models.DateTimeField(null=True)),
                ("visit_kept_at", models.DateTimeField(null=True)),
                ("barrier", models.CharField(blank=True, max_length=30)),
                ("outcome", models.CharField(blank=True, max_length=30)),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome_detail", models.CharField(blank=True, max_length=100)),
                (
                    "appointment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.appointment",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="records.campaign",
                    ),
                ),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("arm", "contact"), ("closed_at__isnull", True), ("paused_at__isnull", True)
                        ),
                        fields=["next_step_at"],
                        name="case_step_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "id"), name="case_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("arm__in", ("contact", "holdout"))), name="case_arm_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                (
                                    "outcome__in",
                                    (
                                        "visit_kept",
                                        "booked_not_kept",
                                        "returned_unprompted",
                                        "declined",
                                        "deferred",
                                        "unreachable",
                                        "opted_out",
                                        "wrong_person",
                                        "moved",
                                        "deceased",
                                        "gap_closed",
                                        "excluded",
                                        "clinician_review",
                                        "no_response",
                                        "not_returned",
                                        "campaign_ended",
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="case_closed_with_one_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("system", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=254)),
                ("line_type", models.CharField(blank=True, max_length=24)),
                ("rank", models.SmallIntegerField(default=1)),
                ("state", models.CharField(default="unverified", max_length=16)),
                ("state_reason", models.CharField(blank=True, max_length=100)),
                ("state_changed_at", models.DateTimeField(null=True)),
                ("is_current", models.BooleanField(default=True)),
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
                "indexes": [
                    models.Index(fields=["organisation", "value"], name="records_con_organis_b458bb_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="contact_point_by_organisation"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("system__in", ("phone", "email"))),
                        name="contact_point_system_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("unverified", "verified", "invalid", "wrong_person", "unreachable"),
                            )
                        ),
                        name="contact_point_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(default="campaign", max_length=10)),
                ("step_index", models.PositiveSmallIntegerField(default=0)),
                ("channel", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=80)),
                ("purpose", models.CharField(default="treatment_recall", max_length=20)),
                ("lawful_basis", models.CharField(blank=True, max_length=40)),
                ("to_value", models.CharField(blank=True, max_length=254)),
                ("template_key", models.CharField(blank=True, max_length=80)),
                ("template_hash", models.CharField(blank=True, max_length=64)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("body_html", models.TextField(blank=True)),
                ("unsubscribe_url", models.CharField(blank=True, max_length=200)),
                ("segments", models.PositiveSmallIntegerField(default=0)),
                ("state", models.CharField(default="planned", max_length=12)),
                ("planned_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("claimed_by", models.CharField(blank=True, max_length=80)),
                ("adapter", models.CharField(blank=True, max_length=20)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("result_at", models.DateTimeField(null=True)),
                ("provider_message_id", models.CharField(blank=True, max_length=120)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("reasons", models.JSONField(default=list)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="records.case",
                    ),
                ),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.contactpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "deferred"])),
                        fields=["organisation", "due_at", "id"],
                        name="attempt_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "claimed")),
                        fields=["claimed_at"],
                        name="attempt_in_the_air",
                    ),
                    models.Index(
                        fields=["organisation", "provider_message_id"], name="records_att_organis_7d27fc_idx"
                    ),
                    models.Index(
                        fields=["organisation", "to_value", "sent_at"], name="records_att_organis_3a7ee4_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reference",), name="attempt_reference_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("origin", "campaign")),
                        fields=("case", "step_index", "channel"),
                        name="attempt_once_per_step_and_channel",
                    ),
                    models.UniqueConstraint(fields=("organisation", "id"), name="attempt_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "planned",
                                    "deferred",
                                    "refused",
                                    "claimed",
                                    "accepted",
                                    "sent",
                                    "delivered",
                                    "read",
                                    "failed",
                                    "expired",
                                    "unknown",
                                ),
                            )
                        ),
                        name="attempt_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("campaign", "manual", "reply", "test", "safety"))),
                        name="attempt_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(
                                ("claimed_at__isnull", False), models.Q(("claimed_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="attempt_claim_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gte", models.F("due_at"))),
                        name="attempt_expires_after_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("definition_key", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=40)),
                ("visit_type", models.CharField(blank=True, max_length=60)),
                ("risk_class", models.SmallIntegerField()),
                ("is_sensitive", models.BooleanField(default=False)),
                ("anchor_on", models.DateField(null=True)),
                ("due_on", models.DateField()),
                ("overdue_on", models.DateField()),
                ("interval_days", models.PositiveIntegerField(null=True)),
                ("tier", models.CharField(max_length=12)),
                ("evidence", models.JSONField(default=list)),
                ("rank", models.PositiveIntegerField(null=True)),
                ("rank_reasons", models.JSONField(default=list)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("close_reason", models.CharField(blank=True, max_length=60)),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["organisation", "rank"],
                        name="gap_open_by_rank",
                    ),
                    models.Index(fields=["organisation", "opened_on"], name="records_gap_organis_894eab_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "id"), name="gap_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("risk_class__gte", 0), ("risk_class__lte", 4)),
                        name="gap_risk_class_0_to_4",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("overdue_on__gte", models.F("due_on"))),
                        name="gap_overdue_after_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("close_reason", ""), ("closed_on__isnull", True)),
                            models.Q(
                                ("closed_on__isnull", False), models.Q(("close_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="gap_closed_with_reason",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="gap",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="records.gap"
            ),
        ),
        migrations.CreateModel(
            name="GapSignOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("definition_key", models.CharField(max_length=100)),
                ("content_hash", models.CharField(max_length=64)),
                ("signed_by", models.CharField(max_length=100)),
                ("signed_at", models.DateTimeField()),
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
                        fields=("organisation", "definition_key", "content_hash"),
                        name="gap_definition_signed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldoutAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(max_length=80)),
                ("stratum", models.CharField(max_length=120)),
                ("cycle", models.CharField(max_length=40)),
                ("arm", models.CharField(max_length=10)),
                ("assigned_at", models.DateTimeField()),
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
                        fields=("organisation", "unit", "cycle"), name="holdout_assigned_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("arm__in", ("contact", "holdout"))), name="holdout_arm_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="running", max_length=10)),
                ("counts", models.JSONField(default=dict)),
                ("error", models.CharField(blank=True, max_length=500)),
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
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "done", "failed"))),
                        name="import_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("given_name", models.CharField(blank=True, max_length=100)),
                ("family_name", models.CharField(blank=True, max_length=100)),
                ("birth_on", models.DateField(null=True)),
                ("sex", models.CharField(default="unknown", max_length=10)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("is_deceased", models.BooleanField(default=False)),
                ("deceased_on", models.DateField(null=True)),
                ("left_practice_on", models.DateField(null=True)),
                ("do_not_contact", models.BooleanField(default=False)),
                ("do_not_contact_reason", models.CharField(blank=True, max_length=100)),
                ("time_zone", models.CharField(blank=True, max_length=64)),
                ("address_line", models.CharField(blank=True, max_length=300)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(blank=True, max_length=32)),
                ("postal_code", models.CharField(blank=True, max_length=16)),
                ("payer_class", models.CharField(default="unknown", max_length=20)),
                ("value_cents", models.BigIntegerField(default=0)),
                ("preferred_channel", models.CharField(blank=True, max_length=10)),
                (
                    "sensitivity",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "exclusions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("household_key", models.CharField(blank=True, max_length=64)),
                (
                    "home_location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.patient",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "responsible_patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "family_name", "given_name"],
                        name="records_pat_organis_67a5cb_idx",
                    ),
                    models.Index(
                        condition=models.Q(("household_key", ""), _negated=True),
                        fields=["organisation", "household_key"],
                        name="patient_household",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "id"), name="patient_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ("female", "male", "other", "unknown"))),
                        name="patient_sex_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deceased_on__isnull", True), ("is_deceased", True), _connector="OR"
                        ),
                        name="patient_death_date_means_deceased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="patient_not_merged_into_self",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuardDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("verdict", models.CharField(max_length=10)),
                ("reasons", models.JSONField(default=list)),
                ("decided_at", models.DateTimeField()),
                ("defer_until", models.DateTimeField(null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="records.attempt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="records.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "decided_at"], name="records_gua_organis_973195_idx"
                    ),
                    models.Index(fields=["patient"], name="records_gua_patient_4da9b0_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ("allow", "defer", "refuse"))),
                        name="decision_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict", "defer"), _negated=True),
                            ("defer_until__isnull", False),
                            _connector="OR",
                        ),
                        name="decision_deferred_until_when",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="gap",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="gaps", to="records.patient"
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contact_points",
                to="records.patient",
            ),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact_value", models.CharField(blank=True, max_length=254)),
                ("channel", models.CharField(max_length=10)),
                ("purpose", models.CharField(default="all", max_length=20)),
                ("state", models.CharField(max_length=10)),
                ("origin", models.CharField(max_length=30)),
                ("wording", models.TextField(blank=True)),
                ("recorded_by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "contact_value"], name="records_con_organis_4a6e9e_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("sms", "email", "phone", "letter", "portal", "all"))
                        ),
                        name="consent_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("treatment_recall", "operations", "informational", "marketing", "all"),
                            )
                        ),
                        name="consent_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("granted", "revoked"))), name="consent_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("patient__isnull", False),
                            models.Q(("contact_value", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="consent_names_person_or_number",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="records.patient"
            ),
        ),
        migrations.CreateModel(
            name="AutomationHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=100)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=["patient"],
                        name="hold_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "red_flag",
                                    "clinical_review",
                                    "complaint",
                                    "snooze",
                                    "reply_pending",
                                    "data_quality",
                                ),
                            )
                        ),
                        name="hold_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_at__isnull", True),
                            models.Q(("released_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="hold_release_has_a_name",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="patient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="records.patient",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
            ),
        ),
        migrations.CreateModel(
            name="PatientLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("failed_checks", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.attempt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="records.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="link_lives_a_while",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Practitioner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("name", models.CharField(max_length=200)),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
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
                        fields=("organisation", "id"), name="practitioner_by_organisation"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="patient",
            name="practitioner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.practitioner",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="practitioner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.practitioner",
            ),
        ),
        migrations.CreateModel(
            name="PractitionerHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("capacity", models.PositiveSmallIntegerField(default=1)),
                ("visit_type_keys", models.JSONField(default=list)),
                ("from_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.location"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="records.practitioner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__lte", 6)), name="hours_weekday_in_week"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts__lt", models.F("ends"))), name="hours_start_before_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__gte", 1)), name="hours_have_capacity"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("provider_message_id", models.CharField(max_length=120)),
                ("from_value", models.CharField(max_length=254)),
                ("to_value", models.CharField(blank=True, max_length=254)),
                ("body", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("intents", models.JSONField(default=list)),
                ("intent", models.CharField(blank=True, max_length=30)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("state", models.CharField(default="new", max_length=10)),
                ("handled_at", models.DateTimeField(null=True)),
                ("handled_by", models.CharField(blank=True, max_length=100)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.attempt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="records.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="records.patient",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "replies",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "new")),
                        fields=["organisation", "received_at"],
                        name="reply_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "channel", "provider_message_id"), name="reply_stored_once"
                    ),
                    models.UniqueConstraint(fields=("organisation", "id"), name="reply_by_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("new", "handled"))), name="reply_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SlotClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("visit_type", models.CharField(max_length=60)),
                ("seat", models.PositiveSmallIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("held_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.patientlink",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.location"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.practitioner",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=["organisation", "practitioner", "starts_at"],
                        name="claim_live",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="claim_takes_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(max_length=14)),
                ("state", models.CharField(default="confirmed", max_length=10)),
                ("confirmed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="booking",
                        to="records.appointment",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.attempt",
                    ),
                ),
                (
                    "moved_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.booking",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="records.case",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="records.patient",
                    ),
                ),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="booking",
                        to="records.slotclaim",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("confirmed", "cancelled", "moved"))),
                        name="booking_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("patient_page", "staff", "reply"))),
                        name="booking_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "confirmed"), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="booking_ended_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("path", models.CharField(max_length=300)),
                ("counts", models.JSONField(default=dict)),
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
                    models.UniqueConstraint(fields=("organisation", "number"), name="snapshot_number_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="gap",
            name="opened_by_snapshot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.snapshot",
            ),
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                ("last_synced_at", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(fields=("organisation", "key"), name="source_once"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="source_by_organisation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RejectedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.CharField(max_length=300)),
                ("line", models.BigIntegerField()),
                ("field", models.CharField(blank=True, max_length=100)),
                ("reason", models.CharField(max_length=300)),
                ("raw", models.TextField(blank=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejects",
                        to="records.importrun",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "file", "line", "field", "reason"), name="reject_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("system", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("performed_on", models.DateField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "performed_on"], name="records_pro_patient_e2baa8_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "source", "external_id"), name="procedure_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="practitioner",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="records.source"
            ),
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("visit_type", models.CharField(blank=True, max_length=60)),
                ("recommended_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.practitioner",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient"], name="records_fol_patient_8297d2_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "source", "external_id"), name="follow_up_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("recommended_on"))),
                        name="follow_up_due_after_recommended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("system", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("onset_on", models.DateField(null=True)),
                ("abated_on", models.DateField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient"], name="records_con_patient_a9674c_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "source", "external_id"), name="condition_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
            ),
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=14)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField()),
                ("started_by", models.CharField(max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=100)),
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
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("organisation", "scope", "key"),
                        name="stop_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ("organisation", "campaign", "channel"))),
                        name="stop_scope_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("owner_role", models.CharField(max_length=20)),
                ("urgency", models.PositiveSmallIntegerField(default=3)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("disposition", models.CharField(blank=True, max_length=30)),
                ("barrier", models.CharField(blank=True, max_length=30)),
                ("note", models.TextField(blank=True)),
                ("call_back_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, max_length=100)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="records.attempt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="records.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="records.patient",
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="records.reply",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["organisation", "urgency", "due_at"],
                        name="task_open_by_urgency",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reply", "kind"), name="task_once_per_reply"),
                    models.UniqueConstraint(fields=("attempt", "kind"), name="task_once_per_attempt"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "safety",
                                    "call",
                                    "call_back",
                                    "answer_reply",
                                    "clinical_question",
                                    "confirm_opt_out",
                                    "data_quality",
                                    "book",
                                    "unable_to_reach",
                                    "settle_unknown",
                                    "complaint",
                                    "billing",
                                ),
                            )
                        ),
                        name="task_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "done", "cancelled"))),
                        name="task_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("done_at__isnull", False), models.Q(("done_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="task_done_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template_key", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=8)),
                ("content_hash", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=100)),
                ("approved_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
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
                        fields=("organisation", "template_key", "language", "content_hash"),
                        name="template_approved_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("fact_hash", models.BinaryField(max_length=16)),
                ("appointment_external_id", models.CharField(blank=True, max_length=200)),
                ("visit_type", models.CharField(blank=True, max_length=60)),
                ("started_at", models.DateTimeField()),
                ("collected_cents", models.BigIntegerField(null=True)),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.patient"
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.practitioner",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.source"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "started_at"], name="records_vis_patient_047293_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "source", "external_id"), name="visit_once"
                    ),
                    models.UniqueConstraint(fields=("organisation", "id"), name="visit_by_organisation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("label", models.CharField(max_length=100)),
                ("minutes", models.PositiveSmallIntegerField(default=30)),
                ("is_self_bookable", models.BooleanField(default=False)),
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
                    models.UniqueConstraint(fields=("organisation", "key"), name="visit_type_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0)), name="visit_type_takes_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("source", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=60)),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="records.attempt",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt", "state", "source", "code"), name="attempt_event_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                fields=("patient", "system", "value"), name="contact_point_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("campaign", "gap"), name="case_once_per_gap"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("organisation", "patient"),
                name="case_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["patient", "planned_at"], name="records_att_patient_29d787_idx"),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_on__isnull", True)),
                fields=("organisation", "patient", "definition_key"),
                name="gap_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                fields=("organisation", "source", "external_id"), name="practitioner_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(
                fields=("organisation", "source", "external_id"), name="patient_once"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["patient", "starts_at"], name="records_app_patient_8fd5f7_idx"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                fields=["organisation", "practitioner", "starts_at"], name="records_app_organis_d8d11b_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                fields=("organisation", "source", "external_id"), name="appointment_once"
            ),
        ),
    ]
