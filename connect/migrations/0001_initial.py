import datetime
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


GROUP = "Customer Success"
PERMISSIONS = {
    "connect": [
        "view_connectrequest",
        "change_connectrequest",
        "add_cannedreply",
        "change_cannedreply",
        "delete_cannedreply",
        "view_cannedreply",
    ],
    "accounts": ["view_account", "view_membership", "view_user"],
}


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

REPLIES = {
    "en": [
        (
            "approve",
            "Welcome",
            "Welcome to PlanRadar Connect. Your workspace is ready, with a first recipe that you can try at once. "
            "Tell us here if you would like a short introduction by video call.",
        ),
        (
            "ask",
            "More about the process",
            "Thank you for your request. So that we can set up the right connection: which fields of a ticket should "
            "arrive in the other app, and who changes them there afterwards?",
        ),
        (
            "ask",
            "Access to the other app",
            "Thank you for your request. Do you have an administrator's access to the app that you want to connect? "
            "It is needed once, to permit the connection.",
        ),
        (
            "decline",
            "Covered by webhooks",
            "What you describe works with account webhooks, without PlanRadar Connect: Settings > Account > Webhooks. "
            "We gladly help you to set one up.",
        ),
        ("write", "Introduction", "Shall we show you the workspace in a video call of 30 minutes? Tell us when it suits you."),
    ],
    "pl": [
        (
            "approve",
            "Powitanie",
            "Witamy w PlanRadar Connect. Przestrzeń robocza jest gotowa i zawiera pierwszy scenariusz, który można od "
            "razu wypróbować. Prosimy dać nam znać, jeśli przyda się krótkie wprowadzenie w formie wideorozmowy.",
        ),
        (
            "ask",
            "Więcej o procesie",
            "Dziękujemy za zgłoszenie. Abyśmy mogli przygotować właściwe połączenie: które pola zadania mają trafiać "
            "do drugiej aplikacji i kto je tam później zmienia?",
        ),
        (
            "ask",
            "Dostęp do drugiej aplikacji",
            "Dziękujemy za zgłoszenie. Czy mają Państwo dostęp administratora do aplikacji, którą chcą Państwo "
            "połączyć? Jest potrzebny jeden raz, aby zezwolić na połączenie.",
        ),
        (
            "decline",
            "Wystarczą webhooki",
            "To, co Państwo opisują, działa z webhookami konta, bez PlanRadar Connect: Ustawienia > Konto > Webhooki. "
            "Chętnie pomożemy w konfiguracji.",
        ),
        (
            "write",
            "Wprowadzenie",
            "Czy możemy pokazać Państwu przestrzeń roboczą podczas 30-minutowej wideorozmowy? Prosimy o termin.",
        ),
    ],
    "de": [
        (
            "approve",
            "Willkommen",
            "Willkommen bei PlanRadar Connect. Ihr Arbeitsbereich ist bereit und enthält einen ersten Ablauf, den Sie "
            "sofort ausprobieren können. Sagen Sie uns hier, wenn Sie eine kurze Einführung per Video wünschen.",
        ),
        (
            "ask",
            "Mehr zum Ablauf",
            "Danke für Ihre Anfrage. Damit wir die richtige Verbindung einrichten: Welche Felder eines Tickets sollen "
            "in der anderen App ankommen, und wer ändert sie dort danach?",
        ),
        (
            "ask",
            "Zugang zur anderen App",
            "Danke für Ihre Anfrage. Haben Sie Administratorzugang zu der App, die Sie verbinden möchten? Er wird "
            "einmal gebraucht, um die Verbindung zu erlauben.",
        ),
        (
            "decline",
            "Mit Webhooks möglich",
            "Was Sie beschreiben, geht mit Webhooks des Kontos, ohne PlanRadar Connect: Einstellungen > Konto > "
            "Webhooks. Wir helfen Ihnen gern beim Einrichten.",
        ),
        (
            "write",
            "Einführung",
            "Dürfen wir Ihnen den Arbeitsbereich in einem Videogespräch von 30 Minuten zeigen? Sagen Sie uns, wann es passt.",
        ),
    ],
}


