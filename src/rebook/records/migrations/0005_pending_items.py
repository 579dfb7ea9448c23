from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0004_recall_preferences")]

    operations: list[migrations.operations.base.Operation] = []
