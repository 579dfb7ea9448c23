from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0005_pending_items")]

    operations: list[migrations.operations.base.Operation] = []
