from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0009_backtests")]

    operations: list[migrations.operations.base.Operation] = []
