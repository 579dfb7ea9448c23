from django.db import migrations, models


class Migration(migrations.Migration):
    """Who is expected, for the pages of the day, without a walk through every appointment."""

    dependencies = [("records", "0024_texts_read")]
    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                fields=["organisation", "starts_at"],
                condition=models.Q(status__in=["proposed", "pending", "booked", "arrived", "checked-in"]),
                name="appointment_expected",
            ),
        ),
    ]
