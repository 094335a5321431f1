"""Forms and layers for what is there already: tickets had only the codes that clients gave."""

from django.db import migrations

NAMES = {"": "General", "1": "General"}


def give(apps, schema_editor):
    for account in apps.get_model("accounts", "Account").objects.order_by("pk"):
        forms = {"General": _form(apps, account, "General")}
        for project in apps.get_model("accounts", "Project").objects.filter(account=account).order_by("pk"):
            _give_project(apps, account, project, forms)


def _form(apps, account, name):
    return apps.get_model("tickets", "TicketType").objects.create(account=account, name=name)


def _give_project(apps, account, project, forms):
    Layer, Link = apps.get_model("tickets", "Layer"), apps.get_model("tickets", "ProjectTicketType")
    tickets = apps.get_model("tickets", "Ticket").objects.filter(project=project)
    Link.objects.create(project=project, ticket_type=forms["General"])
    layers = {"Whole site": Layer.objects.create(project=project, name="Whole site")}
    for code in tickets.order_by().values_list("given_ticket_type", flat=True).distinct():
        name = NAMES.get(code, code)
        forms[name] = forms.get(name) or _form(apps, account, name)
        Link.objects.get_or_create(project=project, ticket_type=forms[name])
        tickets.filter(given_ticket_type=code).update(ticket_type=forms[name])
    for code in tickets.order_by().values_list("given_component", flat=True).distinct():
        name = "Whole site" if code in NAMES else code
        layers[name] = layers.get(name) or Layer.objects.create(project=project, name=name)
        tickets.filter(given_component=code).update(component=layers[name])
    _number(project, tickets)


def _number(project, tickets):
    number = 0
    for number, key in enumerate(tickets.order_by("pk").values_list("pk", flat=True), start=1):
        tickets.filter(pk=key).update(sequential_id=number)
    project.last_ticket_number = project.ticket_count = number
    project.save(update_fields=["last_ticket_number", "ticket_count"])


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_forms_layers_lists_jobs")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
