from django.db import migrations, models


class Migration(migrations.Migration):
    """The hourly look at portal messages, and letters that wait, without a walk through every attempt."""

    dependencies = [("records", "0023_timing_tests")]
    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["organisation", "sent_at"],
                condition=models.Q(channel="portal", state__in=["accepted", "sent", "delivered"]),
                name="attempt_portal_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["organisation", "id"],
                condition=models.Q(channel="letter", state="accepted"),
                name="attempt_letter_waiting",
            ),
        ),
    ]
