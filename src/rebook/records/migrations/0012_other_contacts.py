"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0011_sequence_versions")]

    operations: list[object] = []
