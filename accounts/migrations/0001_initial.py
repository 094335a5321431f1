import accounts.models.people
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import lib.encrypted
from django.conf import settings
from django.db import migrations, models


# The audit log is append-only, whoever writes to the database. SQLite drops these triggers whenever a migration makes the
# table anew, so such a migration ends with `protect_audit_log` again.
TABLE = "accounts_auditentry"
REFUSAL = "the audit log is append-only"

INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        # INSERT OR REPLACE removes the old row without asking the trigger above.
        f"""CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE}
            WHEN EXISTS (SELECT 1 FROM {TABLE}
                         WHERE id = NEW.id OR (account_id = NEW.account_id AND number = NEW.number))
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",  # noqa: S608, both are constants
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        f"""CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ],
}
REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_update", "audit_no_delete", "audit_no_replace")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
    ],
}

# On PostgreSQL the database itself holds that an account's owner is an active internal member of it. SQLite lets one
# transaction write at a time, each of which has looked before.
GUARD_OWNER = [
    """CREATE OR REPLACE FUNCTION owner_stays_able() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM accounts_account WHERE owner_id = NEW.id) THEN
            RAISE EXCEPTION 'the account owner is an active internal user' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER owner_stays_able BEFORE UPDATE OF is_active, kind, joined_at, account_id ON accounts_membership
        FOR EACH ROW WHEN (NOT NEW.is_active OR NEW.kind <> 'internal' OR NEW.joined_at IS NULL
                           OR NEW.account_id <> OLD.account_id)
        EXECUTE FUNCTION owner_stays_able()""",
    """CREATE OR REPLACE FUNCTION owner_becomes_able() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM accounts_membership WHERE id = NEW.owner_id AND account_id = NEW.id
                       AND is_active AND kind = 'internal' AND joined_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the account owner is an active internal user' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER owner_becomes_able BEFORE UPDATE OF owner_id ON accounts_account
        FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
        EXECUTE FUNCTION owner_becomes_able()""",
]
UNGUARD_OWNER = [
    "DROP TRIGGER owner_stays_able ON accounts_membership",
    "DROP FUNCTION owner_stays_able",
    "DROP TRIGGER owner_becomes_able ON accounts_account",
    "DROP FUNCTION owner_becomes_able",
]


