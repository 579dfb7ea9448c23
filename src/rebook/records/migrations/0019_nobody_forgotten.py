"""Reserved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0018_jurisdiction_reviews")]

    operations: list[object] = []
