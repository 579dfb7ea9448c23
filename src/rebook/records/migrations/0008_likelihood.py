from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0007_clinical_events")]

    operations: list[migrations.operations.base.Operation] = []
