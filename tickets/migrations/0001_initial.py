import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import tickets.models.attachment
import tickets.models.layer
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Layer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('description', models.TextField(blank=True, max_length=10000, verbose_name='description')),
                ('order', models.IntegerField(default=0)),
                ('plan', models.FileField(blank=True, upload_to=tickets.models.layer.plan_name, verbose_name='plan')),
                ('plan_file_name', models.CharField(blank=True, max_length=255)),
                ('plan_content_type', models.CharField(blank=True, max_length=100)),
                ('plan_size', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='tickets.layer', verbose_name='part of')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='layers', to='accounts.project')),
            ],
            options={
                'verbose_name': 'layer',
                'verbose_name_plural': 'layers',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequential_id', models.PositiveIntegerField(editable=False, null=True, verbose_name='number')),
                ('subject', models.CharField(max_length=250, verbose_name='subject')),
                ('status_id', models.PositiveSmallIntegerField(choices=[(1, 'Open'), (2, 'In progress'), (3, 'Resolved'), (4, 'Feedback'), (5, 'Closed'), (6, 'Rejected')], default=1, verbose_name='status')),
                ('priority_id', models.PositiveSmallIntegerField(choices=[(1, 'Low'), (2, 'Normal'), (3, 'High')], default=2, verbose_name='priority')),
                ('progress', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='progress in %')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='due date')),
                ('extension_date', models.DateField(blank=True, null=True, verbose_name='extended to')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('due_date_change_count', models.PositiveIntegerField(default=0, editable=False)),
                ('typed_values', models.JSONField(blank=True, default=dict)),
                ('subscribers', models.JSONField(blank=True, default=list)),
                ('plan_x', models.FloatField(blank=True, null=True)),
                ('plan_y', models.FloatField(blank=True, null=True)),
                ('lat', models.FloatField(blank=True, null=True)),
                ('lon', models.FloatField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('component', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to='tickets.layer', verbose_name='layer')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='tickets.ticket')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='accounts.project')),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
            ],
            options={
                'verbose_name': 'ticket',
                'verbose_name_plural': 'tickets',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Journal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'comment'), (2, 'photo or document'), (3, 'change')])),
                ('comment', models.TextField(blank=True, max_length=10000, verbose_name='comment')),
                ('changes', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='journals', to='tickets.ticket')),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal entries',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('images', 'photo'), ('videos', 'video'), ('audios', 'sound'), ('documents', 'document')], max_length=9, verbose_name='kind')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('caption', models.CharField(blank=True, max_length=500, verbose_name='caption')),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('file', models.FileField(upload_to=tickets.models.attachment.random_name)),
                ('thumbnail', models.FileField(blank=True, editable=False, upload_to=tickets.models.attachment.random_thumbnail_name)),
                ('thumbnail_due', models.BooleanField(default=False, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='tickets.ticket')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TicketType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('typed_fields', models.JSONField(blank=True, default=dict)),
                ('static_fields', models.JSONField(blank=True, default=dict)),
                ('capabilities', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_types', to='accounts.account')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'form',
                'verbose_name_plural': 'forms',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='ticket',
            name='ticket_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='tickets.tickettype', verbose_name='form'),
        ),
        migrations.CreateModel(
            name='ProjectTicketType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('required_fields', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ticket_type_links', to='accounts.project')),
                ('ticket_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='tickets.tickettype', verbose_name='form')),
            ],
            options={
                'verbose_name': 'form of a project',
                'verbose_name_plural': 'forms of projects',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ValueList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='value_lists', to='accounts.account')),
            ],
            options={
                'verbose_name': 'list',
                'verbose_name_plural': 'lists',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(max_length=500, verbose_name='name')),
                ('order', models.IntegerField(default=0)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='tickets.listentry')),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='tickets.valuelist')),
            ],
            options={
                'verbose_name': 'list entry',
                'verbose_name_plural': 'list entries',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FieldList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field_name', models.CharField(max_length=100)),
                ('list_items', models.JSONField(blank=True, default=list)),
                ('allows_multiple', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_lists', to='tickets.projecttickettype')),
                ('value_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='field_lists', to='tickets.valuelist')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('bulk_create', 'Create'), ('update', 'Update'), ('delete', 'Delete'), ('copy_project', 'Copy')], max_length=12)),
                ('actor', models.JSONField(default=dict)),
                ('payload', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('queued', 'queued'), ('processing', 'in progress'), ('completed', 'completed'), ('failed', 'failed')], default='queued', max_length=10)),
                ('position', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('succeeded', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('errors', models.JSONField(default=list)),
                ('leased_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='accounts.account')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='accounts.project')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'processing'])), fields=['leased_until'], name='unfinished_jobs'), models.Index(fields=['finished_at'], name='finished_jobs')],
            },
        ),
        migrations.AddIndex(
            model_name='layer',
            index=models.Index(fields=['project', 'order', 'id'], name='layer_of_project'),
        ),
        migrations.AddIndex(
            model_name='journal',
            index=models.Index(fields=['ticket', 'id'], name='journal_of_ticket'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['ticket', 'id'], name='attachment_of_ticket'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('thumbnail_due', True)), fields=['id'], name='thumbnail_due'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'id'], name='ticket_of_project'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'status_id', 'id'], name='ticket_by_status'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'updated_at', 'id'], name='ticket_by_change'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'created_at', 'id'], name='ticket_by_creation'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(models.F('project'), django.db.models.functions.comparison.Collate(models.F('subject'), 'und-x-icu'), models.F('id'), name='ticket_by_subject'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'due_date', 'id'], name='ticket_by_due_date'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(fields=('project', 'sequential_id'), name='one_ticket_per_number'),
        ),
        migrations.AddConstraint(
            model_name='projecttickettype',
            constraint=models.UniqueConstraint(fields=('project', 'ticket_type'), name='one_link_per_project_and_form'),
        ),
        migrations.AddConstraint(
            model_name='listentry',
            constraint=models.UniqueConstraint(fields=('list', 'uuid'), name='one_list_entry_per_uuid'),
        ),
        migrations.AddConstraint(
            model_name='fieldlist',
            constraint=models.UniqueConstraint(fields=('link', 'field_name'), name='one_list_per_field'),
        ),
    ]
