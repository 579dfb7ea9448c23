"""Tests that staff send to themselves: their own contacts, each test, and what became of it (append-only)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rebook.records.models.base import known
from rebook.records.walls import one_organisation, same_organisation

Q = models.Q
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
FACTS = ("claimed", "accepted", "sent", "delivered", "read", "failed", "unknown")
KEPT = """
CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
TABLES = {"sent_test": "records_senttest", "sent_test_fact": "records_senttestfact"}


def points_to(model: str, name: str = "+", **more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, **more)


def text(length: int, **more: bool) -> models.CharField:
    return models.CharField(max_length=length, **more)


CONTACT = migrations.CreateModel(
    name="StaffContact",
    fields=[
        ("id", ID.clone()),
        ("channel", text(10)),
        ("value", text(254)),
        ("line_type", text(30, blank=True)),
        ("added_at", models.DateTimeField()),
        ("confirmed_at", models.DateTimeField(null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("code_hash", text(64, blank=True)),
        ("code_sent_at", models.DateTimeField(null=True)),
        ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
        ("organisation", points_to("accounts.organisation")),
        ("user", points_to(settings.AUTH_USER_MODEL)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("organisation", "id"), name="staff_contact_by_organisation"),
            models.UniqueConstraint(
                condition=Q(ended_at__isnull=True),
                fields=("organisation", "user", "channel"),
                name="staff_contact_one_each",
            ),
            models.UniqueConstraint(
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False),
                fields=("organisation", "channel", "value"),
                name="staff_contact_confirmed_once",
            ),
            models.CheckConstraint(
                condition=known("channel", ("sms", "email")), name="staff_contact_channel_known"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="staff_contact_has_value"),
        ]
    },
)
SENT = migrations.CreateModel(
    name="SentTest",
    fields=[
        ("id", ID.clone()),
        ("contact_confirmed_at", models.DateTimeField(null=True)),
        ("kind", text(10)),
        ("channel", text(20)),
        ("adapter", text(20, blank=True)),
        ("reference", text(80, unique=True)),
        ("press", text(40)),
        ("place", models.PositiveSmallIntegerField(default=0)),
        ("template_key", text(80, blank=True)),
        ("language", text(8, blank=True)),
        ("variant", text(20, blank=True)),
        ("content_hash", text(64, blank=True)),
        ("step_index", models.PositiveSmallIntegerField(null=True)),
        ("segments", models.PositiveSmallIntegerField(default=0)),
        ("verdict", text(10)),
        ("reasons", models.JSONField(default=list)),
        ("lawful_basis", text(40, blank=True)),
        ("asked_at", models.DateTimeField()),
        ("campaign", points_to("records.campaign", null=True)),
        ("organisation", points_to("accounts.organisation")),
        ("user", points_to(settings.AUTH_USER_MODEL)),
        ("contact", points_to("records.staffcontact", "tests", null=True)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("organisation", "id"), name="sent_test_by_organisation"),
            models.UniqueConstraint(
                fields=("organisation", "user", "press", "place"), name="sent_test_once_per_press"
            ),
            models.CheckConstraint(condition=known("kind", ("text", "code")), name="sent_test_kind_known"),
            models.CheckConstraint(
                condition=known("verdict", ("allow", "defer", "refuse")), name="sent_test_verdict_known"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="allow")
                | Q(contact__isnull=False) & (Q(kind="code") | Q(contact_confirmed_at__isnull=False)),
                name="sent_test_to_confirmed_only",
            ),
        ],
        "indexes": [models.Index(fields=["organisation", "user", "-asked_at"], name="sent_test_newest")],
    },
)
FACT = migrations.CreateModel(
    name="SentTestFact",
    fields=[
        ("id", ID.clone()),
        ("state", text(12)),
        ("at", models.DateTimeField()),
        ("source", text(20)),
        ("code", text(60, blank=True)),
        ("provider_message_id", text(120, blank=True)),
        ("organisation", points_to("accounts.organisation")),
        ("test", points_to("records.senttest", "facts", db_index=False)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=("test", "state", "source", "code"), name="sent_test_fact_once"),
            models.CheckConstraint(condition=known("state", FACTS), name="sent_test_fact_known"),
        ],
        "indexes": [
            models.Index(
                condition=~Q(provider_message_id=""),
                fields=["organisation", "provider_message_id"],
                name="sent_test_by_provider",
            )
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0019_nobody_forgotten"),
        ("accounts", "0002_audit_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CONTACT,
        SENT,
        FACT,
        migrations.RunSQL(
            *same_organisation(
                {
                    "records_senttest": {
                        "contact_id": "records_staffcontact",
                        "campaign_id": "records_campaign",
                    },
                    "records_senttestfact": {"test_id": "records_senttest"},
                }
            )
        ),
        migrations.RunSQL(*one_organisation(["records_staffcontact", *TABLES.values()])),
        *(
            migrations.RunSQL(
                KEPT.format(name=name, table=table), f"DROP TRIGGER {name}_append_only ON {table};"
            )
            for name, table in TABLES.items()
        ),
    ]
