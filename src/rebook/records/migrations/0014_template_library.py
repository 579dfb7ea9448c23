"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0013_consent_evidence")]

    operations: list[object] = []
