from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("records", "0025_pages_at_scale")]
    operations = [
        migrations.RemoveConstraint("task", "task_once_per_gap"),
        migrations.AddConstraint(
            "task",
            models.UniqueConstraint(
                fields=["gap", "kind"], condition=Q(state="open"), name="task_open_once_per_gap"
            ),
        ),
    ]
