import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import lib.encrypted
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


GROUP = "Customer Success"
PERMISSIONS = {"tokens": ["view_limitrequest", "change_limitrequest"]}


def give_permissions(apps, schema_editor):
    """Make the group, whichever app comes first, and let it do what its work needs."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    permissions = apps.get_model("auth", "Permission").objects
    for app, names in PERMISSIONS.items():
        config = apps.get_app_config(app)
        config.models_module = True  # without it, nothing is made for the apps of a migration
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
        group.permissions.add(*permissions.filter(content_type__app_label=app, codename__in=names))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LeakReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digests', models.JSONField(default=list, editable=False)),
                ('ip', models.GenericIPAddressField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='LimitNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='limit_notice', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='PersonalAccessToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Say what uses it, such as “ERP import”.', max_length=100, verbose_name='name')),
                ('note', models.CharField(blank=True, help_text='For example: who looks after it, and where it is kept.', max_length=500, verbose_name='note')),
                ('digest', models.CharField(editable=False, max_length=73, unique=True)),
                ('hint', models.CharField(editable=False, max_length=4, verbose_name='ends with')),
                ('idempotency_key', models.UUIDField(editable=False, unique=True)),
                ('can_write', models.BooleanField(default=True, verbose_name='may write')),
                ('networks', models.JSONField(blank=True, default=list, verbose_name='allowed networks')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('reminded_days', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('last_used_ip', models.GenericIPAddressField(editable=False, null=True, verbose_name='last address')),
                ('last_used_agent', models.CharField(blank=True, editable=False, max_length=200, verbose_name='last software')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('revocation_reason', models.CharField(blank=True, choices=[('deleted', 'deleted'), ('leaked', 'reported as leaked'), ('offboarded', 'user deactivated')], editable=False, max_length=10, verbose_name='reason')),
                ('supersedes_on_use', models.BooleanField(default=False, editable=False)),
                ('superseded_at', models.DateTimeField(editable=False, null=True, verbose_name='replaced')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='accounts.membership', verbose_name='user')),
                ('predecessor', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successor', to='tokens.personalaccesstoken', verbose_name='replaces')),
                ('revoked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
            ],
            options={
                'verbose_name': 'personal access token',
                'verbose_name_plural': 'personal access tokens',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='TokenAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.GenericIPAddressField()),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('last_seen_at', models.DateTimeField()),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='tokens.personalaccesstoken')),
            ],
        ),
        migrations.CreateModel(
            name='TokenDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('operation', models.CharField(max_length=200)),
                ('served', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='tokens.personalaccesstoken')),
            ],
        ),
        migrations.CreateModel(
            name='TokenRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reason', models.CharField(choices=[('network', 'from a network that is not allowed'), ('expired', 'expired'), ('superseded', 'replaced'), ('revoked', 'deleted'), ('stopped', 'its user has no API access')], max_length=10)),
                ('count', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
                ('last_address', models.GenericIPAddressField(null=True)),
                ('last_agent', models.CharField(blank=True, max_length=200)),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='tokens.personalaccesstoken')),
            ],
            options={
                'ordering': ['-last_at'],
            },
        ),
        migrations.CreateModel(
            name='AccountHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('served', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_hours', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'hour'), name='one_count_per_account_and_hour')],
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('request', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('content', lib.encrypted.EncryptedTextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('membership', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.membership')),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='kept_answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('membership', 'key'), name='one_answer_per_idempotency_key')],
            },
        ),
        migrations.CreateModel(
            name='LimitRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)], verbose_name='requests a minute')),
                ('reason', models.TextField(help_text='What calls the API, how often, and what for.', max_length=2000, verbose_name='reason')),
                ('usage', models.JSONField(default=list, editable=False, verbose_name='use in the 24 hours before')),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('granted', 'granted'), ('declined', 'declined')], default='submitted', editable=False, max_length=9, verbose_name='state')),
                ('granted', models.PositiveIntegerField(null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)], verbose_name='requests a minute, granted')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='decided')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='submitted')),
                ('account', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='limit_requests', to='accounts.account', verbose_name='account')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('requested_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
            ],
            options={
                'verbose_name': 'request for a higher limit',
                'verbose_name_plural': 'requests for a higher limit',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('account',), name='one_open_limit_request_per_account')],
            },
        ),
        migrations.AddIndex(
            model_name='personalaccesstoken',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['expires_at'], name='token_expiry'),
        ),
        migrations.AddConstraint(
            model_name='tokenaddress',
            constraint=models.UniqueConstraint(fields=('token', 'address'), name='one_row_per_token_and_address'),
        ),
        migrations.AddConstraint(
            model_name='tokenday',
            constraint=models.UniqueConstraint(fields=('token', 'day', 'operation'), name='one_count_per_token_day_operation'),
        ),
        migrations.AddConstraint(
            model_name='tokenrefusal',
            constraint=models.UniqueConstraint(fields=('token', 'day', 'reason'), name='one_row_per_token_day_and_reason'),
        ),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
