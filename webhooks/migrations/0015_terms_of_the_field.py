from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0014_wakeup_queued_at")]

    operations = [
        migrations.RenameField("webhook", "failure_streak", "consecutive_failures"),
        migrations.RenameField("webhook", "failing_since", "first_failure_at"),
        migrations.RenameField("webhook", "taken_count", "attempted_count"),
        migrations.RenameField("webhook", "told", "last_alert"),
        migrations.RenameField("hour", "classes", "buckets"),
        migrations.RenameModel("Hour", "HourlyStats"),
    ]
