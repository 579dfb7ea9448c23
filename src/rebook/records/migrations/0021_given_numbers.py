from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0020_test_sends")]
    operations = []
