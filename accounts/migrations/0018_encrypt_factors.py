from django.db import migrations

from lib.encrypted import CIPHERTEXT_START, encrypt


def forward(apps, schema_editor):
    """Encrypt secrets of second factors that are there in clear; drop keys that no sign-in could read."""
    for authenticator in apps.get_model("mfa", "Authenticator").objects.all():
        data = authenticator.data
        if authenticator.type == "webauthn" and not isinstance(data.get("credential"), dict):
            authenticator.delete()
            continue
        for name in {"secret", "seed"} & data.keys():
            if not data[name].startswith(CIPHERTEXT_START):
                data[name] = encrypt(data[name])
        authenticator.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_second_factors"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)]
