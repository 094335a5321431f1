from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_give_forms_and_layers")]
    operations = [
        migrations.RemoveField("ticket", "given_component"),
        migrations.RemoveField("ticket", "given_ticket_type"),
    ]
