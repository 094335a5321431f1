import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import lib.encrypted
import webhooks.models.event
from django.db import migrations, models


# PostgreSQL's storage parameters. Vacuum by tens of thousands of dead rows, not by a fifth of ten million; leave room on
# the pages of rows that are updated in place (webhooks at every batch, hours, an event once when it is written).
STORAGE = {
    "webhooks_delivery": "autovacuum_vacuum_scale_factor=0.01, autovacuum_analyze_scale_factor=0.02,"
    " autovacuum_vacuum_insert_scale_factor=0.05, autovacuum_vacuum_cost_delay=0",
    "webhooks_attempt": "autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_insert_scale_factor=0.05",
    "webhooks_event": "fillfactor=90, autovacuum_vacuum_scale_factor=0.02",
    "webhooks_webhook": "fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500",
    "webhooks_hourlystats": "fillfactor=70, autovacuum_vacuum_scale_factor=0.05",
}


def set_storage(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, parameters in STORAGE.items():
            schema_editor.execute(f"ALTER TABLE {table} SET ({parameters})")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=webhooks.models.event.new_event_uid, editable=False, max_length=36, unique=True)),
                ('type', models.CharField(max_length=40, verbose_name='event')),
                ('ticket', models.JSONField(editable=False, null=True)),
                ('body', models.TextField(editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='accounts.account')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.project')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authentication', models.CharField(choices=[('none', 'None'), ('basic', 'HTTP Basic'), ('bearer', 'Bearer token')], default='none', max_length=6, verbose_name='authentication')),
                ('basic_user', models.CharField(blank=True, max_length=200, verbose_name='user name')),
                ('basic_password', lib.encrypted.SecretField(blank=True, editable=False, null=True, verbose_name='password')),
                ('bearer_token', lib.encrypted.SecretField(blank=True, editable=False, null=True, verbose_name='token')),
                ('consecutive_failures', models.PositiveIntegerField(default=0, editable=False)),
                ('first_failure_at', models.DateTimeField(editable=False, null=True)),
                ('probe_at', models.DateTimeField(editable=False, null=True)),
                ('is_slow', models.BooleanField(default=False, editable=False)),
                ('warned_at', models.DateTimeField(editable=False, null=True)),
                ('last_success_at', models.DateTimeField(editable=False, null=True)),
                ('last_failure_at', models.DateTimeField(editable=False, null=True)),
                ('last_error', models.CharField(blank=True, editable=False, max_length=20)),
                ('last_status_code', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('concurrency', models.PositiveSmallIntegerField(default=8, editable=False)),
                ('recent_sends', models.JSONField(default=list, editable=False)),
                ('description', models.CharField(max_length=200, verbose_name='description')),
                ('url', models.CharField(max_length=2000, verbose_name='URL')),
                ('events', models.JSONField(default=list, verbose_name='events')),
                ('all_projects', models.BooleanField(default=True, verbose_name='all projects')),
                ('conditions', models.JSONField(blank=True, default=dict, verbose_name='conditions')),
                ('in_order', models.BooleanField(default=False, verbose_name='in order, per ticket')),
                ('max_in_flight', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(64)], verbose_name='maximum deliveries at once')),
                ('max_per_minute', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60000)], verbose_name='maximum deliveries per minute')),
                ('state', models.CharField(choices=[('active', 'on'), ('paused', 'off'), ('disabled', 'disabled')], default='active', editable=False, max_length=8, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('wakeup_queued_at', models.DateTimeField(editable=False, null=True)),
                ('drain_lease', models.UUIDField(editable=False, null=True)),
                ('drained_until', models.DateTimeField(editable=False, null=True)),
                ('last_alert', models.CharField(blank=True, choices=[('', 'nothing'), ('failing', 'that it fails'), ('last warning', 'that it will be disabled'), ('disabled', 'that it is disabled')], default='', editable=False, max_length=12)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('attempted_count', models.PositiveBigIntegerField(default=0, editable=False)),
                ('delivered_count', models.PositiveBigIntegerField(default=0, editable=False)),
                ('failed_count', models.PositiveBigIntegerField(default=0, editable=False)),
                ('expired_count', models.PositiveBigIntegerField(default=0, editable=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='accounts.account', verbose_name='account')),
                ('projects', models.ManyToManyField(blank=True, related_name='webhooks', to='accounts.project', verbose_name='projects')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SigningSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', lib.encrypted.SecretField(editable=False)),
                ('idempotency_key', models.UUIDField(editable=False, unique=True)),
                ('created_at', models.DateTimeField(editable=False)),
                ('expires_at', models.DateTimeField(editable=False, null=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hold', 'Holding events'), ('resume', 'Switching on'), ('recover', 'Sending failed events again'), ('backfill', 'Backfill'), ('delete', 'Deleting the delivery log')], max_length=8)),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('last_pk', models.BigIntegerField(default=0)),
                ('cursor', models.BigIntegerField(default=0)),
                ('per_minute', models.PositiveIntegerField(null=True)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now)),
                ('worked_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='HourlyStats',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('delivered', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('buckets', models.JSONField(default=list)),
                ('slowest_ms', models.PositiveIntegerField(default=0)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='webhooks.webhook')),
            ],
        ),
        migrations.CreateModel(
            name='Header',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('value', lib.encrypted.SecretField(editable=False, verbose_name='value')),
                ('is_hidden', models.BooleanField(default=False, verbose_name='hide value')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='headers', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('pending', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed'), ('held', 'held'), ('expired', 'expired')], default='pending', max_length=9, verbose_name='status')),
                ('attempt_count', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, null=True, verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('origin', models.CharField(choices=[('event', 'event'), ('again', 'sent again'), ('backfill', 'backfill')], default='event', editable=False, max_length=8)),
                ('is_urgent', models.BooleanField(default=False, editable=False)),
                ('order_key', models.CharField(blank=True, editable=False, max_length=40)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('finished_at', models.DateTimeField(editable=False, null=True, verbose_name='finished')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.event')),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.webhook')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('duration_ms', models.PositiveIntegerField(verbose_name='duration')),
                ('dns_ms', models.PositiveIntegerField(null=True)),
                ('connect_ms', models.PositiveIntegerField(null=True)),
                ('tls_ms', models.PositiveIntegerField(null=True)),
                ('wait_ms', models.PositiveIntegerField(null=True)),
                ('url', models.CharField(max_length=2000)),
                ('request_head', models.TextField(blank=True)),
                ('status_code', models.PositiveSmallIntegerField(null=True, verbose_name='HTTP status')),
                ('error', models.CharField(blank=True, max_length=20, verbose_name='error')),
                ('response_head', models.TextField(blank=True)),
                ('response_excerpt', models.TextField(blank=True)),
                ('http_version', models.CharField(blank=True, default='', max_length=3)),
                ('peer_address', models.GenericIPAddressField(null=True)),
                ('certificate_days', models.IntegerField(null=True)),
                ('body_end', models.CharField(blank=True, choices=[('', 'whole'), ('shortened', 'only the first 8 KiB are kept'), ('limit', 'it goes on beyond 64 KiB and was not read further'), ('timed out', 'it did not end within 15 seconds'), ('broken off', 'the connection ended before it did')], default='', max_length=10)),
                ('was_repeated', models.BooleanField(default=False)),
                ('delivery', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='webhooks.delivery')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('delivery', 'number'), name='one_attempt_per_number')],
            },
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['account', 'created_at'], name='event_of_account'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['account', 'id'], name='event_in_order'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('max_in_flight', None), ('max_in_flight__range', (1, 64)), _connector='OR'), name='webhook_in_flight_cap'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('max_per_minute', None), ('max_per_minute__range', (1, 60000)), _connector='OR'), name='webhook_per_minute_cap'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['webhook', 'id'], name='job_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='hourlystats',
            constraint=models.UniqueConstraint(fields=('webhook', 'hour'), name='one_row_per_webhook_and_hour'),
        ),
        migrations.AddConstraint(
            model_name='header',
            constraint=models.UniqueConstraint(models.F('webhook'), django.db.models.functions.text.Lower('name'), name='one_header_per_name'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['webhook', 'next_attempt_at', 'id'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('is_urgent', True), ('status', 'pending')), fields=['webhook'], name='delivery_urgent'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status__in', ['pending', 'held']), models.Q(('order_key', ''), _negated=True)), fields=['webhook', 'order_key', 'id'], name='delivery_in_turn'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'held')), fields=['webhook', 'created_at', 'id'], name='delivery_held'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['webhook', '-created_at', '-id'], name='delivery_log'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'delivered'), _negated=True), fields=['webhook', 'status', '-created_at', '-id'], name='delivery_log_by_status'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_attempt_at__isnull', False), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('lease', None), ('next_attempt_at', None)), _connector='OR'), name='only_waiting_deliveries_have_a_next_attempt'),
        ),
        migrations.RunPython(set_storage, migrations.RunPython.noop),
    ]
