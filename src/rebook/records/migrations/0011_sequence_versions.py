"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0010_campaign_plans")]

    operations: list[object] = []
