"""What was asked before gets its timeline; Customer Success gets replies to begin with, and may change them."""

from datetime import timedelta

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUP = "Customer Success"
PERMISSIONS = ["add_cannedreply", "change_cannedreply", "delete_cannedreply", "view_cannedreply"]
LIVE = ["submitted", "approved"]
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


def begin_timelines(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    requests, entries = apps.get_model("connect", "ConnectRequest").objects, apps.get_model("connect", "Entry").objects
    seen = set()
    for request in requests.order_by("-created_at", "-pk").select_related("requested_by"):
        name = request.requested_by.name if request.requested_by else "-"
        entries.create(
            request=request, kind="submitted", by=request.requested_by, by_name=name, is_staff=False, at=request.created_at
        )
        request.version = 1
        if request.state in LIVE and request.account_id in seen:
            request.state = "withdrawn"  # an account has one live request now: its newest
        if request.state in LIVE:
            seen.add(request.account_id)
        if request.state == "submitted":
            request.due_at = request.created_at + timedelta(days=2)
        request.save(update_fields=["version", "state", "due_at"])


def make_replies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("connect", "CannedReply")
    model.objects.bulk_create(
        model(language=language, use=use, title=title, text=text)
        for language, replies in REPLIES.items()
        for use, title, text in replies
    )


def give_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    config = apps.get_app_config("connect")
    config.models_module = True  # without it, nothing is made for the apps of a migration
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    group.permissions.add(*permissions.filter(content_type__app_label="connect", codename__in=PERMISSIONS))


class Migration(migrations.Migration):
    dependencies = [("connect", "0003_conversation")]
    operations = [
        migrations.RunPython(begin_timelines, migrations.RunPython.noop),
        migrations.RunPython(make_replies, migrations.RunPython.noop),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