def protect_audit_log(apps, schema_editor):
    release_audit_log(apps, schema_editor)
    for statement in INSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def release_audit_log(apps, schema_editor):
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def guard_owner(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in GUARD_OWNER:
            schema_editor.execute(statement)


def unguard_owner(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in UNGUARD_OWNER:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('api_rate_limit', models.PositiveIntegerField(blank=True, help_text='Empty: the default limit.', null=True, verbose_name='API requests a minute')),
                ('max_token_lifetime_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: tokens may last forever.', null=True, verbose_name='longest life of a token, in days')),
                ('second_factor_for', models.CharField(choices=[('nobody', 'nobody'), ('managers', 'the account owner and users who manage users'), ('everyone', 'everyone')], default='nobody', help_text='They get some days to set one up at their next visit. Tokens keep working.', max_length=8, verbose_name='Second factor required for')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('pl', 'Polish'), ('de', 'German')], help_text='Empty: as the browser asks.', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Vienna', max_length=64, validators=[accounts.models.people.is_time_zone], verbose_name='time zone')),
                ('is_staff', models.BooleanField(default=False, verbose_name='Customer Success')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('second_factor_due_at', models.DateTimeField(editable=False, null=True)),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('last_account', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('actor_name', models.CharField(max_length=420)),
                ('via', models.CharField(max_length=8)),
                ('token', models.CharField(max_length=100)),
                ('action', models.CharField(max_length=50)),
                ('subject', models.CharField(max_length=300)),
                ('detail', models.TextField()),
                ('ip', models.CharField(max_length=45)),
                ('previous', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=64)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit_entries', to='accounts.account')),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text='As this account calls them. Empty: as they call themself.', max_length=150, verbose_name='name')),
                ('kind', models.CharField(choices=[('internal', 'internal user'), ('external', 'external user')], default='internal', max_length=8, verbose_name='kind')),
                ('is_watcher', models.BooleanField(default=False, verbose_name='watcher')),
                ('company', models.CharField(blank=True, max_length=150, verbose_name='company')),
                ('position', models.CharField(blank=True, max_length=150, verbose_name='position')),
                ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                ('zipcode', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('tel', models.CharField(blank=True, max_length=50, verbose_name='telephone')),
                ('can_manage_users', models.BooleanField(default=False, verbose_name='manage users')),
                ('has_api_access', models.BooleanField(default=False, verbose_name='API access')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('joined_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='joined')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.account', verbose_name='account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('sent_at', models.DateTimeField(verbose_name='sent')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to='accounts.membership')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sent_invitations', to='accounts.membership')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='owner',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_account', to='accounts.membership', verbose_name='account owner'),
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.EmailField(max_length=254)),
                ('kind', models.CharField(blank=True, max_length=80)),
                ('subject', models.CharField(max_length=200)),
                ('text', lib.encrypted.EncryptedTextField()),
                ('html', lib.encrypted.EncryptedTextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['next_attempt_at'], name='mail_due'), models.Index(models.F('kind'), django.db.models.functions.text.Upper('to'), models.F('created_at'), name='mail_by_kind_and_address')],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('projectnumber', models.CharField(blank=True, max_length=100, verbose_name='project number')),
                ('status', models.PositiveSmallIntegerField(choices=[(1, 'active'), (9, 'archived')], default=1, verbose_name='status')),
                ('description', models.TextField(blank=True, max_length=10000, verbose_name='description')),
                ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                ('zipcode', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('country', models.CharField(blank=True, max_length=100, verbose_name='country')),
                ('homepage', models.URLField(blank=True, max_length=500, verbose_name='website')),
                ('start_date', models.DateTimeField(blank=True, null=True, verbose_name='start')),
                ('end_date', models.DateTimeField(blank=True, null=True, verbose_name='end')),
                ('typed_values', models.JSONField(blank=True, default=dict)),
                ('ticket_count', models.PositiveIntegerField(default=0, editable=False)),
                ('last_ticket_number', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='accounts.account', verbose_name='account')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'project',
                'verbose_name_plural': 'projects',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sign_in.succeeded', 'signed in'), ('sign_in.failed', 'sign-in failed'), ('sign_in.held', 'sign-in held: too many attempts'), ('sign_in.ended', 'signed out'), ('reauthentication.failed', 'confirmation failed'), ('password.changed', 'password changed'), ('password.reset', 'password reset by mail'), ('factor.added', 'second factor added'), ('factor.removed', 'second factor removed'), ('factor.failed', 'second factor failed'), ('factor.codes_replaced', 'recovery codes replaced'), ('factor.reset', 'second factors removed by the account owner'), ('email.changed', 'e-mail changed')], max_length=32)),
                ('ip', models.CharField(blank=True, max_length=45)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='security_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'security event',
                'verbose_name_plural': 'security events',
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_any_case'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['account', 'action', '-number'], name='audit_of_action'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.UniqueConstraint(fields=('account', 'number'), name='audit_number_in_account'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(models.F('account'), django.db.models.functions.comparison.Collate('name', 'und-x-icu'), models.F('id'), name='members_in_order'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('account', 'user'), name='one_membership_per_user_and_account'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'internal'), ('has_api_access', False), _connector='OR'), name='external_users_have_no_api_access'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'internal'), ('can_manage_users', False), _connector='OR'), name='external_users_manage_no_users'),
        ),
        migrations.AddIndex(
            model_name='securityevent',
            index=models.Index(fields=['user', '-id'], name='security_events_of_user'),
        ),
        migrations.AddIndex(
            model_name='securityevent',
            index=models.Index(fields=['created_at'], name='security_events_by_time'),
        ),
        migrations.RunPython(protect_audit_log, release_audit_log),
        migrations.RunPython(guard_owner, unguard_owner),
    ]
