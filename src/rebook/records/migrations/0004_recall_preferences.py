from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0003_row_level_security")]

    operations: list[migrations.operations.base.Operation] = []
