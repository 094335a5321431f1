from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    Membership, User = apps.get_model("accounts", "Membership"), apps.get_model("accounts", "User")
    name = Subquery(User.objects.filter(pk=OuterRef("user_id")).values("name")[:1])
    Membership.objects.filter(name="").update(name=name, joined_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_members_join'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
