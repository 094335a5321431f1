"""A form that was opened before somebody else changed the same thing says so, and loses nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tokens.models import PersonalAccessToken
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db


def opened(client, url):
    """Return what a browser would send of the form, untouched."""
    context = client.get(url).context
    fields = list(context["form"]) + [field for form in context.get("headers", []) for field in form]
    data = {field.html_name: field.value() for field in fields}
    data |= {field.html_initial_name: field.value() for field in fields if field.field.show_hidden_initial}
    if "headers" in context:
        data |= {field.html_name: field.value() for field in context["headers"].management_form}
    return {key: value for key, value in data.items() if value is not None and value is not False}


@pytest.fixture
def webhook(account):
    return Webhook.objects.create(
        account=account, description="ERP", url="http://127.0.0.1:9/", events=["ticket.created"]
    )


def test_webhook_says_what_was_changed_and_is_saved_at_the_second_time(client_of, owner, webhook):
    client, url = client_of(owner), reverse("webhooks:webhook_edit", args=[webhook.pk])
    form = opened(client, url) | {"description": "Mine"}
    Webhook.objects.update(description="Theirs", events=["ticket.deleted"])

    answer = client.post(url, form)

    errors = answer.context["form"].errors
    assert set(errors) == {"description", "events"}
    assert "Theirs" in errors["description"][0]
    assert answer.context["form"]["description"].value() == "Mine"
    assert answer.context["form"]["events"].value() == ["ticket.deleted"]
    assert Webhook.objects.get().description == "Theirs"

    again = {field.html_name: field.value() for field in answer.context["form"] if field.value()}
    hidden = {key: answer.context["form"].data.getlist(key) for key in form if key.startswith("initial-")}
    client.post(url, form | again | hidden)
    assert (Webhook.objects.get().description, Webhook.objects.get().events) == ("Mine", ["ticket.deleted"])


def test_user_keeps_a_right_that_was_given_meanwhile(client_of, owner, member):
    client, url = client_of(owner), reverse("accounts:user_edit", args=[member.pk])
    form = opened(client, url) | {"name": "Mia Maria"}
    type(member).objects.filter(pk=member.pk).update(has_api_access=True)

    answer = client.post(url, form)

    member.refresh_from_db()
    assert set(answer.context["form"].errors) == {"has_api_access"}
    assert answer.context["form"]["has_api_access"].value()
    assert (member.name, member.has_api_access) == ("Mia", True)


def test_token_says_what_was_changed(client_of, api_user):
    token, _ = PersonalAccessToken.objects.issue(membership=api_user, name="ERP", now=timezone.now())
    client, url = client_of(api_user), reverse("tokens:token_edit", args=[token.pk])
    form = opened(client, url) | {"note": "mine"}
    PersonalAccessToken.objects.update(networks=["203.0.113.0/24"])

    answer = client.post(url, form)

    token.refresh_from_db()
    assert set(answer.context["form"].errors) == {"networks"}
    assert (token.note, token.networks) == ("", ["203.0.113.0/24"])


def test_form_that_nobody_else_touched_is_saved(client_of, owner, webhook):
    client, url = client_of(owner), reverse("webhooks:webhook_edit", args=[webhook.pk])

    client.post(url, opened(client, url) | {"description": "Mine"})

    assert Webhook.objects.get().description == "Mine"


def test_same_change_by_two_is_no_conflict(client_of, owner, webhook):
    client, url = client_of(owner), reverse("webhooks:webhook_edit", args=[webhook.pk])
    form = opened(client, url) | {"description": "Ours"}
    Webhook.objects.update(description="Ours")

    assert client.post(url, form).status_code == 302
