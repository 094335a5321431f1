from django.db import migrations

from accounts import owner_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_names_of_members'),
    ]

    operations = [
        migrations.RunPython(owner_triggers.install, owner_triggers.remove),
    ]
