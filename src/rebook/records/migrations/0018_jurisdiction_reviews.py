"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0017_wording_tests")]

    operations: list[object] = []