def make_replies(apps, schema_editor):
    model = apps.get_model("connect", "CannedReply")
    model.objects.bulk_create(
        model(language=language, use=use, title=title, text=text)
        for language, replies in REPLIES.items()
        for use, title, text in replies
    )


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
            name='Digest',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('use', models.CharField(choices=[('approve', 'approve'), ('ask', 'ask a question'), ('decline', 'decline'), ('write', 'write a message')], max_length=7, verbose_name='used to')),
                ('language', models.CharField(choices=[('en', 'English'), ('pl', 'Polish'), ('de', 'German')], max_length=8, verbose_name='language')),
                ('text', models.TextField(max_length=5000, verbose_name='text')),
            ],
            options={
                'verbose_name': 'canned reply',
                'verbose_name_plural': 'canned replies',
                'ordering': ['use', 'language', 'title'],
                'constraints': [models.UniqueConstraint(fields=('use', 'language', 'title'), name='one_reply_per_use_language_title')],
            },
        ),
        migrations.CreateModel(
            name='ConnectRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('other_apps', models.CharField(blank=True, max_length=500, verbose_name='other apps')),
                ('direction', models.CharField(choices=[('out', 'from PlanRadar to the other apps'), ('in', 'from the other apps to PlanRadar'), ('both', 'both ways')], default='out', max_length=4, verbose_name='direction')),
                ('purpose', models.TextField(help_text='For example: when a ticket is closed, add a row to our list of defects.', max_length=5000, verbose_name='what should happen')),
                ('volume', models.CharField(choices=[('unknown', 'not known yet'), ('1000', 'up to 1,000'), ('10000', 'up to 10,000'), ('100000', 'up to 100,000'), ('more', 'more than 100,000')], default='unknown', max_length=7, verbose_name='events a month')),
                ('contact', models.CharField(max_length=200, verbose_name='who to talk to')),
                ('phone', models.CharField(blank=True, max_length=50, verbose_name='phone')),
                ('preferred_time', models.CharField(blank=True, help_text='For example: weekdays from 9 to 12.', max_length=200, verbose_name='best time to reach you')),
                ('language', models.CharField(choices=[('en', 'English'), ('pl', 'Polish'), ('de', 'German')], default='en', help_text='Customer Success writes to you in this language.', max_length=8, verbose_name='language')),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('in_review', 'in review'), ('needs_information', 'needs information'), ('approved', 'approved'), ('suspended', 'suspended'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='submitted', editable=False, max_length=17, verbose_name='state')),
                ('workspace_url', models.URLField(blank=True, editable=False, max_length=500, verbose_name='address of the workspace')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='submitted')),
                ('is_unanswered', models.BooleanField(default=False, editable=False)),
                ('due_at', models.DateTimeField(editable=False, null=True)),
                ('time_left', models.DurationField(default=datetime.timedelta(days=2), editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('account', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='connect_requests', to='accounts.account', verbose_name='account')),
                ('assignee', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('requested_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
            ],
            options={
                'verbose_name': 'Connect request',
                'verbose_name_plural': 'Connect requests',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('submitted', 'asked for access'), ('reviewed', 'began the review'), ('asked', 'asked a question'), ('answered', 'answered'), ('wrote', 'wrote a message'), ('approved', 'granted access'), ('declined', 'declined'), ('withdrawn', 'withdrew the request'), ('suspended', 'suspended access'), ('restored', 'restored access'), ('addressed', 'changed the address of the workspace'), ('assigned', 'assigned the request'), ('noted', 'wrote an internal note')], max_length=9)),
                ('by_name', models.CharField(max_length=150)),
                ('is_staff', models.BooleanField()),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='connect.connectrequest')),
            ],
            options={
                'verbose_name': 'entry of a timeline',
                'verbose_name_plural': 'entries of timelines',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WantedApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('app', models.CharField(max_length=30, verbose_name='app')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wanted_apps', to='connect.connectrequest')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='connectrequest',
            index=models.Index(fields=['state', 'created_at'], name='connect_queue'),
        ),
        migrations.AddConstraint(
            model_name='connectrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['submitted', 'in_review', 'needs_information', 'approved', 'suspended'])), fields=('account',), name='one_live_connect_request_per_account'),
        ),
        migrations.AddIndex(
            model_name='wantedapp',
            index=models.Index(fields=['app'], name='requests_by_app'),
        ),
        migrations.AddConstraint(
            model_name='wantedapp',
            constraint=models.UniqueConstraint(fields=('request', 'app'), name='each_app_once_per_request'),
        ),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
        migrations.RunPython(make_replies, migrations.RunPython.noop),
    ]
