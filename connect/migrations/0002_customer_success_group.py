"""Customer Success: who reviews requests, and may look at the people and accounts behind them."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUP = "Customer Success"
PERMISSIONS = {
    "connect": ["view_connectrequest", "change_connectrequest"],
    "accounts": ["view_account", "view_membership", "view_user"],
}


def make_group(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    permissions = apps.get_model("auth", "Permission").objects
    for app, names in PERMISSIONS.items():
        config = apps.get_app_config(app)
        config.models_module = True  # without it, nothing is made for the apps of a migration
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
        group.permissions.add(*permissions.filter(content_type__app_label=app, codename__in=names))


def remove_group(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("connect", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, remove_group)]
