from django.db import migrations

from accounts.members import triggers


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_names_of_members'),
    ]

    operations = [
        migrations.RunPython(triggers.install, triggers.remove),
    ]
