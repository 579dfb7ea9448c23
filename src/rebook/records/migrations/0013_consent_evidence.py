"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0012_other_contacts")]

    operations: list[object] = []
