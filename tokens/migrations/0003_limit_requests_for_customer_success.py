"""Customer Success decides on requests for a higher limit. The group is made by `connect`, whichever comes first."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUP = "Customer Success"
PERMISSIONS = ["view_limitrequest", "change_limitrequest"]


def give(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    config = apps.get_app_config("tokens")
    config.models_module = True  # without it, nothing is made for the apps of a migration
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.add(*permissions.filter(content_type__app_label="tokens", codename__in=PERMISSIONS))


class Migration(migrations.Migration):
    dependencies = [
        ("tokens", "0002_life_use_and_limits"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
