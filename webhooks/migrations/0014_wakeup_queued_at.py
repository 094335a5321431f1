from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('webhooks', '0013_tables_that_last'),
    ]

    operations = [
        migrations.RenameField(
            model_name='webhook',
            old_name='woken_at',
            new_name='wakeup_queued_at',
        ),
    ]
